"""A sweep as a picture: conductivity and Tg against a variable, with their intervals as bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..task.goal import Goal
from .style import GOAL, LINES, PHRASES, VERDICTS, axis, frame, pretty

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_BANDS = 2
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Panel:
    """One half of the figure: its axis, columns of the table, and the unit in which they are shown."""

    key: str
    columns: tuple[str, str, str]
    unit: str
    scale: float


_PANELS = (
    _Panel("y", ("conductivity_S_cm", "conductivity_low_S_cm", "conductivity_high_S_cm"), "mS/cm", 1e3),
    _Panel("y2", ("tg_C", "tg_low_C", "tg_high_C"), "°C", 1.0),
)


def sweep_lines(
    table: pd.DataFrame,
    variables: Sequence[str],
    goal: Goal | None = None,
    temperature_C: float = 25.0,
    size: tuple[int, int] = (1060, 700),
) -> go.Figure:
    """Conductivity (above) and Tg (below) against the first variable, with 90 % bands.

    Parameters
    ----------
    table
        As `vitrion.sweep` gives it.
    variables
        Names of its variables. With several, one line is drawn for each value of the others: at most six, evenly
        chosen, and without bands when they are more than two.
    goal
        Where the dotted lines lie, the default goal when None.
    temperature_C
        Where the conductivities hold, in degC.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    goal = goal or Goal()
    traces: list[dict[str, Any]] = []
    lines = list(_lines(table, variables))
    for rgb, (title, part) in zip(LINES, lines, strict=False):
        for panel in _PANELS:
            drawn = _line(part, part[variables[0]].to_numpy(float), panel, title, rgb)
            traces += drawn if len(lines) <= MOST_BANDS else drawn[1:]
    layout = frame(size) | {
        "xaxis": axis(variables[0]) | {"anchor": "y2"},
        "yaxis": axis(f"σ({temperature_C:g} °C), mS/cm", log=True) | {"domain": [0.53, 1]},
        "yaxis2": axis("Tg, °C") | {"domain": [0, 0.47]},
        "shapes": [
            _level(limit * panel.scale, panel.key)
            for panel in _PANELS
            if (limit := getattr(goal, panel.columns[0])) is not None
        ],
        "hovermode": "closest",
        "showlegend": len({trace["name"] for trace in traces}) > 1,
    }
    return go.Figure({"data": traces, "layout": layout})


def _lines(table: pd.DataFrame, variables: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and rows of each line."""
    readable = table[np.isfinite(pd.to_numeric(table["tg_C"], errors="coerce"))]
    others = list(variables[1:])
    if not others:
        yield "", readable.sort_values(variables[0])
        return
    groups = list(readable.groupby(others, sort=True))
    chosen = sorted(set(np.linspace(0, len(groups) - 1, min(len(groups), len(LINES))).round().astype(int).tolist()))
    for at in chosen:
        values, part = groups[at]
        title = ", ".join(f"{name} = {value:g}" for name, value in zip(others, values, strict=True))
        yield title, part.sort_values(variables[0])


def _line(part: pd.DataFrame, x: Vector, panel: _Panel, title: str, rgb: str) -> list[dict[str, Any]]:
    """Traces of the band of one line in one panel, and the line with its verdicts as symbols."""
    middle, low, high = (part[column].to_numpy(float) * panel.scale for column in panel.columns)
    shared = {"type": "scatter", "name": title, "legendgroup": title, "yaxis": panel.key, "xaxis": "x"}
    band = shared | {
        "x": np.concatenate([x, x[::-1]]).tolist(),
        "y": np.concatenate([high, low[::-1]]).tolist(),
        "fill": "toself",
        "fillcolor": f"rgba({rgb}, 0.13)",
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
    }
    line = shared | {
        "x": x.tolist(),
        "y": middle.tolist(),
        "mode": "lines+markers",
        "line": {"color": f"rgb({rgb})", "width": 2},
        "marker": {"size": 7, "symbol": [VERDICTS[verdict][2] for verdict in part["verdict"]]},
        "text": [
            f"<b>{pretty(formula)}</b><br>{value:.3g} {panel.unit} ({least:.2g} to {most:.2g})<br>{PHRASES[verdict]}"
            for formula, value, least, most, verdict in zip(
                part["formula"], middle, low, high, part["verdict"], strict=True
            )
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": panel.key == "y" and bool(title),
    }
    return [band, line]


def _level(value: float, panel: str) -> dict[str, Any]:
    line = {"color": f"rgba({GOAL}, 0.8)", "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": panel, "y0": value, "y1": value, "line": line}
