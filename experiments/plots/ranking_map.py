"""A ranking as a picture: the map of Tg and conductivity, with intervals, names and the goal."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..task.goal import Goal
from .labels import place
from .style import GOAL, MARGIN, PHRASES, VERDICTS, axis, frame, pretty

if TYPE_CHECKING:
    import plotly.graph_objects as go

LARGEST = 3000
_AXES = ("tg_C", "conductivity_S_cm")


def conductivity_map(
    ranking: pd.DataFrame,
    goal: Goal | None = None,
    temperature_C: float | None = 25.0,
    names: int = 10,
    size: tuple[int, int] = (1060, 600),
) -> go.Figure:
    """Tg against conductivity with 90 % intervals, verdicts as colour and symbol, the goal as a shaded corner.

    Parameters
    ----------
    ranking
        As `vitrion.rank` gives it; the first `LARGEST` rows that hold numbers are drawn.
    goal
        What the shaded corner shows, the default goal when None.
    temperature_C
        Where the conductivities hold, in degC; None where each candidate has its own temperature.
    names
        Candidates from the top that are named, where a name finds a free place.
    size
        Width and height in pixels, for which the names are placed.
    """
    import plotly.graph_objects as go

    shown = _drawable(ranking).head(LARGEST)
    goal = goal or Goal()
    limits = _limits(shown, goal)
    where = " of each at its temperature" if temperature_C is None else f" at {temperature_C:g} °C"
    traces = []
    for verdict in reversed(VERDICTS):
        rows = shown[shown["verdict"] == verdict]
        top = rows["place"] < names
        pair = [_points(rows[~top], verdict, bold=False), _points(rows[top], verdict, bold=True)]
        pair[1]["showlegend"] = bool(top.all()) and len(rows) > 0
        traces += pair
    layout = frame(size) | {
        "xaxis": axis("Glass transition temperature, °C") | {"range": limits[0]},
        "yaxis": axis(f"Conductivity{where}, mS/cm", log=True) | _steps(limits[1]),
        "shapes": _corner(goal, limits),
        "annotations": [*_goal_name(goal), *named(shown.head(names), limits, size)],
        "hoverlabel": {"align": "left", "namelength": 0},
    }
    return go.Figure({"data": traces, "layout": layout})


def named(top: pd.DataFrame, limits: tuple[list[float], list[float]], size: tuple[int, int]) -> list[dict[str, Any]]:
    """Annotations with the formulas of some candidates, placed for a figure of that size in pixels."""
    top = top.drop_duplicates("formula")
    width = size[0] - MARGIN["l"] - MARGIN["r"]
    height = size[1] - MARGIN["t"] - MARGIN["b"]
    across = (top["tg_C"].to_numpy(float) - limits[0][0]) / (limits[0][1] - limits[0][0]) * width
    log = np.log10(top["conductivity_S_cm"].to_numpy(float) * 1e3)
    up = (log - limits[1][0]) / (limits[1][1] - limits[1][0]) * height
    texts = [pretty(formula) for formula in top["formula"]]
    points = list(zip(across.tolist(), up.tolist(), strict=True))
    return [
        {
            "x": float(top["tg_C"].iloc[number]),
            "y": float(log[number]),
            "ax": dx,
            "ay": -dy,
            "text": html.escape(texts[number]),
            "showarrow": True,
            "arrowhead": 0,
            "arrowwidth": 0.8,
            "arrowcolor": "rgba(128, 128, 128, 0.7)",
            "standoff": 5,
            "xanchor": "center",
            "yanchor": "middle",
            "font": {"size": 12},
        }
        for number, dx, dy in place(points, texts, (width, height))
    ]


def map_names(ranking: pd.DataFrame, goal: Goal | None, names: int, size: tuple[int, int]) -> list[dict[str, Any]]:
    """All annotations of a `conductivity_map` that is drawn at another size."""
    shown = _drawable(ranking).head(LARGEST)
    aim = goal or Goal()
    limits = _limits(shown, aim)
    return [*_goal_name(aim), *named(shown.head(names), limits, size)]


def _drawable(ranking: pd.DataFrame) -> pd.DataFrame:
    """Rows that hold both numbers, with their place among them."""
    numbers = ranking[["tg_C", "conductivity_S_cm"]].apply(pd.to_numeric, errors="coerce")
    shown: pd.DataFrame = ranking[np.isfinite(numbers).all(axis=1) & (numbers["conductivity_S_cm"] > 0)]
    return shown.assign(place=np.arange(len(shown)))


def _steps(limits: list[float]) -> dict[str, Any]:
    """Range and ticks of the logarithmic axis: powers of ten, or 1, 2, 5 where they are few."""
    return {"range": limits, "dtick": 1 if limits[1] - limits[0] > 2.5 else "D2"}


def _limits(shown: pd.DataFrame, goal: Goal) -> tuple[list[float], list[float]]:
    """Limits of both axes: all points and the goal with some room, the second in log10 mS/cm."""
    tg, sigma = (_with(shown[name], getattr(goal, name), getattr(Goal(), name)) for name in _AXES)
    return _roomy(tg, 30.0), _roomy(np.log10(sigma * 1e3), 0.6)


def _with(values: pd.Series[Any], limit: float | None, otherwise: float) -> np.ndarray[Any, Any]:
    """Values and the limit; without both, something to draw axes around."""
    told = values.to_numpy(float)
    return np.append(told, limit) if limit is not None else told if len(told) else np.array([otherwise])


def _roomy(values: np.ndarray[Any, Any], least: float) -> list[float]:
    room = max(0.12 * float(np.ptp(values)), least)
    return [float(values.min()) - room, float(values.max()) + room]


def _points(rows: pd.DataFrame, verdict: str, bold: bool) -> dict[str, Any]:
    colour, rgb, symbol = VERDICTS[verdict]
    sigma = rows["conductivity_S_cm"].to_numpy(float) * 1e3
    tg = rows["tg_C"].to_numpy(float)
    bars = {"color": f"rgba({rgb}, {0.5 if bold else 0.1})", "thickness": 1.3 if bold else 1, "width": 0}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": verdict,
        "legendgroup": verdict,
        "legendrank": list(VERDICTS).index(verdict) + 1,
        "showlegend": not bold,
        "x": tg.tolist(),
        "y": sigma.tolist(),
        "error_x": bars | _arms(tg, rows["tg_low_C"], rows["tg_high_C"]),
        "error_y": bars | _arms(sigma, rows["conductivity_low_S_cm"] * 1e3, rows["conductivity_high_S_cm"] * 1e3),
        "marker": {
            "color": colour,
            "symbol": symbol,
            "size": 11 if bold else 7,
            "opacity": 1 if bold else 0.75,
            "line": {"width": 1.5 if symbol.endswith("open") else 0.5, "color": colour},
        },
        "text": [_hover(row) for row in rows.to_dict("records")],
        "hovertemplate": "%{text}",
    }


def _arms(middle: np.ndarray[Any, Any], low: pd.Series[Any], high: pd.Series[Any]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": np.nan_to_num(high.to_numpy(float) - middle).clip(0).tolist(),
        "arrayminus": np.nan_to_num(middle - low.to_numpy(float)).clip(0).tolist(),
    }


def _hover(row: dict[Any, Any]) -> str:
    nearest = html.escape(str(row["nearest"])) if isinstance(row["nearest"], str) else "none"
    source = (
        f" ({html.escape(row['nearest_doi'])})" if isinstance(row["nearest_doi"], str) and row["nearest_doi"] else ""
    )
    sigma = [row[f"conductivity{end}_S_cm"] * 1e3 for end in ("", "_low", "_high")]
    return (
        f"<b>{html.escape(pretty(str(row['formula'])))}</b>, rank {row['rank']}<br>"
        f"conductivity {sigma[0]:.2g} mS/cm ({sigma[1]:.1g} to {sigma[2]:.2g})<br>"
        f"Tg {row['tg_C']:z.0f} °C ({row['tg_low_C']:z.0f} to {row['tg_high_C']:z.0f})<br>"
        f"meets the goal with {row['p_goal']:.0%}<br>{PHRASES[row['verdict']]}; nearest {nearest}{source}"
    )


def _corner(goal: Goal, limits: tuple[list[float], list[float]]) -> list[dict[str, Any]]:
    """The part of the map that the goal asks for: a corner, half of it, or nothing."""
    if goal.tg_C is None and goal.conductivity_S_cm is None:
        return []
    far = 5 * (limits[0][1] - limits[0][0])
    corner = {
        "type": "rect",
        "layer": "below",
        "x0": limits[0][0] - far,
        "x1": limits[0][1] + far if goal.tg_C is None else goal.tg_C,
        "y0": 10 ** (limits[1][0] - 8) if goal.conductivity_S_cm is None else goal.conductivity_S_cm * 1e3,
        "y1": 10 ** (limits[1][1] + 8),
        "fillcolor": f"rgba({GOAL}, 0.10)",
        "line": {"color": f"rgba({GOAL}, 0.6)", "width": 1, "dash": "dot"},
    }
    return [corner]


def _goal_name(goal: Goal) -> list[dict[str, Any]]:
    """The word in the corner, where there is one."""
    if goal.tg_C is None and goal.conductivity_S_cm is None:
        return []
    name = {
        "x": 0,
        "xref": "paper",
        "y": 1,
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "xshift": 6,
        "yshift": -4,
        "text": "goal",
        "showarrow": False,
        "font": {"size": 13, "color": f"rgb({GOAL})"},
    }
    return [name]
