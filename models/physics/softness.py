"""Between which ends the Young's modulus of a glass lies: what its bonds could carry, and what its class was found to.

The upper end is the formula of Makishima and Mackenzie (J. Non-Cryst. Solids 12, 35, 1973,
10.1016/0022-3093(73)90053-7), E = 2 Vt G: Vt the share of the volume that the ions fill, G the energy that turns the
volume into atoms. It takes every bond to carry load. Chlorides of chains and single polyhedra are held together by
what acts between these, and are softer by far: the lower end is what was measured of the class (`ANCHORS`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...features.descriptors.glass import ion_volume
from ...features.fractions import Fractions
from .salts import salts

Vector = npt.NDArray[np.float64]

ANCHORS = (
    ("amorphous Li-Ta-Cl", 3.0, "10.1021/jacs.3c10602"),
    ("LiCl in amorphous AlOCl", 2.0, "10.1021/jacs.4c06498"),
)
"""Material, Young's modulus in GPa (the second is published as 2 to 3) and source, read in the abstracts."""
CLASS_SHARE = 0.5  # of Cl, Br and I among the anions, of what the anchors speak for
MOBILE = ("Li", "Na", "K")
SPHERES = np.pi / (3 * np.sqrt(2))  # volume of the ions over `ion_volume`, which close-packs them
CM3_PER_A3 = 0.602214076  # cm3/mol for a cubic angstrom per atom


@dataclass(frozen=True)
class Softness:
    """Young's modulus of n glasses below their glass transition, in GPa; NaN where nothing can be said.

    Parameters
    ----------
    low_GPa
        The softest anchor, for lithium, sodium and potassium glasses with mostly Cl, Br or I; shape (n,).
    high_GPa
        By Makishima and Mackenzie, shape (n,).
    note
        Why an end is missing, shape (n,).
    """

    low_GPa: Vector
    high_GPa: Vector
    note: npt.NDArray[np.object_]


def softness(compositions: Fractions | list[str]) -> Softness:
    """Say between which ends the Young's modulus of n glasses lies.

    Examples
    --------
    >>> said = softness(["LiAlCl2.5O0.75", "Li6PS5Cl"])
    >>> bool(said.low_GPa[0] < said.high_GPa[0]), said.note[1]
    (True, 'no formation energy of P, S')
    """
    fractions = Fractions.of(compositions)
    parts = salts(fractions)
    ions = ion_volume(fractions) * SPHERES * CM3_PER_A3
    high = 2 * np.minimum(ions / parts.volume_cm3, 1.0) * parts.energy_kJ / parts.volume_cm3  # kJ/cm3 is GPa
    halogen = sum(fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    anions = halogen + sum(fractions.column(symbol) for symbol in ("F", "O", "S", "Se", "Te", "N"))
    mobile = sum(fractions.column(symbol) for symbol in MOBILE)
    known = (halogen > CLASS_SHARE * anions) & (mobile > 0) & (high > min(value for _, value, _ in ANCHORS))
    low = np.where(known, min(value for _, value, _ in ANCHORS), np.nan)
    return Softness(low, high, parts.note)
