"""Bridges and ends of the M-O-M network, by counting bonds.

A former with coordination c offers c bonds; an anion that ends takes one, an anion that bridges takes two. Oxide
(with chalcogenide and nitride) binds first, so with F formers and A such anions per atom the bridges are
B = c F - A, between 0 and A; halides take the bonds left over, bridge (share edges, as in AlCl3) where there are more
bonds than halides, and stay free (as in AgI-AgPO3) where there are fewer. For MAlCl(4-2x)Ox this gives B = O: each
oxygen joins two aluminium atoms (10.1038/s41560-023-01356-y); for a silicate it is the usual count of bridging oxygen.
A former is a network cation of field strength 0.6 e per square angstrom or more. Three coordinations depend on what
else is there: boron is fourfold in part (`fourfold_boron`), aluminium sixfold beside fluoride, as in Na3AlF6, and
zinc, too weak a former beside oxide, offers its four bonds to halides, as in ZnCl2.
"""

from __future__ import annotations

import numpy as np

from .bookkeeping import Matrix, Sums, once, ratio
from .charge import EXACT
from .glass_ratios import MOST, halide


@once
def fourfold_boron(sums: Sums) -> Matrix:
    """Fraction of boron with four oxygen neighbours, N4, after Dell, Bray and Xiao; 0 without boron.

    With R = M2O/B2O3 and K = SiO2/B2O3 (at most 8) it is the least of R, 0.5 + K/16 and (8 + K)/12 (1 - R/(2 + K)):
    each M+ turns one BO3 into BO4 until non-bridging oxygen forms instead. Charge of modifiers that Al, Ga or a halide
    binds does not count. Modifiers of borophosphates are taken as if all went to boron, which is a bound.
    Reference: Dell, Bray and Xiao, J. Non-Cryst. Solids 58, 1 (1983).

    Examples
    --------
    >>> from .fractions import Fractions
    >>> from .slots import Slots
    >>> slots = Slots.of(Fractions.of(["Na2B4O7"]).matrix)
    >>> round(float(fourfold_boron(Sums.of(slots))[0]), 9)
    0.5
    """
    free = np.maximum(sums["modifier_charge"] - sums["tetrahedral"] - halide(sums), 0)
    modifier = ratio(free, sums["boron"], MOST)
    silica = ratio(2 * sums["silicon"], sums["boron"], 8.0)
    falling = (8 + silica) / 12 * np.maximum(1 - modifier / (2 + silica), 0)
    return np.where(sums["boron"] > 0, np.minimum(np.minimum(modifier, 0.5 + silica / 16), falling), 0)


@once
def sites(sums: Sums) -> Matrix:
    """Bonds that the formers offer, per atom."""
    sixfold = 2 * sums["aluminium"] * ratio(sums["f"], sums["anion"], 1.0)
    return sums["sites"] + fourfold_boron(sums) * sums["boron"] + sixfold


def firm(sums: Sums) -> Matrix:
    """Oxide, chalcogenide and nitride ions per atom: the anions that bind first."""
    return sums["o"] + sums["chalcogenide"] + sums["n"]


@once
def bridges(sums: Sums) -> Matrix:
    """Bridging oxide, chalcogenide and nitride ions per atom; 0 without a former."""
    return np.minimum(np.maximum(sites(sums) - firm(sums), 0), firm(sums))


@once
def halide_share(sums: Sums) -> Matrix:
    """Halide ions over all anions; 0 without anions."""
    return ratio(halide(sums), sums["anion"], 1.0)


@once
def formers(sums: Sums) -> Matrix:
    """Formers per atom; those of halides alone (Zn, Y) in proportion to the halide share of the anions."""
    return sums["former"] + sums["weak_former"] * halide_share(sums)


@once
def bonds_left(sums: Sums) -> Matrix:
    """Bonds of the formers left for halides, per atom."""
    return np.maximum(sites(sums) - firm(sums) - bridges(sums), 0) + sums["weak_sites"] * halide_share(sums)


def bridging_o_per_m(sums: Sums) -> Matrix:
    """Bridging oxide (chalcogenide, nitride) ions per network cation; 0 without one."""
    return ratio(bridges(sums), sums["m"], MOST)


def bridging_halide_per_m(sums: Sums) -> Matrix:
    """Bridging halide ions per network cation; 0 without one."""
    spare = bonds_left(sums) - halide(sums)
    spare = np.where(spare > EXACT, spare, 0)
    return ratio(np.minimum(spare, halide(sums)), sums["m"], MOST)


def free_halide_per_m(sums: Sums) -> Matrix:
    """Halide ions bound to no former, per network cation, at most 20; 20 for a halide without network cations."""
    free = halide(sums) - bonds_left(sums)
    return ratio(np.where(free > EXACT, free, 0), sums["m"], MOST)


def non_bridging_o_per_m(sums: Sums) -> Matrix:
    """Oxide (chalcogenide, nitride) ions that do not bridge, per network cation; at most 20, and 20 without M."""
    return ratio(firm(sums) - bridges(sums), sums["m"], MOST)


def connectivity(sums: Sums) -> Matrix:
    """M-O-M links per former, 2 B/F; 0 without a former."""
    return ratio(2 * bridges(sums), formers(sums), MOST)


def terminal_halide_per_former(sums: Sums) -> Matrix:
    """Halide ions that end a bond of a former, per former (with Zn); 0 without a former."""
    bound = np.minimum(halide(sums), bonds_left(sums))
    shared = np.minimum(np.maximum(bonds_left(sums) - halide(sums), 0), halide(sums))
    return ratio(bound - shared, formers(sums), MOST)


def plasticiser(sums: Sums) -> Matrix:
    """Share of formers left as separate halide units such as AlCl4-, times the halide share of the anions.

    With links spread at random over c bonds a former has none with probability (1 - k/c)^c, k the connectivity;
    0 without a former.
    """
    bonds = np.maximum(ratio(sites(sums), formers(sums), MOST), 1)
    bare = np.maximum(1 - connectivity(sums) / bonds, 0) ** bonds
    return np.where(formers(sums) > 0, bare * ratio(halide(sums), sums["anion"], 1.0), 0)


def former_share(sums: Sums) -> Matrix:
    """Formers over all cations; 0 without cations."""
    return ratio(formers(sums), sums["cation"], 1.0)


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
