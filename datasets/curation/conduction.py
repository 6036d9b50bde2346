"""Physics that a conductivity must obey to be the ionic conductivity of a glass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ...features.elements import INDEX
from ..properties import ZERO_CELSIUS_K

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BOLTZMANN_EV_K = 8.617333262e-5  # CODATA 2018
HALOGENS = ("F", "Cl", "Br", "I")
ALKALI_AND_SILVER = ("Li", "Na", "K", "Ag")
NOT_OXIDE = (*HALOGENS, "S", "Se", "N")

TRACE = "too little of Li, Na, K, Ag and Cu for a mobile-ion glass"
REDOX = "more V, Fe, Mo, W, Mn, Co and Ni than mobile ions: electrons hop between them"
COPPER = "copper oxide or chalcogenide glass without halogen: electronic"
CHALCOGENIDE = "chalcogenide glass poor in mobile ions: a semiconductor"
TOO_HIGH = "higher than any glass of its class conducts at that temperature"
FALLING = "falls as temperature rises"
SLOPE = "activation energy between two temperatures impossible"


def share(matrix: Floats, symbols: Sequence[str]) -> Floats:
    """Return the atomic fraction of these elements together, shape (n,)."""
    return np.asarray(matrix[:, [INDEX[symbol] for symbol in symbols]].sum(axis=1))


def trace_limit(rules: Mapping[str, Any]) -> float:
    """Return the atomic fraction of mobile ions below which they are a trace, and something else conducts."""
    return float(rules["mobile"]["least_percent"] / 100)


def not_ionic(matrix: Floats, rules: Mapping[str, Any]) -> Iterator[tuple[Mask, str]]:
    """Yield masks of shape (n,), with reasons, of glasses in which other carriers than mobile ions conduct."""
    electronic = rules["electronic"]
    halogen = share(matrix, HALOGENS)
    copper = np.where(halogen > 0, share(matrix, ["Cu"]), 0.0)
    mobile = share(matrix, ALKALI_AND_SILVER) + copper
    least = trace_limit(rules)
    yield share(matrix, rules["mobile"]["ions"]) < least, TRACE
    yield share(matrix, electronic["redox"]) > mobile, REDOX
    yield mobile < least, COPPER
    network = share(matrix, electronic["chalcogens"])
    chalcogenide = network > share(matrix, ["O"]) + halogen
    poor = mobile < electronic["chalcogenide_least_percent"] / 100
    yield chalcogenide & (poor | (share(matrix, ["Te"]) > mobile)), CHALCOGENIDE


def impossible(
    values: Floats, temperature: Floats, matrix: Floats, series: npt.NDArray[np.int64], rules: Mapping[str, Any]
) -> Iterator[tuple[Mask, str]]:
    """Yield masks of shape (n,) of conductivities, in S/cm, that no glass has, with reasons."""
    yield values > ceiling(temperature, matrix, rules), TOO_HIGH
    arrhenius = rules["arrhenius"]
    step = steps(values, temperature, series, arrhenius["least_step_K"])
    yield step.touched(step.energy < 0), FALLING
    yield step.touched((step.energy < arrhenius["least_eV"]) | (step.energy > arrhenius["most_eV"])), SLOPE


def ceiling(
    temperature: Floats, matrix: Floats, rules: Mapping[str, Any], glassy: Mask | Literal[True] = True
) -> Floats:
    """Return the highest credible conductivity of each glass, in S/cm, shape (n,), at temperatures in degC.

    The logarithm is interpolated in 1/T and stays level beyond the temperatures of the table. Oxides that are not
    `glassy`, such as garnets, reach what other alkali conductors do.
    """
    table = rules["ceiling"]
    silver = share(matrix, ["Ag", "Cu"]) >= trace_limit(rules)
    oxide = (share(matrix, NOT_OXIDE) == 0) & glassy
    knots = -1 / (np.array(table["temperature_C"]) + ZERO_CELSIUS_K)
    where = -1 / (temperature + ZERO_CELSIUS_K)

    def level(name: str) -> Floats:
        return np.asarray(np.interp(where, knots, np.log10(table[name])))

    return np.asarray(
        10.0 ** np.where(silver, level("silver_copper"), np.where(oxide, level("alkali_oxide"), level("alkali")))
    )


@dataclass(frozen=True)
class Steps:
    """Steps from one temperature of a series to the next higher one.

    Parameters
    ----------
    lower, upper
        Row numbers of the two ends, ndarrays of shape (s,).
    energy
        Apparent activation energy between them, shape (s,), in eV; negative where conductivity falls.
    rows
        Number of rows in all.
    """

    lower: npt.NDArray[np.intp]
    upper: npt.NDArray[np.intp]
    energy: Floats
    rows: int

    def touched(self, wrong: Mask) -> Mask:
        """Return which rows, shape (rows,), are an end of a wrong step."""
        mask = np.zeros(self.rows, dtype=bool)
        mask[self.lower[wrong]] = True
        mask[self.upper[wrong]] = True
        return mask


def steps(values: Floats, temperature: Floats, series: npt.NDArray[np.int64], least_K: float) -> Steps:
    r"""Return the steps of every series; temperatures closer than `least_K` make no step.

    .. math:: E_a = k_B \ln(\sigma_2 / \sigma_1) / (1/T_1 - 1/T_2)

    >>> s = steps(np.array([1e-3, 1e-4]), np.array([100.0, 20.0]), np.array([0, 0]), 5.0)
    >>> s.energy.round(3).tolist(), s.lower.tolist()
    ([0.271], [1])
    """
    order = np.lexsort((temperature, series))
    lower, upper = order[:-1], order[1:]
    joined = (series[lower] == series[upper]) & (temperature[upper] - temperature[lower] >= least_K)
    lower, upper = lower[joined], upper[joined]
    inverse = 1 / (temperature + ZERO_CELSIUS_K)
    rise = np.log(values[upper]) - np.log(values[lower])
    return Steps(lower, upper, BOLTZMANN_EV_K * rise / (inverse[lower] - inverse[upper]), len(values))
