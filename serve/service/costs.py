"""How long a request is expected to take, in seconds of a processor: roughly, so that what is short waits for no other.

The numbers are those of the shipped models on one processor of 2024; they bound and order, and promise nothing.
"""

from __future__ import annotations

from ..errors.refusals import InputError

_A_RANKING, _A_ROW = 0.05, 3e-4
_A_PROPOSAL, _A_PICK, _A_CANDIDATE = 0.3, 0.01, 5e-6  # the last for each pick
_HUNDRED_LEARNT, _POWER = 2.0, 1.5  # what a hundred results take to be learnt, and how that grows with their number


def of_ranking(rows: int) -> float:
    """Seconds that a ranking or a sweep of so many candidates takes."""
    return _A_RANKING + _A_ROW * rows


def of_proposal(candidates: int, batch: int, learnt: int) -> float:
    """Seconds that choosing a batch among candidates takes, with so many results to be learnt and on their way.

    Examples
    --------
    >>> round(of_proposal(500, 4, 10)), round(of_proposal(10_000, 4, 1_000)), round(of_proposal(10_000, 100, 1_000))
    (0, 66, 120)
    """
    hundreds = learnt / 100
    picks = batch * (_A_PICK + _A_CANDIDATE * candidates * (1 + hundreds))
    return float(_A_PROPOSAL + _HUNDRED_LEARNT * hundreds**_POWER + picks)


def bounded(candidates: int, batch: int, learnt: int, most_s: float, mend: str) -> float:
    """Seconds that a proposal takes; raises `InputError` where these are more than one request may take.

    Parameters
    ----------
    candidates, batch, learnt
        As for `of_proposal`.
    most_s
        What one request may take.
    mend
        What to do instead, after which the sentence ends.
    """
    seconds = of_proposal(candidates, batch, learnt)
    if seconds > most_s:
        what = f"choosing {batch:,} of {candidates:,} candidates with {learnt:,} results"
        raise InputError(
            f"{what} would take about {seconds:,.0f} s, more than the {most_s:,g} s of one request; {mend}"
        )
    return seconds
