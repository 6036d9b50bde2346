"""Calibrated predictive distributions from errors on laboratories never seen (conformal prediction), without bins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

MEANS, RATIOS = 40, 12  # points of the grid over the predicted mean, and over what the laboratory's results leave open
LEVELS = np.concatenate([[0.001, 0.0025], np.linspace(0.005, 0.995, 100), [0.9975, 0.999]])
LABORATORIES = 60  # effective number from which errors speak for a point; the kernel widens until it has them
WIDENINGS = 6  # doublings of the kernel at the most
RATIO_WIDTH = 0.25  # of the kernel over the logarithm of the ratio
FOREIGN = 0.1  # weight of an error on a composition that is near where the point is far, or the other way round
LEAST_RATIO = 0.02
CHUNK = 4096  # rows looked up at a time


class Scores(NamedTuple):
    """Held-out errors and what was known when they were made, n of them, each of shape (n,)."""

    score: Vector
    """Error in units of the difficulty."""
    mean: Vector
    """Predicted target."""
    near: Mask
    """Whether the composition is like the candidates."""
    ratio: Vector
    """Share of the variance of an error that results of the same laboratory left open: 1 without any."""
    weight: Vector
    """Of the error: all those of one paper weigh as much as those of another."""
    laboratory: Rows
    """Number of the laboratory."""

    def take(self, rows: npt.NDArray[np.generic]) -> Scores:
        """Some of the errors."""
        return Scores(*(part[rows] for part in self))

    @staticmethod
    def join(parts: list[Scores]) -> Scores:
        """The errors of all parts."""
        return Scores(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


@dataclass(frozen=True)
class LocalCalibration:
    """Distributions of errors, in units of the difficulty, over what tells them apart.

    A conformal predictive system after Bostrom, Johansson and Vovk (PMLR 128, 24-38, 2020), localised: the distribution
    at a point is that of the held-out errors whose predicted mean, kind of composition and ratio are like its own,
    weighted by a kernel that widens until it holds `LABORATORIES` laboratories. It is tabulated on a grid and
    interpolated between, so that ends of intervals and probabilities have no steps.

    Parameters
    ----------
    means, ratios
        Points of the grid: predicted targets, shape (m,), and logarithms of the ratio, shape (r,), both rising.
    quantiles
        Of the errors at `LEVELS`, shape (m, 2, r, levels): far compositions first, then near ones. Infinite where too
        few errors are held out for a level.
    laboratories
        Effective number of laboratories behind each, shape (m, 2, r).
    """

    means: Vector
    ratios: Vector
    quantiles: npt.NDArray[np.floating[Any]]
    laboratories: npt.NDArray[np.float64]

    @classmethod
    def of(cls, scores: Scores, width: float) -> LocalCalibration:
        """Tabulate the distributions.

        Parameters
        ----------
        scores
            Held-out errors, at least one.
        width
            Standard deviation of the kernel over the predicted mean, in the unit of the target.
        """
        order = np.argsort(scores.score, kind="stable")
        known = scores.take(order)
        low, high = np.quantile(known.mean, [0.002, 0.998])
        means = np.linspace(low, max(high, low + 1e-9), MEANS)
        least = max(float(known.ratio.min()), LEAST_RATIO)
        ratios = np.linspace(np.log(least), 0.0, RATIOS) if least < 1.0 else np.zeros(1)
        quantiles = np.empty((len(means), 2, len(ratios), len(LEVELS)))
        laboratories = np.empty(quantiles.shape[:3])
        log_ratio = np.log(np.maximum(known.ratio, LEAST_RATIO))
        for near in (0, 1):
            of_kind = known.weight * np.where(known.near == bool(near), 1.0, FOREIGN)
            for place, ratio in enumerate(ratios):
                for row, mean in enumerate(means):
                    local, number = _widened(
                        of_kind, known, (known.mean - mean) / width, (log_ratio - ratio) / RATIO_WIDTH
                    )
                    quantiles[row, near, place] = _quantiles(known.score, local)
                    laboratories[row, near, place] = number
        narrowing = _narrowing(quantiles, ratios, laboratories).astype(np.float32)  # as files hold them
        return cls(means, ratios, narrowing, laboratories)

    def interval(
        self, mean: Vector, difficulty: Vector, near: Mask, ratio: Vector, coverage: float
    ) -> tuple[Vector, Vector]:
        """Lower and upper ends, each of shape (n,), that hold the truth with the given probability.

        Where too few errors are held out for that coverage, the ends are infinite.
        """
        ends = np.empty((2, len(mean)))
        for rows, curves in self._curves(mean, near, ratio):
            for end, level in zip(ends, ((1.0 - coverage) / 2.0, (1.0 + coverage) / 2.0), strict=True):
                end[rows] = _at(curves, level)
        return mean + ends[0] * difficulty, mean + ends[1] * difficulty

    def below(self, mean: Vector, difficulty: Vector, near: Mask, ratio: Vector, limit: float) -> Vector:
        """Probability that the truth lies below the limit, shape (n,)."""
        asked, probability = (limit - mean) / difficulty, np.empty(len(mean))
        for rows, curves in self._curves(mean, near, ratio):
            probability[rows] = _under(curves, asked[rows])
        return probability

    def heard(self, mean: Vector, near: Mask, ratio: Vector) -> Vector:
        """Effective number of laboratories behind each distribution, shape (n,)."""
        found = np.empty(len(mean))
        for rows, curves in self._curves(mean, near, ratio):
            found[rows] = sum(share * self.laboratories.ravel()[place] for place, share in curves.corners)
        return found

    def _curves(self, mean: Vector, near: Mask, ratio: Vector) -> Iterator[tuple[slice, Curves]]:
        """Distributions of some rows at a time: the four points of the grid around each, and their shares."""
        for start in range(0, len(mean), CHUNK):
            rows = slice(start, min(start + CHUNK, len(mean)))
            kind = near[rows].astype(np.intp)
            i, a = _place(self.means, mean[rows])
            j, b = _place(self.ratios, np.log(np.maximum(ratio[rows], LEAST_RATIO)))
            i2, j2 = np.minimum(i + 1, len(self.means) - 1), np.minimum(j + 1, len(self.ratios) - 1)
            shares = ((i, j, (1 - a) * (1 - b)), (i2, j, a * (1 - b)), (i, j2, (1 - a) * b), (i2, j2, a * b))
            corners = [((mean_ * 2 + kind) * len(self.ratios) + ratio_, share) for mean_, ratio_, share in shares]
            yield rows, Curves(self.quantiles.ravel(), corners)


@dataclass(frozen=True)
class Curves:
    """Distributions of n rows between the points of a grid; a level is worked out only where it is asked for.

    Parameters
    ----------
    quantiles
        Of all points of the grid at all `LEVELS`, flat.
    corners
        Point of the grid and its share, each of shape (n,), four times.
    """

    quantiles: npt.NDArray[np.floating[Any]]
    corners: list[tuple[Rows, Vector]]

    def __len__(self) -> int:
        return len(self.corners[0][0])

    def at(self, level: int | Rows) -> Vector:
        """Quantile of each row, shape (n,), at the place of a level in `LEVELS`, or at one for each row."""
        total = np.zeros(len(self))
        for place, share in self.corners:
            with np.errstate(invalid="ignore"):
                part = share * self.quantiles.take(place * len(LEVELS) + level)
            total += np.where(share > 0, part, 0.0)
        return total

    def number_below(self, asked: Vector) -> Rows:
        """Count the levels of each row whose quantile is at most what is asked, shape (n,); they rise with it."""
        low, high = np.zeros(len(asked), dtype=np.intp), np.full(len(asked), len(LEVELS), dtype=np.intp)
        for _ in range(len(LEVELS).bit_length()):
            middle = np.minimum((low + high) // 2, len(LEVELS) - 1)
            under, on = self.at(middle) <= asked, low < high
            low, high = np.where(on & under, middle + 1, low), np.where(on & ~under, middle, high)
        return low


def _widened(weight: Vector, known: Scores, mean: Vector, ratio: Vector) -> tuple[Vector, float]:
    """Weights under a kernel that holds enough laboratories, and how many it holds.

    `mean` and `ratio` are the distances of the errors from the point, in widths of the narrowest kernel.
    """
    apart, local, number = 0.5 * (np.square(mean) + np.square(ratio)), weight, 1.0
    for widening in range(WIDENINGS + 1):
        local = weight * np.exp(-apart / 4.0**widening)
        by_laboratory = np.bincount(known.laboratory, local)
        total = float(local.sum())
        number = total**2 / max(float(by_laboratory @ by_laboratory), 1e-300)
        if number >= LABORATORIES:
            break
    return local, number


def _quantiles(scores: Vector, weight: Vector) -> Vector:
    """Weighted quantiles of rising scores at `LEVELS`; infinite where fewer errors weigh in than the level asks for."""
    share = np.cumsum(weight) / weight.sum()
    found = np.interp(LEVELS, share - 0.5 * weight / weight.sum(), scores)
    number = 1.0 / float(np.square(weight / weight.sum()).sum())
    found[LEVELS * (number + 1.0) < 1.0 - 1e-9] = -np.inf
    found[(1.0 - LEVELS) * (number + 1.0) < 1.0 - 1e-9] = np.inf
    return np.asarray(found)


def _narrowing(quantiles: npt.NDArray[np.float64], ratios: Vector, heard: npt.NDArray[np.float64]) -> Any:
    """Quantiles whose distances from the median, in the unit of the target, shrink with the ratio.

    What is left to chance in how many errors lie near a point would else widen some intervals with a further result.
    Isotonic regression, weighted by the laboratories heard; arrays as those of a `LocalCalibration`.
    """
    root, middle = np.exp(ratios / 2.0)[None, None, :, None], len(LEVELS) // 2
    scaled = quantiles * root
    centre = 0.5 * (scaled[..., middle - 1] + scaled[..., middle])[..., None]
    apart = scaled - centre
    for row in np.ndindex(apart.shape[:2]):
        for level in range(len(LEVELS)):
            curve = apart[row][:, level]
            if np.isfinite(curve).all():
                rising = level >= middle
                curve[:] = isotonic_regression(curve, weights=heard[row], increasing=rising).x
    return np.maximum.accumulate((centre + apart) / root, axis=3)  # rounding, and levels that stayed as they were


def _place(grid: Vector, values: Vector) -> tuple[Rows, Vector]:
    """Last point of a rising grid at or before each value, and how far it lies on the way to the next, from 0 to 1."""
    if len(grid) == 1:
        return np.zeros(len(values), dtype=np.intp), np.zeros(len(values))
    along = np.interp(values, grid, np.arange(len(grid)))
    at = np.minimum(along.astype(np.intp), len(grid) - 2)
    return at, along - at


def _at(curves: Curves, level: float) -> Vector:
    """Quantile of each curve, shape (n,), at a level between those of `LEVELS`; infinite beyond them."""
    if level < LEVELS[0] or level > LEVELS[-1]:
        return np.full(len(curves), -np.inf if level < LEVELS[0] else np.inf)
    place = min(int(np.searchsorted(LEVELS, level + 1e-12, side="right")) - 1, len(LEVELS) - 2)
    part = (level - LEVELS[place]) / (LEVELS[place + 1] - LEVELS[place])
    if part < 1e-9:
        return curves.at(place)
    return np.asarray((1.0 - part) * curves.at(place) + part * curves.at(place + 1))


def _under(curves: Curves, asked: Vector) -> Vector:
    """Level at which each curve reaches the value asked, shape (n,)."""
    smaller = curves.number_below(asked)
    place = np.clip(smaller, 1, len(LEVELS) - 1)
    low, high = curves.at(place - 1), curves.at(place)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(np.isfinite(high - low) & (high > low), (asked - low) / (high - low), 0.5)
    level = LEVELS[place - 1] + np.clip(part, 0.0, 1.0) * (LEVELS[place] - LEVELS[place - 1])
    level = np.where(smaller == 0, LEVELS[0] / 2, level)
    return np.asarray(np.where(smaller == len(LEVELS), (1.0 + LEVELS[-1]) / 2, level))
