"""Compositions on which papers disagree."""

from __future__ import annotations

import pandas as pd

from ..dataset import Dataset


def conflicts(data: Dataset, least: float) -> pd.DataFrame:
    """Return compositions that at least two papers measured in the same condition with results far apart.

    Parameters
    ----------
    data
        Measurements of one property.
    least
        Smallest spread to list, in target units (K, or decades of S/cm).

    Returns
    -------
    DataFrame
        Columns ``formula, temperature_C, phase, papers, lowest, highest, spread, lowest_paper, highest_paper``,
        values in lab units and ``spread`` in target units, widest first. Temperatures count as the same when they
        agree to 5 K.
    """
    rows = data.rows.assign(
        key=data.measured.keys,
        target=data.property.to_target(data.values),
        about=(data.rows["temperature_C"] / 5).round().fillna(-1e6),
    ).sort_values(["target", "paper", "formula"], kind="stable")
    condition = rows.groupby(["key", "about", "phase"], sort=False)
    papers = condition["paper"].transform("nunique")
    spread = condition["target"].transform("max") - condition["target"].transform("min")
    rows = rows.assign(papers=papers, spread=spread)[(papers >= 2) & (spread >= least)]
    table = rows.groupby(["key", "about", "phase"], sort=False, as_index=False).agg(
        formula=("formula", "first"),
        temperature_C=("temperature_C", "first"),
        papers=("papers", "first"),
        lowest=("value", "first"),
        highest=("value", "last"),
        spread=("spread", "first"),
        lowest_paper=("paper", "first"),
        highest_paper=("paper", "last"),
    )
    table = table.sort_values(["spread", "formula"], ascending=[False, True], ignore_index=True)
    columns = ["formula", "temperature_C", "phase", "papers", "lowest", "highest", "spread"]
    return table[[*columns, "lowest_paper", "highest_paper"]]
