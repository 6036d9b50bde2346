"""The next melts: which candidates of a space to make, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets.measurement import composition_keys
from ..datasets.prices import raw_material_cost
from ..datasets.readings import aiming, trusting
from ..features.fractions import Fractions
from ..features.notices import notice
from ..features.scalars import shown, whole
from ..models import inputs
from ..models.domain import VERDICTS
from ..models.prediction import Prediction
from ..models.predictor import Predictor
from ..models.surrogate import Belief, Surrogate
from .acquisition import log_probability
from .candidates import one_temperature
from .goal import Goal, GoalError
from .judgement import probability
from .outcomes import Outcomes, met, success
from .own_results import LAB, Facts, learnt
from .pool import Pool, few, fractions_of, near
from .ranking import COLUMNS, Predictors, rank
from .ready import Informed, ready
from .reasons import Told, reasons
from .recipe import RECIPES
from .search import Acquisition, Pick, Results, Search

Vector = npt.NDArray[np.float64]
STEP: Mapping[str, float] = {  # a usual step, in the unit of the target
    "conductivity": 1.0,
    "tg": 30.0,
    "liquidus": 30.0,
    "melting": 30.0,
    "activation_energy": 0.1,
    "density": 0.3,
    "youngs_modulus": 5.0,
}
HOPELESS = 0.01  # chance of meeting the goal below which no melt is worth its while


def propose(
    candidates: Any,
    batch: int = 4,
    goal: Goal | Mapping[str, Any] | Path | str | None = None,
    results: pd.DataFrame | Path | str | None = None,
    pending: Iterable[Any] = (),
    temperature_C: float = 25.0,
    predictors: Predictors | None = None,
    acquisition: Acquisition = "improvement",
    seed: int = 0,
    without: Iterable[Any] = (),
    **variables: Any,
) -> pd.DataFrame:
    """Choose the next batch of compositions to melt.

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
        What makes a melt worth while (see `Search`); the same of all gives the same proposals.
    without
        Compositions that are given up: not proposed, and nothing is believed of them.
    **variables
        Range of each variable of a template: ``x="0:1.5:0.05"``.

    Returns
    -------
    DataFrame
        A row a proposal: ``formula``, the variables, ``reason``, and a ranking by predictors that have learnt the
        results. ``attrs["stop"]`` says why to stop, and is empty otherwise.
    """
    aim, batch, seed, at = _checked(goal, batch, acquisition, seed, temperature_C)
    with trusting():
        pool, outcomes = Pool.of(candidates, **variables), Outcomes.of(results)
        known = ready(dict.fromkeys((*RECIPES, *aim.properties)), predictors)
        waiting = pool.waiting(pending)
        every = pool.joined(Fractions.from_matrix(np.vstack([outcomes.fractions.matrix, waiting.matrix])))
        search = _Belief(every, aim, at, known, acquisition, seed)
        told, places = search.results(outcomes, len(pool)), np.arange(len(pool), len(every))
        gone = np.vstack([every.matrix[places], fractions_of([*without], "without").matrix])
        barred = search.refused | near(every.matrix, gone)
        chosen = search.pick(told, places[len(outcomes.facts) :], batch, barred, success(every.matrix, outcomes))
        table = _reasoned(chosen, pool, outcomes, aim, at, known)
        stop = search.stop(told, barred[: len(pool)], outcomes, table["p_goal"].max())
        table.attrs |= {"stop": stop, "temperature_C": at}
        return table


def _reasoned(
    chosen: list[Pick], pool: Pool, outcomes: Outcomes, goal: Goal, temperature_C: float, known: Predictors
) -> pd.DataFrame:
    """The candidates picked as a table, each with the reason."""
    rows = [pick.row for pick in chosen]
    pupils = Informed({name: taught(predictor, outcomes) for name, predictor in known.items()})
    table = _table(pool.formulas(rows), pool.variables.take(rows), goal, temperature_C, pupils)
    why = reasons(Told(table, pool.variables, rows, chosen, pool.keys, outcomes))
    table.insert(1 + pool.variables.shape[1], "reason", why)
    return table


def taught(predictor: Predictor, outcomes: Outcomes) -> Predictor:
    """A copy of a predictor that has learnt the results on its property; the predictor stays as it is.

    What was measured of a crystal or a melt says nothing of the glass and is left out; so is what was learnt already
    from the store of the laboratory.
    """
    part = outcomes.of_glasses(predictor.property)
    keys = composition_keys(Fractions.of(part["formula"].tolist()).matrix)
    fresh = ~learnt(predictor, Facts.told(predictor.property, keys, part), since_fit=True)
    if not fresh.any():
        return predictor
    rows = part[fresh]
    conditions = rows[["temperature_C", "phase"]] if predictor.conditions else None
    with trusting():  # their temperatures were judged with their compositions
        formulas, values = rows["formula"].tolist(), rows["value"].to_numpy(dtype=float)
        told = outcomes.errors(predictor.property)[fresh]
        return predictor.updated(formulas, values, conditions, told, references=np.full(len(rows), LAB))


class _Belief:
    """The goal's targets over the candidates, turned so that more is better."""

    def __init__(
        self, every: Fractions, goal: Goal, temperature_C: float, known: Predictors, acquisition: Acquisition, seed: int
    ) -> None:
        self.every, self.temperature_C = every, temperature_C
        self.properties = goal.properties
        self.signs = tuple(limit.sign for limit in goal.thresholds)
        self.limits = [limit.sign * limit.target for limit in goal.thresholds]
        if acquisition == "hypervolume" and len(self.limits) != 2:
            raise GoalError(
                f"acquisition='hypervolume' weighs two limits, the goal has {len(self.limits)}; use another"
            )
        surrogates, predictions = list[Surrogate](), dict[str, Prediction]()
        for name in dict.fromkeys((*RECIPES, *self.properties)):
            circumstances = {"temperature_C": temperature_C, "phase": "glass"} if known[name].conditions else None
            predictions[name] = known[name].predict(every, circumstances)
        for limit in goal.thresholds:
            predictor, told = known[limit.property], predictions[limit.property]
            circumstances = {"temperature_C": temperature_C, "phase": "glass"} if predictor.conditions else None
            layout = inputs.layout(predictor.blocks, predictor.conditions)
            views = layout.views(inputs.matrix(every, predictor.blocks, predictor.conditions, circumstances))
            step = STEP[limit.property]
            surrogates.append(Surrogate(views, limit.sign * told.target, told.difficulty, step, seed))
        verdicts = [[VERDICTS.index(verdict) for verdict in told.verdict] for told in predictions.values()]
        verdict = np.array(VERDICTS)[np.max(verdicts, axis=0)]
        self.refused = goal.refused(every) | goal.too_far(verdict)
        if np.isfinite(goal.max_cost_usd_per_kg):
            self.refused |= np.asarray(raw_material_cost(every)) > goal.max_cost_usd_per_kg
        self.hope = probability(goal.thresholds, predictions)
        measured = np.any([predictions[name].distance == 0.0 for name in self.properties], axis=0)
        self.known_poor = measured & (self.hope < HOPELESS)
        weights = [limit.weight for limit in goal.thresholds]
        self.search = Search(surrogates, self.limits, acquisition, goal.explore, weights, seed)

    def results(self, outcomes: Outcomes, first: int) -> list[Results]:
        """Results of each target; their compositions stand from row `first` of the candidates on."""
        found = []
        for name, sign in zip(self.properties, self.signs, strict=True):
            rows, target, noise = outcomes.of_property(name, self.temperature_C)
            found.append(Results(first + rows, sign * target, noise))
        return found

    def pick(
        self,
        told: list[Results],
        waiting: npt.NDArray[np.intp],
        batch: int,
        barred: npt.NDArray[np.bool_],
        chance: Vector,
    ) -> list[Any]:
        """A batch; what is on its way counts with the result that is expected of it.

        What others measured, and is far from the goal by that, is left out while there is enough else.
        """
        for number, row in enumerate(waiting):
            beliefs = self._told(told, tune=number == 0)
            told = [one.and_one(int(row), float(b.mean[row])) for one, b in zip(told, beliefs, strict=True)]
        alone = len(waiting) == 0
        barred = worse if (~(worse := barred | self.known_poor)).sum() >= batch else barred
        chosen = self.search.batch(told, batch, barred, chance, self.hope, tune=alone, alike=self._alike)
        if len(chosen) < batch:
            notice(few(len(chosen), batch), stacklevel=3)
        return chosen

    def stop(self, told: list[Results], barred: npt.NDArray[np.bool_], outcomes: Outcomes, shown: float) -> str:
        """Why to stop: the goal is met, or nothing left is worth a melt, by the chance shown too; empty otherwise."""
        names = dict(zip(composition_keys(outcomes.fractions.matrix).tolist(), outcomes.facts["formula"], strict=True))
        keys = composition_keys(self.every.matrix)
        reached = [met(keys[one.rows], one.targets, limit) for one, limit in zip(told, self.limits, strict=True)]
        here = set(keys[: len(barred)].tolist())
        whole = sorted((key not in here, names[key]) for key in set.intersection(*reached) - outcomes.failed_keys())
        if whole:
            strange, name = whole[0]
            more = f" and {len(whole) - 1} more" if len(whole) > 1 else ""
            return f"the goal is met by {name}{' (no candidate here)' if strange else ''}{more}"
        if self.refused[: len(barred)].all():
            return "the goal refuses every candidate; widen its elements, verdict or cost, or the space"
        if barred.all():
            return "no candidate is left that the goal allows and that was not measured"
        beliefs = self._told(told, tune=False)
        chance = np.exp(
            np.sum([log_probability(b, limit) for b, limit in zip(beliefs, self.limits, strict=True)], axis=0)
        )
        hopeless = max(shown, chance[: len(barred)][~barred].max()) < HOPELESS
        if any(len(one.rows) for one in told) and hopeless:
            return f"no candidate left has more than {100 * HOPELESS:.0f} % chance of meeting the goal"
        return ""

    def _told(self, told: list[Results], tune: bool) -> list[Belief]:
        """Beliefs about each target after the results."""
        pairs = zip(self.search.surrogates, told, strict=True)
        return [surrogate.tell(one.rows, one.targets, one.noise, tune) for surrogate, one in pairs]

    def _alike(self, row: int) -> npt.NDArray[np.bool_]:
        return near(self.every.matrix, self.every.matrix[[row]])


