"""Whether the 90 % intervals of a challenger hold what they should, by row, by paper and in each family."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .decision import Check
from .errors import large
from .paper_draws import Papers

LEAST_COVERAGE = 0.88  # of 90 % intervals, of rows; and of papers as far as those can tell
LEAST_FAMILY_COVERAGE = 0.90  # below which no family may lie surely, by one bound for all
FAMILY_COVERAGE_LOSS = 0.03  # by which one that does may be below the champion's
WIDEST = 1.25  # times the champion's median width
MOST_ENDLESS = 0.01  # share of intervals with an infinite end, above the champion's


def coverage(mine: pd.DataFrame) -> Iterator[Check]:
    """Whether the 90 % intervals hold what they should: of rows, of papers, and in each family.

    Papers are drawn: by their noise the coverage by paper may lie below what is asked, and so may each of the families,
    whose bound is one for all of them together (the worst of 40 lies below 0.80 where all are calibrated alike).
    """
    held = _held(mine, "").to_numpy().astype(np.float64)
    whole, asked = float(held.mean()) if len(mine) else 0.0, f"asked: {100 * LEAST_COVERAGE:.0f} %"
    yield Check("coverage", whole >= LEAST_COVERAGE, f"intervals hold {100 * whole:.1f} % of rows ({asked})")
    if mine.empty:
        return
    papers, ones = Papers.of(mine["paper"]), np.ones(len(mine))
    each = papers.ratios([np.arange(len(mine))], held, ones, alike=True)
    mean, most = float(each.value[0]), float(each.bounds()[1][0])
    said = f"by paper they hold {100 * mean:.1f} %, at most {100 * most:.1f} % by the noise of {len(papers):,} papers"
    yield Check("coverage", most >= LEAST_COVERAGE, f"{said} ({asked})")
    named = dict(large(mine))
    if not named:
        return
    here = papers.shares([mine.index.get_indexer(part.index) for part in named.values()], held)
    for (name, part), share, end in zip(named.items(), here.value, here.most(), strict=True):
        told = part.dropna(subset=["champion_mean"])
        before = float(_held(told, "champion_").mean()) if len(told) else 1.0
        if end < LEAST_FAMILY_COVERAGE and share < before - FAMILY_COVERAGE_LOSS:
            low = f"surely less than {100 * LEAST_FAMILY_COVERAGE:.0f} %"
            yield Check("coverage", False, f"{name}: intervals hold {100 * share:.0f} %, {low}")


def width(both: pd.DataFrame) -> Check:
    """Whether the intervals did not become uselessly wide, nor endless."""
    new, old = (both[f"{whose}upper"] - both[f"{whose}lower"] for whose in ("", "champion_"))
    more = float(np.isinf(new).mean() - np.isinf(old).mean())
    said = f"median width {float(new.median()):.3g} instead of {float(old.median()):.3g}"
    endless = f", and {100 * more:.1f} % more of the intervals have no end" if more > MOST_ENDLESS else ""
    return Check("width", bool(new.median() <= WIDEST * old.median()) and not endless, said + endless)


def _held(table: pd.DataFrame, whose: str) -> pd.Series[bool]:
    """Whether the interval of a version holds what is known now."""
    return (table["value"] >= table[f"{whose}lower"]) & (table["value"] <= table[f"{whose}upper"])
