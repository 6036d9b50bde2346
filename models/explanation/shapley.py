"""What drives a prediction: a few groups of descriptors with sign and size, told in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.properties import ZERO_CELSIUS_K, Property
from ...features.composition import Composition, FormulaError
from ...features.descriptors.ionic_sums import HALIDES
from ...features.fractions import Fractions
from ..design.conditions import NAMES as CONDITION_NAMES
from ..fitting.answering import answered
from ..fitting.inputs import Conditions
from ..predictor import Predictor
from .analogues import analogues, phase_of
from .words import CONDITIONS, WORDS, group_of, network_cation

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

GROUPS = (*WORDS, CONDITIONS)
OWN_RESULTS = "own results"
MOST_NAMED = 2  # descriptors named for a group
CANDIDATES = 20  # nearest measured compositions among which a reference is looked for


@dataclass(frozen=True)
class Contribution:
    """What one group of descriptors adds: `change` in the unit of the target (K, or decades), and what changed."""

    group: str
    change: float
    words: str


@dataclass(frozen=True)
class Explanation:
    """Why a prediction differs from that of a reference composition.

    It tells what the model does, not what the glass does: each group of descriptors is set from its value in the
    reference to that in the composition while the others stay at either, and its change of the prediction is averaged
    over all orders of doing so (Shapley values). Groups that only move together in nature are so moved apart, and what
    two of them do together is shared between them. The contributions add up to ``target - reference_target``.

    Parameters
    ----------
    formula, reference
        The composition and what it is compared with.
    relation
        What the reference is: its parent halide, the nearest measured composition, or as given.
    quantity
        The property.
    target, reference_target
        Both predictions, in the unit of the regressor.
    contributions
        Largest first; groups that do not differ are left out.
    """

    formula: str
    reference: str
    relation: str
    quantity: Property
    target: float
    reference_target: float
    contributions: tuple[Contribution, ...]

    def sentences(self) -> list[str]:
        """A line a group, such as ``+1.30 decades  network and bridges: bridging O per Al 0.75 instead of 0``.

        Groups whose contribution rounds to nothing are left out.
        """
        unit = {"log10": "decades", "celsius": "K"}.get(self.quantity.scale, self.quantity.target_unit)
        places = 0 if self.quantity.scale == "celsius" else 2
        return [
            f"{part.change:+.{places}f} {unit}  {part.group}: {part.words}"
            for part in self.contributions
            if round(part.change, places)
        ]


def explain(
    predictor: Predictor,
    compositions: Iterable[Any],
    conditions: Conditions = None,
    against: Any = None,
    reference_conditions: Conditions = None,
) -> list[Explanation]:
    """Explain the prediction of each composition.

    Parameters
    ----------
    predictor
        A fitted predictor.
    compositions
        Formula strings, `Composition`, pymatgen compositions or a Series of them.
    conditions
        As in `Predictor.predict`.
    against
        Reference composition; by default the parent halide of an oxyhalide (each O replaced by 2 Cl), and the nearest
        other measured composition of all else.
    reference_conditions
        Conditions of the reference; by default the same.
    """
    told = [Composition.of(member) for member in compositions]
    if not told:
        return []
    pairs = [(Composition.of(against), "as asked") if against is not None else _reference(predictor, it) for it in told]
    told_there = conditions if reference_conditions is None else reference_conditions
    X = predictor._inputs(Fractions.of(told), conditions)
    reference = predictor._inputs(Fractions.of([pair[0] for pair in pairs]), told_there)
    groups = _groups(predictor)
    active = [[g for g in range(len(GROUPS)) if (x != r)[groups == g].any()] for x, r in zip(X, reference, strict=True)]
    worth = predictor.regressor_.predict(
        np.vstack([_mixtures(x, r, groups, on) for x, r, on in zip(X, reference, active, strict=True)])
    )
    own = _added(predictor, told, conditions), _added(predictor, [pair[0] for pair in pairs], told_there)
    explained, start = [], 0
    for row, (composition, (other, relation), on) in enumerate(zip(told, pairs, active, strict=True)):
        stop = start + 2 ** len(on)
        parts = [
            Contribution(
                GROUPS[g], float(change), _words(predictor, GROUPS[g], composition, other, X[row], reference[row])
            )
            for g, change in zip(on, shapley(worth[start:stop]), strict=True)
        ]
        here, there = own[0][row], own[1][row]
        if here or there:
            parts.append(Contribution(OWN_RESULTS, here - there, f"{len(predictor.residuals_)} of your laboratory"))
        order = sorted(parts, key=lambda part: -abs(part.change))
        ends = float(worth[stop - 1]) + here, float(worth[start]) + there
        explained.append(
            Explanation(composition.formula, other.formula, relation, predictor.quantity, *ends, tuple(order))
        )
        start = stop
    return explained


def shapley(worth: Vector) -> Vector:
    """Shapley values of n players from the worth of their 2**n coalitions, shape (n,).

    Entry ``m`` of `worth` is that of the players whose bits are set in m. The values add up to the worth of all less
    that of none.

    Examples
    --------
    >>> shapley(np.array([0.0, 1.0, 2.0, 5.0]))
    array([2., 3.])
    """
    n = len(worth).bit_length() - 1
    values = np.zeros(n)
    for player in range(n):
        others = [other for other in range(n) if other != player]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for joined in combinations(others, size):
                without = sum(1 << other for other in joined)
                values[player] += weight * (worth[without | 1 << player] - worth[without])
    return values


def parent(composition: Composition) -> Composition:
    """Chloride from which an oxychloride comes: each O replaced by 2 Cl, see `features.glass.parent_halide`.

    >>> parent(Composition.parse("LiAlCl2.5O0.75")).formula
    'LiAlCl4'
    """
    amounts = {symbol: Fraction(amount) for symbol, amount in composition.amounts.items()}
    oxygen = amounts.pop("O", Fraction(0))
    amounts["Cl"] = amounts.get("Cl", Fraction(0)) + 2 * oxygen
    return Composition({symbol: amount for symbol, amount in amounts.items() if amount})


def _added(predictor: Predictor, compositions: list[Composition], conditions: Conditions) -> list[float]:
    """What one's own results add to the prediction of each composition."""
    if not len(predictor.residuals_):
        return [0.0] * len(compositions)
    X = predictor._inputs(Fractions.of(compositions), conditions)
    return list((answered(predictor, X)[0] - predictor.regressor_.predict(X)).tolist())


