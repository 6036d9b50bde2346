"""Bridges and ends of the M-O-M network, by counting bonds.

A former with coordination c offers c bonds; an anion that ends takes one, an anion that bridges takes two. Halides
beyond the charge of the cations that are no formers cannot be free and bind first (POCl3 keeps its three P-Cl). Then
oxide (with chalcogenide and nitride) binds, so with F formers and A such anions per atom the bridges are B = c F - A,
between 0 and A; halides take the bonds left over, bridge (share edges, as in AlCl3) where there are more bonds than
halides, and stay free (as in AgI-AgPO3) where there are fewer. For MAlCl(4-2x)Ox this gives B = O: each oxygen joins
two aluminium atoms (10.1038/s41560-023-01356-y); for a silicate it is the usual count of bridging oxygen.

How far a cation is a former follows from its field strength, by a smooth step from 0.5 to 0.7 e per square angstrom;
beside halides the step lies lower (`ion_states.former_weight`), and Zn, Cd, Pb2+ and Bi, whose chlorides form glasses
or are the main part of some, offer all their bonds to halides. Coordinations depend on what else is there: boron is
fourfold in part (`fourfold_boron`), aluminium and gallium sixfold beside fluoride, as in Na3AlF6, indium fourfold in
oxyhalides (`fourfold_indium`), and complex fluorides such as BF4- and PF6- bind all their fluoride.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..charge import EXACT
from ..ions.states import Ions
from .descriptor import Group, descriptor
from .ionic_sums import Matrix, Sums, once, ratio
from .ratios import MOST, halide, per_m


@once
def fourfold_boron(sums: Sums) -> Matrix:
    """Fraction of boron with four oxygen neighbours, N4, after Dell, Bray and Xiao; 0 without boron.

    With R = M2O/B2O3 and K = SiO2/B2O3 (at most 8) it is the least of R, 0.5 + K/16 and (8 + K)/12 (1 - R/(2 + K)):
    each M+ turns one BO3 into BO4 until non-bridging oxygen forms instead. Charge of modifiers that Al, Ga or a halide
    binds does not count. Modifiers of borophosphates are taken as if all went to boron, which is a bound.
    Reference: Dell, Bray and Xiao, J. Non-Cryst. Solids 58, 1 (1983).

    Examples
    --------
    >>> from ..fractions import Fractions
    >>> from ..sparse import Slots
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
def halide_share(sums: Sums) -> Matrix:
    """Halide ions over all anions; 0 without anions."""
    return ratio(halide(sums), sums["anion"], 1.0)


@once
def fourfold_indium(sums: Sums) -> Matrix:
    """Fraction of indium with four neighbours: all of it beside oxygen and up to 4 halides per M, none in Li3InCl6.

    Amorphous AInX2.5O0.75 holds fragments of chains of InX2O2 tetrahedra (arXiv 2601.06384). It sets in smoothly, over
    the first fifth of oxygen among O + X, between 5 and 4 halides per M, and over the first halide per M, since oxide
    glasses hold six-coordinated indium; these ramps are a rule of thumb.
    """
    oxygen = np.minimum(5 * ratio(sums["o"], sums["o"] + halide(sums), 1.0), 1)
    per_cation = ratio(halide(sums), sums["m"], MOST)
    return oxygen * np.clip(5 - per_cation, 0, 1) * np.minimum(per_cation, 1)


@lru_cache(maxsize=1)
def indium_weights() -> tuple[float, float]:
    """How far sixfold In3+ is a former beside oxide and beside halide."""
    ion = Ions.of(["In"], [3.0], np.zeros(1, dtype=np.bool_))
    return float(ion.former[0]), float(ion.halide_former[0])


@once
def formers(sums: Sums) -> Matrix:
    """Formers per atom; those of halides alone (Zn, Y) in proportion to the halide share of the anions."""
    usual = sums["former"] + sums["weak_former"] * halide_share(sums)
    beside_oxide, beside_halide = indium_weights()
    indium = 1 - beside_oxide - (beside_halide - beside_oxide) * halide_share(sums)
    return usual + fourfold_indium(sums) * sums["indium"] * indium


