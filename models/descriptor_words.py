"""What descriptors are called at the bench, in the groups in which a prediction is explained."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..features.bookkeeping import HALIDES, MOBILE

NETWORK, IONS, ANIONS, CATIONS, PACKING, CONDITIONS = (
    *("network and bridges", "mobile ions", "anion mix"),
    *("other cations", "packing and cohesion", "temperature and phase"),
)
ANION_SYMBOLS = (*HALIDES, "O", "S", "Se", "Te", "N")
MONOVALENT = (*MOBILE, "H", "Rb", "Cs", "Tl")

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {  # the most telling first; {M} is the network cation, {x} what it is here and in the reference
        NETWORK: {
            "bridging_o_per_m": "bridging O per {M} {x}",
            "bridging_halide_per_m": "bridging halide per {M} {x}",
            "non_bridging_o_per_m": "non-bridging O per {M} {x}",
            "terminal_halide_per_m": "halide that ends a bond per {M} {x}",
            "free_halide_per_m": "free halide per {M} {x}",
            "plasticiser": "share of separate halide units {x}",
            "halide_released_per_m": "halide set free by crowded oxygen per {M} {x}",
            "connectivity": "links between two cations per {M} {x}",
            "former_share": "share of glass formers among the cations {x}",
            "o_per_m": "O per {M} {x}",
            "halide_per_m": "halide per {M} {x}",
            "anions_per_m": "anions per {M} {x}",
            "parent_halide_per_m": "halide per {M} in the parent halide {x}",
        },
        IONS: {
            "mobile_per_m": "mobile ions per {M} {x}",
            "mobile_share": "share of mobile ions among the cations {x}",
            "mean_mobile_radius": "mean radius of the mobile ions {x} angstrom",
            "mobile_density": "mobile ions per cubic nanometre {x}",
            "mobile_fraction": "mobile ions per atom {x}",
            "mobile_spacing": "distance between mobile ions {x} angstrom",
            "mobile_entropy": "mixing entropy of the mobile ions {x} R",
        },
        ANIONS: {
            "o_share": "O in O + halide {x}",
            "chalcogenide_share": "share of S, Se and Te among the anions {x}",
            "fluoride_share": "share of F in the halide {x}",
            "heavy_halide_share": "share of Br and I in the halide {x}",
            "mean_anion_radius": "mean radius of the anions {x} angstrom",
            "anion_entropy": "mixing entropy of the anions {x} R",
            "halide_entropy": "mixing entropy of the halides {x} R",
        },
        CATIONS: {
            "mean_m_charge": "mean charge of {M} {x} e",
            "field_strength": "field strength of {M} {x} e per square angstrom",
            "mean_m_radius": "mean radius of {M} {x} angstrom",
            "m_fraction": "{M} per atom {x}",
            "mean_cation_charge": "mean charge of the cations {x} e",
            "mean_cation_radius": "mean radius of the cations {x} angstrom",
            "cation_field_strength": "field strength of the cations {x} e per square angstrom",
            "radius_ratio": "radius of {M} over that of the anions {x}",
            "optical_basicity": "optical basicity {x}",
            "electronegativity_difference": "difference of electronegativity {x}",
            "cation_entropy": "mixing entropy of the cations {x} R",
            "charge_imbalance": "unbalanced charge per atom {x} e",
        },
        PACKING: {
            "cohesion": "lattice energy per atom {x} kJ/mol",
            "bond_strength": "energy of one {M}-anion contact {x} kJ/mol",
            "parent_melting": "mean melting point of the parent chlorides {x} K",
            "m_parent_melting": "melting point of the chloride of {M} {x} K",
            "field_per_anion": "field strength per anion {x} e per square angstrom",
            "cation_to_anion_volume": "volume of the cations over that of the anions {x}",
            "volume_per_atom": "volume per atom {x} cubic angstrom",
            "density": "estimated density {x} g/cm3",
            "mean_mass": "mean atomic mass {x} u",
        },
    }
)


def group_of(column: str) -> str:
    """Group of a column of descriptors, by its name in `Featurizer`.

    >>> group_of("fraction Li"), group_of("fraction Al"), group_of("glass o_share")
    ('mobile ions', 'other cations', 'anion mix')
    """
    block, _, name = column.partition(" ")
    if block == "glass":
        return next(group for group, words in WORDS.items() if name in words)
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