def _reference(predictor: Predictor, composition: Composition) -> tuple[Composition, str]:
    if composition.fraction("O") > 0 and any(composition.fraction(halide) > 0 for halide in HALIDES):
        return parent(composition), "its parent halide"
    for analogue in analogues(predictor, [composition], k=CANDIDATES)[0]:
        try:
            other = Composition.parse(analogue.formula)
        except FormulaError:  # a glass told in words: the next analogue is as good
            continue
        if analogue.distance > 0 and other != composition:
            return other, "the nearest other measured composition"
    raise ValueError(f"{composition.formula}: no measured composition to compare with; give one with against=")


def _groups(predictor: Predictor) -> npt.NDArray[np.intp]:
    """Number of the group of each column of the design matrix; the nearness belongs to the anions it is made of."""
    conditions = [CONDITIONS] * (len(CONDITION_NAMES) if predictor.conditions else 0)
    return np.array(
        [GROUPS.index(group) for group in (*map(group_of, predictor.descriptors), *conditions, "anion mix")]
    )


def _mixtures(x: Vector, reference: Vector, groups: npt.NDArray[np.intp], active: Sequence[int]) -> Matrix:
    """Rows with every choice of active groups taken from the composition, the others from the reference."""
    rows = np.tile(reference, (2 ** len(active), 1))
    for bit, group in enumerate(active):
        chosen = (np.arange(len(rows)) >> bit & 1).astype(bool)
        rows[np.ix_(chosen, groups == group)] = x[groups == group]
    return rows


def _words(
    predictor: Predictor, group: str, composition: Composition, other: Composition, x: Vector, reference: Vector
) -> str:
    """Name what changed most in a group; the plainest first, where changes of a standard deviation count as equal."""
    layout = predictor._layout()
    glass = layout.glass
    if group == CONDITIONS:
        return _circumstances(x[glass.stop :], reference[glass.stop :])
    here, there = x[glass], reference[glass]
    change = np.minimum(np.abs(here - there) / predictor.domain_.scale_.spread, 1.0)
    known = {name: place for place, name in enumerate(layout.descriptors)}
    words = {known[name]: text for name, text in WORDS.get(group, {}).items() if name in known}
    largest = max((change[place] for place in words), default=0.0)
    telling = [place for place in words if change[place] >= largest / 2 > 0][:MOST_NAMED]
    cation = network_cation(composition.elements, other.elements)
    told = [words[place].format(M=cation, x=_instead(here[place], there[place])) for place in telling]
    shares = [
        f"{symbol} per atom {_instead(composition.fraction(symbol), other.fraction(symbol))}"
        for symbol in {**composition.amounts, **other.amounts}
        if group_of(f"fraction {symbol}") == group and composition.fraction(symbol) != other.fraction(symbol)
    ]
    return ", ".join([*_exchange(group, composition, other), *(told or shares)])


def _exchange(group: str, composition: Composition, other: Composition) -> list[str]:
    """Elements of the group that one has and the other has not, where there are some of both."""
    new, gone = (
        [symbol for symbol in one.elements if symbol not in two.elements and group_of(f"fraction {symbol}") == group]
        for one, two in ((composition, other), (other, composition))
    )
    return [f"{' and '.join(new)} in place of {' and '.join(gone)}"] if new and gone else []


def _circumstances(here: Vector, there: Vector) -> str:
    """Temperature and phase, encoded as in `conditions`, of which at least one differs."""
    celsius = _instead(*(1000.0 / row[0] - ZERO_CELSIUS_K for row in (here, there)))
    phases = phase_of(*here[1:3]), phase_of(*there[1:3])
    told = {f"{celsius} degC": here[0] != there[0], " instead of ".join(phases): phases[0] != phases[1]}
    return ", ".join(text for text, differs in told.items() if differs)


def _instead(here: float, there: float) -> str:
    return " instead of ".join(f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}" for value in (here, there))
