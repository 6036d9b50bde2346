"""Whether a challenger errs no more than the champion: over all papers, where the candidates are, and in each family.

Errors and interval scores are means over the rows of a paper, then over papers: a user is always another paper.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .decision import Check
from .paper_draws import Papers, Ratios

LOSS = 0.02  # of the champion's error and interval score: a challenger that may be worse by more, is refused
BLUR = 3.0  # standard errors that it may be worse by where papers are too few to tell 2 %
REGION_LOSS = 0.10  # of the same where the candidates are
FAMILY_MARGIN = 0.05  # of the champion's error in a family, by which a challenger may be worse there
FAMILY_ROWS, FAMILY_PAPERS = 50, 5
MISSED = 20.0  # 2 / (1 - 0.9): what an interval of 90 % that misses by 1 costs, next to a width of 1
SCORES = {"miss": "mean error", "cost": "interval score"}


def interval_score(value: pd.Series[float], lower: pd.Series[float], upper: pd.Series[float]) -> pd.Series[float]:
    """Interval score of 90 % intervals: the width, and 20 times what is missed; 0 is best.

    In the unit of its arguments (Gneiting and Raftery, doi:10.1198/016214506000001437). NaN where an end is infinite.
    """
    score = upper - lower + MISSED * ((lower - value).clip(lower=0) + (value - upper).clip(lower=0))
    return score.where(np.isfinite(score))


def by_paper(table: pd.DataFrame, column: str) -> float:
    """Mean of a column over the rows of a paper, then over papers."""
    return float(table.groupby("paper")[column].mean().mean())


def overall(both: pd.DataFrame, unit: str, news: int, lost: bool) -> Iterator[Check]:
    """Whether error and interval score are no more than 2 % worse, as far as papers can tell, and one has a reason.

    Parameters
    ----------
    both
        Measurements that both versions predicted, as `gate.joined` makes them.
    unit
        Of the regressor.
    news
        How many measurements the challenger was told that the champion was not.
    lost
        Whether the champion cannot answer any more.
    """
    for column in SCORES:
        part = both.dropna(subset=[column, f"champion_{column}"])
        if part.empty:  # no interval has two finite ends
            continue
        ratios = _ratios(part, [part], column)
        low, high = (float(end[0]) for end in ratios.bounds())
        said = f"{_compared(part, column, unit)} ({100 * low:+.1f} to {100 * high:+.1f} %)"
        most = max(LOSS, BLUR * float(ratios.error[0]))
        name = "error" if column == "miss" else "interval score"
        if part["paper"].nunique() < 2 or not high <= most:
            how = "worse" if low > 0 else f"perhaps worse by more than {100 * most:.1f} %"
            yield Check(name, False, f"{how}: {said}")
        elif column == "miss" and high >= 0 and not news and not lost:
            yield Check(name, False, f"no better beyond noise, and it was told nothing more: {said}")
        else:
            more = f", and told {news:,} measurements more" if column == "miss" else ""
            yield Check(name, True, f"better: {said}" if high < 0 else f"as good within noise{more}: {said}")


def in_region(both: pd.DataFrame, name: str, unit: str) -> Iterator[Check]:
    """Whether error and interval score are not 10 % worse where the candidates are, nor so by noise alone."""
    inside = both[both["region"]]
    for column in SCORES:
        part = inside.dropna(subset=[column, f"champion_{column}"])
        if len(part) < FAMILY_ROWS or part["paper"].nunique() < FAMILY_PAPERS:
            few = f"{len(part):,} measurements of {part['paper'].nunique()} papers are too few to compare"
            yield Check("region", True, f"{name}: {few}")
            return
        ratios = _ratios(part, [part], column)
        worse = float(ratios.value[0]) > REGION_LOSS and float(ratios.bounds()[0][0]) > 0
        yield Check("region", not worse, f"{name}: {_compared(part, column, unit)}, margin {100 * REGION_LOSS:.0f} %")


def families(both: pd.DataFrame, unit: str) -> Iterator[Check]:
    """Whether no family of enough papers is worse by more than the margin, by one bound for all of them together."""
    named = dict(large(both))
    if not named:
        return
    ratios = _ratios(both, list(named.values()), "miss")
    least, worst = ratios.least(), float(ratios.value.max())
    for (name, part), surely in zip(named.items(), least, strict=True):
        if surely > FAMILY_MARGIN:
            said = f"{name}: {_compared(part, 'miss', unit)}, surely by {100 * surely:.0f} % and more"
            yield Check("families", False, f"{said}; margin {100 * FAMILY_MARGIN:.0f} %")
    if (least <= FAMILY_MARGIN).all():
        said = f"none of {len(named)} families is surely worse by more than {100 * FAMILY_MARGIN:.0f} %"
        yield Check("families", True, f"{said}; the worst errs by {100 * worst:+.0f} %")


def large(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Families of enough rows and papers; all oxychlorides together; and what is too small alone, together too."""
    oxychloride = table["family"].str.endswith("oxychloride")
    small = table.groupby("family")["family"].transform("size") < FAMILY_ROWS
    pools = (
        ("oxychlorides", table[oxychloride]),
        (f"oxychlorides of less than {FAMILY_ROWS} rows", table[oxychloride & small]),
        (f"families of less than {FAMILY_ROWS} rows", table[small]),
    )
    for name, part in [*table.groupby("family"), *pools]:
        if len(part) >= FAMILY_ROWS and part["paper"].nunique() >= FAMILY_PAPERS:
            yield str(name), part


def _ratios(table: pd.DataFrame, parts: list[pd.DataFrame], column: str) -> Ratios:
    """How much more the challenger has of a column than the champion, relative to it, by paper, in each part."""
    rows = [table.index.get_indexer(part.index) for part in parts]
    above, below = (table[name].to_numpy(dtype=float) for name in (column, f"champion_{column}"))
    ratios = Papers.of(table["paper"]).ratios(rows, above, below, alike=True)
    return Ratios(ratios.value - 1.0, ratios.drawn - 1.0)


def _compared(part: pd.DataFrame, column: str, unit: str) -> str:
    """Both versions' mean by paper, and the difference."""
    new, old = by_paper(part, column), by_paper(part, f"champion_{column}")
    change = f", {100 * (new / old - 1):+.1f} %" if old > 0 else ""
    return f"{SCORES[column]} by paper {new:.3g} {unit} instead of {old:.3g}{change}"
