"""Candidates in the order in which they are worth making."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.properties import find
from ...datasets.readings import aiming, trusting
from ...features.composition import FormulaError
from ...features.notices import notice
from ...features.scalars import one_by_one
from ...features.space import Template
from ..recipes.recipe import RECIPES
from ..task.candidates import Listing, Read, as_text, formulas, given, one_temperature, read, temperature_of
from ..task.goal import Goal
from .columns import COLUMNS, HIDDEN, TEXTS, objects, whole
from .ready import Informed, ready
from .repeats import USUAL_C, distinct, with_repeats
from .scoring import Predictors, appraise

__all__ = ["COLUMNS", "HIDDEN", "Predictors", "arranged", "judged", "rank", "said", "sweep"]
LEFT_OUT = "left out"  # code of the notice on points of a family that are no members
Rows = npt.NDArray[np.intp]
Vector = npt.NDArray[np.float64]


def rank(
    candidates: Any,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    temperature_C: float | Iterable[float] = 25.0,
    predictors: Predictors | None = None,
    also: Sequence[str] = (),
) -> pd.DataFrame:
    """Rank candidates by the calibrated probability that they meet the whole goal.

    Parameters
    ----------
    candidates
        Formula strings, `Composition`, pymatgen compositions or a Series of them; a table, or the path of a file, with
        a column (or an index) named formula or a like name; or one formula.
    goal
        What a good electrolyte is: a `Goal`, its fields by name, or the path of a TOML file; by default at least
        1 mS/cm and a Tg of at most 25 degC.
    temperature_C
        Where the conductivity counts, from -100 to 500 degC: one for all, or one for each candidate, as an array in
        their order or as a Series with their index. Where a table has a column ``temperature_C`` (or ``T (K)``), each
        row counts at its own, and at this one where its cell is empty. What bears the mark of kelvin, such as 298.15,
        is refused, and a warning names both readings of what may be either, such as 300.
    predictors
        Predictors of ``tg``, ``conductivity`` and what `also` names; by default the champions.
    also
        Further properties to predict, such as ``"liquidus"``: three columns each before ``input``, value and interval.

    Returns
    -------
    DataFrame
        One row a candidate, best first, with the columns `COLUMNS`; what cannot be read stands at the end with its
        error, by its text. The index is that of `candidates` where they are a Series or a table, so that
        ``table.join(rank(table)[["p_goal"]])`` finds its rows, else their places from 0; the order given changes
        nothing else. A column ``temperature_C`` stands before the conductivities unless all are at 25 degC;
        ``attrs["temperature_C"]`` is the temperature of all, None where each has its own.
        Ties go by the expected margin of the worst limit, then by the formula, then by the text given. Tg and
        conductivity count as independent in `p_goal`, and a formula that is not charge-neutral has no chance.
        ``p_glass`` is the chance that a melt comes out as a glass, with a verdict of its own (``measured`` where the
        outcome of the very composition was reported); empty until ``vitrion train -p glass_formation``.
        ``pareto`` marks those that the goal does not refuse and of which no other is better in all that it limits (in
        cost too, where it has a ceiling). What was measured of the very composition stands in the columns of
        `measured.MEASURED`; ``input``, the last, is the text as it was given. A list of which no row can be read needs
        no predictor.
    """
    listing = given(candidates)
    temperature_C = one_by_one(temperature_C, len(listing) + 1)  # an iterator gives its numbers once
    at, _ = temperature_of(listing, temperature_C)  # refuses and notices what may be kelvin, once
    with aiming(at):
        aim = Goal.of(goal)
    with trusting():
        table = arranged(judged(listing, aim, temperature_C, predictors, also))
        table.attrs["temperature_C"] = _common(listing, temperature_C)
    table.index = listing.index.take(table.index.to_numpy())
    return table


def judged(
    candidates: Any,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    temperature_C: float | Iterable[float] = 25.0,
    predictors: Predictors | None = None,
    also: Sequence[str] = (),
) -> pd.DataFrame:
    """What is said of each candidate, in the order in which they were given; `arranged` makes a ranking of it.

    Parameters
    ----------
    candidates, goal, temperature_C, predictors, also
        As in `rank`.

    Returns
    -------
    DataFrame
        A row a candidate with `COLUMNS`, without places and repeats yet, and with `HIDDEN`: the expected margin of the
        worst limit, whether the goal allows the candidate, and the number of its composition (0 where it has none).
    """
    columns = said(candidates, goal, temperature_C, predictors, also)
    return pd.DataFrame(columns, copy=False)


def said(
    candidates: Any,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    temperature_C: float | Iterable[float] = 25.0,
    predictors: Predictors | None = None,
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """Columns of what `judged` gives, as arrays of shape (n,); for who needs no table."""
    listing = candidates if isinstance(candidates, Listing) else given(candidates)
    temperature, _ = temperature_of(listing, temperature_C)
    with aiming(temperature):
        aim = Goal.of(goal)
    told, batch = listing.cells, read(listing.cells, listing.errors)
    further = tuple(find(name).name for name in dict.fromkeys((*also, *aim.properties)) if name not in RECIPES)
    extra = [column for name in further for column in find(name).columns]
    known = ready((*RECIPES, *further) if batch.rows.size else (), predictors)
    return _predict(told, batch, aim, temperature, known, extra)


def arranged(table: pd.DataFrame) -> pd.DataFrame:
    """A ranking, as `rank` gives it, of what `judged` says; the index tells the place of each row in that, from 0."""
    good = table["error"] == ""
    best = {"p_goal": False, "margin": False, "formula": True, "input": True}
    best = {
        name: rising for name, rising in best.items() if name in table
    }  # blocks of an earlier release lack the last
    order = table[good].sort_values(list(best), ascending=list(best.values()), kind="stable").index
    unread = table[~good].sort_values(["formula", "error"], kind="stable").index
    ranked = table.loc[[*order, *unread]]
    places = pd.Series(range(1, len(ranked) + 1), index=ranked.index, dtype="Int64").where(good)
    notes, repeats = with_repeats(ranked)
    ranked = ranked.assign(rank=places, note=notes).drop(columns=list(HIDDEN))
    ranked.attrs |= repeats
    return ranked


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
        As in `rank`; one temperature for the whole family.
    **variables
        Range of each variable: ``"0:1.5:0.05"``, or an array of numbers.

    Returns
    -------
    DataFrame
        The variables, then `COLUMNS`; one row a member. Points at which an amount would be negative are no members:
        a warning counts them, and ``attrs["left_out"]`` keeps their number.
    """
    at = one_temperature(temperature_C, "a family is swept at one temperature")
    with aiming(at):
        aim = Goal.of(goal)
    grid = Template.parse(template).grid(**variables)
    members = list(grid)
    left_out = grid.size - len(members)
    if not members:
        raise FormulaError(f'"{template}" has no member in these ranges: an amount is negative at every point')
    if left_out:
        notice(f"{left_out:,} of {grid.size:,} points left out: an amount would be negative", 2, LEFT_OUT)
    with trusting():
        ranked = rank([member.composition for member in members], aim, at, predictors).sort_index()
    points = pd.DataFrame([member.variables for member in members], columns=list(variables), dtype=float)
    table = pd.concat([points, ranked.reset_index(drop=True)], axis=1)
    table.attrs |= {"left_out": left_out, "temperature_C": at}
    return table


