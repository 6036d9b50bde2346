"""Salts and oxides of large, weakly charged cations alone: crystalline, though no table of glasses lists them.

Papers on glass formation mix what may become a glass; nobody tabulates that molten NaCl, CaF2 or Li2O crystallise.
Zachariasen (J. Am. Chem. Soc. 54, 3841, 1932, 10.1021/ja01349a006) excludes the oxides A2O and AO, and of the
fluorides all but BeF2; Dietzel (Z. Elektrochem. 48, 9, 1942) sets the bound of the cations that modify a network, and
build none, at a field strength of 0.35 per square angstrom.
"""

from __future__ import annotations

import csv

import numpy as np

from ...datasets.cards import card
from ...features.composition import Composition
from ...features.elements import INDEX, lookup
from ...features.fractions import Fractions
from ...models.design.mixture import OXYGEN_RADIUS

HIGHEST_FIELD = 0.35  # of a modifier, charge over the squared distance to oxygen in angstrom
HIGHEST_STATE = 2
MODIFIERS = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba")
"""Cations without a lone pair or a full d shell, which make directed bonds (Zn, Cd, Pb, Tl, Ag and Cu are not here)."""


def modifiers_alone() -> Fractions:
    """Binary compounds of modifiers with O, F, Cl, Br and I that have a melting point, each once.

    >>> from vitrion.datasets.measurement import formulas
    >>> alone = set(formulas(modifiers_alone().matrix))
    >>> "Na50Cl50" in alone, "Zn33.3333Cl66.6667" in alone
    (True, False)
    """
    radius = lookup("cation_radius")
    made = []
    with card("melting_points").path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            state, charge = int(row["state"]), 2 if row["anion"] == "O" else 1
            distance = radius[INDEX[row["symbol"]]] + OXYGEN_RADIUS
            field = state / distance**2 if np.isfinite(distance) else np.inf
            ionic = row["anion"] in ("O", "F", "Cl", "Br", "I") and row["symbol"] in MODIFIERS
            if ionic and state <= HIGHEST_STATE and field < HIGHEST_FIELD:
                made.append(Composition.parse(f"{row['symbol']}{charge}{row['anion']}{state}"))
    return Fractions.of(made)
