"""The next melts: which candidates of a space to make, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.readings import aiming, trusting
from ...features.fractions import Fractions
from ...features.scalars import whole
from ...models.predictor import Predictor
from ..ranking.glass_formation import SMALL, GlassChance
from ..ranking.rank import COLUMNS, Predictors, rank
from ..ranking.ready import Informed, ready
from ..recipes.recipe import RECIPES
from ..registry import glass_former
from ..task.acquisition import at_least_one
from ..task.candidates import one_temperature
from ..task.goal import Goal, GoalError
from ..task.outcomes import Outcomes, success
from ..task.own_results import LAB, Facts, lacking, learnt
from .goal_search import CandidateSearch
from .pool import Pool, fractions_of, near
from .reasons import Told, reasons
from .search import Pick


def propose(
    candidates: Any,
    batch: int = 4,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    results: pd.DataFrame | Path | str | None = None,
    pending: Iterable[Any] = (),
    temperature_C: float = 25.0,
    predictors: Predictors | None = None,
    acquisition: str | None = None,
    seed: int = 0,
    without: Iterable[Any] = (),
    **variables: Any,
) -> pd.DataFrame:
    """Choose the next batch of compositions to make.

    Parameters
    ----------
    candidates
        A template such as ``"LiAlCl{4-2x}O{x}"``, a space, a table with a column ``formula`` or a list of formulas.
    batch
        How many to propose.
    goal, temperature_C
        As in `rank`, with one temperature for all.
    results
        A table of what was measured: ``formula``, ``conductivity_S_cm``, ``temperature_C``, ``tg_C``, ``outcome``;
        also the standard errors ``conductivity_error_S_cm`` and ``tg_error_C``.
    pending
        Compositions that are on their way: not proposed again, and believed to come out as expected.
    predictors
        Predictors of ``tg`` and ``conductivity``; by default the champions. They are left as they are.
    acquisition, seed
        Acquisition function, a key of `acquisitions.ACQUISITIONS`, and of draws; by default the acquisition of
        the goal. The same of all gives the same proposals.
    without
        Compositions that are given up: not proposed, and nothing is believed of them.
    **variables
        Range of each variable of a template: ``x="0:1.5:0.05"``.

    Returns
    -------
    DataFrame
        A row a proposal, in the order of choice, each knowing those before it: ``formula``, the variables, ``reason``,
        and a ranking after the results, ``rank`` being the place by ``p_goal`` in the batch. What was measured is left
        out, but for one reference sample, which its reason names; members differ by more than 1 at.% in some element.
        ``attrs["stop"]`` says why to stop, or nothing; ``attrs["p_batch"]`` the chance that a member meets the goal.
    """
    aim, batch, seed, at = _checked(goal, batch, acquisition, seed, temperature_C)
    with trusting():
        pool, outcomes = Pool.of(candidates, **variables), Outcomes.of(results)
        known = ready(dict.fromkeys((*RECIPES, *aim.properties)), predictors)
        search = _search(pool, outcomes, pool.waiting(pending), aim, at, known, seed)
        matrix, places = search.every.matrix, np.arange(len(pool), len(search.every))
        told = search.results(outcomes, len(pool))
        gone = np.vstack([matrix[places], fractions_of([*without], "without").matrix])
        left = search.left(search.refused | _no_glass(search, aim, known, outcomes) | near(matrix, gone), batch, places)
        chosen = search.pick(told, places[len(outcomes.facts) :], batch, left, success(matrix, outcomes))
        table = _reasoned(chosen, search, pool, outcomes, aim, known)
        table.attrs["stop"] = search.stop(told, left[: len(pool)], outcomes, table["p_goal"].max())
        return table


def _search(
    pool: Pool, outcomes: Outcomes, waiting: Fractions, goal: Goal, temperature_C: float, known: Predictors, seed: int
) -> CandidateSearch:
    """What is believed, before any result is learnt, of the candidates and of what was measured or is on its way."""
    every = pool.joined(Fractions.from_matrix(np.vstack([outcomes.fractions.matrix, waiting.matrix])))
    before = {name: lacking(predictor, facts_of(outcomes, name)) for name, predictor in known.items()}
    return CandidateSearch(every, goal, temperature_C, before, seed)


def _no_glass(search: CandidateSearch, goal: Goal, known: Informed, outcomes: Outcomes) -> npt.NDArray[np.bool_]:
    """Whether a glass is too unlikely to spend a sample on, of each candidate; with `min_p_glass` of 0 none is."""
    least = goal.min_p_glass
    chance = GlassChance.of(search.every, glass_former.taught(known.former, outcomes))
    return chance.below(SMALL if least is None else least)


def _reasoned(
    chosen: list[Pick], search: CandidateSearch, pool: Pool, outcomes: Outcomes, goal: Goal, known: Informed
) -> pd.DataFrame:
    """The candidates picked as a table, each with the reason."""
    rows = [pick.row for pick in chosen]
    former = glass_former.taught(known.former, outcomes)
    pupils = Informed({name: taught(predictor, outcomes) for name, predictor in known.items()}, outcomes, former)
    table = _table(pool.formulas(rows), pool.variables.take(rows), goal, search.temperature_C, pupils)
    references, narrowed = search.known.decided[rows].tolist(), [search.narrowed(pick) for pick in chosen]
    told = Told(table, pool.variables, rows, chosen, pool.keys, outcomes, goal.properties, references, narrowed)
    table.insert(1 + pool.variables.shape[1], "reason", reasons(told))
    p_batch = at_least_one(table["p_goal"].to_numpy(dtype=float), search.shared(chosen))
    table.attrs |= {"few": search.few, "p_batch": p_batch, "temperature_C": search.temperature_C}
    return table


def taught(predictor: Predictor, outcomes: Outcomes) -> Predictor:
    """A copy of a predictor that has learnt the results on its property; the predictor stays as it is.

    What was measured of a crystal or a melt says nothing of the glass and is left out; so is what was learnt already
    from the store of the laboratory since the predictor was trained, or from its paper when it was.
    """
    part = outcomes.of_glasses(predictor.property)
    fresh = ~learnt(predictor, facts_of(outcomes, predictor.property))
    if not fresh.any():
        return predictor
    rows = part[fresh]
    conditions = rows[["temperature_C", "phase"]] if predictor.conditions else None
    with trusting():  # their temperatures were judged with their compositions
        formulas, values = rows["formula"].tolist(), rows["value"].to_numpy(dtype=float)
        told = outcomes.errors(predictor.property)[fresh]
        return predictor.updated(formulas, values, conditions, told, references=np.full(len(rows), LAB))


def facts_of(outcomes: Outcomes, name: str) -> Facts:
    """Results on a property of glasses, as they are compared with those that a predictor has learnt."""
    part = outcomes.of_glasses(name)
    return Facts.told(name, composition_keys(Fractions.of(part["formula"].tolist()).matrix), part)


def _table(
    names: list[str], variables: pd.DataFrame, goal: Goal, temperature_C: float, known: Predictors
) -> pd.DataFrame:
    if not names:
        return pd.DataFrame(columns=["formula", *variables.columns, *[name for name in COLUMNS if name != "formula"]])
    ranked = rank(names, goal, temperature_C, known).sort_index().reset_index(drop=True)
    rest = ranked.drop(columns="formula")
    return pd.concat([ranked[["formula"]], variables.reset_index(drop=True), rest], axis=1)


def _checked(goal: Any, batch: Any, acquisition: Any, seed: Any, temperature_C: Any) -> tuple[Goal, int, int, float]:
    """The goal, the size of the batch, the seed and the temperature, where all that a proposal is told can be."""
    many = whole(batch, "batch", "the number of syntheses to propose, from 1 to 100", 1, 100, GoalError)
    start = whole(seed, "seed", f"a whole number from 0 to {2**32 - 1}", 0, 2**32 - 1, GoalError)
    at = one_temperature(temperature_C, "a batch is proposed for one temperature")
    with aiming(at):
        aim = Goal.of(goal)
    if acquisition is not None:
        with trusting():  # its limits were judged
            aim = replace(aim, acquisition=acquisition)
    return aim, many, start, at
