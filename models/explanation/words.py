"""What descriptors are called at the bench, in the groups in which a prediction is explained."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...features.descriptors.descriptor import Group
from ...features.descriptors.glass import DESCRIPTORS
from ...features.descriptors.ionic_sums import HALIDES, MOBILE

NETWORK, IONS, ANIONS, CATIONS, PACKING = (group.value for group in Group)
CONDITIONS = "temperature and phase"
ANION_SYMBOLS = (*HALIDES, "O", "S", "Se", "Te", "N")
MONOVALENT = (*MOBILE, "H", "Rb", "Cs", "Tl")

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {  # as `@descriptor` says, the most telling first; {M} is the network cation, {x} what it is in both compositions
        group.value: {
            name: made.words
            for name, made in sorted(DESCRIPTORS.items(), key=lambda item: item[1].precedence)
            if made.group is group
        }
        for group in Group
    }
)


def group_of(column: str) -> str:
    """Group of a column of descriptors, by its name in `Featurizer`.

    >>> group_of("fraction Li"), group_of("fraction Al"), group_of("glass o_share")
    ('mobile ions', 'other cations', 'anion mix')
    """
    block, _, name = column.partition(" ")
    if block == "glass":
        if name not in DESCRIPTORS:
            raise LookupError(
                f"the descriptor {name!r} has no group and no words, by which a prediction is explained; define it in "
                "features/glass_*.py under @descriptor(unit=..., group=..., words=..., examples=...)"
            )
        return DESCRIPTORS[name].group.value
    if block == "fraction":
        return IONS if name in MOBILE else ANIONS if name in ANION_SYMBOLS else CATIONS
    return CATIONS  # element statistics


def network_cation(*compositions: tuple[str, ...]) -> str:
    """Symbol of the network cation where all compositions, told as their elements, have the same single one.

    >>> network_cation(("Li", "Al", "O", "Cl"), ("Li", "Al", "Cl"))
    'Al'
    >>> network_cation(("Li", "Al", "Cl"), ("Li", "Ga", "Cl"))
    'network cation'
    """
    found = {tuple(sorted(set(elements) - set(ANION_SYMBOLS) - set(MONOVALENT))) for elements in compositions}
    single = next(iter(found)) if len(found) == 1 else ()
    return single[0] if len(single) == 1 else "network cation"
