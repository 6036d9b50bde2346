"""Figures as JSON for the page: the browser draws them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...experiments.campaign_log.beliefs import at
from ...experiments.campaigns.plot import narrowing_lines, progress_lines
from ...experiments.plots import conductivity_map, map_names
from ...experiments.plots.sweep import sweep_lines, sweep_maps
from ...models.explanation.analogues import analogues
from .reports import SIZES

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from ...experiments.campaign_log.store import State
    from ...experiments.task.goal import Goal
    from ...models.predictor import Predictor

SAME_GLASS = 0.02  # distance below which a member is the glass that was measured, rounding of its formula apart
MARKS = 300  # of the best, drawn as such; the page draws the rest, of which it has the rows, as dots
NEAR_C = 10.0  # furthest from a temperature at which a conductivity is shown for it
_MEASURED = "rgb(176, 42, 48)"
_PANELS = (("y", "conductivity_S_cm", 1e3, "mS/cm"), ("y2", "tg_C", 1.0, "°C"))


def of_ranking(ranking: pd.DataFrame, goal: Goal, temperature_C: float | None) -> dict[str, Any]:
    """The Tg-conductivity map, with the names of the best for each width."""
    marks = [(width, map_names(ranking, goal, names, (width, height))) for width, height, names in SIZES]
    front = ranking[[one is True for one in ranking["pareto"].tolist()]].sort_values("tg_C")
    figure = conductivity_map(ranking, goal, temperature_C, most=MARKS)
    if len(front) > 1:
        figure.add_trace(_line("Pareto front", front["tg_C"], front["conductivity_S_cm"] * 1e3))
    return _plain(figure, marks)


def of_sweep(
    table: pd.DataFrame, variables: Sequence[str], measured: pd.DataFrame, goal: Goal, temperature_C: float
) -> dict[str, Any]:
    """Bands of a family against its first variable, or maps over its two, with the members that were measured."""
    if len(variables) == 2 and all(len(set(table[name])) > 1 for name in variables):
        told = table, variables, goal, temperature_C, measured
        return _plain(sweep_maps(*told)) | {"narrow": _plain(sweep_maps(*told, across=False))["layout"]}
    figure = sweep_lines(table, variables, goal, temperature_C)
    for panel, column, scale, unit in _PANELS:
        here = measured.dropna(subset=[column])
        values = here[column] * scale
        figure.add_trace(
            {
                "type": "scatter",
                "name": "measured",
                "legendgroup": "measured",
                "showlegend": panel == "y" and len(here) > 0,
                "xaxis": "x",
                "yaxis": panel,
                "x": here[variables[0]].tolist(),
                "y": values.tolist(),
                "mode": "markers",
                "marker": {"size": 9, "color": _MEASURED},
                "text": [
                    f"<b>{formula}</b><br>{value:.3g} {unit}, measured<br>{source}"
                    for formula, value, source in zip(here["formula"], values, here["source"], strict=True)
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    figure.update_layout(showlegend=len(measured) > 0 or len(variables) > 1)
    return _plain(figure)


def of_campaign(state: State) -> dict[str, Any]:
    """Predicted and measured, sample by sample."""
    return _plain(progress_lines(state))


def of_narrowing(steps: pd.DataFrame) -> dict[str, Any]:
    """How the intervals over the candidates of a campaign narrow with its results."""
    return _plain(narrowing_lines(steps))


def measured(
    table: pd.DataFrame, variables: Sequence[str], predictors: Mapping[str, Predictor], temperature_C: float
) -> pd.DataFrame:
    """Members of a family that the models know as measured: variables, formula, value in lab units, and source.

    Conductivities within 10 K of the temperature are moved to it by the usual activation energy.
    """
    formulas = table["formula"].tolist()
    rows = []
    for name, column in (("conductivity", "conductivity_S_cm"), ("tg", "tg_C")):
        for place, found in enumerate(analogues(predictors[name], formulas, 1, temperature_C)):
            if not found or found[0].distance > SAME_GLASS:
                continue
            near, value = found[0], found[0].value
            if near.temperature_C is not None:
                if abs(near.temperature_C - temperature_C) > NEAR_C:
                    continue
                value = at(value, near.temperature_C, temperature_C)
            point = {variable: float(table[variable].iloc[place]) for variable in variables}
            rows.append({**point, "formula": near.formula, column: value, "source": near.reference})
    columns = [*variables, "formula", "conductivity_S_cm", "tg_C", "source"]
    return pd.DataFrame(rows, columns=columns).astype({"conductivity_S_cm": float, "tg_C": float})


def _line(name: str, x: pd.Series[float], y: pd.Series[float]) -> dict[str, Any]:
    line = {"color": "rgba(128, 128, 128, 0.8)", "width": 1.2, "dash": "dash"}
    shown = {"type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip", "legendrank": 10}
    return shown | {"x": x.tolist(), "y": y.tolist(), "line": line}


def _plain(figure: go.Figure, marks: Sequence[tuple[int, Any]] = ()) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(figure.to_json())
    annotations = [{"width": width, "annotations": mark} for width, mark in marks]
    return {"data": told["data"], "layout": told["layout"], "annotations": annotations}
