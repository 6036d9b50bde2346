"""Charge, size and attraction of the ions: field strength, optical basicity, cohesion, packing, mobile-ion density.

Radii are Shannon's effective ionic radii (10.1107/S0567739476001551) in angstrom; volumes take every ion as a sphere in
close packing, 4 sqrt(2) r^3, which comes within some 20 % of crystalline chlorides and close-packed oxides.
"""

from __future__ import annotations

import numpy as np

from .bookkeeping import Matrix, Sums, once, ratio
from .charge import EXACT

WIDEST = 30.0


def mean_cation_charge(sums: Sums) -> Matrix:
    """Mean charge of all cations, in e; 0 without cations."""
    return ratio(sums["cation_charge"], sums["cation"], 10.0)


@once
def mean_m_charge(sums: Sums) -> Matrix:
    """Mean charge of the network cations, in e; 0 without one."""
    return ratio(sums["m_charge"], sums["m"], 10.0)


@once
def mean_cation_radius(sums: Sums) -> Matrix:
    """Mean radius of all cations, in angstrom; 0 without cations."""
    return ratio(sums["cation_radius"], sums["cation"], 5.0)


@once
def mean_m_radius(sums: Sums) -> Matrix:
    """Mean radius of the network cations, in angstrom; 0 without one."""
    return ratio(sums["m_radius"], sums["m"], 5.0)


@once
def mean_anion_radius(sums: Sums) -> Matrix:
    """Mean radius of the anions, in angstrom; 0 without anions."""
    return ratio(sums["anion_radius"], sums["anion"], 5.0)


def mean_mobile_radius(sums: Sums) -> Matrix:
    """Mean radius of the mobile ions, in angstrom; 0 without one."""
    return ratio(sums["mobile_radius"], sums["mobile"], 5.0)


def radius_ratio(sums: Sums) -> Matrix:
    """Mean network-cation radius over mean anion radius; 0 without either."""
    return ratio(mean_m_radius(sums), mean_anion_radius(sums), 5.0)


def field_strength(sums: Sums) -> Matrix:
    """Mean Dietzel field strength z/(r + 1.40)^2 of the network cations, in e per square angstrom; 0 without one.

    Reference: Dietzel, Z. Elektrochem. 48, 9 (1942).
    """
    return ratio(sums["m_field"], sums["m"], 10.0)


def cation_field_strength(sums: Sums) -> Matrix:
    """Mean Dietzel field strength of all cations, in e per square angstrom; 0 without cations."""
    return ratio(sums["cation_field"], sums["cation"], 10.0)


def field_per_anion(sums: Sums) -> Matrix:
    """Sum of the field strengths of all cations per anion, in e per square angstrom; 0 without anions."""
    return np.where(sums["anion"] > 0, ratio(sums["cation_field"], sums["anion"], 10.0), 0)


def optical_basicity(sums: Sums) -> Matrix:
    """Optical basicity as if every anion were oxide: sum of z x / gamma over sum of z x; 0 without cations.

    gamma = 1.36 (chi - 0.26), chi the Pauling electronegativity. References: Duffy and Ingram, J. Am. Chem. Soc. 93,
    6448 (1971) and J. Non-Cryst. Solids 21, 373 (1976).
    """
    return ratio(sums["basicity"], sums["cation_charge"], 5.0)


def bond_strength(sums: Sums) -> Matrix:
    """Coulomb energy of one M-anion contact, 1389.4 z+ z-/(r+ + r-), in kJ/mol; 0 without network cations or anions.

    It stands in place of Sun's single-bond strengths (J. Am. Ceram. Soc. 30, 277, 1947): those are known for oxides
    only, and a sum of them would jump or vanish where chloride takes the place of oxygen. `cohesion` is the sum over
    all bonds.
    """
    distance = mean_m_radius(sums) + mean_anion_radius(sums)
    charges = mean_m_charge(sums) * ratio(sums["anion_charge"], sums["anion"], 5.0)
    return ratio(1389.4 * charges, distance, 1e5)


def cohesion(sums: Sums) -> Matrix:
    """Kapustinskii lattice energy per atom, 1213.8 z+ z- (1 - 0.345/d)/d, d in angstrom, in kJ/mol; 0 without ions.

    Reference: Kapustinskii, Q. Rev. Chem. Soc. 10, 283 (1956), 10.1039/QR9561000283.
    """
    distance = mean_cation_radius(sums) + mean_anion_radius(sums)
    charges = mean_cation_charge(sums) * ratio(sums["anion_charge"], sums["anion"], 5.0)
    return ratio(1213.8 * charges * np.maximum(1 - 0.345 / np.maximum(distance, 0.345), 0), distance, 1e5)


def electronegativity_difference(sums: Sums) -> Matrix:
    """Mean Pauling electronegativity of the anions less that of the cations; 0 without both ions."""
    anions = ratio(sums["anion_electronegativity"], sums["anion"], 5.0)
    cations = ratio(sums["cation_electronegativity"], sums["cation"], 5.0)
    return np.where((sums["anion"] > 0) & (sums["cation"] > 0), anions - cations, 0)


def mean_mass(sums: Sums) -> Matrix:
    """Mean atomic mass, in u."""
    return sums["mass"]


def volume_per_atom(sums: Sums) -> Matrix:
    """Estimated volume per atom, in cubic angstrom: the sum of 4 sqrt(2) r^3."""
    return sums["volume"]


def density(sums: Sums) -> Matrix:
    """Estimated mass density, in g/cm3, from `volume_per_atom`; at most 50."""
    return ratio(1.66054 * sums["mass"], sums["volume"], 50.0)


def packing(sums: Sums) -> Matrix:
    """Volume of the cations over that of the anions, as spheres; at most 5, and 5 without anions."""
    return ratio(sums["cation_volume"], sums["anion_volume"], 5.0)


def mobile_density(sums: Sums) -> Matrix:
    """Estimated number density of mobile ions, per cubic nanometre; 0 without them."""
    return ratio(1000 * sums["mobile"], sums["volume"], 1000.0)


def mobile_spacing(sums: Sums) -> Matrix:
    """Estimated distance between mobile ions, in angstrom: cube root of the volume per ion; at most 30, 30 without."""
    return np.minimum(np.cbrt(ratio(sums["volume"], sums["mobile"], WIDEST**3)), WIDEST)


def charge_imbalance(sums: Sums) -> Matrix:
    """Charge per atom left over with the nearest allowed states, in e; 0 for a neutral composition."""
    rest = np.maximum(sums["charge_low"] - sums["anion_charge"], 0) + np.minimum(
        sums["charge_high"] - sums["anion_charge"], 0
    )
    return np.where(np.abs(rest) > EXACT, rest, 0)


IONS = (
    mean_cation_charge,
    mean_m_charge,
    mean_cation_radius,
    mean_m_radius,
    mean_anion_radius,
    mean_mobile_radius,
    radius_ratio,
    field_strength,
    cation_field_strength,
    field_per_anion,
    optical_basicity,
    bond_strength,
    cohesion,
    electronegativity_difference,
    mean_mass,
    volume_per_atom,
    density,
    packing,
    mobile_density,
    mobile_spacing,
    charge_imbalance,
)
