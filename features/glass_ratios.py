"""Plain ratios that carry across families of glasses: mobile ion, oxygen and halide per network cation, and mixing.

M is every cation with two charges or more, X is F + Cl + Br + I and pseudohalides of `polyatomic` (OH, BH4 ...), and
a mobile ion is Li+, Na+, K+, Ag+ or Cu+. Where there is less than one M to twenty other cations, a twentieth of these
stands for M, so that ratios end at 20 without a jump and still tell Li3OCl (O/M 6.7) from Li2O (10).
"""

from __future__ import annotations

import numpy as np

from .bookkeeping import HALIDES, MOBILE, Matrix, Sums, entropy, once, ratio

MOST = 20.0


@once
def halide(sums: Sums) -> Matrix:
    """Halide and pseudohalide ions per atom."""
    return sums["f"] + sums["cl"] + sums["br"] + sums["i"] + sums["pseudohalide"]


@once
def _network(sums: Sums) -> Matrix:
    return np.maximum(sums["m"], (sums["cation"] - sums["m"]) / MOST)


def per_m(sums: Sums, amount: Matrix) -> Matrix:
    """An amount per network cation, or per twentieth of the other cations where these are more; at most 20."""
    return ratio(amount, _network(sums), MOST)


def mobile_per_m(sums: Sums) -> Matrix:
    """Mobile ions per network cation, at most 20."""
    return per_m(sums, sums["mobile"])


def o_per_m(sums: Sums) -> Matrix:
    """Oxide ions per network cation, at most 20."""
    return per_m(sums, sums["o"])


def halide_per_m(sums: Sums) -> Matrix:
    """Halide ions per network cation, at most 20."""
    return per_m(sums, halide(sums))


def o_share(sums: Sums) -> Matrix:
    """O/(O + X); 0 without either."""
    return ratio(sums["o"], sums["o"] + halide(sums), 1.0)


def chalcogenide_share(sums: Sums) -> Matrix:
    """S, Se and Te ions over all anions; 0 without anions."""
    return ratio(sums["chalcogenide"], sums["anion"], 1.0)


def mobile_fraction(sums: Sums) -> Matrix:
    """Mobile ions per atom."""
    return sums["mobile"]


def mobile_share(sums: Sums) -> Matrix:
    """Mobile ions over all cations; 0 without cations."""
    return ratio(sums["mobile"], sums["cation"], 1.0)


def m_fraction(sums: Sums) -> Matrix:
    """Network cations per atom."""
    return sums["m"]


def anions_per_m(sums: Sums) -> Matrix:
    """All anions per network cation, at most 20."""
    return per_m(sums, sums["anion"])


def halide_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of the halides, in R per mole of halide; 0 for one halide or none."""
    return entropy([sums[symbol] for symbol in (*map(str.lower, HALIDES), "pseudohalide")])


def fluoride_share(sums: Sums) -> Matrix:
    """F/X; 0 without a halide."""
    return ratio(sums["f"], halide(sums), 1.0)


def heavy_halide_share(sums: Sums) -> Matrix:
    """(Br + I)/X; 0 without a halide."""
    return ratio(sums["br"] + sums["i"], halide(sums), 1.0)


def anion_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of all anions, in R per mole of anions; 0 for one anion or none."""
    return entropy([sums[name] for name in ("f", "cl", "br", "i", "pseudohalide", "o", "n", "chalcogenide")])


def mobile_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of the mobile ions (the mixed-alkali effect), in R per mole of them; 0 for one or none."""
    return entropy([sums[f"mobile_{symbol.lower()}"] for symbol in MOBILE])


def parent_halide_per_m(sums: Sums) -> Matrix:
    """(X + 2 O)/M: halides per network cation in the parent, each O replaced by 2 Cl; at most 20."""
    return per_m(sums, halide(sums) + 2 * sums["o"])


RATIOS = (
    mobile_per_m,
    o_per_m,
    halide_per_m,
    o_share,
    chalcogenide_share,
    mobile_fraction,
    mobile_share,
    m_fraction,
    anions_per_m,
    halide_entropy,
    fluoride_share,
    heavy_halide_share,
    anion_entropy,
    mobile_entropy,
    parent_halide_per_m,
)