def _predict(
    told: list[Any], batch: Read, goal: Goal, temperature: float | Vector, predictors: Informed, extra: list[str]
) -> dict[str, Any]:
    """What is said of each candidate, in the order in which they were given."""
    values: dict[str, Any] = {}
    names = [as_text(item) for item in told]
    if batch.rows.size:
        for row, name in zip(batch.rows.tolist(), own := formulas(told, batch.rows, batch.parsed), strict=True):
            names[row] = name
        warm = temperature[batch.rows] if isinstance(temperature, np.ndarray) else None
        first, which = distinct(batch.fractions.matrix, own, warm)
        at = temperature if isinstance(temperature, float) else temperature[batch.rows][first]
        found = appraise(
            batch.fractions.take(first),
            [own[row] for row in first],
            goal,
            at,
            predictors,
            predictors.outcomes,
            predictors.former,
        )
        values = {
            name: np.asarray(column, dtype=object if name in TEXTS else None)[which] for name, column in found.items()
        }
        values["key"] = composition_keys(batch.fractions.matrix)
    reasons = [batch.errors.get(place, "") for place in range(len(told))]
    nothing = pd.arrays.IntegerArray(np.zeros(len(told), dtype=np.int64), np.ones(len(told), dtype=bool))
    columns: dict[str, Any] = {"rank": nothing, "formula": objects(names)}
    for name in COLUMNS[2:-2]:
        if name == "conductivity_S_cm" and (isinstance(temperature, np.ndarray) or temperature != USUAL_C):
            at_C = np.broadcast_to(temperature, len(told))[batch.rows]
            columns["temperature_C"] = whole("temperature_C", at_C, batch.rows, len(told))
        columns[name] = whole(name, values.get(name), batch.rows, len(told))
    columns["error"] = objects(reasons)
    for name in extra:
        columns[name] = whole(name, values.get(name), batch.rows, len(told))
    columns["input"] = objects([as_text(item) for item in told])
    for name in HIDDEN:
        columns[name] = whole(name, values.get(name), batch.rows, len(told))
    return columns


def _common(listing: Listing, temperature_C: Any) -> float | None:
    """The temperature of all candidates in degC, None where each has its own."""
    found, each = temperature_of(listing, temperature_C)
    return None if each else float(np.asarray(found))
