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

from ...features import charge
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
NO_ANCHOR = "measured only of neutral glasses of Li, Na or K with mostly Cl, Br or I"
SPHERES = np.pi / (3 * np.sqrt(2))  # volume of the ions over `ion_volume`, which close-packs them
CM3_PER_A3 = 0.602214076  # cm3/mol for a cubic angstrom per atom


@dataclass(frozen=True)
class Softness:
    """Young's modulus of n glasses below their glass transition, in GPa; NaN where nothing can be said.

    Parameters
    ----------
    low_GPa
        The softest anchor, for neutral lithium, sodium and potassium glasses with mostly Cl, Br or I; shape (n,).
    high_GPa
        By Makishima and Mackenzie, shape (n,).
    note
        Which end is missing and why, shape (n,); empty where none is.
    """

    low_GPa: Vector
    high_GPa: Vector
    note: npt.NDArray[np.object_]


def softness(compositions: Fractions | list[str]) -> Softness:
    """Say between which ends the Young's modulus of n glasses lies.

    Examples
    --------
    >>> said = softness(["LiAlCl2.5O0.75", "LiSnCl3"])
    >>> bool(said.low_GPa[0] < said.high_GPa[0]), said.note[0]
    (True, '')
    >>> float(said.low_GPa[1]), float(said.high_GPa[1]), said.note[1]
    (2.0, nan, 'a lower bound only, upper end not known: no formation energy of Sn')
    """
    fractions = Fractions.of(compositions)
    parts = salts(fractions)
    ions = ion_volume(fractions) * SPHERES * CM3_PER_A3
    high = 2 * np.minimum(ions / parts.volume_cm3, 1.0) * parts.energy_kJ / parts.volume_cm3  # kJ/cm3 is GPa
    halogen = sum(fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    anions = halogen + sum(fractions.column(symbol) for symbol in ("F", "O", "S", "Se", "Te", "N"))
    mobile = sum(fractions.column(symbol) for symbol in MOBILE)
    softest = min(value for _, value, _ in ANCHORS)
    of_class = (halogen > CLASS_SHARE * anions) & (mobile > 0) & charge.neutral(fractions)
    low = np.where(of_class & ~(high <= softest), softest, np.nan)
    return Softness(low, high, _notes(low, high, parts.note))


def _notes(low: Vector, high: Vector, why: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Which end is missing, and why, shape (n,)."""
    no_low, no_high = np.isnan(low), np.isnan(high)
    notes = np.full(len(low), "", dtype=object)
    notes[no_low & ~no_high] = f"an upper bound only, lower end not known: {NO_ANCHOR}"
    notes[no_high & ~no_low] = "a lower bound only, upper end not known: "
    notes[no_high & no_low] = f"lower end not known: {NO_ANCHOR}; upper end not known: "
    return np.asarray(notes + np.where(no_high, why, ""))
