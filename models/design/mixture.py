"""What glass formation may depend on: descriptors of a mixture as a sum of binary compounds that melt.

A melt vitrifies more easily the lower it stays liquid compared with what it is made of (Turnbull, Contemp. Phys. 10,
473, 1969, 10.1080/00107516908204405), the more its cations differ in field strength from those that build a network
(Dietzel, Z. Elektrochem. 48, 9, 1942) and the more kinds of ions confuse its crystals (Greer, Nature 366, 303, 1993,
10.1038/366303a0).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.melting_points import ANIONS, melting_points
from ...features.elements import INDEX, lookup
from ...features.featurizer import BLOCKS as ALL_BLOCKS
from ...features.featurizer import Featurizer
from ...features.fractions import Fractions
from .descriptor_record import columns

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]

CHARGES = np.array([2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0])
"""Charge of each of `ANIONS`."""
HARD = ("O", "F")  # beside which S, Se and Te are cations, as in TeO2
BESIDE_HARD = {"S": 6.0, "Se": 4.0, "Te": 4.0}
NETWORK = ("Si", "B", "P", "Ge", "As", "Be")
"""Cations whose oxides (BeF2 among the fluorides) are glasses by themselves; Zachariasen 1932, 10.1021/ja01349a006."""
CONDITIONAL = ("Te", "Sb", "Bi", "Pb", "V", "Mo", "W", "Al", "Ga", "Ti", "Nb", "Ta", "Zr", "Zn")
"""Cations that join a network or make one with a second component."""
ENTROPIES = (2.0, 4.0)  # of fusion, in R per cation: what most oxides and halides have lies between
OXYGEN_RADIUS, NO_RADIUS, NO_MELTING = 1.35, 0.8, 800.0  # angstrom, angstrom, K

NAMES = (
    *("mixing_line_K", "highest_melting_K", "lowest_melting_K", "melting_spread_K"),
    *("ideal_liquidus_2_K", "ideal_liquidus_4_K", "liquidus_depth_2", "liquidus_depth_4"),
    *("main_share", "second_share", "third_share", "main_melting_K", "n_cations", "n_anions"),
    *("field_mean", "field_spread", "field_range", "field_most", "field_least"),
    *("electronegativity", "electronegativity_spread", "anion_electronegativity"),
    *("network_share", "conditional_share", "main_network_share", "n_networks"),
    *("cation_mixing", "anion_mixing", "radius_mean", "radius_spread", "anions_per_cation", "charge_left"),
)
BLOCKS = ("fractions", "glass")  # of `Featurizer`
FIELDS, AFFINITIES, RADII = np.linspace(0.3, 1.7, 10), np.linspace(0.8, 4.0, 9), np.linspace(0.1, 1.8, 10)
"""Where elements are counted by the root of the field strength, the electronegativity, and the cation radius."""
COLUMNS = tuple(range(1, 19))
KIN_NAMES = (
    *(f"atoms_near_field_{value:.2f}" for value in FIELDS),
    *(f"atoms_near_electronegativity_{value:.1f}" for value in AFFINITIES),
    *(f"atoms_near_radius_{value:.2f}" for value in RADII),
    *(f"atoms_of_column_{number}" for number in COLUMNS),
)


@dataclass(frozen=True)
class _Ions:
    """Cations and anions of n compositions: atoms (n, 103) and (n, 8), charge of each cation (103,)."""

    cations: Matrix
    anions: Matrix
    charge: Vector

    @classmethod
    def of(cls, matrix: Matrix) -> _Ions:
        places = [INDEX[symbol] for symbol in ANIONS]
        hard = matrix[:, [INDEX[symbol] for symbol in HARD]].any(axis=1)
        anions = matrix[:, places].copy()
        for symbol in BESIDE_HARD:
            anions[hard, ANIONS.index(symbol)] = 0.0
        cations = matrix.copy()
        cations[:, places] -= anions
        cations[:, INDEX["N"]] = 0.0
        charge = np.nan_to_num(lookup("typical_state"), nan=1.0).clip(0.5)
        for symbol, state in BESIDE_HARD.items():
            charge[INDEX[symbol]] = state
        return cls(cations, anions, charge)

    @property
    def shares(self) -> Matrix:
        """Share of each among the cations, shape (n, 103)."""
        return _shared(self.cations)

    @property
    def melting(self) -> Matrix:
        """Melting point of the compound of each cation with the anions as they are, shape (n, 103), in K."""
        own = np.nan_to_num(lookup("magpie MeltingT"), nan=NO_MELTING)
        mixed = _shared(self.anions * CHARGES) @ melting_points().T
        return np.where(self.anions.any(axis=1, keepdims=True), mixed, own)


def all_names(names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of the columns of `descriptors`."""
    return (*(names or columns(BLOCKS)), *NAMES, *KIN_NAMES)


def descriptors(fractions: Fractions, names: tuple[str, ...] = ()) -> Matrix:
    """Atomic fractions first, glass descriptors, those of `NAMES` and of `KIN_NAMES`, ndarray of shape (n, p).

    Parameters
    ----------
    fractions
        The batch of n mixtures.
    names
        Columns of `BLOCKS` that a model was trained on, atomic fractions first; by default all that there are.
    """
    described, present = Featurizer(blocks=BLOCKS).transform(fractions), columns(BLOCKS)
    if names and names != present:
        place = {name: at for at, name in enumerate(present)}
        described = described[:, [place[name] for name in names]]
    return np.hstack([described, mixture(fractions), fractions.matrix @ _kin()])


