"""Why a candidate is proposed, in one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets.measurement import composition_keys
from .outcomes import Outcomes
from .search import Pick

SAME = 1e-6  # distance below which the nearest measured composition is the proposal itself


@dataclass(frozen=True)
class Told:
    """What reasons are made of.

    Parameters
    ----------
    table
        The proposals with the columns of a ranking, best first.
    variables
        Values of the variables of all candidates.
    rows, picks
        Row of each proposal among the candidates, and how it was picked.
    keys
        Number of each candidate's composition.
    outcomes
        What was measured.
    """

    table: pd.DataFrame
    variables: pd.DataFrame
    rows: Sequence[int]
    picks: Sequence[Pick]
    keys: npt.NDArray[np.uint64]
    outcomes: Outcomes


def reasons(told: Told) -> list[str]:
    """One reason a proposal; a composition that the models know as measured elsewhere is said to be."""
    return [f"{why}{known}" for why, known in zip(_reasons(told), _known(told.table), strict=True)]


def _known(table: pd.DataFrame) -> list[str]:
    """Where each proposal was measured before, empty for what is new."""
    far = pd.to_numeric(table["nearest_distance"]).to_numpy(dtype=float)
    sources = table["nearest_doi"].tolist()
    named = [f" ({source})" if isinstance(source, str) and source else "" for source in sources]
    return [f"; measured before{name}" if d < SAME else "" for d, name in zip(far, named, strict=True)]


def _reasons(told: Told) -> list[str]:
    chance = pd.to_numeric(told.table["p_goal"]).to_numpy(dtype=float)
    axis = told.variables.iloc[:, 0].to_numpy(dtype=float) if told.variables.shape[1] == 1 else None
    known = [] if axis is None else _measured(told, axis)
    name = "" if axis is None else str(told.variables.columns[0])
    found = []
    for number, (row, pick) in enumerate(zip(told.rows, told.picks, strict=True)):
        if len(chance) > 1 and number == int(np.argmax(chance)) and chance[number] > 0:
            found.append(f"highest chance to meet the goal of this batch ({_percent(chance[number])})")
        elif pick.why == "typical":
            found.append("most typical of the space: it tells most about the rest")
        elif axis is not None and (place := _place(axis[row], known, name)):
            found.append(place)
        else:
            found.append(_worth(row, pick))
        if axis is not None:
            known = sorted({*known, float(axis[row])})
    return found


def _percent(chance: float) -> str:
    """A chance in whole percent.

    >>> _percent(0.376), _percent(0.9999), _percent(0.001)
    ('38 %', 'over 99 %', 'below 1 %')
    """
    if not 0.01 <= chance <= 0.99:
        return "below 1 %" if chance < 0.5 else "over 99 %"
    return f"{100 * chance:.0f} %"


def _measured(told: Told, axis: npt.NDArray[np.float64]) -> list[float]:
    """Values of the variable that were measured."""
    if not len(told.outcomes.facts):
        return []
    measured = composition_keys(told.outcomes.fractions.matrix)
    return sorted(float(value) for value in axis[np.isin(told.keys, measured)])


def _place(value: float, known: Sequence[float], name: str) -> str:
    """Where a value lies among those known: in a gap, or beyond them."""
    below, above = [x for x in known if x < value], [x for x in known if x > value]
    if below and above:
        return f"fills the gap between {name} = {below[-1]:g} and {above[0]:g}"
    if below or above:
        return f"looks beyond {name} = {below[-1] if below else above[0]:g}"
    return ""


def _worth(row: int, pick: Pick) -> str:
    """Whether a high mean or a wide belief makes the candidate worth a melt, among all candidates."""
    belief = pick.beliefs[0]
    high = float((belief.mean <= belief.mean[row]).mean())
    wide = float((belief.std <= belief.std[row]).mean())
    return "among the best expected" if high >= wide else "little is known here, and it may be good"
