"""Formation energies and volumes of binary salts: what a salt resists, in volts, and what holds a volume together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from ...features.composition import Composition
from ..cards import card

FARADAY_KC_MOL = 96.48533212  # CODATA 2018, in kC/mol: kJ/mol over it is a number of volts
CHARGE: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("Li", "Na", "K", "Rb", "Cs", "Ag"), 1)
    | dict.fromkeys(("Be", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Pb"), 2)
    | dict.fromkeys(("Al", "Ga", "In", "Sc", "Y", "La", "B", "Bi", "Sb"), 3)
    | dict.fromkeys(("Si", "Te", "Zr"), 4)
    | dict.fromkeys(("Nb", "Ta"), 5)
    | dict.fromkeys(("F", "Cl", "Br", "I"), -1)
    | dict.fromkeys(("O", "S"), -2)
)
"""Charge of each ion in the compounds of the table, in e."""


class Binary(NamedTuple):
    """One binary compound, for a mole of its cations."""

    atomisation_kJ: float
    """Enthalpy that turns it into atoms, in kJ."""
    volume_cm3: float
    """Volume of the crystal, in cm3."""


@lru_cache(maxsize=1)
def _tables() -> tuple[pd.DataFrame, pd.Series[float]]:
    """Crystals by formula, and enthalpies of the atoms as a gas by symbol, in kJ/mol."""
    table = pd.read_csv(card("thermochemistry").path).set_index("formula")
    is_gas = table["phase"] == "gas"
    return table[~is_gas], table.loc[is_gas, "enthalpy_kJ_mol"]


@lru_cache(maxsize=1)
def binaries() -> Mapping[tuple[str, str], Binary]:
    """Return the compounds whose volume and atoms are known, by cation and anion.

    Examples
    --------
    >>> binaries()["Li", "Cl"].atomisation_kJ  # 408.6 of formation, 159.3 for Li, 121.3 for Cl
    689.2
    """
    crystals, atoms = _tables()
    found = {}
    for formula, row in crystals[crystals["volume_cm3_mol"].notna()].iterrows():
        amounts = Composition.parse(str(formula)).amounts
        cation, anion = sorted(amounts, key=lambda symbol: -CHARGE[symbol])
        if {cation, anion} <= set(atoms.index):
            energy = sum(float(n) * atoms[symbol] for symbol, n in amounts.items()) - row["enthalpy_kJ_mol"]
            moles = float(amounts[cation])
            found[cation, anion] = Binary(round(float(energy) / moles, 6), row["volume_cm3_mol"] / moles)
    return MappingProxyType(found)


def decomposition_voltage(cation: str, anion: str) -> float:
    """Return the voltage that takes a salt apart into metal and anion element, -dGf/(z F), in V against that metal.

    NaN where the table has no such salt. The handbook gives no Gibbs energy of Li2S: it takes that of formation from
    the enthalpy and, for the entropy, the difference of the two that Na2S has.

    Examples
    --------
    >>> [round(decomposition_voltage("Li", anion), 1) for anion in ("F", "Cl", "Br", "I", "O", "S")]
    [6.1, 4.0, 3.5, 2.8, 2.9, 2.2]
    """
    crystals, _ = _tables()
    gibbs, enthalpy = (crystals[name].astype(float).to_dict() for name in ("gibbs_kJ_mol", "enthalpy_kJ_mol"))
    formula = f"{cation}{anion}" if CHARGE[anion] == -1 else f"{cation}2{anion}"
    energy = gibbs.get(formula, float("nan"))
    if formula in gibbs and pd.isna(energy):
        energy = enthalpy[formula] + gibbs["Na2S"] - enthalpy["Na2S"]
    return energy / (CHARGE[anion] * FARADAY_KC_MOL)