def space(X: Matrix) -> Matrix:
    """Those columns of `descriptors` in which distances are taken: all but atomic fractions and kinship, a view."""
    return X[:, len(ALL_BLOCKS["fractions"]) : X.shape[1] - len(KIN_NAMES)]


@lru_cache(maxsize=1)
def _kin() -> Matrix:
    """How much an atom of each element counts for each of `KIN_NAMES`, shape (103, p).

    Elements that resemble each other count for the same columns, so that what is known of K2O-ZnO-B2O3 speaks for
    Rb2O-ZnO-B2O3.
    """
    usual = np.nan_to_num(lookup("typical_state"), nan=1.0).clip(0.5)
    radius = np.nan_to_num(lookup("cation_radius"), nan=NO_RADIUS)
    field = np.sqrt(usual) / (radius + OXYGEN_RADIUS)
    affinity = np.nan_to_num(lookup("electronegativity"), nan=1.5)
    near = [
        np.exp(-0.5 * np.square((values[:, None] - places) / width))
        for values, places, width in ((field, FIELDS, 0.12), (affinity, AFFINITIES, 0.2), (radius, RADII, 0.12))
    ]
    column = lookup("magpie Column")[:, None] == np.array(COLUMNS)
    return np.hstack([*near, column.astype(float)])


def mixture(fractions: Fractions) -> Matrix:
    """The descriptors of `NAMES`, ndarray of shape (n, p).

    Examples
    --------
    >>> depth = mixture(Fractions.of(["SiO2", "Na2SiO3"]))[:, NAMES.index("liquidus_depth_2")]
    >>> bool(depth[0] == 1 > depth[1])
    True
    """
    ions = _Ions.of(fractions.matrix)
    parts = (_melting(ions), _shares(ions), _fields(ions), _mixing(ions))
    return np.hstack([np.column_stack(part) for part in parts]) if len(fractions) else np.empty((0, len(NAMES)))


def _melting(ions: _Ions) -> list[Vector]:
    melting, present = ions.melting, ions.cations > 0
    charged = _shared(ions.cations * ions.charge)
    line = (charged * melting).sum(axis=1)
    spread = np.sqrt((charged * (melting - line[:, None]) ** 2).sum(axis=1))
    logs = np.log(np.where(present, ions.shares, 1.0))
    liquidus = [np.where(present, melting / (1 - logs / entropy), 0.0).max(axis=1) for entropy in ENTROPIES]
    depths = [np.divide(one, line, out=np.ones_like(line), where=line > 0) for one in liquidus]
    highest = np.where(present, melting, 0.0).max(axis=1)
    return [line, highest, np.where(present, melting, highest[:, None]).min(axis=1), spread, *liquidus, *depths]


def _shares(ions: _Ions) -> list[Vector]:
    shares = ions.shares
    ordered, main = -np.sort(-shares, axis=1), shares.argmax(axis=1)
    of_main = ions.melting[np.arange(len(main)), main]
    counts = [(part > 0).sum(axis=1).astype(float) for part in (ions.cations, ions.anions)]
    return [*(ordered[:, place] for place in range(3)), of_main, *counts]


def _fields(ions: _Ions) -> list[Vector]:
    shares, present = ions.shares, ions.cations > 0
    field = ions.charge / (np.nan_to_num(lookup("cation_radius"), nan=NO_RADIUS) + OXYGEN_RADIUS) ** 2
    mean, spread = _moments(shares, field)
    most = np.where(present, field, 0.0).max(axis=1)
    least = np.where(present, field, most[:, None]).min(axis=1)
    affinity = np.nan_to_num(lookup("electronegativity"), nan=1.5)
    of_anions = _shared(ions.anions) @ affinity[[INDEX[symbol] for symbol in ANIONS]]
    return [mean, spread, most - least, most, least, *_moments(shares, affinity), of_anions]


def _mixing(ions: _Ions) -> list[Vector]:
    shares = ions.shares
    network, conditional = (shares[:, [INDEX[symbol] for symbol in group]] for group in (NETWORK, CONDITIONAL))
    radius = _moments(shares, np.nan_to_num(lookup("cation_radius"), nan=NO_RADIUS))
    total = ions.cations.sum(axis=1)
    per_cation = np.divide(ions.anions.sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    left = ions.cations @ ions.charge - ions.anions @ CHARGES
    counts = (network > 0).sum(axis=1).astype(float)
    return [
        *(network.sum(axis=1), conditional.sum(axis=1), network.max(axis=1), counts),
        *(_entropy(shares), _entropy(_shared(ions.anions)), *radius, per_cation, left),
    ]


def _moments(shares: Matrix, values: Vector) -> tuple[Vector, Vector]:
    """Mean and standard deviation of a property of the cations, both of shape (n,)."""
    mean = shares @ values
    return mean, np.sqrt((shares * (values - mean[:, None]) ** 2).sum(axis=1))


def _entropy(shares: Matrix) -> Vector:
    return np.asarray(-(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1))


def _shared(amounts: Matrix) -> Matrix:
    total = amounts.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0))
