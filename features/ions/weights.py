"""What each ion adds to the sums over a composition: a line of weights for every element in every charge role.

An element that may have several states in a role stands there in its usual one (`data/elements.csv`), as far as the
role allows it; `valence` then moves some of it to other states until the charge is balanced.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..elements import DATA, INDEX, SYMBOLS, lookup
from .chlorides import chlorides, melting
from .oxidation import roles
from .polyatomic import groups, mass
from .states import MOBILE, OXIDE_RADIUS, Flags, Ions, Matrix, neighbours

HALIDES = ("F", "Cl", "Br", "I")
CHALCOGENS = ("S", "Se", "Te")
ANION_BASICITY = {"F": 0.43, "Cl": 0.59, "Br": 0.67, "I": 0.79}  # over that of oxide, see `glass_ions.optical_basicity`
LONE_PAIRS = (
    *(("Ge", 2), ("Sn", 2), ("Pb", 2), ("As", 3), ("Sb", 3), ("Bi", 3), ("S", 4), ("Se", 4), ("Te", 4)),
    *(("In", 1), ("Tl", 1), ("P", 3)),
)


@lru_cache(maxsize=1)
def all_weights() -> tuple[tuple[str, ...], Matrix, Flags]:
    """Names of the sums, and weights and lack of data of all charge roles, `polyatomic.width` rows for each role."""
    parts = [weights(place) for place in range(len(roles().names))]
    return parts[0][0], np.vstack([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def base_states(place: int) -> tuple[Matrix, Flags]:
    """State of every element before any is moved, shape (103,), and which of them are anions, in one charge role."""
    low, high = roles().low[:, place], roles().high[:, place]
    anion = low + high < 0
    typical = np.clip(np.nan_to_num(lookup("typical_state")), low, high)
    return np.where(anion, (low + high) / 2, typical), anion


def weights(place: int) -> tuple[tuple[str, ...], Matrix, Flags]:
    """Names of the sums, their weights and the elements that lack data, for one charge role.

    The weights are of shape (rows, names), a row for each element and then one for each polyatomic ion.
    """
    state, anion = base_states(place)
    ends = [
        (z, z, 0.0) if negative else neighbours(symbol, z)
        for symbol, z, negative in zip(SYMBOLS, state.tolist(), anion.tolist(), strict=True)
    ]
    lower, upper = (Ions.of(SYMBOLS, [end[side] for end in ends], anion) for side in (0, 1))
    share = np.array([end[2] for end in ends])[:, None]
    names, below = lines(lower)
    low, high = roles().low[:, place], roles().high[:, place]
    of_role = {
        "charge_low": lower.cation * low,
        "charge_high": lower.cation * high,
        "lacking": lower.lacking,
        "in_groups": np.isin(SYMBOLS, ("H", "C"))
        | (np.isin(SYMBOLS, ("N",)) & (high > -1))
        | (np.isin(SYMBOLS, HALIDES) & (low > 0)),
    }
    mixed = below * (1 - share) + lines(upper)[1] * share
    names += tuple(of_role)
    table = np.hstack([mixed, np.column_stack(list(of_role.values()))])
    of_groups = _groups(names)
    return names, np.vstack([table, of_groups]), np.append(lower.lacking, np.zeros(len(of_groups), dtype=np.bool_))


def lines(ions: Ions) -> tuple[tuple[str, ...], Matrix]:
    """Names of the sums to which ions add, and what each adds, shape (ions, names)."""
    one = _at(ions)
    columns: dict[str, NDArray[Any]] = {symbol.lower(): one(symbol) * ions.anion for symbol in (*HALIDES, "O", "N")}
    columns["chalcogenide"] = np.any([one(symbol) for symbol in CHALCOGENS], axis=0) * ions.anion
    columns |= dict.fromkeys(("pseudohalide", "hydroxyl"), np.zeros(len(ions.state)))
    columns |= {f"mobile_{symbol.lower()}": one(symbol) * ions.mobile for symbol in MOBILE}
    weak = ions.halide_former - ions.former
    columns |= {
        "anion": ions.anion * 1.0,
        "cation": ions.cation * 1.0,
        "m": ions.network * 1.0,
        "former": ions.former,
        "sites": ions.former * ions.coordination,
        "weak_former": weak,
        "weak_sites": weak * ions.coordination,
        "tetrahedral": ions.former * (ions.state == 3) * (ions.coordination == 4),
        "modifier_charge": ions.cation * (1 - ions.former) * ions.state,
        "boron": one("B") * ions.cation,
        "silicon": one("Si") * ions.cation,
        "sixfold": (one("Al") + one("Ga")) * ions.cation,
        "fluoride_room": ions.fluoride_room,
        "open_sites": ions.former * ions.coordination * (ions.coordination <= 4) * ~_among(ions, LONE_PAIRS),
        "indium": one("In") * ions.network,
    }
    return tuple((columns | _sizes(ions)).keys()), np.column_stack(list((columns | _sizes(ions)).values()))


def _sizes(ions: Ions) -> dict[str, NDArray[Any]]:
    """Charge, size and attraction of the ions."""
    kelvin = melting(ions)
    sphere = 4 / 3 * np.pi * ions.radius**3
    electronegativity = np.nan_to_num(lookup("electronegativity"), nan=1.0)[ions.element]
    return {
        "anion_charge": ions.anion * -ions.state,
        "cation_charge": ions.cation * ions.state,
        "m_charge": ions.network * ions.state,
        "mass": lookup("mass")[ions.element],
        "volume": 4 * np.sqrt(2) * ions.radius**3,
        "cation_volume": ions.cation * sphere,
        "anion_volume": ions.anion * sphere,
        "cation_radius": ions.cation * ions.radius,
        "m_radius": ions.network * ions.radius,
        "anion_radius": ions.anion * ions.radius,
        "mobile_radius": ions.mobile * ions.radius,
        "mobile": ions.mobile * 1.0,
        "melting": ions.state * kelvin,
        "m_melting": ions.network * ions.state * kelvin,
        "m_field": ions.network * ions.field,
        "cation_field": ions.cation * ions.field,
        "basicity": ions.cation * ions.state * _oxide_basicity(ions, electronegativity),
        "anion_basicity": ions.anion * -ions.state * _anion_basicity(ions),
        "lone_pair": ions.cation * _among(ions, LONE_PAIRS),
        "cation_electronegativity": ions.cation * electronegativity,
        "anion_electronegativity": ions.anion * electronegativity,
    }


def _among(ions: Ions, chosen: tuple[tuple[str, int], ...]) -> Flags:
    """Which of the ions are among some, given as symbol and state."""
    told = {(INDEX[symbol], float(state)) for symbol, state in chosen}
    return np.array([pair in told for pair in zip(ions.element.tolist(), ions.state.tolist(), strict=True)], dtype=bool)


@lru_cache(maxsize=1)
def oxide_basicities() -> dict[tuple[str, float], float]:
    """Optical basicity of single oxides by symbol and state of the cation."""
    with (DATA / "optical_basicity.csv").open(encoding="utf-8", newline="") as file:
        return {(line["symbol"], float(line["state"])): float(line["basicity"]) for line in csv.DictReader(file)}


def _oxide_basicity(ions: Ions, electronegativity: Matrix) -> Matrix:
    """Optical basicity of the oxide of each cation; 1/(1.36 (chi - 0.26)) where none is on record."""
    pairs = zip(
        ions.element.tolist(), ions.state.tolist(), (1 / (1.36 * (electronegativity - 0.26))).tolist(), strict=True
    )
    return np.array([oxide_basicities().get((SYMBOLS[at], state), usual) for at, state, usual in pairs])


def _anion_basicity(ions: Ions) -> Matrix:
    return np.array([ANION_BASICITY.get(SYMBOLS[at], 1.0) for at in ions.element])


def _groups(names: tuple[str, ...]) -> Matrix:
    """What each polyatomic ion adds to the sums: ammonium is a large cation, pseudohalides are halides."""
    found = np.zeros((len(groups()), len(names)))
    for row, (name, group) in zip(found, groups().items(), strict=True):
        sphere = 4 / 3 * np.pi * group.radius**3
        added = {"mass": mass(group), "volume": 3 * np.sqrt(2) / np.pi * sphere}
        mean = sum(n * lookup("electronegativity")[INDEX[s]] for s, n in group.atoms.items()) / sum(
            group.atoms.values()
        )
        if group.charge:
            kind = "cation" if group.charge > 0 else "anion"
            added |= {kind: 1, f"{kind}_charge": abs(group.charge), f"{kind}_radius": group.radius}
            added |= {f"{kind}_volume": sphere, f"{kind}_electronegativity": mean}
        if group.charge > 0:
            added |= dict.fromkeys(("modifier_charge", "charge_low", "charge_high"), group.charge)
            added |= {"cation_field": group.charge / (group.radius + OXIDE_RADIUS) ** 2}
            added |= {"melting": group.charge * chlorides()[name, int(group.charge)]}
            added |= {"basicity": group.charge * oxide_basicities()["K", 1]}  # as large as K+ to Rb+
        elif group.charge:
            added |= {"anion_basicity": -group.charge * ANION_BASICITY["Cl"]}
        added |= {"pseudohalide": 1} if group.charge == -1 else {"n": 1} if group.charge < 0 else {}
        added |= {"hydroxyl": 1} if name == "OH" else {}
        for column, value in added.items():
            row[names.index(column)] = value
    return found


def _at(ions: Ions) -> Any:
    return lambda symbol: (ions.element == INDEX[symbol]) * 1.0
