"""Arrhenius and Vogel-Fulcher-Tammann laws through series of conductivities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..properties import ZERO_CELSIUS_K
from .conduction import BOLTZMANN_EV_K

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SLOPE = float(np.log(10) * BOLTZMANN_EV_K)  # eV/K: activation energy of one decade over a change of 1/T by 1/K
BENT = "series bends beyond noise, and no law of temperature fits it"
ODD_PREFACTOR = "prefactor that no hopping ion has"


@dataclass(frozen=True)
class Fits:
    r"""Least-squares lines :math:`\log_{10}(\sigma T) = A - E_a / (k_B T \ln 10)`, one a series.

    Parameters
    ----------
    points
        Distinct temperatures, ndarray of shape (s,).
    energy
        Activation energies, shape (s,), in eV; NaN for a series of one temperature.
    prefactor
        A, shape (s,), log10 of S K/cm.
    worst
        Largest distance of a point from its line, shape (s,), in decades.
    span
        From the lowest to the highest temperature, shape (s,), in K.
    """

    points: npt.NDArray[np.intp]
    energy: Floats
    prefactor: Floats
    worst: Floats
    span: Floats


def fit(values: Floats, temperature_C: Floats, series: npt.NDArray[np.int64]) -> Fits:
    """Return the Arrhenius lines of numbered series, from conductivities in S/cm.

    Examples
    --------
    >>> T = np.array([20.0, 100.0, 300.0])
    >>> sigma = 1e5 / (T + 273.15) * np.exp(-0.33 / BOLTZMANN_EV_K / (T + 273.15))
    >>> line = fit(sigma, T, np.zeros(3, dtype=np.int64))
    >>> line.energy.round(3).tolist(), line.prefactor.round(3).tolist()
    ([0.33], [5.0])
    """
    kelvin = temperature_C + ZERO_CELSIUS_K
    x, y = 1 / kelvin, np.log10(values * kelvin)
    count = np.bincount(series).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        x_mean, y_mean = np.bincount(series, x) / count, np.bincount(series, y) / count
        dx = x - x_mean[series]
        spread = np.bincount(series, dx * dx)
        gradient = np.where(spread > 1e-16, np.bincount(series, dx * y) / spread, np.nan)
    prefactor = y_mean - gradient * x_mean
    residual = np.abs(y - prefactor[series] - gradient[series] * x)
    worst = np.zeros(len(count))
    np.maximum.at(worst, series, np.nan_to_num(residual))
    distinct = pd.DataFrame({"series": series, "T": kelvin}).drop_duplicates()["series"]
    points = np.bincount(distinct, minlength=len(count))
    lowest, highest = np.full(len(count), np.inf), np.full(len(count), -np.inf)
    np.minimum.at(lowest, series, kelvin)
    np.maximum.at(highest, series, kelvin)
    return Fits(points, -gradient * SLOPE, prefactor, worst, highest - lowest)


def fit_vft(values: Floats, temperature_C: Floats) -> tuple[float, float]:
    r"""Return T0, in K, and the largest residual, in decades, of a VFT law through one series of at least three points.

    .. math:: \log_{10} \sigma T = A - B / (T - T_0)

    T0 is searched below the lowest temperature; T0 = 0 is the Arrhenius law (Vogel 1921, Fulcher 1925, Tammann 1926).
    """
    kelvin = temperature_C + ZERO_CELSIUS_K
    y = np.log10(values * kelvin)
    best = (np.inf, 0.0, np.inf)
    for T0 in np.linspace(0.0, 0.95 * kelvin.min(), 96):
        design = np.stack([np.ones_like(y), -1 / (kelvin - T0)], axis=1)
        error = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        best = min(best, (float(error @ error), float(T0), float(np.abs(error).max())))
    return best[1], best[2]


def odd_prefactor(line: Fits, rule: Mapping[str, Any]) -> Mask:
    """Return which lines, shape (s,), have a prefactor outside what jump rates, ion densities and entropies allow.

    Lines over less than ``rule["least_span_K"]`` are not judged.
    """
    low, high = rule["log10_prefactor_S_K_cm"]
    return np.asarray((line.span >= rule["least_span_K"]) & ((line.prefactor < low) | (line.prefactor > high)))


def bent(line: Fits, rule: Mapping[str, Any]) -> Mask:
    """Return which lines, shape (s,), through three points or more leave one of them far off."""
    return np.asarray((line.points > 2) & (line.worst > rule["most_residual"]))


def vft_temperatures(
    values: Floats, temperature_C: Floats, series: npt.NDArray[np.int64], most_residual: float
) -> Floats:
    """Return T0 of the VFT law that the points of each series obey, shape (s,), in K; NaN where none does."""
    found = np.full(int(series.max(initial=-1)) + 1, np.nan)
    for number in np.unique(series).tolist():
        mine = series == number
        T0, worst = fit_vft(values[mine], temperature_C[mine])
        if T0 > 0 and worst <= most_residual / 3:
            found[number] = T0
    return found


def lawless(values: Floats, temperature_C: Floats, series: npt.NDArray[np.int64], rule: Mapping[str, Any]) -> Mask:
    """Return which series, shape (s,), leave their Arrhenius line far and obey no VFT law either."""
    mask = bent(fit(values, temperature_C, series), rule)
    some = mask[series]
    law = vft_temperatures(values[some], temperature_C[some], series[some], rule["most_residual"])
    mask[: len(law)] &= np.isnan(law)
    return mask
