"""What held-out errors teach: how those of one laboratory vary together, and what remains after some of its results."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...datasets.properties import ZERO_CELSIUS_K
from ..design.layout import Layout
from ..localised import LocalCalibration
from ..residuals import Law, learn
from .crossfit import Design, HeldOut
from .episodes import Episodes, Errors, play

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


def errors(held: HeldOut, design: Design, points: Matrix, layout: Layout, better: float) -> Errors:
    """Held-out predictions as episodes are played on them.

    Parameters
    ----------
    held, design
        Held-out predictions of m measured rows, and the rows that they are of.
    points
        The measured compositions in the space of the domain, shape (m, d).
    layout
        Of the design matrix.
    better
        1 where a campaign looks for high values, -1 for low ones.
    """
    celsius = np.zeros(len(held.row))
    if layout.n_conditions:
        celsius = 1000.0 / design.X[held.row, layout.glass.stop] - ZERO_CELSIUS_K
    return Errors(
        truth=held.truth,
        mean=held.mean,
        difficulty=held.difficulty,
        points=points,
        keys=design.keys[held.row],
        papers=held.papers,
        laboratories=held.laboratories,
        near=held.near,
        temperature_C=celsius,
        better=better,
    )


def learnt(told: Errors, width: float, ages: Vector, seed: int = 0) -> tuple[Law, LocalCalibration, Episodes]:
    """The law of the errors, and the distributions of those that remain in episodes played on them.

    Parameters
    ----------
    told
        Held-out predictions, m rows.
    width
        Standard deviation of the kernel over the predicted mean.
    ages
        Factor on the weight of each error, shape (m,): that of an old paper may count for less.
    seed
        Random seed.
    """
    law = learn(told.scores, told.points, told.of_papers(), seed)
    episodes = play(told, law, seed)
    scores = episodes.scores._replace(weight=episodes.scores.weight * ages[episodes.row])
    return law, LocalCalibration.of(scores, width), episodes


def forgotten(years: npt.ArrayLike | None, memory_years: float | None, n: int) -> Vector:
    """Weight of each error by the age of its paper, (n,): 1/e after `memory_years`; undated ones are of middle age.

    >>> forgotten([2020, 2000, None], 20.0, 3).round(2).tolist()
    [1.0, 0.37, 0.61]
    """
    year = np.full(n, np.nan) if years is None else np.asarray(years, dtype=float)
    if year.shape != (n,):
        raise ValueError(f"years of shape {year.shape} for {n} compositions; give one each, NaN where unknown")
    if memory_years is None or np.isnan(year).all():
        return np.ones(n)
    age = np.nan_to_num(np.nanmax(year) - year, nan=float(np.nanmax(year) - np.nanmedian(year)))
    return np.asarray(np.exp(-age / memory_years))
