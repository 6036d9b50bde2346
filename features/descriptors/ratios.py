"""Plain ratios that carry across families of glasses: mobile ion, oxygen and halide per network cation, and mixing.

M is every cation with two charges or more, X is F + Cl + Br + I and pseudohalides of `polyatomic` (OH, BH4 ...), and
a mobile ion is Li+, Na+, K+, Ag+ or Cu+. Where there is less than one M to twenty other cations, a twentieth of these
stands for M, so that ratios end at 20 without a jump and still tell Li3OCl (O/M 6.7) from Li2O (10).
"""

from __future__ import annotations

import numpy as np

from .descriptor import Group, descriptor
from .ionic_sums import HALIDES, MOBILE, Matrix, Sums, entropy, once, ratio

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


@descriptor(
    unit="1",
    group=Group.IONS,
    words="mobile ions per {M} {x}",
    examples={"LiAlCl2.5O0.75": 1, "Na2SiO3": 2, "LiCl": 20, "SiO2": 0, "AgI-AgPO3": 2},
    precedence=1,
)
def mobile_per_m(sums: Sums) -> Matrix:
    """Mobile ions per network cation, at most 20."""
    return per_m(sums, sums["mobile"])


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="O per {M} {x}",
    examples={"LiAlCl2.5O0.75": 0.75, "Li3.2TaCl5O1.6": 1.6, "Li3OCl": 20 / 3, "Li2O": 10},
    precedence=10,
)
def o_per_m(sums: Sums) -> Matrix:
    """Oxide ions per network cation, at most 20."""
    return per_m(sums, sums["o"])


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="halide per {M} {x}",
    examples={"LiAlCl2.5O0.75": 2.5},
    precedence=11,
)
def halide_per_m(sums: Sums) -> Matrix:
    """Halide ions per network cation, at most 20."""
    return per_m(sums, halide(sums))


@descriptor(
    unit="1",
    group=Group.ANIONS,
    words="O in O + halide {x}",
    examples={"LiAlCl2.5O0.75": 0.75 / 3.25, "Li2S": 0},
    precedence=1,
)
def o_share(sums: Sums) -> Matrix:
    """O/(O + X); 0 without either."""
    return ratio(sums["o"], sums["o"] + halide(sums), 1.0)


@descriptor(
    unit="1",
    group=Group.ANIONS,
    words="share of S, Se and Te among the anions {x}",
    examples={"Li6PS5Cl": 5 / 6, "Li2SO4": 0, "TeO2": 0},
    precedence=2,
)
def chalcogenide_share(sums: Sums) -> Matrix:
    """S, Se and Te ions over all anions; 0 without anions."""
    return ratio(sums["chalcogenide"], sums["anion"], 1.0)


@descriptor(
    unit="1",
    group=Group.IONS,
    words="mobile ions per atom {x}",
    examples={"LiAlCl4": 1 / 6},
    precedence=5,
)
def mobile_fraction(sums: Sums) -> Matrix:
    """Mobile ions per atom."""
    return sums["mobile"]


@descriptor(
    unit="1",
    group=Group.IONS,
    words="share of mobile ions among the cations {x}",
    examples={"LiAlCl4": 1 / 2},
    precedence=2,
)
def mobile_share(sums: Sums) -> Matrix:
    """Mobile ions over all cations; 0 without cations."""
    return ratio(sums["mobile"], sums["cation"], 1.0)


@descriptor(
    unit="1",
    group=Group.CATIONS,
    words="{M} per atom {x}",
    examples={"LiAlCl4": 1 / 6},
    precedence=4,
)
def m_fraction(sums: Sums) -> Matrix:
    """Network cations per atom."""
    return sums["m"]


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="anions per {M} {x}",
    examples={"LiAlCl4": 4},
    precedence=12,
)
def anions_per_m(sums: Sums) -> Matrix:
    """All anions per network cation, at most 20."""
    return per_m(sums, sums["anion"])


@descriptor(
    unit="R",
    group=Group.ANIONS,
    words="mixing entropy of the halides {x} R",
    examples={"LiCl0.5Br0.5": np.log(2), "LiCl": 0},
    precedence=7,
)
def halide_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of the halides, in R per mole of halide; 0 for one halide or none."""
    return entropy([sums[symbol] for symbol in (*map(str.lower, HALIDES), "pseudohalide")])


@descriptor(
    unit="1",
    group=Group.ANIONS,
    words="share of F in the halide {x}",
    examples={"LiAlCl3F": 1 / 4},
    precedence=3,
)
def fluoride_share(sums: Sums) -> Matrix:
    """F/X; 0 without a halide."""
    return ratio(sums["f"], halide(sums), 1.0)


@descriptor(
    unit="1",
    group=Group.ANIONS,
    words="share of Br and I in the halide {x}",
    examples={"LiAlCl3Br": 1 / 4},
    precedence=4,
)
def heavy_halide_share(sums: Sums) -> Matrix:
    """(Br + I)/X; 0 without a halide."""
    return ratio(sums["br"] + sums["i"], halide(sums), 1.0)


@descriptor(
    unit="R",
    group=Group.ANIONS,
    words="mixing entropy of the anions {x} R",
    examples={"Li3OCl": np.log(2)},
    precedence=6,
)
def anion_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of all anions, in R per mole of anions; 0 for one anion or none."""
    return entropy([sums[name] for name in ("f", "cl", "br", "i", "pseudohalide", "o", "n", "chalcogenide")])


@descriptor(
    unit="R",
    group=Group.IONS,
    words="mixing entropy of the mobile ions {x} R",
    examples={"Li0.5Na0.5Cl": np.log(2)},
    precedence=7,
)
def mobile_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of the mobile ions (the mixed-alkali effect), in R per mole of them; 0 for one or none."""
    return entropy([sums[f"mobile_{symbol.lower()}"] for symbol in MOBILE])


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="halide per {M} in the parent halide {x}",
    examples={"LiAlCl2.5O0.75": 4},
    precedence=13,
)
def parent_halide_per_m(sums: Sums) -> Matrix:
    """(X + 2 O)/M: halides per network cation in the parent, each O replaced by 2 Cl; at most 20."""
    return per_m(sums, halide(sums) + 2 * sums["o"])
