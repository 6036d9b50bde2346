"""The search for the next samples: the goal's targets over the candidates, turned so that more is better."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...datasets.economics.routes import raw_material_cost
from ...datasets.measurement import composition_keys
from ...datasets.properties import find
from ...features.fractions import Fractions
from ...features.notices import notice
from ...models.domain import VERDICTS
from ...models.explanation import slope
from ...models.prediction import Prediction
from ...models.surrogates.joint import Joint, root
from ...models.surrogates.surrogate import Belief, Surrogate
from ..ranking.rank import Predictors
from ..ranking.references import Known
from ..recipes.recipe import RECIPES
from ..task.acquisition import Results, log_probability
from ..task.goal import Goal
from ..task.judgement import probability
from ..task.outcomes import Outcomes, met
from .pool import ALIKE, few, near
from .search import Pick, Search

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
HOPELESS = 0.01  # chance of meeting the goal below which no melt is worth its while
FUTILE = 0.05  # chance that anything left meets it below which a campaign is at its end
FEW, DRAWS = 300, 4000  # candidates of the highest chance that decide the latter, and draws of what they are worth


class CandidateSearch:
    """What is believed of the candidates, and what to make next of them.

    Parameters
    ----------
    every
        The candidates, and after them what was measured or is on its way.
    goal, temperature_C, known, seed
        As in `propose`, the predictors by property.
    """

    def __init__(
        self,
        every: Fractions,
        goal: Goal,
        temperature_C: float,
        known: Predictors,
        seed: int,
    ) -> None:
        self.every, self.temperature_C = every, temperature_C
        self.properties = goal.properties
        self.signs = tuple(limit.sign for limit in goal.thresholds)
        self.limits = [limit.sign * limit.target for limit in goal.thresholds]
        surrogates, predictions = list[Surrogate](), dict[str, Prediction]()
        for name in dict.fromkeys((*RECIPES, *self.properties)):
            circumstances = {"temperature_C": temperature_C, "phase": "glass"} if known[name].conditions else None
            predictions[name] = known[name].predict(every, circumstances)
        for limit in goal.thresholds:
            predictor, told = known[limit.property], predictions[limit.property]
            circumstances = {"temperature_C": temperature_C, "phase": "glass"} if predictor.conditions else None
            views = predictor._layout().views(predictor._inputs(every, circumstances))
            trusted, step = slope.of_candidates(predictor, every), find(limit.property).step
            surrogates.append(Surrogate(views, limit.sign * told.target, trusted, step, seed))
        verdicts = [[VERDICTS.index(verdict) for verdict in told.verdict] for told in predictions.values()]
        verdict = np.array(VERDICTS)[np.max(verdicts, axis=0)]
        self.refused = goal.refused(every) | goal.too_far(verdict)
        for name in self.properties:
            self.refused = self.refused | predictions[name].bounds.void
        if np.isfinite(goal.max_cost_usd_per_kg):
            self.refused |= np.asarray(raw_material_cost(every)) > goal.max_cost_usd_per_kg
        self.hope = probability(goal.thresholds, predictions)
        self.few = ""  # what is said where a batch is smaller than asked for
        self.candidates, self.made = len(every), np.zeros(len(every), dtype=bool)
        self.known = Known.of(every.matrix, goal, temperature_C, predictions, known)
        weights = [limit.weight for limit in goal.thresholds]
        self.search = Search(surrogates, self.limits, goal.acquisition, goal.explore, weights, seed)

    def results(self, outcomes: Outcomes, first: int) -> list[Results]:
        """Results of each target; their compositions stand from row `first` of the candidates on."""
        found = []
        for name, sign in zip(self.properties, self.signs, strict=True):
            rows, target, noise = outcomes.of_property(name, self.temperature_C)
            found.append(Results(first + rows, sign * target, noise))
        return found

    def left(self, barred: Mask, batch: int, own: Rows) -> Mask:
        """Candidates that may be picked, shape (n,), reference samples among them.

        A batch of two or more has room for one reference sample, as long as the laboratory has made none: its own
        results, or what is on its way, are the rows `own`.
        """
        self.candidates = len(self.every) - len(own)
        self.made = near(self.every.matrix, self.every.matrix[own])
        wanted = self.known.sample & (self.hope >= HOPELESS) & (batch > 1) & ~self.known.sample[own].any()
        return np.asarray(~barred & ~self.known.barred(~barred, batch, wanted), dtype=bool)

    def pick(self, told: list[Results], waiting: Rows, batch: int, left: Mask, chance: Vector) -> list[Pick]:
        """A batch of those that are left; what is on its way counts with the result that is expected of it."""
        for number, row in enumerate(waiting):
            beliefs = self._told(told, tune=number == 0)
            told = [one.and_one(int(row), float(b.mean[row])) for one, b in zip(told, beliefs, strict=True)]
        chosen = self.search.batch(
            told, batch, ~left, chance, self.hope, tune=len(waiting) == 0, alike=lambda row: self._alike(row, left)
        )
        if len(chosen) < batch:
            self.few = self._why_few([pick.row for pick in chosen], batch, left)
            notice(self.few, stacklevel=3)
        return chosen

    def _why_few(self, rows: list[int], batch: int, left: Mask) -> str:
        """Why there are fewer than asked for."""
        taken, measured = np.zeros(len(left), dtype=bool), self.known.measured | self.made
        taken[rows] = True
        similar = near(self.every.matrix, self.every.matrix[taken], ALIKE) & left & ~measured
        out = [(one & ~self.refused & ~taken)[: self.candidates] for one in (similar, measured)]
        return few(len(rows), batch, *(int(one.sum()) for one in out))

    def _alike(self, row: int, left: Mask) -> Mask:
        """What does not belong in a batch with a candidate: its near-duplicates, and beside a reference all others."""
        alike = near(self.every.matrix, self.every.matrix[[row]], ALIKE)
        return alike | (self.known.decided & left) if self.known.decided[row] else alike

    def stop(self, told: list[Results], left: Mask, outcomes: Outcomes, shown: float) -> str:
        """Why to stop: the goal is met, or nothing left is worth a melt, by the chance shown too; empty otherwise."""
        names = dict(zip(composition_keys(outcomes.fractions.matrix).tolist(), outcomes.facts["formula"], strict=True))
        keys = composition_keys(self.every.matrix)
        reached = [met(keys[one.rows], one.targets, limit) for one, limit in zip(told, self.limits, strict=True)]
        here = set(keys[: len(left)].tolist())
        whole = sorted((key not in here, names[key]) for key in set.intersection(*reached) - outcomes.failed_keys())
        if whole:
            strange, name = whole[0]
            more = f" and {len(whole) - 1} more" if len(whole) > 1 else ""
            return f"the goal is met by {name}{' (no candidate here)' if strange else ''}{more}"
        if self.refused[: len(left)].all():
            return "the goal refuses every candidate; widen its elements, verdict or cost, or the space"
        if not left.any():
            return "no candidate is left that the goal allows and that was not measured"
        if any(len(one.rows) for one in told) and shown < HOPELESS and self.chance_of_any(told, left) < FUTILE:
            return f"the chance that any candidate left meets the goal is below {100 * FUTILE:.0f} %"
        return ""

    def chance_of_any(self, told: list[Results], left: Mask) -> float:
        """Chance that at least one of those left meets the goal, by what is believed of them together.

        Their errors are not independent, and multiplying would promise too much of many: joint draws count.
        """
        beliefs, random = self._told(told, tune=False), np.random.default_rng(0)
        pairs = [(one, limit) for one, limit in zip(beliefs, self.limits, strict=True)]
        alone = np.sum([log_probability(belief, limit) for belief, limit in pairs], axis=0)[: len(left)]
        order = np.argsort(-np.where(left, alone, -np.inf), kind="stable")
        rows, met_all = order[: min(FEW, int(left.sum()))], np.ones((DRAWS, 1), dtype=bool)
        for (belief, limit), surrogate, one in zip(pairs, self.search.surrogates, told, strict=True):
            shared = Joint(surrogate, one.rows, one.noise).correlation(rows)
            drawn = random.standard_normal((DRAWS, len(rows))) @ root(shared)
            met_all = met_all & (belief.mean[rows] + belief.std[rows] * drawn >= limit)
        return float(met_all.any(axis=1).mean())

    def shared(self, picks: list[Pick]) -> float:
        """Mean correlation of what is uncertain of the members of a batch, over the targets; 0 of fewer than two."""
        rows = np.array([pick.row for pick in picks])
        if len(rows) < 2:
            return 0.0
        pairs = zip(self.search.surrogates, picks[0].results, strict=True)
        found = [Joint(surrogate, one.rows, one.noise).correlation(rows) for surrogate, one in pairs]
        return float(np.mean([one[np.triu_indices(len(rows), 1)].mean() for one in found]))

    def narrowed(self, pick: Pick) -> Vector:
        """What part of the uncertainty of the first target is left of each candidate by a result of the pick, (n,)."""
        first = pick.results[0]
        return Joint(self.search.surrogates[0], first.rows, first.noise).narrowed(pick.row)

    def _told(self, told: list[Results], tune: bool) -> list[Belief]:
        """Beliefs about each target after the results."""
        pairs = zip(self.search.surrogates, told, strict=True)
        return [surrogate.tell(one.rows, one.targets, one.noise, tune) for surrogate, one in pairs]