def _table(
    names: list[str], variables: pd.DataFrame, goal: Goal, temperature_C: float, known: Predictors
) -> pd.DataFrame:
    if not names:
        return pd.DataFrame(columns=["formula", *variables.columns, *[name for name in COLUMNS if name != "formula"]])
    ranked = rank(names, goal, temperature_C, known).sort_index().reset_index(drop=True)
    rest = ranked.drop(columns="formula")
    return pd.concat([ranked[["formula"]], variables.reset_index(drop=True), rest], axis=1)


def _checked(goal: Any, batch: Any, acquisition: str, seed: Any, temperature_C: Any) -> tuple[Goal, int, int, float]:
    """The goal, the size of the batch, the seed and the temperature, where all that a proposal is told can be."""
    many = whole(batch, "batch", "the number of syntheses to propose, from 1 to 100", 1, 100, GoalError)
    if acquisition not in get_args(Acquisition):
        raise GoalError(f"acquisition = {shown(acquisition)}; use one of {', '.join(get_args(Acquisition))}")
    start = whole(seed, "seed", f"a whole number from 0 to {2**32 - 1}", 0, 2**32 - 1, GoalError)
    at = one_temperature(temperature_C, "a batch is proposed for one temperature")
    with aiming(at):
        return Goal.of(goal), many, start, at
