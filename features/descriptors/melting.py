"""Melting of the parent chlorides and mixing of the cations: what a halide glass softens near.

Tg lies near two thirds of the temperature in kelvin at which a melt begins to crystallise (Kauzmann, Chem. Rev. 43,
219, 1948, 10.1021/cr60135a002), and a chloride glass is made of chlorides that melt somewhere; an oxychloride counts as
if all charge of its cations were balanced by Cl. Mixing lowers the liquidus: of the chlorides that were measured Tg is
0.63 of the mean melting point of the parents for one cation, 0.55 for two and 0.43 for three.
"""

from __future__ import annotations

import numpy as np

from .descriptor import Group, descriptor
from .ionic_sums import Matrix, Sums, ratio

HOTTEST = 2000.0


@descriptor(
    unit="K",
    group=Group.PACKING,
    words="mean melting point of the parent chlorides {x} K",
    examples={"LiAlCl4": (609.9 + 3 * 192.6) / 4 + 273.15},
    doi="10.1021/cr60135a002",
    precedence=3,
)
def parent_melting(sums: Sums) -> Matrix:
    """Mean melting point of the chlorides of all cations, each as much as its charge, in K; 0 without cations."""
    return ratio(sums["melting"], sums["cation_charge"], HOTTEST)


@descriptor(
    unit="K",
    group=Group.PACKING,
    words="melting point of the chloride of {M} {x} K",
    examples={"LiAlCl4": 192.6 + 273.15},
    doi="10.1021/cr60135a002",
    precedence=4,
)
def m_parent_melting(sums: Sums) -> Matrix:
    """Mean melting point of the chlorides of the network cations, each as much as its charge, in K; 0 without one."""
    return ratio(sums["m_melting"], sums["m_charge"], HOTTEST)


@descriptor(
    unit="R",
    group=Group.CATIONS,
    words="mixing entropy of the cations {x} R",
    examples={"LiAlCl4": np.log(2)},
    precedence=11,
)
def cation_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of all cations, in R per mole of them; 0 for one kind or none."""
    safe = np.where(sums["cation"] > 0, sums["cation"], 1)
    return np.where(sums["cation"] > 0, np.maximum(np.log(safe) - sums["cation_log"] / safe, 0), 0)
