"""Why a mixture is predicted to become a glass or not: what differs from the nearest mixture of the other outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import factorial
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.measurement import formulas
from ...features.composition import Composition
from ...features.fractions import Fractions
from ..design.mixture import KIN_NAMES, NAMES, all_names, descriptors
from ..fitting.glass_former import GlassFormer

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

ELEMENTS, NETWORK = "which elements", "network and ions"
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "melting and liquidus": NAMES[: NAMES.index("main_share")],
        "number and shares of components": NAMES[NAMES.index("main_share") : NAMES.index("field_mean")],
        "field strengths": NAMES[NAMES.index("field_mean") : NAMES.index("network_share")],
        "network formers": NAMES[NAMES.index("network_share") : NAMES.index("cation_mixing")],
        "mixing and sizes of ions": NAMES[NAMES.index("cation_mixing") :],
    }
)
"""Descriptors of a mixture by what they say; the others are `ELEMENTS` or `NETWORK`."""
ORDER = (ELEMENTS, NETWORK, *GROUPS)


@dataclass(frozen=True)
class FormationExplanation:
    """What sets a mixture apart from a reference whose outcome is known.

    It tells what the model does, not what the melt does: each group of descriptors is set from its value in the
    reference to that in the mixture while the others stay at either, and its change of the probability of a glass by
    the trees alone is averaged over all orders of doing so (Shapley values).

    Parameters
    ----------
    formula, reference
        The mixture, and what it is compared with.
    reference_outcome, reference_source
        What the reference came out as, and the paper that says so.
    glass, reference_glass
        Probability of a glass of both, by the trees alone.
    contributions
        Change of the probability by group, largest first; they add up to the difference of both.
    """

    formula: str
    reference: str
    reference_outcome: str
    reference_source: str
    glass: float
    reference_glass: float
    contributions: tuple[tuple[str, float], ...]

    def sentences(self) -> list[str]:
        """A line a group, such as ``+0.21  melting and liquidus``, without what rounds to nothing."""
        return [f"{change:+.2f}  {group}" for group, change in self.contributions if round(change, 2)]


def explain_formation(
    former: GlassFormer, compositions: Iterable[Any] | Fractions, against: Any = None
) -> list[FormationExplanation]:
    """Explain the probability of a glass of each composition.

    Parameters
    ----------
    former
        A fitted predictor.
    compositions
        As in `GlassFormer.predict`.
    against
        Reference composition; by default the nearest known mixture whose reports mostly say otherwise: one that is no
        glass for what is predicted to be one, and a glass for what is not.
    """
    fractions = Fractions.of(compositions)
    X, predicted = descriptors(fractions, former.descriptors_), former.predict(fractions)
    found = []
    for row in range(len(fractions)):
        place = (
            former.nearest_of(fractions.take([row]), glass=bool(predicted.glass[row] < 0.5)) if against is None else -1
        )
        reference = Composition.of(str(former.known_formulas_[place]) if against is None else against)
        beside = Fractions.of([reference])
        of_reference = former.predict(beside)
        changes, ends = _shapley(former, X[row], descriptors(beside, former.descriptors_)[0])
        found.append(
            FormationExplanation(
                formula=_formula(fractions, row),
                reference=reference.formula,
                reference_outcome=str(of_reference.outcome[0]) if of_reference.n_measured[0] else "",
                reference_source=str(former.known_references_[place]) if against is None else "",
                glass=ends[1],
                reference_glass=ends[0],
                contributions=tuple(sorted(changes.items(), key=lambda part: -abs(part[1]))),
            )
        )
    return found


def _shapley(former: GlassFormer, here: Vector, there: Vector) -> tuple[dict[str, float], tuple[float, float]]:
    """Change of the probability by group of descriptors, and the probabilities of the reference and the mixture."""
    columns = _columns(former.descriptors_)
    groups = [name for name in ORDER if (here[columns[name]] != there[columns[name]]).any()]
    mixed = np.repeat(there[None], 2 ** len(groups), axis=0)
    chosen = list(product((False, True), repeat=len(groups)))
    for number, members in enumerate(chosen):
        for name, member in zip(groups, members, strict=True):
            if member:
                mixed[number, columns[name]] = here[columns[name]]
    chance = dict(zip(chosen, former.all_glass_.predict(mixed).tolist(), strict=True))
    n, changes = len(groups), dict.fromkeys(groups, 0.0)
    for members in chosen:
        for place, name in enumerate(groups):
            if not members[place]:
                size = sum(members)
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                more = (*members[:place], True, *members[place + 1 :])
                changes[name] += weight * (chance[more] - chance[members])
    return changes, (chance[chosen[0]], chance[chosen[-1]])


def _columns(names: tuple[str, ...]) -> dict[str, npt.NDArray[np.intp]]:
    """Columns of `descriptors` by group."""
    of_group = {name: group for group, names in GROUPS.items() for name in names}
    group = [
        of_group.get(name, ELEMENTS if name.startswith("fraction ") or name in KIN_NAMES else NETWORK)
        for name in all_names(names)
    ]
    return {name: np.flatnonzero(np.array(group) == name) for name in ORDER}


def _formula(fractions: Fractions, row: int) -> str:
    return formulas(fractions.matrix[[row]])[0]
