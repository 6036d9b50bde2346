"""Charge, size and attraction of the ions: field strength, optical basicity, cohesion, volume, mobile-ion density.

Radii are Shannon's effective ionic radii (10.1107/S0567739476001551) in angstrom, of the state that balances the
charge; volumes take every ion as a sphere in close packing, 4 sqrt(2) r^3, with the additions of `volume_per_atom`.
"""

from __future__ import annotations

import numpy as np

from ..charge import EXACT
from .descriptor import Group, descriptor
from .ionic_sums import Matrix, Sums, once, ratio
from .network import firm, halide_share

WIDEST = 30.0
LONE_PAIR = 15.5  # cubic angstrom
OPENNESS = 6.0


@descriptor(
    unit="e",
    group=Group.CATIONS,
    words="mean charge of the cations {x} e",
    examples={"LiAlCl4": 2},
    precedence=5,
)
def mean_cation_charge(sums: Sums) -> Matrix:
    """Mean charge of all cations, in e; 0 without cations."""
    return ratio(sums["cation_charge"], sums["cation"], 10.0)


@descriptor(
    unit="e",
    group=Group.CATIONS,
    words="mean charge of {M} {x} e",
    examples={"LiAlCl4": 3},
    precedence=1,
)
@once
def mean_m_charge(sums: Sums) -> Matrix:
    """Mean charge of the network cations, in e; 0 without one."""
    return ratio(sums["m_charge"], sums["m"], 10.0)


@descriptor(
    unit="angstrom",
    group=Group.CATIONS,
    words="mean radius of the cations {x} angstrom",
    examples={"LiAlCl4": (0.76 + 0.39) / 2},
    doi="10.1107/S0567739476001551",
    precedence=6,
)
@once
def mean_cation_radius(sums: Sums) -> Matrix:
    """Mean radius of all cations, in angstrom; 0 without cations."""
    return ratio(sums["cation_radius"], sums["cation"], 5.0)


@descriptor(
    unit="angstrom",
    group=Group.CATIONS,
    words="mean radius of {M} {x} angstrom",
    examples={"LiAlCl4": 0.39},
    doi="10.1107/S0567739476001551",
    precedence=3,
)
@once
def mean_m_radius(sums: Sums) -> Matrix:
    """Mean radius of the network cations, in angstrom; 0 without one."""
    return ratio(sums["m_radius"], sums["m"], 5.0)


@descriptor(
    unit="angstrom",
    group=Group.ANIONS,
    words="mean radius of the anions {x} angstrom",
    examples={"LiAlCl2O": (2 * 1.81 + 1.40) / 3},
    doi="10.1107/S0567739476001551",
    precedence=5,
)
@once
def mean_anion_radius(sums: Sums) -> Matrix:
    """Mean radius of the anions, in angstrom; 0 without anions."""
    return ratio(sums["anion_radius"], sums["anion"], 5.0)


@descriptor(
    unit="angstrom",
    group=Group.IONS,
    words="mean radius of the mobile ions {x} angstrom",
    examples={"NaCl": 1.02},
    doi="10.1107/S0567739476001551",
    precedence=3,
)
def mean_mobile_radius(sums: Sums) -> Matrix:
    """Mean radius of the mobile ions, in angstrom; 0 without one."""
    return ratio(sums["mobile_radius"], sums["mobile"], 5.0)


@descriptor(
    unit="1",
    group=Group.CATIONS,
    words="radius of {M} over that of the anions {x}",
    examples={"AlCl3": 0.39 / 1.81},
    doi="10.1107/S0567739476001551",
    precedence=8,
)
def radius_ratio(sums: Sums) -> Matrix:
    """Mean network-cation radius over mean anion radius; 0 without either."""
    return ratio(mean_m_radius(sums), mean_anion_radius(sums), 5.0)


@descriptor(
    unit="e per square angstrom",
    group=Group.CATIONS,
    words="field strength of {M} {x} e per square angstrom",
    examples={"SiO2": 4 / (0.26 + 1.40) ** 2},
    precedence=2,
)
def field_strength(sums: Sums) -> Matrix:
    """Mean Dietzel field strength z/(r + 1.40)^2 of the network cations, in e per square angstrom; 0 without one.

    Reference: Dietzel, Z. Elektrochem. 48, 9 (1942).
    """
    return ratio(sums["m_field"], sums["m"], 10.0)


