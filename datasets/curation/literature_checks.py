"""What curated tables get wrong: slips of a whole paper, energies that no conductivity allows, odd formulas."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import charge
from ...features.fractions import Fractions
from ...features.ions.oxidation import roles
from .. import sources
from ..cards import card
from ..measurement import Measurements
from ..properties import ACTIVATION_ENERGY, CONDUCTIVITY, ZERO_CELSIUS_K, Property
from ..sources import literature
from . import arrhenius, conduction

Mask = npt.NDArray[np.bool_]

UNIT_SLIP = "its paper holds a halide above what any conducts near room temperature: mS/cm kept as S/cm"
ODD_ENERGY = "with the conductivity of its paper it gives a prefactor that no hopping ion has"
BONDED = "neutral only if sulfur or selenium is bound to itself"
HYDRATED = "possibly hydrated: X-rays do not tell it from Li2OHX"
LEFT_OUT, DOUBTED = "left out", "doubted"
_BOUND = "bound to each other"
_OXYHALIDE = {"Li": 0.6, "O": 0.2, "halogen": 0.2}  # atomic fractions of Li3OX
_NEAR = 0.005  # atomic fraction up to which they are met
_SAME = 1e-6  # relative difference up to which values are the same number


def withdrawn(measured: Measurements, action: str) -> Iterator[tuple[Mask, str]]:
    """Yield masks of shape (n,), with reasons, of rows that an audit found wrong; `action` is one of its two words."""
    listed = _withdrawn()
    rows, listed = measured.rows, listed[listed["action"] == action]
    of_table = literature.is_literature(rows)
    if not of_table.any():
        return
    columns = [listed[name].tolist() for name in ("formula", "doi", "value", "reason")]
    for formula, doi, value, reason in zip(*columns, strict=True):
        same = of_table & (rows["formula"] == formula).to_numpy() & (rows["doi"] == doi).to_numpy()
        same &= np.isclose(rows["value"].to_numpy(), value, rtol=_SAME)
        yield same, str(reason)


@lru_cache(maxsize=1)
def _withdrawn() -> pd.DataFrame:
    table = pd.read_csv(card("withdrawn").path, encoding="utf-8")
    return table.assign(doi=table["doi"].fillna("").str.lower())


def unit_slips(measured: Measurements, rule: dict[str, Any]) -> Mask:
    """Return which conductivities are of a paper with a solid halide above ``rule["above_S_cm"]``, shape (n,).

    Near room temperature no lithium or sodium halide exceeds it; silver and copper conductors and melts do.
    """
    rows, matrix = measured.rows, measured.matrix
    halogen = conduction.share(matrix, ("Cl", "Br", "I"))
    silver = conduction.share(matrix, ("Ag", "Cu", "Rb", "Tl"))
    near = rows["temperature_C"].between(*rule["temperature_C"]).to_numpy()
    solid = (rows["phase"] != "molten").to_numpy()
    high = near & solid & (halogen > 0) & (silver == 0) & (rows["value"].to_numpy() > rule["above_S_cm"])
    return np.asarray(rows["paper"].isin(rows.loc[high, "paper"]))


def odd_energies(energies: Measurements, conductivities: Measurements, rule: dict[str, Any]) -> Mask:
    r"""Return which activation energies, shape (n,), contradict a conductivity of the same paper and composition.

    The prefactor :math:`\log_{10} A = \log_{10}(\sigma T) + E_a / (k_B T \ln 10)`, in log10 of S K/cm, must lie in
    ``rule["log10_prefactor_S_K_cm"]`` for one of them at least.
    """
    rows = conductivities.rows
    kelvin = rows["temperature_C"].to_numpy() + ZERO_CELSIUS_K
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log10(rows["value"].to_numpy() * kelvin)
    known = pd.DataFrame({"paper": rows["paper"], "key": conductivities.keys, "level": level, "kelvin": kelvin})
    known = known[np.isfinite(level) & (rows["phase"] != "molten").to_numpy()]
    asked = pd.DataFrame({"paper": energies.rows["paper"], "key": energies.keys, "energy": energies.rows["value"]})
    pairs = asked.reset_index().merge(known, on=["paper", "key"])
    prefactor = pairs["level"] + pairs["energy"] / (arrhenius.SLOPE * pairs["kelvin"])
    low, high = rule["log10_prefactor_S_K_cm"]
    allowed = prefactor.between(low, high).groupby(pairs["index"]).any()
    odd = np.zeros(len(energies), dtype=bool)
    odd[allowed.index[~allowed.to_numpy()].to_numpy(dtype=np.intp)] = True
    return odd


def only_by_bonds(matrix: npt.NDArray[np.float64]) -> Mask:
    """Return which compositions, atomic fractions of shape (n, 103), are neutral only with S-S or Se-Se bonds.

    >>> only_by_bonds(Fractions.of(["Li5.7PS5Cl1.3", "Li6PS5Cl"]).matrix).tolist()
    [True, False]
    """
    gap = charge.gaps(Fractions.from_matrix(matrix))
    nearest = charge.nearest_role(gap)
    bonded = np.array([_BOUND in note for note in roles().notes])
    return np.asarray(bonded[nearest] & (np.abs(gap[:, 0]) > charge.TOLERANCE))


def maybe_hydrated(matrix: npt.NDArray[np.float64]) -> Mask:
    """Return which compositions, atomic fractions of shape (n, 103), are Li3OX with X of Cl, Br and I.

    The lattice parameter of Li3OCl is that of Li2OHCl, and Li3OCl, unstable at 25 degC, draws water
    (10.1021/acs.chemmater.8b02568, 10.1039/d2ma00971d).

    >>> maybe_hydrated(Fractions.of(["Li3OCl", "Li3OCl0.5Br0.5", "Li2OHCl", "Na3OCl"]).matrix).tolist()
    [True, True, False, False]
    """
    parts = {"Li": ("Li",), "O": ("O",), "halogen": ("Cl", "Br", "I")}
    found = [np.abs(conduction.share(matrix, parts[name]) - part) <= _NEAR for name, part in _OXYHALIDE.items()]
    return np.asarray(np.all(found, axis=0))


def doubts(measured: Measurements, prop: Property, rules: dict[str, Any]) -> Iterator[tuple[Mask, str]]:
    """Yield masks of shape (n,), with reasons, of doubtful literature rows; hydrated ones of all curated sources."""
    curated = literature.is_literature(measured.rows)
    if prop.name == CONDUCTIVITY.name:
        yield sources.curated(measured.rows) & maybe_hydrated(measured.matrix), HYDRATED
    if not curated.any():
        return
    if prop.name in (CONDUCTIVITY.name, ACTIVATION_ENERGY.name):
        odd = np.zeros(len(measured), dtype=bool)
        odd[curated] = only_by_bonds(measured.matrix[curated])
        yield odd, BONDED
    if prop.name == CONDUCTIVITY.name:
        yield curated & unit_slips(measured, rules["unit_slip"]), UNIT_SLIP
    if prop.name == ACTIVATION_ENERGY.name:
        conductivities = literature.read(CONDUCTIVITY.name, tuple(literature.TABLES))
        yield curated & odd_energies(measured, conductivities, rules["energy"]), ODD_ENERGY
    yield from withdrawn(measured, DOUBTED)
