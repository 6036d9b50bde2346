"""Which candidates of a pool to melt next: beliefs in, a batch of different picks out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ...models.surrogates.joint import Joint
from ...models.surrogates.surrogate import Belief, Surrogate
from ..task.acquisition import Beliefs, Results
from ..task.acquisitions import ACQUISITIONS, USUAL

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
HOPE = 2.0  # results that what the predictors hope for is worth
LEAST = 1e-6  # probability below which nothing is told apart


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
        Key in `acquisitions.ACQUISITIONS`.
    explore
        Factor on the standard deviations: 0 trusts the means, 1 is the usual, more explores more.
    weights
        Exponent on the probability of each limit; by default 1.
    seed
        Of the draws.
    """

    surrogates: Sequence[Surrogate]
    limits: Sequence[float]
    acquisition: str = USUAL
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
        """What a melt of each candidate is worth, shape (n,), in the unit of the acquisition; one result is known."""
        return np.asarray(ACQUISITIONS[self.acquisition](self.believed(beliefs, results, random)))

    def believed(self, beliefs: Sequence[Belief], results: Sequence[Results], random: np.random.Generator) -> Beliefs:
        """What an acquisition is given: beliefs and results of each target, with limits, steps and weights."""

        def deviations() -> list[Vector]:
            together = zip(self.surrogates, results, strict=True)
            return [Joint(surrogate, one.rows, one.noise).deviations(random) for surrogate, one in together]

        scales = [surrogate.scale for surrogate in self.surrogates]
        weights = self.weights or (1.0,) * len(beliefs)
        return Beliefs(beliefs, results, self.limits, scales, weights, self.explore, deviations)

    def _start(self) -> Vector:
        """Worth before any result: what the predictor can tell apart, and for the rest how much a candidate tells."""
        worth = np.zeros(len(self.surrogates[0]))
        for surrogate in self.surrogates:
            told = _standardised(surrogate.slope * surrogate.trend)
            worth += surrogate.share * told + (1.0 - surrogate.share) * _standardised(surrogate.typical())
        return worth


def _standardised(values: Vector) -> Vector:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