@descriptor(
    unit="e per square angstrom",
    group=Group.CATIONS,
    words="field strength of the cations {x} e per square angstrom",
    examples={"LiAlCl4": (1 / 2.16**2 + 3 / 1.79**2) / 2},
    precedence=7,
)
def cation_field_strength(sums: Sums) -> Matrix:
    """Mean Dietzel field strength of all cations, in e per square angstrom; 0 without cations."""
    return ratio(sums["cation_field"], sums["cation"], 10.0)


@descriptor(
    unit="e per square angstrom",
    group=Group.PACKING,
    words="field strength per anion {x} e per square angstrom",
    examples={"Li2O": 2 / 2.16**2},
    precedence=5,
)
def field_per_anion(sums: Sums) -> Matrix:
    """Sum of the field strengths of all cations per anion, in e per square angstrom; 0 without anions."""
    return np.where(sums["anion"] > 0, ratio(sums["cation_field"], sums["anion"], 10.0), 0)


@descriptor(
    unit="1",
    group=Group.PACKING,
    words="optical basicity {x}",
    examples={
        "SiO2": 0.53,
        "Li2O": 0.84,
        "LiAlCl4": (0.84 + 3 * 0.61) / 4 * 0.59,
        "LiAlCl2.5O0.75": (0.84 + 3 * 0.61) / 4 * (2.5 * 0.59 + 1.5) / 4,
    },
    precedence=10,
)
def optical_basicity(sums: Sums) -> Matrix:
    """Optical basicity: mean over the charges of the cations of that of their oxides, times that of the anions.

    Oxides as in `data/optical_basicity.csv`. Halides are weaker donors than oxide of the same cation, by 0.59 (Cl),
    0.67 (Br) and 0.79 (I): the scale itself, (60,700 - v)/31,000 for the band v of Pb2+ in 1/cm (Duffy and Ingram, J.
    Am. Chem. Soc. 93, 6448, 1971), gives 0.78, 0.89 and 1.05 in KCl, KBr and KI (bands at 273, 301 and 354 nm), where
    K2O has 1.32; F has 0.43 as CaF2 over CaO. These four factors are a rule of thumb. Pseudohalides count as Cl,
    chalcogenide and nitride as oxide. 0 without cations.
    """
    oxides = ratio(sums["basicity"], sums["cation_charge"], 5.0)
    return oxides * np.where(sums["anion"] > 0, ratio(sums["anion_basicity"], sums["anion_charge"], 1.0), 1)


@descriptor(
    unit="kJ/mol",
    group=Group.PACKING,
    words="energy of one {M}-anion contact {x} kJ/mol",
    examples={"AlCl3": 1389.4 * 3 / (0.39 + 1.81)},
    precedence=2,
)
def bond_strength(sums: Sums) -> Matrix:
    """Coulomb energy of one M-anion contact, 1389.4 z+ z-/(r+ + r-), in kJ/mol; 0 without network cations or anions.

    It stands in place of Sun's single-bond strengths (J. Am. Ceram. Soc. 30, 277, 1947): those are known for oxides
    only, and a sum of them would jump or vanish where chloride takes the place of oxygen. `cohesion` is the sum over
    all bonds.
    """
    distance = mean_m_radius(sums) + mean_anion_radius(sums)
    charges = mean_m_charge(sums) * ratio(sums["anion_charge"], sums["anion"], 5.0)
    return ratio(1389.4 * charges, distance, 1e5)


@descriptor(
    unit="kJ/mol",
    group=Group.PACKING,
    words="lattice energy per atom {x} kJ/mol",
    examples={"NaCl": 1213.8 * (1 - 0.345 / 2.83) / 2.83},
    doi="10.1039/QR9561000283",
    precedence=1,
)
def cohesion(sums: Sums) -> Matrix:
    """Kapustinskii lattice energy per atom, 1213.8 z+ z- (1 - 0.345/d)/d, d in angstrom, in kJ/mol; 0 without ions.

    Reference: Kapustinskii, Q. Rev. Chem. Soc. 10, 283 (1956), 10.1039/QR9561000283.
    """
    distance = mean_cation_radius(sums) + mean_anion_radius(sums)
    charges = mean_cation_charge(sums) * ratio(sums["anion_charge"], sums["anion"], 5.0)
    return ratio(1213.8 * charges * np.maximum(1 - 0.345 / np.maximum(distance, 0.345), 0), distance, 1e5)


@descriptor(
    unit="Pauling",
    group=Group.CATIONS,
    words="difference of electronegativity {x}",
    examples={"NaCl": 3.16 - 0.93},
    precedence=10,
)
def electronegativity_difference(sums: Sums) -> Matrix:
    """Mean Pauling electronegativity of the anions less that of the cations; 0 without both ions."""
    anions = ratio(sums["anion_electronegativity"], sums["anion"], 5.0)
    cations = ratio(sums["cation_electronegativity"], sums["cation"], 5.0)
    return np.where((sums["anion"] > 0) & (sums["cation"] > 0), anions - cations, 0)


