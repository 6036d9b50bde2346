"""Candidates in the order in which they deserve a melt."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets.measurement import composition_keys
from ..datasets.properties import find
from ..features.composition import FormulaError
from ..features.space import Template
from .appraisal import Predictors, appraise, columns_of
from .candidates import Read, as_text, formulas, listed, read
from .goal import Goal
from .recipe import RECIPES
from .registry import load_predictor

__all__ = ["COLUMNS", "Predictors", "rank", "sweep"]
COLUMNS = (
    "rank",
    "formula",
    "p_goal",
    "conductivity_S_cm",
    "conductivity_low_S_cm",
    "conductivity_high_S_cm",
    "tg_C",
    "tg_low_C",
    "tg_high_C",
    "verdict",
    "nearest",
    "nearest_distance",
    "nearest_doi",
    "o_to_cl",
    "cost_usd_per_kg",
    "neutral",
    "pareto",
    "note",
    "error",
)

TEXTS = ("formula", "verdict", "nearest", "nearest_doi", "note", "error")
TRUTHS = ("neutral", "pareto")
Rows = npt.NDArray[np.intp]


def rank(
    candidates: Iterable[Any],
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    temperature_C: float = 25.0,
    predictors: Predictors | None = None,
    also: Sequence[str] = (),
) -> pd.DataFrame:
    """Rank candidates by the calibrated probability that they meet the whole goal.

    Parameters
    ----------
    candidates
        Formula strings, `Composition`, pymatgen compositions or a Series of them.
    goal
        What a good electrolyte is: a `Goal`, its fields by name, or the path of a TOML file; by default at least
        1 mS/cm and a Tg of at most 25 degC.
    temperature_C
        Temperature at which the conductivity counts, in degC.
    predictors
        Predictors of ``tg``, ``conductivity`` and what `also` names; by default the champions.
    also
        Further properties to predict, such as ``"liquidus"``: three columns each at the end, value and interval.

    Returns
    -------
    DataFrame
        One row a candidate, best first, with the columns `COLUMNS`; what cannot be read stands at the end with its
        error, by its text. The index tells the place of each row in `candidates`; their order changes nothing else.
        Ties go by the expected margin of the worst limit, then by the formula. Tg and conductivity count as independent
        in `p_goal`, and a formula that is not charge-neutral has no chance. ``pareto`` marks those that the goal does
        not refuse and of which no other is better in all that it limits (in cost too, where it has a ceiling). A list
        of which no row can be read needs no predictor.
    """
    told, aim = listed(candidates), Goal.of(goal)
    batch = read(told)
    further = tuple(find(name).name for name in dict.fromkeys((*also, *aim.properties)) if name not in RECIPES)
    extra = [column for name in further for column in columns_of(find(name))]
    given, needed = predictors or {}, (*RECIPES, *further) if batch.rows.size else ()
    known = {name: given[name] if name in given else load_predictor(name) for name in needed}
    table = _predict(told, batch, aim, temperature_C, known)
    good = table["error"] == ""
    best = {"p_goal": False, "margin": False, "formula": True}
    order = table[good].sort_values(list(best), ascending=list(best.values()), kind="stable").index
    unread = table[~good].sort_values(["formula", "error"], kind="stable").index
    ranked = table.loc[[*order, *unread]]
    places = pd.Series(range(1, len(ranked) + 1), index=ranked.index, dtype="Int64").where(good)
    ranked = ranked.assign(rank=places, note=_with_repeats(ranked, batch))
    return ranked.reindex(columns=[*COLUMNS, *extra])


def sweep(
    template: str,
    temperature_C: float = 25.0,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    predictors: Predictors | None = None,
    **variables: Any,
) -> pd.DataFrame:
    """Predict every member of a family such as ``LiAlCl{4-2x}O{x}``, in the order of its grid.

    Parameters
    ----------
    template
        Formula with linear expressions in braces.
    temperature_C, goal, predictors
        As in `rank`.
    **variables
        Range of each variable: ``"0:1.5:0.05"``, or an array of numbers.

    Returns
    -------
    DataFrame
        The variables, then `COLUMNS`; one row a member. Points at which an amount would be negative are no members:
        a warning counts them, and ``attrs["left_out"]`` keeps their number.
    """
    grid = Template.parse(template).grid(**variables)
    members = list(grid)
    left_out = grid.size - len(members)
    if not members:
        raise FormulaError(f'"{template}" has no member in these ranges: an amount is negative at every point')
    if left_out:
        warnings.warn(f"{left_out:,} of {grid.size:,} points left out: an amount would be negative", stacklevel=2)
    ranked = rank([member.composition for member in members], goal, temperature_C, predictors).sort_index()
    points = pd.DataFrame([member.variables for member in members], columns=list(variables), dtype=float)
    table = pd.concat([points, ranked.reset_index(drop=True)], axis=1)
    table.attrs["left_out"] = left_out
    return table


def _predict(told: list[Any], batch: Read, goal: Goal, temperature: float, predictors: Predictors) -> pd.DataFrame:
    """What is said of each candidate, in the order in which they were given."""
    index = range(len(told))
    reasons = pd.Series(batch.errors, dtype=object).reindex(index).fillna("")
    table = pd.DataFrame({"formula": [as_text(item) for item in told], "error": reasons}, index=index)
    for name in (*COLUMNS, "margin"):
        if name in ("rank", *table.columns):
            continue
        kind = object if name in TEXTS else "boolean" if name in TRUTHS else float
        blank = "" if name in TEXTS else pd.NA if name in TRUTHS else np.nan
        table[name] = pd.Series(blank, index=index, dtype=kind)
    if not batch.rows.size:
        return table
    table.loc[batch.rows, "formula"] = names = formulas(told, batch.rows)
    first, which = _distinct(batch.fractions.matrix, names)
    distinct = [names[row] for row in first]
    for name, values in appraise(batch.fractions.take(first), distinct, goal, temperature, predictors).items():
        table.loc[batch.rows, name] = np.asarray(values, dtype=object if name in TEXTS else None)[which]
    return table


def _distinct(matrix: npt.NDArray[np.float64], names: list[str]) -> tuple[Rows, Rows]:
    """Rows of different compositions, and which of these each row is.

    Numbers of one candidate may hang in their last bits on who stands beside it. These rows stand in an order of
    their own, so that the order of the list changes nothing, and equal candidates get equal numbers.
    """
    by_name = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.intp)
    held = np.ascontiguousarray(matrix[:, matrix.any(axis=0)][by_name])
    lines = held.view(np.dtype((np.void, held.strides[0]))).ravel()
    _, first, which = np.unique(lines, return_index=True, return_inverse=True)
    back = np.empty_like(by_name)
    back[by_name] = np.arange(len(by_name))
    return by_name[first], which.ravel()[back]


def _with_repeats(ranked: pd.DataFrame, batch: Read) -> list[str]:
    """Notes, with those on a composition that stands higher in the ranking already."""
    keys = dict(zip(batch.rows.tolist(), composition_keys(batch.fractions.matrix).tolist(), strict=True))
    first: dict[int, str] = {}
    notes = []
    for place, formula, note in zip(ranked.index, ranked["formula"], ranked["note"], strict=True):
        key = keys.get(place)
        known = first.get(key) if key is not None else None
        notes.append("; ".join(filter(None, (note, f"same composition as {known}, ranked above it" if known else ""))))
        if key is not None:
            first.setdefault(key, formula)
    return notes
