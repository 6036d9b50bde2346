"""Which candidates of a pool to melt next: beliefs in, a batch of different picks out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..models.joint import Joint
from ..models.surrogate import Belief, Surrogate
from .acquisition import log_hypervolume_improvement, log_improvement, log_probability

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Acquisition = Literal["improvement", "probability", "hypervolume", "thompson"]
HOPE = 2.0  # results that what the predictors hope for is worth
LEAST = 1e-6  # probability below which nothing is told apart


@dataclass(frozen=True)
class Results:
    """What was measured of one target: candidates, targets to be large and their standard errors, each (m,)."""

    rows: Rows
    targets: Vector
    noise: Vector

    @classmethod
    def none(cls) -> Results:
        """Nothing measured yet."""
        return cls(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))

    def and_one(self, row: int, target: float) -> Results:
        """With a made-up result more."""
        return Results(np.append(self.rows, row), np.append(self.targets, target), np.append(self.noise, 0.0))


@dataclass(frozen=True)
class Pick:
    """One candidate chosen, why, and what was known and believed of all candidates when it was."""

    row: int
    why: Literal["typical", "worth"]
    beliefs: tuple[Belief, ...]
    results: tuple[Results, ...]


@dataclass(frozen=True)
class Search:
    """Chooses batches of candidates; all targets are to be large, so a Tg enters with its sign turned.

    Parameters
    ----------
    surrogates
        One a target, about the same n candidates.
    limits
        Least value of each target that is good enough; minus infinity for none.
    acquisition
        ``"improvement"``: expected improvement of the first target times the probability that all others are good
        enough; ``"probability"``: of all being good enough; ``"hypervolume"``: expected gain in the hypervolume of two
        targets beyond the limits (beyond the worst measured where there are none); ``"thompson"``: what one joint
        draw from the beliefs finds best.
    explore
        Factor on the standard deviations: 0 trusts the means, 1 is the usual, more explores more.
    weights
        Exponent on the probability of each limit; by default 1.
    seed
        Of the draws.
    """

    surrogates: Sequence[Surrogate]
    limits: Sequence[float]
    acquisition: Acquisition = "improvement"
    explore: float = 1.0
    weights: Sequence[float] = ()
    seed: int = 0

    def batch(
        self,
        results: Sequence[Results],
        size: int,
        barred: Mask,
        success: Vector | None = None,
        hope: Vector | None = None,
        tune: bool = True,
        alike: Callable[[int], Mask] | None = None,
    ) -> list[Pick]:
        """Up to `size` different candidates, best first.

        After each pick the expected result is taken for measured (a fantasy), so that the next one differs.

        Parameters
        ----------
        results
            Of each target.
        size
            How many.
        barred
            Candidates that must not be picked, shape (n,): measured, on their way, refused.
        success
            Probability that each candidate can be made at all, shape (n,).
        hope
            Probability that each meets the goal, as the predictors tell it; it counts the less, the more was measured
            (Hvarfner et al., arXiv:2204.11051).
        tune
            Whether the surrogates may choose their lengths by these results; not where some are expected ones.
        alike
            Which candidates do not belong in a batch with one that is picked, shape (n,).
        """
        told, barred, picks = list(results), barred.copy(), list[Pick]()
        chance = np.zeros(len(barred)) if success is None else np.log(np.maximum(success, LEAST))
        if hope is not None:
            measured = max(len(one.rows) for one in results)
            chance = chance + HOPE / (1 + measured) * np.log(np.maximum(hope, LEAST))
        random = np.random.default_rng(self.seed)
        for number in range(size):
            if barred.all():  # a pick bars what is like it too
                break
            beliefs = tuple(
                surrogate.tell(one.rows, one.targets, one.noise, tune=tune and number == 0)
                for surrogate, one in zip(self.surrogates, told, strict=True)
            )
            first = not any(len(one.rows) for one in told)
            worth = (self._start() if first else self.worth(beliefs, told, random)) + chance
            row = int(np.argmax(np.where(barred, -np.inf, worth)))
            picks.append(Pick(row, "typical" if first else "worth", beliefs, tuple(told)))
            barred[row] = True
            barred |= alike(row) if alike else False
            told = [one.and_one(row, float(b.mean[row])) for one, b in zip(told, beliefs, strict=True)]
        return picks

    def worth(self, beliefs: Sequence[Belief], results: Sequence[Results], random: np.random.Generator) -> Vector:
        """What a melt of each candidate is worth, as a logarithm, shape (n,); at least one result is known."""
        if self.acquisition == "hypervolume":
            beliefs = [Belief(b.mean, b.std * self.explore) for b in beliefs]
            return log_hypervolume_improvement(
                beliefs, self._points(beliefs, results), self._reference(beliefs, results)
            )
        if self.acquisition == "thompson":
            together = zip(beliefs, self.surrogates, results, strict=True)
            drawn = [
                b.mean + self.explore * b.std * Joint(surrogate, one.rows, one.noise).deviations(random)
                for b, surrogate, one in together
            ]
            rest = zip(drawn[1:], self.limits[1:], self.surrogates[1:], strict=True)
            short = [np.minimum(value - limit, 0.0) / surrogate.scale for value, limit, surrogate in rest]
            return np.asarray(drawn[0] + 1e3 * np.sum(short, axis=0)) if short else drawn[0]
        others = self.chances(beliefs)
        if self.acquisition == "probability":
            return np.asarray(others.sum(axis=0))
        enough = others[1:].sum(axis=0)
        return np.asarray(
            log_improvement(beliefs[0], self._best(results[0], beliefs[0], enough), self.explore) + enough
        )

    def _start(self) -> Vector:
        """Worth before any result: what the predictor can tell apart, and for the rest how much a candidate tells."""
        worth = np.zeros(len(self.surrogates[0]))
        for surrogate in self.surrogates:
            told = _standardised(surrogate.slope * surrogate.trend)
            worth += surrogate.share * told + (1.0 - surrogate.share) * _standardised(surrogate.typical())
        return worth

    def chances(self, beliefs: Sequence[Belief]) -> Matrix:
        """Log probability that each target is good enough, shape (targets, n); 0 where there is no limit."""
        weights = self.weights or (1.0,) * len(beliefs)
        return np.array(
            [
                weight * log_probability(belief, limit, self.explore)
                if np.isfinite(limit)
                else np.zeros(len(belief.mean))
                for belief, limit, weight in zip(beliefs, self.limits, weights, strict=True)
            ]
        )

    def _best(self, first: Results, belief: Belief, enough: Vector) -> float:
        """Best of the first target among the candidates measured that are likely good enough otherwise.

        By what is believed of them and not by what was read: the highest of several readings is too high by its noise.
        """
        if not len(first.rows):
            return self.limits[0] if np.isfinite(self.limits[0]) else float(belief.mean.max())
        known = belief.mean[first.rows]
        likely = known[enough[first.rows] > np.log(0.5)]
        return float(likely.max() if len(likely) else known.min())

    def _points(self, beliefs: Sequence[Belief], results: Sequence[Results]) -> Matrix:
        """Front of what is believed of the candidates measured, shape (k, 2): noise is averaged out."""
        rows = np.unique(np.concatenate([one.rows for one in results]))
        return front(np.column_stack([belief.mean[rows] for belief in beliefs]))

    def _reference(self, beliefs: Sequence[Belief], results: Sequence[Results]) -> Vector:
        told = [
            limit if np.isfinite(limit) else float(belief.mean[one.rows].min(initial=np.inf))
            for limit, belief, one in zip(self.limits, beliefs, results, strict=True)
        ]
        return np.array([value if np.isfinite(value) else -1e6 for value in told])


def front(points: Matrix) -> Matrix:
    """Points (k, 2) of which no other is better in both, the first column falling; larger is better."""
    order = np.lexsort((-points[:, 1], -points[:, 0]))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], points[order, 1]]))[:-1]
    return np.asarray(points[order][points[order, 1] > best])


def _standardised(values: Vector) -> Vector:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
