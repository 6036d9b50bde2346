"""Activation energies that were measured with conductivities: stated by the paper, or the slope of its own series."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import Dataset, load
from ...datasets.curation.arrhenius import fit
from ...datasets.curation.curate import series_numbers

Vector = npt.NDArray[np.float64]

LEAST_SPAN_K = 20.0  # of a series from which an energy is taken


def measured_energies(conductivities: Dataset) -> Vector:
    """Activation energy in eV of each conductivity, shape (n,), NaN where none was measured.

    That of the activation energies in the data of the same paper and composition, doubtful ones left out; else the
    slope of the conductivities of the sample over temperature (`arrhenius.fit`), where they span `LEAST_SPAN_K`.
    """
    rows = conductivities.rows
    told = load("activation_energy", lab=False)
    good = (told.rows["doubt"] == "").to_numpy()
    known = pd.DataFrame({"paper": told.rows["paper"], "key": told.measured.keys, "energy": told.rows["value"]})[good]
    by_sample = known.groupby(["paper", "key"])["energy"].median()
    asked = pd.MultiIndex.from_arrays([rows["paper"], conductivities.measured.keys])
    found = by_sample.reindex(asked).to_numpy(dtype=float)
    at = rows["temperature_C"].to_numpy(dtype=float)
    dated = np.flatnonzero(np.isfinite(at) & (rows["phase"] != "molten").to_numpy())
    series = np.unique(series_numbers(conductivities.measured)[dated], return_inverse=True)[1]
    lines = fit(rows["value"].to_numpy()[dated], at[dated], series)
    slope = np.full(len(rows), np.nan)
    slope[dated] = np.where(lines.span >= LEAST_SPAN_K, lines.energy, np.nan)[series]
    return np.where(np.isfinite(found), found, slope)