@descriptor(
    unit="u",
    group=Group.PACKING,
    words="mean atomic mass {x} u",
    examples={"NaCl": (22.98976928 + 35.453) / 2},
    precedence=9,
)
def mean_mass(sums: Sums) -> Matrix:
    """Mean atomic mass, in u."""
    return sums["mass"]


@descriptor(
    unit="cubic angstrom",
    group=Group.PACKING,
    words="volume per atom {x} cubic angstrom",
    examples={
        "SiO2": (4 * np.sqrt(2) * (0.26**3 + 2 * 1.40**3) + 2 * 6) / 3,
        "PbO": (4 * np.sqrt(2) * (1.19**3 + 1.40**3) + 15.5) / 2,
        "NaCl": 4 * np.sqrt(2) * (1.02**3 + 1.81**3) / 2,
    },
    precedence=7,
)
@once
def volume_per_atom(sums: Sums) -> Matrix:
    """Estimated volume per atom, in cubic angstrom: the ions, lone pairs and the openness of networks.

    Ions take 4 sqrt(2) r^3. A lone pair (Sn2+, Pb2+, Sb3+, Te4+ ...) takes as much as an oxide ion, 15.5 (Galy,
    Meunier, Andersson and Astrom, J. Solid State Chem. 13, 142, 1975), and beside halides half of that; oxide and
    chalcogenide on formers of three or four neighbours take 6 more, since few ions touch them: rules of thumb that
    bring SiO2, B2O3, GeO2, GeS2, PbO and TeO2 within 12 % of their densities.
    """
    pairs = sums["lone_pair"] * (1 - halide_share(sums) / 2)
    return sums["volume"] + LONE_PAIR * pairs + OPENNESS * np.minimum(firm(sums), sums["open_sites"])


@descriptor(
    unit="g/cm3",
    group=Group.PACKING,
    words="estimated density {x} g/cm3",
    examples={"NaCl": 1.66054 * (22.98976928 + 35.453) / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))},
    precedence=8,
)
def density(sums: Sums) -> Matrix:
    """Estimated mass density, in g/cm3, from `volume_per_atom`; at most 50."""
    return ratio(1.66054 * sums["mass"], volume_per_atom(sums), 50.0)


@descriptor(
    unit="1",
    group=Group.PACKING,
    words="volume of the cations over that of the anions {x}",
    examples={"NaCl": (1.02 / 1.81) ** 3},
    precedence=6,
)
def cation_to_anion_volume(sums: Sums) -> Matrix:
    """Volume of the cations over that of the anions, as spheres; at most 5, and 5 without anions."""
    return ratio(sums["cation_volume"], sums["anion_volume"], 5.0)


@descriptor(
    unit="1/nm3",
    group=Group.IONS,
    words="mobile ions per cubic nanometre {x}",
    examples={"NaCl": 1000 / (4 * np.sqrt(2) * (1.02**3 + 1.81**3))},
    precedence=4,
)
def mobile_density(sums: Sums) -> Matrix:
    """Estimated number density of mobile ions, per cubic nanometre; 0 without them."""
    return ratio(1000 * sums["mobile"], volume_per_atom(sums), 1000.0)


@descriptor(
    unit="angstrom",
    group=Group.IONS,
    words="distance between mobile ions {x} angstrom",
    examples={"NaCl": np.cbrt(4 * np.sqrt(2) * (1.02**3 + 1.81**3)), "SiO2": 30},
    precedence=6,
)
def mobile_spacing(sums: Sums) -> Matrix:
    """Estimated distance between mobile ions, in angstrom: cube root of the volume per ion; at most 30, 30 without."""
    return np.minimum(np.cbrt(ratio(volume_per_atom(sums), sums["mobile"], WIDEST**3)), WIDEST)


@descriptor(
    unit="e per atom",
    group=Group.CATIONS,
    words="unbalanced charge per atom {x} e",
    examples={"LiAlCl5": -1 / 7, "LiAlCl4": 0},
    precedence=12,
)
def charge_imbalance(sums: Sums) -> Matrix:
    """Charge per atom left over with the nearest allowed states, in e; 0 for a neutral composition."""
    rest = np.maximum(sums["charge_low"] - sums["anion_charge"], 0) + np.minimum(
        sums["charge_high"] - sums["anion_charge"], 0
    )
    return np.where(np.abs(rest) > EXACT, rest, 0)
