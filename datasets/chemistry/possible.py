"""What no glass and no solid can be: limits of conductivity and Tg that every prediction keeps (`data/limits.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ...features.elements import INDEX, SYMBOLS
from ...features.fractions import Fractions
from ..cards import DATA
from ..curation.conduction import BOLTZMANN_EV_K, share, trace_limit
from ..curation.curate import rules
from ..properties import ZERO_CELSIUS_K, Property

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MOLECULAR = "element or molecular liquid or gas: no glass transition"
EV_PER_DECADE = BOLTZMANN_EV_K * np.log(10.0) * 1000.0  # times 1000 K / T


@lru_cache(maxsize=1)
def table() -> Mapping[str, Any]:
    """The limits of `data/limits.toml`."""
    with (DATA / "limits.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Bounds:
    """What predictions of n compositions cannot leave, in the unit of the target (K, or log10 of S/cm).

    Parameters
    ----------
    least, most
        Lowest and highest value, each of shape (n,); infinite where there is none.
    void
        Whether there is no such property, shape (n,), such as a glass transition of a molecular liquid.
    """

    least: Vector
    most: Vector
    void: Mask

    @classmethod
    def none(cls, n: int) -> Bounds:
        """The bounds of what has none."""
        return cls(np.full(n, -np.inf), np.full(n, np.inf), np.zeros(n, dtype=bool))

    def take(self, rows: npt.NDArray[np.intp]) -> Bounds:
        """Bounds of some rows."""
        return Bounds(self.least[rows], self.most[rows], self.void[rows])

    def kept(self, values: Vector) -> Vector:
        """Values of shape (n,) moved to the bound that they leave; NaN where there is no such property."""
        return np.where(self.void, np.nan, np.clip(values, self.least, self.most))

    def lifted(self, rows: Mask) -> Bounds:
        """The same without any bound on some rows: what was measured outranks what cannot be."""
        return Bounds(
            np.where(rows, -np.inf, self.least), np.where(rows, np.inf, self.most), np.asarray(self.void & ~rows)
        )


def bounds(quantity: Property, matrix: Matrix, inverse_temperature: Vector | None, molten: Mask | None) -> Bounds:
    """Bounds of a property of n compositions.

    Parameters
    ----------
    quantity
        The property.
    matrix
        Atomic fractions, shape (n, 103).
    inverse_temperature, molten
        1000 K / T and whether it is a melt, each of shape (n,); None where the property knows neither.

    Examples
    --------
    >>> from ..properties import CONDUCTIVITY, TG
    >>> from ...features.fractions import Fractions
    >>> batch = Fractions.of(["LiAlCl4", "POCl3"]).matrix
    >>> bounds(TG, batch, None, None).void.tolist()
    [False, True]
    >>> room = np.full(2, 1000 / 298.15)
    >>> (10 ** bounds(CONDUCTIVITY, batch, room, None).most).round(3).tolist()
    [0.066, 0.066]
    """
    found = Bounds.none(len(matrix))
    if quantity.name == "tg":
        return Bounds(np.full(len(matrix), quantity.to_target(quantity.plausible[0])), found.most, molecular(matrix))
    if quantity.name != "conductivity" or inverse_temperature is None:
        return found
    silver = share(matrix, table()["conductivity"]["silver_copper"]["ions"]) >= trace_limit(rules())
    most = np.where(silver, ceiling(inverse_temperature, "silver_copper"), ceiling(inverse_temperature))
    if molten is not None:
        most[molten] = np.log10(table()["conductivity"]["melt_S_cm"])
    return Bounds(found.least, most, found.void)


def ceiling(inverse_temperature: Vector, kind: str = "alkali") -> Vector:
    """Highest log10 of the ionic conductivity, in S/cm, of a solid, shape (n,).

    Two lines over 1000 K / T that meet where the table gives the value, up to the top of all solids.

    Parameters
    ----------
    inverse_temperature
        1000 K / T, shape (n,).
    kind
        Table of the mobile ions: ``alkali`` or ``silver_copper``.

    Examples
    --------
    >>> (10 ** ceiling(1000 / np.array([298.15, 333.15, 373.15, 873.15]))).round(3).tolist()
    [0.066, 0.1, 0.307, 5.0]
    """
    rule = table()["conductivity"][kind]
    colder = inverse_temperature - 1000.0 / (rule["at_C"] + ZERO_CELSIUS_K)
    energy = np.where(colder > 0, rule["fall_eV"], rule["rise_eV"])
    line = np.log10(rule["most_S_cm"]) - energy / EV_PER_DECADE * colder
    return np.asarray(np.minimum(line, np.log10(table()["conductivity"]["top_S_cm"])))


def mobile(matrix: Matrix) -> Vector:
    """Atomic fraction of the mobile ions Li, Na, K, Ag and Cu together, shape (n,)."""
    return share(matrix, mobile_ions())


def mobile_ions() -> Sequence[str]:
    """Symbols of the mobile ions."""
    return tuple(rules()["mobile"]["ions"])


def traces(matrix: Matrix) -> Mask:
    """Whether each composition holds too few mobile ions for an electrolyte, shape (n,): by the limit of training.

    >>> from ...features.fractions import Fractions
    >>> traces(Fractions.of(["LiAlCl4", "Li0.001AlCl3.001", "AlCl3"]).matrix).tolist()
    [False, True, True]
    """
    return np.asarray(mobile(matrix) < trace_limit(rules()))


def trace_percent() -> float:
    """The limit of `traces` in at.%."""
    return 100 * trace_limit(rules())


def molecular(matrix: Matrix) -> Mask:
    """Whether each composition has no glass of its own for being molecules or an element, shape (n,).

    A molecular halide, or a mixture of some, with less than a trace of salt; a molecule of `data/limits.toml`, such as
    water; an organic compound; an element that forms no glass.

    >>> from ...features.fractions import Fractions
    >>> molecular(Fractions.of(["SiCl4", "PCl3-POCl3", "P2O5", "TiCl3", "LiSiCl5"]).matrix).tolist()
    [True, True, False, False, False]
    >>> molecular(Fractions.of(["H2O", "HCl", "C6H6", "Cu", "Se", "As2S3"]).matrix).tolist()
    [True, True, True, True, False, False]
    """
    return np.asarray(molecular_halide(matrix) | _organic(matrix) | _element(matrix) | (molecule(matrix) >= 0))


def molecular_halide(matrix: Matrix) -> Mask:
    """Whether each composition is a molecular halide, or a mixture of some, with less than a trace of salt, (n,)."""
    sums = matrix @ _molecular_weights()
    salt, wanted, oxygen, solid_fluoride = sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3]
    fluorine = matrix[:, INDEX["F"]]
    found = (salt < trace_limit(rules())) & (wanted >= -salt - 1e-9) & (oxygen <= 1e-9)
    return np.asarray(found & (sums[:, 4] > 0) & ((fluorine <= 0) | (solid_fluoride <= 0)))


def _organic(matrix: Matrix) -> Mask:
    carbon, hydrogen = matrix[:, INDEX["C"]], matrix[:, INDEX["H"]]
    return np.asarray((carbon > 0) & (hydrogen > 0) & (share(matrix, table()["molecules"]["organic"]) > 1 - 1e-9))


def _element(matrix: Matrix) -> Mask:
    alone = matrix.max(axis=1) > 1 - 1e-9 if matrix.size else np.zeros(len(matrix), dtype=bool)
    return np.asarray(alone & (share(matrix, table()["molecules"]["elements_with_glass"]) <= 0))


def molecule(matrix: Matrix) -> npt.NDArray[np.intp]:
    """Place among `molecules` of each composition that is one of them, shape (n,); -1 for all others."""
    found = np.full(len(matrix), -1, dtype=np.intp)
    wanted = _molecule_rows()
    rows = np.flatnonzero(matrix @ (wanted.max(axis=0) > 0) > 1 - 1e-9)
    some = matrix[rows]
    for place, one in enumerate(wanted):
        found[rows[np.abs(some - one).max(axis=1) < 1e-4]] = place
    return found


def molecules() -> Mapping[str, float]:
    """Molecules and elements that are gases or liquids at 25 degC, with their boiling points in degC."""
    return {str(name): float(celsius) for name, celsius in table()["molecules"]["boils_C"].items()}


@lru_cache(maxsize=1)
def _molecule_rows() -> Matrix:
    return Fractions.of(list(molecules())).matrix


@lru_cache(maxsize=1)
def _molecular_weights() -> Matrix:
    """Weights, shape (103, 5): salt; halogen and oxygen beyond what is needed; oxygen beyond the most; and the rest."""
    rule = table()["molecular"]
    halogens = (*rule["halogens"], "F")
    weights = np.zeros((len(SYMBOLS), 5))
    weights[:, 0] = 1.0
    for symbol in (*halogens, "O", *rule["least_valence"]):
        weights[INDEX[symbol], 0] = 0.0
    for symbol in halogens:
        weights[INDEX[symbol], 1] = weights[INDEX[symbol], 4] = 1.0
    weights[INDEX["O"], 1], weights[INDEX["O"], 2] = 2.0, 1.0
    for symbol, valence in rule["least_valence"].items():
        weights[INDEX[symbol], 1] = -valence
        weights[INDEX[symbol], 2] = -rule["most_oxygen"].get(symbol, 0)
        weights[INDEX[symbol], 3] = symbol not in rule["fluorides"]
    weights.flags.writeable = False
    return weights
