"""The rules behind the flags: which compositions of a batch each one marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ...features import charge
from ...features.elements import INDEX, SYMBOLS, lookup
from ...features.fractions import Fractions
from ...features.ions.oxidation import roles
from ..curation.conduction import share
from . import volatility
from .flag_table import table
from .possible import mobile, mobile_ions, molecule, molecules, traces

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rule = Callable[[Fractions], Mask]

OXIDISERS = ("chlorate", "bromate", "iodate")


def amount(fractions: Fractions, symbols: Sequence[str]) -> Vector:
    """Atomic fraction of some elements together, shape (n,)."""
    return share(fractions.matrix, symbols)


def held(fractions: Fractions, symbols: Sequence[str]) -> bool:
    """Whether any composition of a batch holds one of some elements: most do not, and their rules cost nothing."""
    return any(bool(fractions.column(symbol).any()) for symbol in symbols)


def trace(fractions: Fractions) -> Mask:
    """Too few mobile ions."""
    return traces(fractions.matrix)


def gas(fractions: Fractions) -> Mask:
    """A gas or a liquid is needed, or it is one."""
    return np.asarray(volatility.gases_needed(fractions) | (molecule(fractions.matrix) >= 0))


def volatile(fractions: Fractions) -> Mask:
    """A halide is needed that leaves the vessel, and none that is a gas or a liquid."""
    gases, others = volatility.needed(fractions)
    return np.asarray(others & ~gases)


def no_vacancies(fractions: Fractions) -> Mask:
    """Salts of one kind of cation with as many ions as sites, A3MX6 of Na or K, A2ZnX4, and ordered oxosalts."""
    rule = table()["no_vacancies"]
    alkali, halogen = amount(fractions, rule["alkali"]), amount(fractions, rule["halogens"])
    chalcogen = amount(fractions, rule["chalcogens"])
    largest = np.max([fractions.column(symbol) for symbol in rule["alkali"]], axis=0)
    one_kind = (largest >= alkali - 1e-9) & (alkali > 0)

    def like(part: Vector, whole: Vector, ratio: float) -> Mask:
        return np.asarray(np.abs(part - ratio * whole) <= rule["tolerance"] * ratio * np.maximum(whole, 1e-12))

    alone = np.abs(alkali + halogen + chalcogen - 1.0) < 1e-9
    lithium_iodide = (fractions.column("Li") > 0) & (fractions.column("I") > 0)  # 1e-7 S/cm
    halides = alone & one_kind & (chalcogen <= 0) & like(alkali, halogen, 1.0) & ~lithium_iodide
    oxides = alone & one_kind & (halogen <= 0) & like(alkali, chalcogen, 2.0)
    trivalent, zinc = amount(fractions, rule["trivalent"]), fractions.column("Zn")
    salts = (halogen > 0) & (fractions.column("Li") <= 0) & (np.abs(alkali + trivalent + halogen - 1.0) < 1e-9)
    hexahalides = salts & (trivalent > 0) & like(alkali, trivalent, 3.0) & like(halogen, trivalent, 6.0)
    zincates = (np.abs(alkali + zinc + halogen - 1.0) < 1e-9) & one_kind & (zinc > 0)
    zincates &= like(alkali, zinc, 2.0) & like(halogen, zinc, 4.0)
    return np.asarray(halides | oxides | hexahalides | zincates | ordered_salts(fractions))


def ordered_salts(fractions: Fractions) -> Mask:
    """Salts of one alkali with exactly the ratios of an ordered crystal, such as Li2SO4 and LiNbO3, shape (n,)."""
    rule = table()["no_vacancies"]
    found = np.zeros(len(fractions), dtype=bool)
    alkali = np.max([fractions.column(symbol) for symbol in rule["alkali"]], axis=0)
    for salt in rule["ordered"]:
        centre, anion = amount(fractions, salt["centre"]), fractions.column(salt["anion"])
        parts = ((alkali, salt["alkali"]), (centre, 1.0), (anion, salt["anions"]))
        whole = sum(number for _, number in parts)
        close = [np.abs(part - number / whole) <= rule["tolerance"] * number / whole for part, number in parts]
        found |= np.all(close, axis=0) & (np.abs(alkali + centre + anion - 1.0) < 1e-9)
    return found


def crystalline_conductor(fractions: Fractions) -> Mask:
    """A known family of crystalline superionic conductors, by its ratios of atoms."""
    families = table()["crystalline_conductor"]["families"]
    return np.asarray(np.any([family(fractions, name) for name in families], axis=0))


def family(fractions: Fractions, name: str) -> Mask:
    """Whether each composition has the ratios of one family, and hardly anything else, shape (n,)."""
    ratios = table()["crystalline_conductor"]["families"][name]["ratios"]
    found = np.ones(len(fractions), dtype=bool)
    for ratio in ratios:
        part, whole = amount(fractions, ratio["of"]), amount(fractions, ratio["per"])
        found &= (whole > 0) & (part >= ratio["low"] * whole - 1e-9) & (part <= ratio["high"] * whole + 1e-9)
    if found.any():
        named = {symbol for ratio in ratios for symbol in (*ratio["of"], *ratio["per"])}
        rows = np.flatnonzero(found)
        others = fractions.matrix[rows][:, [symbol not in named for symbol in SYMBOLS]].sum(axis=1)
        found[rows] &= others < 0.05
    return found


def electronic(fractions: Fractions) -> Mask:
    """Ions that change their charge, and Cu2+."""
    rule = table()["electronic"]
    copper = fractions.column("Cu")
    divalent = (copper >= rule["least"]) & (left_for(fractions, "Cu") > rule["copper_charge"] * copper)
    return np.asarray((amount(fractions, rule["elements"]) >= rule["least"]) | divalent)


def left_for(fractions: Fractions, symbol: str) -> Vector:
    """Charge that the anions leave to one element where all others have their usual one, per atom, shape (n,)."""
    return fractions.matrix @ _usual_charge(symbol)


@lru_cache(maxsize=16)
def _usual_charge(symbol: str) -> Vector:
    low, high = roles().low[:, 0], roles().high[:, 0]
    usual = np.where(low + high < 0, -low, -np.clip(np.nan_to_num(lookup("typical_state")), low, high))
    usual[INDEX[symbol]] = 0.0
    return np.asarray(usual)


def reduced_by_lithium(fractions: Fractions) -> Mask:
    """Elements whose chloride lithium reduces far above its own potential."""
    return np.asarray(amount(fractions, volatility.reducible()) >= table()["reduced_by_lithium"]["least"])


def _holds(code: str) -> Rule:
    def rule(fractions: Fractions) -> Mask:
        symbols = list(table()[code]["elements"])
        if not held(fractions, symbols):
            return np.zeros(len(fractions), dtype=bool)
        return np.asarray(amount(fractions, symbols) > 0)

    return rule


def toxic(fractions: Fractions) -> Mask:
    """Elements whose compounds are toxic, and chromium(VI) in oxides."""
    return np.asarray(_holds("toxic")(fractions) | hexavalent(fractions))


def hexavalent(fractions: Fractions) -> Mask:
    """Whether each composition is an oxide whose chromium is at +6, shape (n,)."""
    chromium = fractions.column("Cr")
    if not chromium.any():
        return np.zeros(len(fractions), dtype=bool)
    rule = table()["toxic"]
    left = left_for(fractions, "Cr") / np.maximum(chromium, 1e-12)
    near = np.abs(left - 6.0) <= rule["chromium_within"]
    return np.asarray((chromium >= rule["chromium_least"]) & (fractions.column("O") > 0) & near)


def oxidiser_and_fuel(fractions: Fractions) -> Mask:
    """Halogen or nitrogen of positive charge, or peroxide, beside what burns.

    Charges are asked of the rows only that hold oxygen and a fuel.
    """
    fuel = amount(fractions, table()["oxidiser_and_fuel"]["fuels"])
    found = np.zeros(len(fractions), dtype=bool)
    rows = np.flatnonzero((fuel > 0) & (fractions.column("O") > 0))
    if not len(rows):
        return found
    some = fractions.take(rows)
    gap = charge.gaps(some)
    role = np.array(roles().names)[charge.nearest_role(gap)]
    balanced = np.abs(gap).min(axis=1) <= charge.TOLERANCE
    hydrogen, nitrogen = some.column("H"), some.column("N")
    hydride = (hydrogen > 0) & (amount(some, ["B", "Al"]) > 0)
    burns = (amount(some, ["C", "S", "Se"]) > 0) | hydride | ((hydrogen > 0) & (nitrogen > 0))
    peroxide = ~balanced & charge.neutral(some, peroxide=True)
    chlorate = balanced & np.isin(role, OXIDISERS) & (amount(some, ["Cl", "Br", "I"]) > 0)
    left = left_for(some, "N") + np.where(hydride, 2 * hydrogen, 0.0)  # hydrogen at -1
    nitrate = (nitrogen > 0) & (some.column("O") >= 1.5 * nitrogen) & (left >= -nitrogen)
    nitrate &= ~_sulfonylimide(some) & ~_sulfamate(some)
    found[rows] = (chlorate | nitrate | peroxide) & burns
    return found


def _sulfonylimide(fractions: Fractions) -> Mask:
    """Whether all nitrogen and oxygen are those of N(SO2F)2 or N(SO2CF3)2, which oxidise nothing, shape (n,)."""
    nitrogen, sulfur, oxygen = (fractions.column(symbol) for symbol in ("N", "S", "O"))
    paired = np.abs(sulfur - 2 * nitrogen) <= 0.02 * sulfur
    sulfonyl = np.abs(oxygen - 2 * sulfur) <= 0.02 * oxygen
    return np.asarray((nitrogen > 0) & paired & sulfonyl & (fractions.column("F") >= 1.98 * nitrogen))


def _sulfamate(fractions: Fractions) -> Mask:
    """Whether all nitrogen, oxygen, sulfur and hydrogen are those of NH2SO3, which oxidises nothing, shape (n,)."""
    nitrogen = fractions.column("N")
    found = nitrogen > 0
    for symbol, number in (("S", 1), ("O", 3), ("H", 2)):
        found &= np.abs(fractions.column(symbol) - number * nitrogen) <= 0.02 * number * nitrogen
    return np.asarray(found)


def licl_expected(fractions: Fractions) -> Mask:
    """Oxychlorides of aluminium with more oxygen, that of water aside, than was made as a glass."""
    rule = table()["licl_expected"]
    aluminium = fractions.column("Al")
    network = aluminium + amount(fractions, rule["formers"])
    enough = (fractions.column("Cl") >= rule["least_chlorine"]) & (aluminium > 0) & ~traces(fractions.matrix)
    ours = aluminium >= rule["al_of_formers"] * network
    ours &= amount(fractions, ["Cl", "Br", "I"]) >= rule["halide_per_al"] * aluminium
    return np.asarray(enough & ours & (_without_water(fractions) >= rule["o_per_network"] * network))


def _without_water(fractions: Fractions) -> Vector:
    """Amount of oxygen less the water that its hydrogen makes, shape (n,)."""
    return np.asarray(np.maximum(fractions.column("O") - 0.5 * fractions.column("H"), 0.0))


RULES: Mapping[str, Rule] = {
    "trace": trace,
    "gas": gas,
    "volatile": volatile,
    "no_vacancies": no_vacancies,
    "crystalline_conductor": crystalline_conductor,
    "electronic": electronic,
    "reduced_by_lithium": reduced_by_lithium,
    "toxic": toxic,
    "radioactive": _holds("radioactive"),
    "controlled": _holds("controlled"),
    "oxidiser_and_fuel": oxidiser_and_fuel,
    "licl_expected": licl_expected,
}


def details(fractions: Fractions, code: str) -> list[str]:
    """What a flag means in each of a few compositions: the elements, the halides or the family; empty of the others."""
    told: Any = {
        "trace": _mobile,
        "gas": _gases,
        "volatile": lambda some: volatility.named(some, False),
        "crystalline_conductor": _families,
        "electronic": _changing,
        "reduced_by_lithium": _potentials,
        "toxic": _toxic,
        "licl_expected": _oxygen,
    }.get(code)
    return list(told(fractions)) if told is not None else _named(fractions, table()[code].get("elements", ()))


def _named(fractions: Fractions, symbols: Iterable[str]) -> list[str]:
    known = list(symbols)
    return [", ".join(one for one in known if row[INDEX[one]] > 0) for row in fractions.matrix]


def _gases(fractions: Fractions) -> list[str]:
    itself = [f"{name} boils at {celsius:.0f} °C" for name, celsius in molecules().items()]
    told = zip(molecule(fractions.matrix).tolist(), volatility.named(fractions, True), strict=True)
    return [itself[place] if place >= 0 else needed for place, needed in told]


def _mobile(fractions: Fractions) -> list[str]:
    return ["no mobile ion" if share <= 0 else f"{100 * share:.2g} at.%" for share in mobile(fractions.matrix)]


def _changing(fractions: Fractions) -> list[str]:
    rule = table()["electronic"]
    divalent = left_for(fractions, "Cu") > rule["copper_charge"] * fractions.column("Cu")
    copper = [name if here else "" for name, here in zip(_named(fractions, ["Cu"]), divalent, strict=True)]
    told = zip(_named(fractions, rule["elements"]), copper, strict=True)
    return [", ".join(one for one in both if one) for both in told]


def _toxic(fractions: Fractions) -> list[str]:
    chromium = np.where(hexavalent(fractions), "Cr", "")
    told = zip(_named(fractions, table()["toxic"]["elements"]), chromium.tolist(), strict=True)
    return [", ".join(one for one in both if one) for both in told]


def _families(fractions: Fractions) -> list[str]:
    known = table()["crystalline_conductor"]["families"]
    found = {name: family(fractions, name) for name in known}
    return [
        ", ".join(f"{known[name]['title']}, {known[name]['doi']}" for name in known if found[name][row])
        for row in range(len(fractions))
    ]


def _potentials(fractions: Fractions) -> list[str]:
    known = volatility.potentials()
    return [
        ", ".join(f"{one} at {known[one]:.1f} V" for one in volatility.reducible() if row[INDEX[one]] > 0)
        for row in fractions.matrix
    ]


def _oxygen(fractions: Fractions) -> list[str]:
    network = fractions.column("Al") + amount(fractions, table()["licl_expected"]["formers"])
    ratios = _without_water(fractions) / np.maximum(network, 1e-12)
    salts = [", ".join(f"{one}Cl" for one in names.split(", ")) for names in _named(fractions, mobile_ions())]
    return [f"{salt}; {ratio:.2f} O for each of the network" for salt, ratio in zip(salts, ratios, strict=True)]
