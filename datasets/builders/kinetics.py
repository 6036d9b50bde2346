"""How conductivity follows temperature: Arrhenius and Vogel-Fulcher-Tammann laws, and whether rows obey them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..curation.arrhenius import BENT, ODD_PREFACTOR, SLOPE, bent, fit, lawless, odd_prefactor, vft_temperatures
from ..curation.curate import rules, series_numbers
from ..dataset import Dataset
from ..properties import ZERO_CELSIUS_K

VFT_POINTS = 4
ARRHENIUS, VFT = "Arrhenius", "VFT"


def consistency(data: Dataset) -> pd.DataFrame:
    """Return one row a series of at least two temperatures: its Arrhenius line or VFT law, and what speaks against it.

    Parameters
    ----------
    data
        Conductivities.

    Returns
    -------
    DataFrame
        ``formula, paper, phase, points, lowest_C, highest_C, activation_energy_eV, log10_prefactor_S_K_cm,
        worst_residual, law, vft_T0_K, note``; the noted ones first, then by residual.
    """
    rows = data.rows
    number = series_numbers(data.measured)
    temperature = rows["temperature_C"].to_numpy()
    line = fit(rows["value"].to_numpy(), temperature, number)
    first = np.unique(number, return_index=True)[1]
    grouped = rows["temperature_C"].groupby(number)
    table = rows.iloc[first][["formula", "paper", "phase"]].reset_index(drop=True)
    table = table.assign(
        points=line.points,
        lowest_C=grouped.min().to_numpy(),
        highest_C=grouped.max().to_numpy(),
        activation_energy_eV=line.energy,
        log10_prefactor_S_K_cm=line.prefactor,
        worst_residual=line.worst,
        law=ARRHENIUS,
        vft_T0_K=np.nan,
        note="",
    )
    rule = rules()["arrhenius"]
    values, many = rows["value"].to_numpy(), (bent(line, rule) & (line.points >= VFT_POINTS))[number]
    T0 = vft_temperatures(values[many], temperature[many], number[many], rule["most_residual"])
    for s in np.flatnonzero(~np.isnan(T0)).tolist():
        table.loc[s, "law"], table.loc[s, "vft_T0_K"] = VFT, T0[s]
    table.loc[odd_prefactor(line, rule), "note"] = ODD_PREFACTOR
    table.loc[lawless(values, temperature, number, rule) & (table["note"] == "").to_numpy(), "note"] = BENT
    table = table[table["points"] >= 2].assign(noted=lambda t: t["note"] != "")
    return table.sort_values(
        ["noted", "worst_residual", "formula"], ascending=[False, False, True], ignore_index=True
    ).drop(columns="noted")


def against_stated(conductivity: Dataset, energy: Dataset) -> pd.DataFrame:
    """Return conductivities whose paper states an activation energy, with the prefactor that both together mean.

    Returns
    -------
    DataFrame
        ``formula, doi, temperature_C, conductivity_S_cm, activation_energy_eV, log10_prefactor_S_K_cm, note``; noted
        ones first. A prefactor beyond the limits says that energy and conductivity are not of one sample.
    """
    left = conductivity.rows[["formula", "doi", "temperature_C", "value"]].assign(key=conductivity.measured.keys)
    right = energy.rows[["doi", "value"]].assign(key=energy.measured.keys)
    both = left[left["doi"] != ""].merge(right, on=["doi", "key"], suffixes=("", "_eV"))
    kelvin = both["temperature_C"] + ZERO_CELSIUS_K
    prefactor = np.log10((both["value"] * kelvin).to_numpy()) + (both["value_eV"] / (SLOPE * kelvin)).to_numpy()
    low, high = rules()["arrhenius"]["log10_prefactor_S_K_cm"]
    table = both.rename(columns={"value": "conductivity_S_cm", "value_eV": "activation_energy_eV"}).drop(columns="key")
    table = table.assign(
        log10_prefactor_S_K_cm=prefactor, note=np.where((prefactor >= low) & (prefactor <= high), "", ODD_PREFACTOR)
    )
    return table.sort_values(["note", "log10_prefactor_S_K_cm"], ascending=[False, True], ignore_index=True)
