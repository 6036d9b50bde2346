"""Who is what in a glass: linear sums over anions, mobile ions, network cations and formers of a batch.

Every sum is one column of a weight matrix with a stretch of rows for each charge role.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import charge
from .elements import INDEX, SYMBOLS, ElementDataError, lookup
from .oxidation import roles
from .slots import Slots

MOBILE = ("Li", "Na", "K", "Ag", "Cu")
HALIDES = ("F", "Cl", "Br", "I")
CHALCOGENS = ("S", "Se", "Te")
FORMER_FIELD = 0.6
OXIDE_RADIUS = 1.40

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """Named sums over the atoms of each composition, per atom: `values` of shape (names, n).

    `kept` holds what several descriptors need, worked out `once`.
    """

    names: tuple[str, ...]
    values: Matrix
    kept: dict[str, Matrix] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> Matrix:
        """One sum, ndarray of shape (n,)."""
        column: Matrix = self.values[self.names.index(name)]
        return column

    @classmethod
    def of(cls, slots: Slots) -> Sums:
        """Sums of a batch in the order of its slots; raises `ElementDataError` for an element without ionic data."""
        names, table, lacking = all_weights()
        offsets = charge.nearest_role(charge.slot_gaps(slots)) * len(SYMBOLS)
        if any(lacking[columns + offsets[: values.size]].any() for columns, values in slots):
            row, symbols = min(undescribed(slots).items())
            raise ElementDataError(f"row {row}: {no_data(symbols)}; leave such compositions or the glass block out")
        return cls(names, np.ascontiguousarray(slots.sums(table, offsets).T))


def undescribed(slots: Slots) -> dict[int, tuple[str, ...]]:
    """Elements without ionic data by row of the batch, for the rows that hold some.

    Examples
    --------
    >>> from .fractions import Fractions
    >>> undescribed(Slots.of(Fractions.of(["LiCl", "HeCl", "LiAlCl4"]).matrix))
    {1: ('He',)}
    """
    _, _, lacking = all_weights()
    offsets = charge.nearest_role(charge.slot_gaps(slots)) * len(SYMBOLS)
    found: dict[int, tuple[str, ...]] = {}
    for columns, values in slots:
        bad = np.flatnonzero(lacking[columns + offsets[: values.size]])
        for row, column in zip(slots.order[bad].tolist(), columns[bad].tolist(), strict=True):
            found[row] = (*found.get(row, ()), SYMBOLS[column])
    return dict(sorted(found.items()))


def no_data(symbols: tuple[str, ...]) -> str:
    """What is wrong with a composition that holds elements without ionic data."""
    return f"no oxidation state or Shannon radius is known for {', '.join(symbols)}"


@lru_cache(maxsize=1)
def all_weights() -> tuple[tuple[str, ...], Matrix, NDArray[np.bool_]]:
    """Names of the sums, and weights and lack of data of all charge roles, one stretch of 103 rows a role."""
    parts = [weights(place) for place in range(len(roles().names))]
    return parts[0][0], np.vstack([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def weights(place: int) -> tuple[tuple[str, ...], Matrix, NDArray[np.bool_]]:
    """Names of the sums, their weights of shape (103, names) and the elements that lack data, for one charge role."""
    ions = Ions.of(place)
    columns: dict[str, NDArray[Any]] = {symbol.lower(): _one(symbol) * ions.anion for symbol in (*HALIDES, "O", "N")}
    columns["chalcogenide"] = sum((_one(symbol) for symbol in CHALCOGENS), np.zeros(len(SYMBOLS))) * ions.anion
    columns |= {f"mobile_{symbol.lower()}": _one(symbol) * ~ions.anion for symbol in MOBILE}
    columns |= {
        "anion": ions.anion * 1.0,
        "cation": ions.cation * 1.0,
        "m": ions.network * 1.0,
        "former": ions.former * 1.0,
        "sites": ions.former * ions.coordination,
        "weak_former": ions.network * ~ions.former * (ions.coordination == 4),
        "tetrahedral": ions.former * (ions.state == 3) * (ions.coordination == 4),
        "modifier_charge": ions.cation * ~ions.former * ions.state,
        "boron": _one("B") * ions.cation,
        "silicon": _one("Si") * ions.cation,
        "aluminium": _one("Al") * ions.cation,
        "charge_low": ions.cation * roles().low[:, place],
        "charge_high": ions.cation * roles().high[:, place],
        "anion_charge": ions.anion * -ions.state,
        "cation_charge": ions.cation * ions.state,
        "m_charge": ions.network * ions.state,
        "mass": lookup("mass"),
        "volume": 4 * np.sqrt(2) * ions.radius**3,
        "cation_volume": ions.cation * 4 / 3 * np.pi * ions.radius**3,
        "anion_volume": ions.anion * 4 / 3 * np.pi * ions.radius**3,
        "cation_radius": ions.cation * ions.radius,
        "m_radius": ions.network * ions.radius,
        "anion_radius": ions.anion * ions.radius,
        "mobile_radius": ions.mobile * ions.radius,
        "mobile": ions.mobile * 1.0,
        "m_field": ions.network * ions.field,
        "cation_field": ions.cation * ions.field,
        "basicity": ions.cation * ions.state / (1.36 * (ions.electronegativity - 0.26)),
        "cation_electronegativity": ions.cation * ions.electronegativity,
        "anion_electronegativity": ions.anion * ions.electronegativity,
    }
    return tuple(columns), np.column_stack(list(columns.values())), ions.lacking


@dataclass(frozen=True)
class Ions:
    """Ionic data of all elements in one charge role, each of shape (103,)."""

    anion: NDArray[np.bool_]
    cation: NDArray[np.bool_]
    mobile: NDArray[np.bool_]
    network: NDArray[np.bool_]
    former: NDArray[np.bool_]
    lacking: NDArray[np.bool_]
    state: Matrix
    radius: Matrix
    coordination: Matrix
    field: Matrix
    electronegativity: Matrix

    @classmethod
    def of(cls, place: int) -> Ions:
        """Anions by a negative mean state, network cations by two charges or more, formers by field strength."""
        low, high = roles().low[:, place], roles().high[:, place]
        anion = low + high < 0
        typical = np.clip(np.nan_to_num(lookup("typical_state")), low, high)
        state = np.where(anion, (low + high) / 2, typical)
        radius = np.where(anion, lookup("anion_radius"), np.maximum(lookup("cation_radius"), 0))
        radius = np.where(anion & np.isnan(radius), 2.0, radius)
        lacking = np.isnan(radius) | (state == 0)
        radius = np.where(lacking, 0, radius)
        cation = ~anion & ~lacking
        field = np.where(cation, state / (radius + OXIDE_RADIUS) ** 2, 0)
        network = cation & (state >= 2)
        return cls(
            anion=anion,
            cation=cation,
            mobile=cation & np.isin(SYMBOLS, MOBILE),
            network=network,
            former=network & (field >= FORMER_FIELD),
            lacking=lacking,
            state=state,
            radius=radius,
            coordination=np.nan_to_num(lookup("coordination")),
            field=field,
            electronegativity=np.nan_to_num(lookup("electronegativity"), nan=1.0),
        )


def _one(symbol: str) -> Matrix:
    column = np.zeros(len(SYMBOLS))
    column[INDEX[symbol]] = 1
    return column


Descriptor = Callable[[Sums], Matrix]


def once(quantity: Descriptor) -> Descriptor:
    """The same quantity, worked out once for each `Sums`; nobody may write into it."""

    @wraps(quantity)
    def kept(sums: Sums) -> Matrix:
        if quantity.__name__ not in sums.kept:
            values = quantity(sums)
            values.flags.writeable = False
            sums.kept[quantity.__name__] = values
        return sums.kept[quantity.__name__]

    return kept


def ratio(top: Matrix, bottom: Matrix, most: float, none: float = 0.0) -> Matrix:
    """Top over bottom, at most `most`; `most` where only the bottom is zero, `none` where both are."""
    safe = np.where(bottom > 0, bottom, 1)
    return np.where(bottom > 0, np.minimum(top / safe, most), np.where(top > 0, most, none))


def entropy(parts: list[Matrix]) -> Matrix:
    """Mixing entropy of the parts in units of R per mole of them: -sum(x ln x); 0 for one part or none."""
    total = sum(parts[1:], parts[0])
    safe = np.where(total > 0, total, 1)
    result = np.zeros_like(total)
    for part in parts:
        share = part / safe
        result -= share * np.log(np.where(share > 0, share, 1))
    return result
