"""Bridges and ends of the M-O-M network, by counting bonds.

A former with coordination c offers c bonds; an anion that ends takes one, an anion that bridges takes two. Oxide
(with chalcogenide and nitride) binds first, so with F formers and A such anions per atom the bridges are
B = c F - A, between 0 and A; halides take the bonds left over, bridge (share edges, as in AlCl3) where there are more
bonds than halides, and stay free (as in AgI-AgPO3) where there are fewer. For MAlCl(4-2x)Ox this gives B = O: each
oxygen joins two aluminium atoms (10.1038/s41560-023-01356-y); for a silicate it is the usual count of bridging oxygen.
A former is a network cation of field strength 0.6 e per square angstrom or more.
"""

from __future__ import annotations

import numpy as np

from .bookkeeping import Matrix, Sums, ratio
from .glass_ratios import MOST, halide


def firm(sums: Sums) -> Matrix:
    """Oxide, chalcogenide and nitride ions per atom: the anions that bind first."""
    return sums["o"] + sums["chalcogenide"] + sums["n"]


def bridges(sums: Sums) -> Matrix:
    """Bridging oxide, chalcogenide and nitride ions per atom; 0 without a former."""
    return np.minimum(np.maximum(sums["sites"] - firm(sums), 0), firm(sums))


def bonds_left(sums: Sums) -> Matrix:
    """Bonds of the formers left for halides, per atom."""
    return np.maximum(sums["sites"] - firm(sums) - bridges(sums), 0)


def bridging_o_per_m(sums: Sums) -> Matrix:
    """Bridging oxide (chalcogenide, nitride) ions per network cation; 0 without one."""
    return ratio(bridges(sums), sums["m"], MOST)


def bridging_halide_per_m(sums: Sums) -> Matrix:
    """Bridging halide ions per network cation; 0 without one."""
    spare = np.maximum(bonds_left(sums) - halide(sums), 0)
    return ratio(np.minimum(spare, halide(sums)), sums["m"], MOST)


def free_halide_per_m(sums: Sums) -> Matrix:
    """Halide ions bound to no former, per network cation, at most 20; 20 for a halide without network cations."""
    return ratio(np.maximum(halide(sums) - bonds_left(sums), 0), sums["m"], MOST)


def non_bridging_o_per_m(sums: Sums) -> Matrix:
    """Oxide (chalcogenide, nitride) ions that do not bridge, per network cation; at most 20, and 20 without M."""
    return ratio(firm(sums) - bridges(sums), sums["m"], MOST)


def connectivity(sums: Sums) -> Matrix:
    """M-O-M links per former, 2 B/F; 0 without a former."""
    return ratio(2 * bridges(sums), sums["former"], MOST)


def terminal_halide_per_former(sums: Sums) -> Matrix:
    """Halide ions that end a bond of a former, per former; 0 without a former."""
    bound = np.minimum(halide(sums), bonds_left(sums))
    shared = np.minimum(np.maximum(bonds_left(sums) - halide(sums), 0), halide(sums))
    return ratio(bound - shared, sums["former"], MOST)


def plasticiser(sums: Sums) -> Matrix:
    """Share of formers left as separate halide units such as AlCl4-, times the halide share of the anions.

    With links spread at random over c bonds a former has none with probability (1 - k/c)^c, k the connectivity;
    0 without a former.
    """
    bonds = np.maximum(ratio(sums["sites"], sums["former"], MOST), 1)
    bare = np.maximum(1 - connectivity(sums) / bonds, 0) ** bonds
    return np.where(sums["former"] > 0, bare * ratio(halide(sums), sums["anion"], 1.0), 0)


def former_share(sums: Sums) -> Matrix:
    """Formers over all cations; 0 without cations."""
    return ratio(sums["former"], sums["cation"], 1.0)


NETWORK = (
    bridging_o_per_m,
    bridging_halide_per_m,
    free_halide_per_m,
    non_bridging_o_per_m,
    connectivity,
    terminal_halide_per_former,
    plasticiser,
    former_share,
)