@once
def sites(sums: Sums) -> Matrix:
    """Bonds that the formers offer to oxide and halide alike, per atom."""
    sixfold = 2 * sums["sixfold"] * ratio(sums["f"], sums["anion"], 1.0)
    indium = fourfold_indium(sums) * sums["indium"] * (4 - 6 * indium_weights()[0])
    return sums["sites"] + fourfold_boron(sums) * sums["boron"] + sixfold + indium


@once
def halide_sites(sums: Sums) -> Matrix:
    """Bonds that formers of halides alone, and complex fluorides, offer to halides besides, per atom.

    A complex fluoride such as PF6- has only F around the former, with a chance of the fourth power of the share of F.
    """
    beside_oxide, beside_halide = indium_weights()
    weak = sums["weak_sites"] - 6 * fourfold_indium(sums) * sums["indium"] * (beside_halide - beside_oxide)
    room = sums["fluoride_room"] * ratio(sums["f"], sums["anion"], 1.0) ** 4
    wanted = np.maximum(sums["f"] + firm(sums) - sites(sums), 0)
    return weak * halide_share(sums) + np.minimum(room, wanted)


def firm(sums: Sums) -> Matrix:
    """Oxide, chalcogenide and nitride ions per atom: the anions that bind before a halide that may stay free."""
    return sums["o"] + sums["chalcogenide"] + sums["n"]


@once
def never_free(sums: Sums) -> Matrix:
    """Halide ions per atom that are bound in any case: OH, and those beyond the charge of cations that are no formers.

    Hydroxide is written for what is P-OH, Si-OH and the like beside a former.
    """
    bound = np.maximum(halide(sums) - sums["modifier_charge"], sums["hydroxyl"])
    return np.clip(bound, 0, 8 * formers(sums))


@once
def bridges(sums: Sums) -> Matrix:
    """Bridging oxide, chalcogenide and nitride ions per atom; 0 without a former."""
    left = np.maximum(sites(sums) - np.maximum(never_free(sums) - halide_sites(sums), 0), 0)
    return np.minimum(np.maximum(left - firm(sums), 0), firm(sums))


@once
def bonds_left(sums: Sums) -> Matrix:
    """Bonds of the formers left for halides, per atom."""
    left = np.maximum(sites(sums) - firm(sums) - bridges(sums), 0) + halide_sites(sums)
    return np.maximum(left, never_free(sums))


