"""Melting of the parent chlorides and mixing of the cations: what a halide glass softens near.

Tg lies near two thirds of the temperature in kelvin at which a melt begins to crystallise (Kauzmann, Chem. Rev. 43,
219, 1948, 10.1021/cr60135a002), and a chloride glass is made of chlorides that melt somewhere; an oxychloride counts as
if all charge of its cations were balanced by Cl. Mixing lowers the liquidus: of the chlorides that were measured Tg is
0.63 of the mean melting point of the parents for one cation, 0.55 for two and 0.43 for three.
"""

from __future__ import annotations

import numpy as np

from .bookkeeping import Matrix, Sums, ratio

HOTTEST = 2000.0


def parent_melting(sums: Sums) -> Matrix:
    """Mean melting point of the chlorides of all cations, each as much as its charge, in K; 0 without cations."""
    return ratio(sums["melting"], sums["cation_charge"], HOTTEST)


def m_parent_melting(sums: Sums) -> Matrix:
    """The same of the network cations alone, in K; 0 without one."""
    return ratio(sums["m_melting"], sums["m_charge"], HOTTEST)


def cation_entropy(sums: Sums) -> Matrix:
    """Mixing entropy of all cations, in R per mole of them; 0 for one kind or none."""
    safe = np.where(sums["cation"] > 0, sums["cation"], 1)
    return np.where(sums["cation"] > 0, np.maximum(np.log(safe) - sums["cation_log"] / safe, 0), 0)


MELTING = (parent_melting, m_parent_melting, cation_entropy)
