"""Fingerprints of descriptors: what each gives for a few probes, so that a changed definition shows in a model file.

A value enters with `DIGITS` significant digits, so that machines whose last digits differ agree, and values below
`NOTHING` as zero. The probes hold what the descriptors tell apart: networks and their modifiers, halides of all kinds,
ions of several atoms, elements of several charges, lone pairs, rare earths, charge left over. Their amounts are odd on
purpose: no value stands where rounding could go either way (a test watches). To change a probe is to give up every
model that was trained before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .featurizer import BLOCKS, Featurizer

PROBES = (
    *("Li1.07AlCl2.43O0.81", "Na0.93Li0.11AlCl4.03", "Li0.37Na0.23K0.19Si1.31O3.03", "Na1.37B3.71O6.29Si0.53"),
    *("Ag1.31I0.47P0.83O2.53", "Li5.83P0.97S4.91Cl1.21", "Li0.97In1.03Cl2.57O0.71", "Li3.13Ta1.07Cl4.83O1.61Zr0.17"),
    *("Na2.89Al1.03F5.91B0.13", "Zn1.03Cl1.31Br0.79K0.13", "Pb0.89Sn0.31P1.07O3.97", "Te0.93O1.87W0.11Nb0.07"),
    *("Fe2.83O4.03Li0.21", "Cu0.71Cl1.43Ba0.07", "Li1.03B0.97H3.88I0.13", "N1.07H4.28Cl1.13Li0.11"),
    *("K0.91N0.87O2.61Ca0.23", "Na3.07Sb0.93S3.83W0.13Se0.29", "La1.03Y0.31Br2.87Ce0.17Cs0.53"),
    *("Ge0.97S1.83Ga0.23Cs0.31Cl0.29", "Li2.83N0.79P0.41O1.61", "Ti0.83V0.37Mn0.29O2.21Mg0.41"),
    *("Bi0.71Sb0.47Hg0.11Cl2.71Tl0.19", "Li0.57AlCl5.11", "LiCl0.97Br0.13F0.07", "Na0.89Al0.91Si2.83O7.61Eu0.07"),
)
DIGITS = 9  # significant ones that count
NOTHING = 1e-9


@lru_cache(maxsize=len(BLOCKS))
def fingerprints(block: str) -> Mapping[str, str]:
    """Fingerprint of each column of a block of `Featurizer`, 12 hexadecimal digits, by name in the order of columns.

    Examples
    --------
    >>> len(fingerprints("glass")["glass o_per_m"])
    12
    """
    values = Featurizer((block,)).transform([amounts(probe) for probe in PROBES])
    return MappingProxyType({name: digest(column) for name, column in zip(BLOCKS[block], values.T, strict=True)})


def amounts(probe: str) -> dict[str, Fraction]:
    """Amounts of a probe by element: each symbol with its number, which no rule of formulas may read otherwise.

    Examples
    --------
    >>> amounts("LiCl0.97")
    {'Li': Fraction(1, 1), 'Cl': Fraction(97, 100)}
    """
    return {symbol: Fraction(number or 1) for symbol, number in re.findall(r"([A-Z][a-z]?)([\d.]*)", probe)}


def digest(values: NDArray[np.float64]) -> str:
    """Fingerprint of some values, as 12 hexadecimal digits.

    Examples
    --------
    >>> digest(np.array([0.1 + 0.2, 1e-12])) == digest(np.array([0.3, 0.0])) != digest(np.array([0.3000001, 0.0]))
    True
    """
    written = (f"{value:.{DIGITS - 1}e}" if abs(value) >= NOTHING else "0" for value in values.tolist())
    return hashlib.sha256(" ".join(written).encode()).hexdigest()[:12]
