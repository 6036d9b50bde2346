"""Which anion of a composition is oxidised first, and against which metal its voltages are told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ..datasets.thermochemistry import decomposition_voltage
from ..features.charge import gaps, nearest_role
from ..features.elements import INDEX, SYMBOLS
from ..features.fractions import Fractions

Texts = npt.NDArray[np.object_]
Truths = npt.NDArray[np.bool_]

METALS: Mapping[str, float] = MappingProxyType({"Li": 0.0, "Na": 0.33})
"""What puts a voltage against the metal on the scale of lithium, in V: -2.71 less -3.04 V (CRC Handbook, 95th ed.)."""
ANIONS = ("S", "O", "I", "Br", "Cl", "F")
UNKNOWN = ("Se", "Te", "N", "H")  # can be anions, with no measured limit and no salt in the table
WEAK = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba")  # cations that leave an oxide as bare as it is in Li2O
TRACE = 0.01  # share of the anions below which one does not count: as for mobile ions in training, a rule of thumb


def classes(fractions: Fractions) -> tuple[Texts, Texts, Texts]:
    """Weakest anion, metal of the scale and note of n compositions, each of shape (n,).

    The weakest anion is that whose lithium salt comes apart at the lowest voltage (`decomposition_voltage`). Oxygen
    counts where no network cation binds it, as in Li3OCl: bound to Al, Ta or P it is not oxidised before chloride (12
    oxychlorides have the limits of 19 chlorides). The metal is the more abundant of lithium and sodium. Where either
    is empty, the note says why.
    """
    matrix = fractions.matrix
    order = sorted(ANIONS, key=lambda symbol: decomposition_voltage("Li", symbol))
    amounts = np.column_stack([fractions.column(symbol) for symbol in order])
    counts = amounts > TRACE * amounts.sum(axis=1, keepdims=True)
    bound = matrix[:, [place for place, symbol in enumerate(SYMBOLS) if _binds(symbol)]].any(axis=1)
    counts[:, order.index("O")] &= ~bound
    anion = np.array([*order, ""], dtype=object)[np.where(counts.any(axis=1), counts.argmax(axis=1), len(order))]
    each = matrix[:, [INDEX[symbol] for symbol in METALS]]
    metal = np.where(each.any(axis=1), np.array(list(METALS), dtype=object)[each.argmax(axis=1)], "")
    note = np.full(len(fractions), "", dtype=object)
    note[metal == ""] = "no lithium or sodium, and so no scale of voltage"
    note[anion == ""] = "no anion whose oxidation is known"
    note[_other_anions(fractions)] = f"no oxidation limit is known for {', '.join(UNKNOWN)} as an anion"
    note[nearest_role(gaps(fractions)) > 0] = (
        "neutral only with an ion in an unusual charge: a metal that is oxidised first, or a positive nonmetal"
    )
    told = note == ""
    return np.where(told, anion, ""), np.where(told, metal, ""), note


def _binds(symbol: str) -> bool:
    return symbol not in (*WEAK, *ANIONS, *UNKNOWN)


def _other_anions(fractions: Fractions) -> Truths:
    """Where an element stands that may be an anion without being known as one; hydrogen beside oxygen is no hydride."""
    others = np.column_stack([fractions.column(symbol) for symbol in UNKNOWN]) > 0
    others[:, UNKNOWN.index("H")] &= fractions.column("O") == 0
    others[:, UNKNOWN.index("Te")] &= fractions.column("O") == 0
    return np.asarray(others.any(axis=1))
