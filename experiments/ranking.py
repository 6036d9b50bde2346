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
from ..datasets.prices import raw_material_cost
from ..datasets.properties import Property, find
from ..features import charge
from ..features.composition import FormulaError
from ..features.fractions import Fractions
from ..features.space import Template
from ..models.domain import VERDICTS
from ..models.prediction import Prediction
from ..models.predictor import Predictor
from .candidates import Read, as_text, formulas, listed, read
from .goal import Goal
from .judgement import margin, probability
from .recipe import RECIPES
from .registry import load_predictor

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
    "note",
    "error",
)

Predictors = Mapping[str, Predictor]


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
        error, and the index tells the place of each row in `candidates`. Tg and conductivity count as independent
        in `p_goal`, and a formula that is not charge-neutral has no chance. A list of which no row can be read needs
        no predictor.
    """
    told, aim = listed(candidates), Goal.of(goal)
    batch = read(told)
    known = predictors or ({name: load_predictor(name) for name in (*RECIPES, *also)} if batch.rows.size else {})
    table = _predict(told, batch, aim, temperature_C, known, also)
    order = table.sort_values(
        ["p_goal", "margin", "formula"], ascending=[False, False, True], kind="stable", na_position="last"
    ).index
    bad = table.index[table["error"] != ""]
    ranked = table.loc[[*order.difference(bad, sort=False), *bad]]
    places = pd.Series(range(1, len(ranked) + 1), index=ranked.index, dtype="Int64").where(ranked["error"] == "")
    further = [column for name in also for column in _names(find(name))]
    return ranked.assign(rank=places)[[*COLUMNS, *further]]


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


def _predict(
    told: list[Any], batch: Read, goal: Goal, temperature: float, predictors: Predictors, also: Sequence[str]
) -> pd.DataFrame:
    fractions, rows = batch.fractions, batch.rows
    table = pd.DataFrame({"formula": [as_text(item) for item in told], "margin": np.nan}, index=range(len(told)))
    for name in (*COLUMNS[2:-3], "note", "margin"):
        text = name in ("verdict", "nearest", "nearest_doi", "note")
        table[name] = pd.Series("" if text else np.nan, index=table.index, dtype=object if text else float)
    for name in (column for further in also for column in _names(find(further))):
        table[name] = np.nan
    reasons = pd.Series(batch.errors, dtype=object).reindex(table.index).fillna("")
    table = table.assign(neutral=pd.Series(pd.NA, index=table.index, dtype="boolean"), error=reasons)
    if not rows.size:
        return table
    names = formulas(told, rows)
    columns = _columns(fractions, names, goal, temperature, predictors)
    for name in (*COLUMNS[2:-2], "note", "margin"):
        table.loc[rows, name] = columns[name]
    table.loc[rows, "formula"] = names
    for prediction in (predictors[name].predict(fractions) for name in also):
        table.loc[rows, list(_names(prediction.quantity))] = np.column_stack(list(_values(prediction).values()))
    return table


def _columns(
    fractions: Fractions, names: list[str], goal: Goal, temperature: float, predictors: Predictors
) -> dict[str, Any]:
    tg = predictors["tg"].predict(fractions)
    sigma = predictors["conductivity"].predict(fractions, {"temperature_C": temperature, "phase": "glass"})
    neutral = charge.neutral(fractions)
    cost = np.asarray(raw_material_cost(fractions))
    verdict = np.array([max(pair, key=VERDICTS.index) for pair in zip(tg.verdict, sigma.verdict, strict=True)])
    hopeless = ~neutral | goal.refused(fractions) | goal.too_far(verdict) | (cost > goal.max_cost_usd_per_kg)
    predictions = {"tg": tg, "conductivity": sigma}
    oxygen, chlorine = fractions.column("O"), fractions.column("Cl")
    return {
        "p_goal": np.where(hopeless, 0.0, probability(goal.thresholds, predictions)),
        "margin": margin(goal.thresholds, predictions),
        **_values(sigma),
        **_values(tg),
        "verdict": verdict,
        **_nearest(tg, sigma, predictors),
        "o_to_cl": np.divide(oxygen, chlorine, out=np.full(len(oxygen), np.nan), where=chlorine > 0),
        "cost_usd_per_kg": cost,
        "neutral": neutral,
        "note": _notes(fractions, names, neutral, tg, sigma, goal.remarks(fractions, verdict, cost)),
    }


def _names(quantity: Property) -> tuple[str, str, str]:
    """Columns of a property: value, lower and upper end, with the unit as in ``tg_low_C``."""
    unit = {"degC": "C", "S/cm": "S_cm"}.get(quantity.unit, quantity.unit)
    return f"{quantity.name}_{unit}", f"{quantity.name}_low_{unit}", f"{quantity.name}_high_{unit}"


def _values(prediction: Prediction) -> dict[str, npt.NDArray[np.float64]]:
    ends = (prediction.mean, prediction.lower, prediction.upper)
    return dict(zip(_names(prediction.quantity), ends, strict=True))


def _nearest(tg: Prediction, sigma: Prediction, predictors: Predictors) -> dict[str, npt.NDArray[Any]]:
    """The nearest known of the property that decides the verdict; of the conductivity where both say the same."""
    worse = np.array([VERDICTS.index(t) > VERDICTS.index(s) for t, s in zip(tg.verdict, sigma.verdict, strict=True)])
    known = {name: predictors[name] for name in ("tg", "conductivity")}
    pick = worse.astype(bool)
    return {
        "nearest": np.where(
            pick,
            known["tg"].known_formulas_[tg.nearest],
            known["conductivity"].known_formulas_[sigma.nearest],
        ),
        "nearest_distance": np.where(pick, tg.distance, sigma.distance),
        "nearest_doi": np.where(
            pick,
            known["tg"].known_references_[tg.nearest],
            known["conductivity"].known_references_[sigma.nearest],
        ),
    }


def _notes(
    fractions: Fractions,
    names: list[str],
    neutral: npt.NDArray[np.bool_],
    tg: Prediction,
    sigma: Prediction,
    remarks: list[list[str]],
) -> list[str]:
    first: dict[int, int] = {}
    notes = []
    for row, key in enumerate(composition_keys(fractions.matrix).tolist()):
        parts = []
        if not neutral[row]:
            parts.append(charge.explain(names[row]))
        parts += remarks[row]
        if tg.verdict[row] != sigma.verdict[row]:
            parts.append(f"Tg {tg.verdict[row]}, conductivity {sigma.verdict[row]}")
        if key in first:
            parts.append(f"same composition as {names[first[key]]} above it in the list")
        first.setdefault(key, row)
        notes.append("; ".join(parts))
    return notes
