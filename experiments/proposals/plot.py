"""A proposal as a picture: the family with its bands, what was measured and what is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...datasets.measurement import composition_keys
from ...features.fractions import Fractions
from ..plots.style import pretty
from ..plots.sweep import sweep_lines
from ..task.goal import Goal
from ..task.outcomes import Outcomes

if TYPE_CHECKING:
    import plotly.graph_objects as go

MEASURED, PROPOSED = "rgb(176, 42, 48)", "rgb(20, 24, 30)"
_PANELS = (("y", "conductivity", "conductivity_S_cm", 1e3), ("y2", "tg", "tg_C", 1.0))


def proposal_lines(
    family: pd.DataFrame,
    variables: Sequence[str],
    proposals: pd.DataFrame,
    outcomes: Outcomes,
    goal: Goal | None = None,
    temperature_C: float = 25.0,
    size: tuple[int, int] = (1060, 700),
) -> go.Figure:
    """Conductivity and Tg of a family against its first variable, with measured points and proposals.

    Parameters
    ----------
    family
        As `vitrion.sweep` gives it, by predictors that have learnt the results.
    variables, goal, temperature_C, size
        As in `sweep_lines`.
    proposals
        As `vitrion.propose` gives it.
    outcomes
        What was measured; results outside the family are not drawn.
    """
    figure = sweep_lines(family, variables, goal, temperature_C, size)
    for panel, name, column, scale in _PANELS:
        measured = _measured(family, variables[0], outcomes, name, temperature_C)
        figure.add_trace(_points(panel, "measured", MEASURED, "circle", *measured, scale))
        chosen = proposals[variables[0]].to_numpy(dtype=float), proposals[column].to_numpy(dtype=float)
        figure.add_trace(_points(panel, "proposed", PROPOSED, "star", *chosen, proposals["formula"].tolist(), scale))
    figure.update_layout(showlegend=True)
    return figure


def _measured(
    family: pd.DataFrame, variable: str, outcomes: Outcomes, name: str, temperature_C: float
) -> tuple[Any, Any, list[str]]:
    """Places along the variable, values in lab units and formulas of the results on one property."""
    rows, targets, _ = outcomes.of_property(name, temperature_C)
    if not len(rows):
        return np.empty(0), np.empty(0), []
    from ...datasets.properties import find

    known = composition_keys(Fractions.of(family["formula"].tolist()).matrix).tolist()
    at = {key: place for place, key in enumerate(known)}
    keys = composition_keys(outcomes.fractions.matrix)[rows].tolist()
    here = np.array([number for number, key in enumerate(keys) if key in at], dtype=np.intp)
    places = family[variable].to_numpy(dtype=float)[[at[keys[number]] for number in here]]
    names = outcomes.facts["formula"].to_numpy()[rows[here]].tolist()
    return places, find(name).from_target(targets[here]), names


def _points(
    panel: str, title: str, colour: str, symbol: str, x: Any, values: Any, names: Sequence[str], scale: float
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": title,
        "legendgroup": title,
        "showlegend": panel == "y",
        "xaxis": "x",
        "yaxis": panel,
        "x": np.asarray(x).tolist(),
        "y": (np.asarray(values) * scale).tolist(),
        "mode": "markers",
        "marker": {"size": 14 if symbol == "star" else 9, "color": colour, "symbol": symbol},
        "text": [f"<b>{pretty(name)}</b><br>{title}" for name in names],
        "hovertemplate": "%{text}: %{y:.3g}<extra></extra>",
    }
