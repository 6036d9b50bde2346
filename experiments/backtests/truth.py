"""What a replay is played against: a truth drawn around the recorded values, and measurements of it that err."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .pools import ReplayPool

Matrix = npt.NDArray[np.float64]

SCATTER = (0.3, 15.0)  # standard deviation of a value between papers on one composition: decades, K
EXACT = (0.0, 0.0)


@dataclass(frozen=True)
class Trial:
    """One world in which a pool is searched; both arrays of shape (n, k), in the targets of the pool.

    Parameters
    ----------
    truth
        What the compositions are worth. No strategy sees it; regret is counted in it.
    measured
        What a measurement of each gives: the same to every strategy, whenever it asks.
    """

    truth: Matrix
    measured: Matrix


def trial(pool: ReplayPool, seed: int, scatter: Sequence[float] = SCATTER) -> Trial:
    """The world of a seed: the truth errs from the record, and each measurement from the truth, by the scatter.

    A record is itself a measurement, and who chases its highest value chases its noise too. Equal pools and seeds give
    equal worlds, so that strategies are compared in pairs.

    Parameters
    ----------
    pool
        Compositions with their recorded values.
    seed
        Of the draw.
    scatter
        Standard deviations, one a target at least, in its unit; `EXACT` makes record, truth and measurement the same.
    """
    random = np.random.default_rng([seed, zlib.crc32(pool.name.encode())])
    errors = random.standard_normal((2, *pool.values.shape)) * np.asarray(scatter)[: pool.values.shape[1]]
    truth = pool.values + errors[0]
    return Trial(truth, truth + errors[1])
