"""A sweep as a picture: conductivity, Tg and P(glass) against one variable, or as maps over two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..task.goal import Goal
from .style import GOAL, LINES, PHRASES, STAR, VERDICTS, axis, frame, pretty

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

    Under both stands the chance of a glass where a model tells of it.

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
    lines, glass = list(_lines(table, variables)), _has_values(table, "p_glass")
    for rgb, (title, part) in zip(LINES, lines, strict=False):
        for panel in _PANELS:
            drawn = _line(part, part[variables[0]].to_numpy(float), panel, title, rgb)
            traces += drawn if len(lines) <= MOST_BANDS else drawn[1:]
        if glass:
            traces.append(_chance(part, variables[0], title, rgb))
    top, middle = (0.62, 0.25) if glass else (0.53, 0.0)
    layout = frame(size) | {
        "xaxis": axis(variables[0]) | {"anchor": "y3" if glass else "y2"},
        "yaxis": axis(f"σ({temperature_C:g} °C), mS/cm", log=True) | {"domain": [top, 1]},
        "yaxis2": axis("Tg, °C") | {"domain": [middle, top - 0.06]},
        **({"yaxis3": axis("P(glass), %") | {"domain": [0, 0.19], "range": [0, 102]}} if glass else {}),
        "shapes": [
            _level(limit * panel.scale, panel.key)
            for panel in _PANELS
            if (limit := getattr(goal, panel.columns[0])) is not None
        ],
        "hovermode": "closest",
        "showlegend": len({trace["name"] for trace in traces}) > 1,
    }
    return go.Figure({"data": traces, "layout": layout})


def sweep_maps(
    table: pd.DataFrame,
    variables: Sequence[str],
    goal: Goal | None = None,
    temperature_C: float = 25.0,
    measured: pd.DataFrame | None = None,
    across: bool = True,
) -> go.Figure:
    """Chance of the goal, conductivity and Tg (and the chance of a glass) as maps over two variables.

    A line shows where the goal lies (in the first, where the odds are even), stars what was measured.

    Parameters
    ----------
    table
        As `vitrion.sweep` gives it.
    variables
        Names of its two variables: across, and up.
    goal
        Whose limits are the lines, the default goal when None.
    temperature_C
        Where the conductivities hold, in degC.
    measured
        Members that were measured: the variables, ``formula``, ``conductivity_S_cm``, ``tg_C`` and ``source``.
    across
        Whether the maps stand side by side, or else one below the other.
    """
    import plotly.graph_objects as go

    goal = goal or Goal()
    readable = table[np.isfinite(pd.to_numeric(table["tg_C"], errors="coerce"))]
    maps = [one for one in _maps(goal, temperature_C) if _has_values(readable, one.column)]
    layout: dict[str, Any] = frame((1060, 420) if across else (360, 330 * len(maps))) | {"showlegend": False}
    traces: list[dict[str, Any]] = []
    for number, one in enumerate(maps):
        axes = _places(number, len(maps), across)
        mark = "" if number == 0 else str(number + 1)
        layout |= {
            f"xaxis{mark}": axis(variables[0]) | {"domain": axes[0], "anchor": f"y{mark}"},
            f"yaxis{mark}": axis(variables[1]) | {"domain": axes[1], "anchor": f"x{mark}"},
            f"coloraxis{mark}": _colours(one, axes),
        }
        layout.setdefault("annotations", []).append(_title(one.title, axes))
        traces += _map(one, readable, variables, mark)
        traces += _stars(one, measured, variables, mark)
    return go.Figure({"data": traces, "layout": layout})


@dataclass(frozen=True)
class _Map:
    """One map: its column, title, limit of the goal, unit and scale, and whether it is logarithmic."""

    column: str
    title: str
    limit: float | None
    unit: str
    scale: float = 1.0
    log: bool = False

    def shown(self, values: Any) -> Vector:
        """Values in the unit that is shown, or their decimal logarithms."""
        numbers = np.asarray(values, dtype=float) * self.scale
        return np.asarray(np.log10(numbers) if self.log else numbers)


def _has_values(table: pd.DataFrame, column: str) -> bool:
    """Whether a column is there with a number at least: the chance of a glass is blank where no model tells of it."""
    return column in table and bool(pd.to_numeric(table[column], errors="coerce").notna().any())


def _maps(goal: Goal, temperature_C: float) -> tuple[_Map, ...]:
    return (
        _Map("p_goal", "P(goal), %", 0.5, "%", 100),
        _Map("conductivity_S_cm", f"σ({temperature_C:g} °C), mS/cm", goal.conductivity_S_cm, "mS/cm", 1e3, log=True),
        _Map("tg_C", "Tg, °C", goal.tg_C, "°C"),
        _Map("p_glass", "P(glass), %", 0.5, "%", 100),
    )


def _places(number: int, count: int, across: bool) -> tuple[list[float], list[float]]:
    """Where on the figure a map stands: its ends across, and up."""
    if across:
        step = 1 / count
        return [number * step, number * step + step * 0.72], [0.0, 0.93]
    step = 1 / count
    return [0.0, 0.84], [1 - (number + 1) * step + 0.28 * step, 1 - number * step - 0.1 * step]


def _colours(one: _Map, axes: tuple[list[float], list[float]]) -> dict[str, Any]:
    """Colours of a map, and the bar that explains them beside it; powers of ten on a logarithmic one."""
    ticks = {"tickprefix": "10<sup>", "ticksuffix": "</sup>", "dtick": 1} if one.log else {}
    ends = {"cmin": 0, "cmax": 100} if one.unit == "%" else {}
    bar = {"x": axes[0][1] + 0.005, "y": axes[1][0], "yanchor": "bottom", "len": axes[1][1] - axes[1][0]}
    return {"colorscale": "Cividis", **ends, "colorbar": {**bar, **ticks, "thickness": 10, "outlinewidth": 0}}


def _title(text: str, axes: tuple[list[float], list[float]]) -> dict[str, Any]:
    where = {"x": axes[0][0], "xref": "paper", "xanchor": "left", "y": axes[1][1], "yref": "paper", "yanchor": "bottom"}
    return where | {"text": f"<b>{text}</b>", "showarrow": False, "yshift": 4}


def _map(one: _Map, part: pd.DataFrame, variables: Sequence[str], mark: str) -> list[dict[str, Any]]:
    """The heat map of one column, and the line of the goal where it crosses it."""
    (across, columns), (up, rows) = (np.unique(part[name].to_numpy(float), return_inverse=True) for name in variables)
    values, texts = np.full((len(up), len(across)), np.nan), np.full((len(up), len(across)), "", dtype=object)
    values[rows, columns] = one.shown(part[one.column])
    texts[rows, columns] = [_words(one, row) for row in part.to_dict("records")]
    z = [[None if np.isnan(value) else value for value in row] for row in values.tolist()]
    where = {"x": across.tolist(), "y": up.tolist(), "xaxis": f"x{mark}", "yaxis": f"y{mark}", "z": z}
    heat = {
        "type": "heatmap",
        "coloraxis": f"coloraxis{mark}",
        "text": texts.tolist(),
        "hovertemplate": "%{text}<extra></extra>",
    }
    limit = None if one.limit is None else float(one.shown(one.limit))
    if limit is None or not np.nanmin(values) < limit < np.nanmax(values):
        return [where | heat]
    line = {
        "type": "contour",
        "autocontour": False,
        "contours": {"start": limit, "end": limit, "size": 1, "coloring": "none"},
        "line": {"color": "white", "width": 2.5},
        "hoverinfo": "skip",
        "showscale": False,
    }
    return [where | heat, where | line]


def _words(one: _Map, row: dict[Any, Any]) -> str:
    value = row[one.column] * one.scale
    words = f"<b>{pretty(str(row['formula']))}</b><br>{float(f'{value:.2g}'):g} {one.unit}"
    ends = [row.get(one.column.replace("_", f"_{end}_", 1)) for end in ("low", "high")]
    known = [f"{float(f'{end * one.scale:.2g}'):g}" for end in ends if isinstance(end, float)]
    if len(known) == 2:
        words += f" ({known[0]} to {known[1]})"
    return f"{words}<br>{PHRASES[row['verdict']]}"


def _stars(one: _Map, measured: pd.DataFrame | None, variables: Sequence[str], mark: str) -> list[dict[str, Any]]:
    """What was measured of this property; of all properties on the map of the chance."""
    if measured is None or (one.column not in measured and one.column != "p_goal"):
        return []
    rows = measured if one.column == "p_goal" else measured.dropna(subset=[one.column])
    star = {
        "type": "scatter",
        "mode": "markers",
        "name": "measured",
        "xaxis": f"x{mark}",
        "yaxis": f"y{mark}",
        "x": rows[variables[0]].tolist(),
        "y": rows[variables[1]].tolist(),
        "marker": {"symbol": "star", "size": 13, "color": STAR, "line": {"color": "white", "width": 1}},
        "text": [_measured_words(one, row) for row in rows.to_dict("records")],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return [star] if len(rows) else []


def _measured_words(one: _Map, row: dict[Any, Any]) -> str:
    value = "" if one.column == "p_goal" else f"{row[one.column] * one.scale:.3g} {one.unit}, "
    return f"<b>{pretty(str(row['formula']))}</b><br>{value}measured<br>{row['source']}"


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


def _chance(part: pd.DataFrame, variable: str, title: str, rgb: str) -> dict[str, Any]:
    """The chance of a glass along one line, filled down to zero."""
    chance = 100 * pd.to_numeric(part["p_glass"], errors="coerce").to_numpy(float)
    verdicts = [str(verdict) for verdict in part["glass_verdict"]]
    return {
        "type": "scatter",
        "name": title,
        "legendgroup": title,
        "xaxis": "x",
        "yaxis": "y3",
        "x": part[variable].to_numpy(float).tolist(),
        "y": [None if np.isnan(value) else value for value in chance.tolist()],
        "fill": "tozeroy",
        "fillcolor": f"rgba({rgb}, 0.18)",
        "mode": "lines+markers",
        "line": {"color": f"rgb({rgb})", "width": 2},
        "marker": {"size": 5},
        "text": [
            f"<b>{pretty(formula)}</b><br>P(glass) {value:.0f} %, {verdict}"
            for formula, value, verdict in zip(part["formula"], chance, verdicts, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }


def _level(value: float, panel: str) -> dict[str, Any]:
    line = {"color": f"rgba({GOAL}, 0.8)", "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": panel, "y0": value, "y1": value, "line": line}