@once
def halide_bridges(sums: Sums) -> Matrix:
    """Bridging halide ions per atom."""
    spare = bonds_left(sums) - halide(sums)
    return np.minimum(np.where(spare > EXACT, spare, 0), halide(sums))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="bridging O per {M} {x}",
    examples={
        "LiAlCl2.5O0.75": 0.75,
        "LiAlCl4": 0,
        "SiO2": 2,
        "Na2SiO3": 1,
        "Na4SiO4": 0,
        "P2O5": 1.5,
        "AgI-AgPO3": 1,
        "NaPO3": 1,
        "Na2Si2O5": 1.5,
        "B2O3": 1.5,
        "Na2B4O7": 7 / 4,
        "LiBO2": 4 / 3,
        "Li3BO3": 0,
        "NaAlSi3O8": 2,
        "1.6Li2O-TaCl5": 1.6,
        "LiAlO2": 2,
    },
    doi="10.1038/s41560-023-01356-y",
    precedence=1,
)
def bridging_o_per_m(sums: Sums) -> Matrix:
    """Bridging oxide (chalcogenide, nitride) ions per network cation; 0 without one."""
    return per_m(sums, bridges(sums))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="bridging halide per {M} {x}",
    examples={"TaCl5": 1, "ZnCl2": 2, "AlF3": 3, "NaAlF4": 2, "AlCl3": 1},
    precedence=2,
)
def bridging_halide_per_m(sums: Sums) -> Matrix:
    """Bridging halide ions per network cation; 0 without one."""
    return per_m(sums, halide_bridges(sums))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="free halide per {M} {x}",
    examples={"1.6Li2O-TaCl5": 2.2, "Li2ZnCl4": 0, "Na3AlF6": 0, "AgI-AgPO3": 1},
    precedence=5,
)
def free_halide_per_m(sums: Sums) -> Matrix:
    """Halide ions bound to no former, per network cation; at most 20."""
    free = halide(sums) - bonds_left(sums)
    return per_m(sums, np.where(free > EXACT, free, 0))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="non-bridging O per {M} {x}",
    examples={"NaPO3": 2, "Na2B4O7": 0, "LiBO2": 2 / 3, "Na2SiO3": 2},
    precedence=3,
)
def non_bridging_o_per_m(sums: Sums) -> Matrix:
    """Oxide (chalcogenide, nitride) ions that do not bridge, per network cation; at most 20."""
    return per_m(sums, firm(sums) - bridges(sums))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="links between two cations per {M} {x}",
    examples={"NaPO3": 2, "Na2Si2O5": 3, "1.6Li2O-TaCl5": 3.2, "LiAlCl2.5O0.75": 1.5, "SiO2": 4},
    precedence=8,
)
def connectivity(sums: Sums) -> Matrix:
    """M-O-M and M-X-M links per former, 2 (B + bridging halide)/F; 0 without a former."""
    return ratio(2 * (bridges(sums) + halide_bridges(sums)), formers(sums), MOST)


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="halide that ends a bond per {M} {x}",
    examples={
        "1.6Li2O-TaCl5": 2.8,
        "ZnCl2": 0,
        "Li2ZnCl4": 4,
        "Na3AlF6": 6,
        "LiAlCl2.5O0.75": 2.5,
        "LiAlCl4": 4,
        "AlCl3": 2,
    },
    precedence=4,
)
def terminal_halide_per_m(sums: Sums) -> Matrix:
    """Halide ions that end a bond of a former, per network cation; 0 without one."""
    bound = np.minimum(halide(sums), bonds_left(sums))
    return per_m(sums, bound - halide_bridges(sums))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="share of separate halide units {x}",
    examples={
        "LiAlCl4": 1,
        "LiAlCl2.5O0.75": (1 - 1.5 / 4) ** 4 * 2.5 / 3.25,
        "SiO2": 0,
        "BeF2": 0,
        "AlCl3": (1 - 2 / 4) ** 4,
    },
    precedence=6,
)
def plasticiser(sums: Sums) -> Matrix:
    """Share of network cations in separate halide units such as AlCl4-, times the halide share of the anions.

    With oxide and bridging halide spread at random over the c bonds of a former none of its bonds holds one with
    probability (1 - k/c)^c, k their bonds per former. What is packed into a crystal, as the octahedra of Li3InCl6,
    counts as separate all the same: the composition does not tell. 0 without a former.
    """
    bonds = np.maximum(ratio(sites(sums) + halide_sites(sums), formers(sums), MOST), 1)
    taken = ratio(firm(sums) + bridges(sums) + 2 * halide_bridges(sums), formers(sums), MOST)
    bare = np.maximum(1 - taken / bonds, 0) ** bonds
    return bare * halide_share(sums) * ratio(formers(sums), sums["m"], 1.0)


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="halide set free by crowded oxygen per {M} {x}",
    examples={"LiAlCl2.5O0.75": 0.375, "LiAlCl4": 0, "NaPO3-LiCl": 0},
    doi="10.1038/s41560-023-01356-y",
    precedence=7,
)
def halide_released_per_m(sums: Sums) -> Matrix:
    """Halide ions that oxygen joining 2.5 Al, Ga or In instead of 2 sets free, per network cation.

    max(0, 2.5 O + X - c F) where these are the only formers, less in proportion where they are not. The 11 % by weight
    of LiCl beside the glass in LiAlCl2.5O0.75 (10.1038/s41560-023-01356-y), 0.35 per formula, give the 2.5.
    """
    trivalent = sums["tetrahedral"] + fourfold_indium(sums) * sums["indium"]
    crowded = np.maximum(2.5 * sums["o"] + halide(sums) - sites(sums) - halide_sites(sums), 0)
    share = ratio(trivalent, formers(sums), 1.0) * ratio(sums["o"], firm(sums), 1.0)
    return per_m(sums, np.minimum(crowded * share, halide(sums)))


@descriptor(
    unit="1",
    group=Group.NETWORK,
    words="share of glass formers among the cations {x}",
    examples={"LiAlCl4": 0.5},
    precedence=9,
)
def former_share(sums: Sums) -> Matrix:
    """Formers over all cations; 0 without cations."""
    return ratio(formers(sums), sums["cation"], 1.0)
