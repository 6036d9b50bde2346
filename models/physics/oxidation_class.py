"""Which anion of a composition is oxidised first, and against which metal its voltages are told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.flag_rules import left_for
from ...datasets.chemistry.redox import above_lithium, anions, cations
from ...datasets.chemistry.thermochemistry import decomposition_voltage
from ...features.charge import gaps, nearest_role
from ...features.elements import INDEX, SYMBOLS
from ...features.fractions import Fractions

Texts = npt.NDArray[np.object_]
Truths = npt.NDArray[np.bool_]

ANIONS = ("S", "O", "I", "Br", "Cl", "F")
UNKNOWN = ("Se", "Te", "N", "H")  # can be anions, with no measured limit and no salt in the table
WEAK = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba")  # cations that leave an oxide as bare as it is in Li2O
CHANGES = ("Mn", "Co", "Ni")  # of the flag `electronic`: their potentials alone do not tell who goes first
NEAR = 0.05  # of a state: rounded formulas do not lack charge
TRACE = 0.01  # share of the anions below which one does not count: as for mobile ions in training, a rule of thumb


def classes(fractions: Fractions) -> tuple[Texts, Texts, Texts]:
    """Weakest anion, metal of the scale and note of n compositions, each of shape (n,).

    The weakest anion is that whose lithium salt comes apart at the lowest voltage (`decomposition_voltage`). Oxygen
    counts where no network cation binds it, as in Li3OCl: bound to Al, Ta or P it is not oxidised before chloride (12
    oxychlorides have the limits of 19 chlorides). Nothing is told where a metal gives its electron before the anion, as
    Fe2+ before Cl-: by standard potentials in water, which order and do not measure. The metal of the scale is the more
    abundant of lithium and sodium. Where either is empty, the note says why.
    """
    matrix = fractions.matrix
    order = sorted(ANIONS, key=lambda symbol: decomposition_voltage("Li", symbol))
    amounts = np.column_stack([fractions.column(symbol) for symbol in order])
    counts = amounts > TRACE * amounts.sum(axis=1, keepdims=True)
    bound = matrix[:, [place for place, symbol in enumerate(SYMBOLS) if _binds(symbol)]].any(axis=1)
    counts[:, order.index("O")] &= ~bound
    anion = np.array([*order, ""], dtype=object)[np.where(counts.any(axis=1), counts.argmax(axis=1), len(order))]
    metals = list(above_lithium())
    each = matrix[:, [INDEX[symbol] for symbol in metals]]
    metal = np.where(each.any(axis=1), np.array(metals, dtype=object)[each.argmax(axis=1)], "")
    note = np.full(len(fractions), "", dtype=object)
    note[metal == ""] = "no lithium or sodium, and so no scale of voltage"
    note[anion == ""] = "no anion whose oxidation is known"
    note[_other_anions(fractions)] = f"no oxidation limit is known for {', '.join(UNKNOWN)} as an anion"
    note[nearest_role(gaps(fractions)) > 0] = (
        "neutral only with an ion in an unusual charge: a metal that is oxidised first, or a positive nonmetal"
    )
    for row, why in _metals_first(fractions, anion).items():
        note[row] = note[row] or why
    told = note == ""
    return np.where(told, anion, ""), np.where(told, metal, ""), note


def _metals_first(fractions: Fractions, anion: Texts) -> dict[int, str]:
    """Why a metal and not the anion caps the limit, by row."""
    found: dict[int, str] = {}
    halves = anions()
    for symbol, steps in cations().items():
        amounts = fractions.column(symbol)
        rows = np.flatnonzero((amounts > TRACE * fractions.matrix.max(axis=1)) & (anion != ""))
        charge = left_for(fractions.take(rows), symbol) / amounts[rows] if len(rows) else np.array([])
        for row, state in zip(rows.tolist(), charge.tolist(), strict=True):
            volts = [one for higher, one in steps if state < higher - NEAR][:1]
            if volts and volts[0] < halves[anion[row]]:
                found[row] = f"the metal is oxidised first: {symbol} before {anion[row]}-"
            elif volts and symbol in CHANGES and anion[row] != "S":
                found.setdefault(row, f"{symbol} changes its charge: the metal may be oxidised first")
    return found


def _binds(symbol: str) -> bool:
    return symbol not in (*WEAK, *ANIONS, *UNKNOWN)


def _other_anions(fractions: Fractions) -> Truths:
    """Where an element stands that may be an anion without being known as one; hydrogen beside oxygen is no hydride."""
    others = np.column_stack([fractions.column(symbol) for symbol in UNKNOWN]) > 0
    others[:, UNKNOWN.index("H")] &= fractions.column("O") == 0
    others[:, UNKNOWN.index("Te")] &= fractions.column("O") == 0
    return np.asarray(others.any(axis=1))
