"""Halides that boil or sublime where a glass is made, and those that lithium reduces: tables with their sources."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...features.composition import Composition
from ...features.elements import INDEX, SYMBOLS, lookup
from ...features.fractions import Fractions
from ...features.ions.oxidation import roles
from ..cards import DATA
from .flag_table import table
from .possible import molecular_halide, molecules

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
HALOGENS = ("Cl", "Br", "I")  # fluorides are bound (LiBF4, Na2SiF6), or count as molecular liquids and gases
FARADAY_KJ_V = 96.485
HARMLESS_STATE = {"Sn": 2.0, "Ge": 2.0, "Ti": 3.0, "V": 3.0, "Fe": 2.0, "Mo": 3.0}
"""State of elements whose lower chloride is no liquid and stays in the vessel: SnCl2, GeCl2, TiCl3, VCl3, FeCl2."""


@dataclass(frozen=True)
class Halide:
    """A halide that is volatile.

    Parameters
    ----------
    formula, metal, halogen
        What it is.
    per_metal, oxygen
        Atoms of halogen and of oxygen for each atom of the metal.
    temperature_C
        Where it boils or sublimes at 1 atm, in degC.
    change, state
        ``boils`` or ``sublimes``; ``gas``, ``liquid`` or ``solid`` at 25 degC.
    bound_by, binding
        Alkali ions that bind one as a complex anion, infinite where none does, and which of them do.
    source
        Where the temperature is from.
    """

    formula: str
    metal: str
    halogen: str
    per_metal: float
    oxygen: float
    temperature_C: float
    change: str
    state: str
    bound_by: float
    binding: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def halides() -> tuple[Halide, ...]:
    """The halides of `data/volatile.csv`, lowest temperature first."""
    with (DATA / "volatile.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_halide(row) for row in csv.DictReader(file))


def _halide(row: Mapping[str, str]) -> Halide:
    amounts = dict(Composition.parse(row["formula"]).amounts)
    oxygen = amounts.pop("O", 0)
    halogen = next(one for one in ("F", *HALOGENS) if one in amounts)
    metal = next(one for one in amounts if one != halogen)
    bound = float(row["bound_by_alkali"]) if row["bound_by_alkali"] else np.inf
    return Halide(
        formula=row["formula"],
        metal=metal,
        halogen=halogen,
        per_metal=float(amounts[halogen] / amounts[metal]),
        oxygen=float(oxygen / amounts[metal]),
        temperature_C=float(row["temperature_C"]),
        change=row["change"],
        state=row["state_at_25_C"],
        bound_by=bound,
        binding=tuple(row["binding_ions"].split()),
        source=row["source"],
    )


def needed(fractions: Fractions) -> tuple[Mask, Mask]:
    """Whether a gas or a liquid, and whether another volatile halide, is needed to make each composition, shape (n,).

    Halogen goes to salts that stay first, then to halides that alkali binds, then to volatile solids, then to liquids
    that alkali binds (K2SnCl6, KSbCl6), and to other gases and liquids last: what is left for the next asks for it.
    The halides are those of the lightest halogen of a composition: AsCl3 is a liquid, AsI3 is none.
    """
    n = len(fractions)
    gases, others = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    if not any(bool(fractions.column(symbol).any()) for symbol in _metals()):
        return gases, others
    held = _held(fractions)
    rows = np.flatnonzero((held[:, 0] > 0) & (held[:, [2, 3, 4, 10]].sum(axis=1) > 0))
    gases[rows], others[rows] = _left(held[rows])
    poor = np.flatnonzero(~gases & (held[:, 5] < 0.01) & (held[:, [3, 4, 10]].sum(axis=1) > 0))
    gases[poor] = molecular_halide(fractions.matrix[poor])
    return gases, others


def gases_needed(fractions: Fractions) -> Mask:
    """Whether a gas or a liquid is needed to make each composition, shape (n,)."""
    liquids = {one.metal for one in halides() if one.state != "solid"}
    if not any(bool(fractions.column(symbol).any()) for symbol in liquids):
        return np.zeros(len(fractions), dtype=bool)
    return needed(fractions)[0]


@lru_cache(maxsize=1)
def _metals() -> frozenset[str]:
    """Elements that have a volatile halide."""
    return frozenset(one.metal for one in halides())


def _left(held: Matrix) -> tuple[Mask, Mask]:
    """Whether gases and liquids, and whether others, take halogen that is left; of sums by `_kinds`, shape (n, 15).

    Alkali binds liquids before solids, so that no gas is asked for that a salt can hold.
    """
    halogen, salts, bindable, solid, _, alkali, wanted, anions, fixed, lower, liquid, liquid_wanted = held[:, :12].T
    higher, higher_wanted, binding = held[:, 12:].T
    slack = table()["volatile"]["tolerance"]
    stays = np.where(anions - fixed <= lower + 0.01, lower, 0.0)  # where the charge asks for no higher chlorides
    left = halogen - salts - stays
    rest = left - bindable - solid
    binds = np.clip(rest / np.maximum(liquid, 1e-12), 0.0, 1.0) * liquid_wanted
    bound = (liquid > 0) & (rest > slack)
    partly = np.clip(left / np.maximum(bindable, 1e-12), 0.0, 1.0)
    unbound = (bindable > 0) & (left > slack) & (alkali < 0.98 * partly * wanted)
    beyond = rest - liquid  # of the lower chloride: SbCl5 of KSbCl6
    ions = 0.98 * np.clip(beyond / np.maximum(higher, 1e-12), 0.0, 1.0) * higher_wanted
    raised = (higher > 0) & (beyond > slack) & (beyond - higher <= slack) & (binding >= ions)
    others = unbound | bound | raised | ((left - bindable > slack) & (solid > 0))
    gases = ((beyond > slack) & ~raised) | (bound & (alkali < 0.98 * binds))
    return np.asarray(gases), np.asarray(others)


def _held(fractions: Fractions) -> Matrix:
    """Sums by `_kinds` of the lightest halogen of each composition, shape (n, 15)."""
    found = fractions.matrix @ _kinds(HALOGENS[0])
    lighter = fractions.column(HALOGENS[0]) > 0
    for halogen in HALOGENS[1:]:
        rows = np.flatnonzero(~lighter & (fractions.column(halogen) > 0))
        found[rows] = fractions.matrix[rows] @ _kinds(halogen)
        lighter |= fractions.column(halogen) > 0
    return np.asarray(found)


@lru_cache(maxsize=1)
def _states() -> Vector:
    """Usual charge of each element beside halogen, shape (103,)."""
    low, high = roles().low[:, 0], roles().high[:, 0]
    return np.where(low + high < 0, low, np.clip(np.nan_to_num(lookup("typical_state")), low, high))


@lru_cache(maxsize=len(HALOGENS))
def _kinds(halogen: str) -> Matrix:
    """Weights, shape (103, 15), by the volatile halides of one halogen.

    Halogen; halogen that salts take, solid halides that alkali binds, other volatile solids, and gases and liquids;
    alkali; the alkali that binds; charge of the anions, of cations of one state, and the least of all others; halogen
    of liquids that alkali binds, and the alkali for it; halogen of higher halides that are such liquids, beyond the
    lower ones, the alkali for it, and the ions that can be it.
    """
    weights, states = np.zeros((len(SYMBOLS), 15)), _states()
    weights[:, 7], weights[:, 8] = np.maximum(-states, 0.0), np.maximum(states, 0.0)
    for symbol, state in HARMLESS_STATE.items():
        weights[INDEX[symbol], 8:10] = 0.0, state
    for symbol in HALOGENS:
        weights[INDEX[symbol], 0] = 1.0
    weights[:, 1] = np.maximum(_states(), 0.0)
    synthesis = table()["volatile"]["synthesis_C"]
    volatile = {one.metal for one in halides() if one.halogen != "F" and one.temperature_C <= synthesis}
    told = [one for one in halides() if one.halogen == halogen and one.metal in volatile]
    for symbol in {one.metal for one in told}:
        place, mine = INDEX[symbol], [one for one in told if one.metal == symbol]
        weights[place, 1] = 0.0
        first = min(mine, key=lambda one: one.per_metal)  # of SbCl3 and SbCl5 the lower
        solid, bound = first.state == "solid", np.isfinite(first.bound_by)
        column = (2 if bound else 3) if solid else (10 if bound else 4)
        weights[place, column] = max(one.per_metal for one in mine if one.state == first.state)
        weights[place, 6 if solid else 11] = first.bound_by if bound else 0.0
        for one in mine:
            if solid and one.state != "solid" and np.isfinite(one.bound_by):
                weights[place, 12:14] = one.per_metal - first.per_metal, one.bound_by
                weights[[INDEX[ion] for ion in one.binding], 14] = 1.0
    for symbol in ("Li", "Na", "K", "Rb", "Cs"):
        weights[INDEX[symbol], 5] = 1.0
    weights.flags.writeable = False
    return weights


def named(fractions: Fractions, gases: bool) -> list[str]:
    """Volatile halides of the elements of each composition, such as ``BCl3 boils at 12 C``.

    An oxyhalide only where there is oxygen, and of several halides of a metal those whose state is nearest to what the
    other elements leave it: SbCl5 of LiSbCl6, SbCl3 of LiSbCl4.

    Parameters
    ----------
    fractions
        The compositions.
    gases
        Whether gases and liquids are meant, or what boils at higher temperatures.
    """
    told = []
    for row in fractions.matrix:
        held = {SYMBOLS[place] for place in np.flatnonzero(row)}
        mine = [one for one in halides() if {one.metal, one.halogen} <= held and ("O" in held or not one.oxygen)]
        mine = [one for one in mine if _apart(row, one) <= min(_apart(row, other) for other in _rivals(one, mine))]
        meant = [one for one in mine if (one.state != "solid") == gases] or mine
        rivals = [one for one in halides() if {one.metal, one.halogen} <= held]
        if gases and all(one.state == "solid" for one in rivals):  # more halogen than halides take: KSbBr6
            told.append(", ".join(_element(one) for one in HALOGENS if one in held))
            continue
        told.append(", ".join(_change(one, gases) for one in meant[:4]))
    return told


def _element(symbol: str) -> str:
    """Where a halogen boils, beyond what halides take."""
    celsius = molecules().get(f"{symbol}2")
    return f"{symbol}2" if celsius is None else f"{symbol}2 boils at {celsius:.0f} °C"


def _change(one: Halide, gases: bool) -> str:
    """Where a halide boils or sublimes; that alkali binds it where it is a liquid and the composition needs no gas."""
    until = "" if gases or one.state == "solid" or not one.binding else " until alkali binds it"
    return f"{one.formula} {one.change} at {one.temperature_C:.0f} °C{until}"


def _rivals(one: Halide, known: Sequence[Halide]) -> list[Halide]:
    """Halides of the same metal and halogen."""
    return [other for other in known if (other.metal, other.halogen) == (one.metal, one.halogen)]


def _apart(row: Vector, one: Halide) -> float:
    """By how much the state of the metal in a halide differs from what the other elements of a composition leave it."""
    place, states = INDEX[one.metal], _states()
    left = -(row @ states - row[place] * states[place]) / row[place]
    return round(abs(float(left) - one.per_metal - 2 * one.oxygen), 6)


@lru_cache(maxsize=1)
def potentials() -> Mapping[str, float]:
    """Potential against lithium, in V, at which it reduces the chloride of each metal of `data/chlorides.csv`.

    .. math:: E = (G(MCl_n) / n - G(LiCl)) / F

    With enthalpies of formation where the table has no free energy, which says the same within 0.1 V. Of several
    chlorides of a metal the highest counts.

    >>> round(potentials()["Al"], 2), round(potentials()["Ag"], 2)
    (1.81, 2.85)
    """
    with (DATA / "chlorides.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lithium = {"gibbs": -384.4, "enthalpy": -408.6}
    found: dict[str, float] = {}
    for row in rows:
        amounts = dict(Composition.parse(row["formula"]).amounts)
        chlorine = float(amounts.pop("Cl"))
        metal = next(iter(amounts))
        volts = (float(row["kJ_per_mol"]) / chlorine - lithium[row["of_formation"]]) / FARADAY_KJ_V
        found[metal] = max(found.get(metal, -np.inf), volts)
    return found


@lru_cache(maxsize=1)
def reducible() -> Sequence[str]:
    """Metals that lithium reduces above the limit of the flag."""
    limit = table()["reduced_by_lithium"]["above_V"]
    return tuple(symbol for symbol, volts in potentials().items() if volts > limit)
