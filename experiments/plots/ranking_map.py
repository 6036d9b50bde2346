"""A ranking as a picture: the map of Tg and conductivity, with intervals, names and the goal."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..task.goal import Goal
from .labels import place
from .style import GOAL, MARGIN, PHRASES, STAR, VERDICTS, axis, frame, pretty

if TYPE_CHECKING:
    import plotly.graph_objects as go

LARGEST = 3000
MANY = 300  # marks above which they are small and half-transparent
NEAR_C = 10.0  # furthest from the temperature of the map at which a measured conductivity is a star
WITHIN = 0.98  # share of the means that the axes show
_AXES = ("tg_C", "conductivity_S_cm")


def conductivity_map(
    ranking: pd.DataFrame,
    goal: Goal | None = None,
    temperature_C: float | None = 25.0,
    names: int = 10,
    size: tuple[int, int] = (1060, 600),
    most: int = LARGEST,
) -> go.Figure:
    """Tg against conductivity, verdicts as colour and symbol, the goal as a shaded corner, measured glasses as stars.

    The best have bars, their 90 % intervals; each mark holds its own as `customdata`. The axes show `WITHIN` of the
    means.

    Parameters
    ----------
    ranking
        As `vitrion.rank` gives it; the first `most` rows that hold numbers are drawn.
    goal
        What the shaded corner shows, the default goal when None.
    temperature_C
        Where the conductivities hold, in degC; None where each candidate has its own temperature.
    names
        Candidates from the top that have bars and are named, where a name finds a free place.
    size
        Width and height in pixels, for which the names are placed.
    most
        Marks drawn.
    """
    import plotly.graph_objects as go

    drawable = _drawable(ranking)
    shown = drawable.head(most)
    goal = goal or Goal()
    limits = _limits(drawable, goal, names)
    many = len(drawable) > MANY
    where = " of each at its temperature" if temperature_C is None else f" at {temperature_C:g} °C"
    traces = []
    for verdict in reversed(VERDICTS):
        rows = shown[shown["verdict"] == verdict]
        top = rows["place"] < names
        pair = [_points(rows[~top], verdict, False, many), _points(rows[top], verdict, True, many)]
        pair[1]["showlegend"] = bool(top.all()) and len(rows) > 0
        traces += pair
    if (stars := _measured(shown, temperature_C)) is not None:
        traces.append(stars)
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
    shown = _drawable(ranking)
    aim = goal or Goal()
    limits = _limits(shown, aim, names)
    return [*_goal_name(aim), *named(shown.head(names), limits, size)]


def _drawable(ranking: pd.DataFrame) -> pd.DataFrame:
    """Rows that hold both numbers, with their place among them."""
    numbers = ranking[["tg_C", "conductivity_S_cm"]].apply(pd.to_numeric, errors="coerce")
    shown: pd.DataFrame = ranking[np.isfinite(numbers).all(axis=1) & (numbers["conductivity_S_cm"] > 0)]
    return shown.assign(place=np.arange(len(shown)))


def _steps(limits: list[float]) -> dict[str, Any]:
    """Range and ticks of the logarithmic axis: powers of ten, or 1, 2, 5 where they are few."""
    return {"range": limits, "dtick": 1 if limits[1] - limits[0] > 2.5 else "D2"}


def _limits(shown: pd.DataFrame, goal: Goal, names: int) -> tuple[list[float], list[float]]:
    """Limits of both axes: `WITHIN` of the means, the best and the goal with some room, the second in log10 mS/cm."""
    tg, sigma = (_with(_most(shown[name], names), getattr(goal, name), getattr(Goal(), name)) for name in _AXES)
    return _roomy(tg, 30.0), _roomy(np.log10(sigma * 1e3), 0.6)


def _most(values: pd.Series[Any], names: int) -> pd.Series[Any]:
    """The values between the outermost quantiles, and the first."""
    rest = (1 - WITHIN) / 2
    low, high = values.quantile([rest, 1 - rest], interpolation="nearest") if len(values) else (0.0, 0.0)
    return values[values.between(low, high) | (np.arange(len(values)) < names)]


def _with(values: pd.Series[Any], limit: float | None, otherwise: float) -> np.ndarray[Any, Any]:
    """Values and the limit; without both, something to draw axes around."""
    told = values.to_numpy(float)
    return np.append(told, limit) if limit is not None else told if len(told) else np.array([otherwise])


def _roomy(values: np.ndarray[Any, Any], least: float) -> list[float]:
    room = max(0.12 * float(np.ptp(values)), least)
    return [float(values.min()) - room, float(values.max()) + room]


def _points(rows: pd.DataFrame, verdict: str, bold: bool, many: bool) -> dict[str, Any]:
    colour, rgb, symbol = VERDICTS[verdict]
    sigma = rows["conductivity_S_cm"].to_numpy(float) * 1e3
    tg = rows["tg_C"].to_numpy(float)
    bars = {"color": f"rgba({rgb}, 0.5)", "thickness": 1.3, "width": 0}
    ends = [rows[name].to_numpy(float) for name in ("tg_low_C", "tg_high_C")]
    ends += [rows[f"conductivity_{end}_S_cm"].to_numpy(float) * 1e3 for end in ("low", "high")]
    arms = {"error_x": bars | _arms(tg, *ends[:2]), "error_y": bars | _arms(sigma, *ends[2:])} if bold else {}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": verdict,
        "legendgroup": verdict,
        "legendrank": list(VERDICTS).index(verdict) + 1,
        "showlegend": not bold,
        "x": tg.tolist(),
        "y": sigma.tolist(),
        **arms,
        "customdata": [[round(float(value), 7) for value in row] for row in np.column_stack(ends)],
        "marker": {
            "color": colour,
            "symbol": symbol,
            "size": 11 if bold else 5 if many else 7,
            "opacity": 1 if bold else 0.45 if many else 0.75,
            "line": {"width": 1.5 if symbol.endswith("open") else 0.5, "color": colour},
        },
        "text": [_hover(row) for row in rows.to_dict("records")],
        "hovertemplate": "%{text}",
    }


def _measured(shown: pd.DataFrame, temperature_C: float | None) -> dict[str, Any] | None:
    """Stars where a glass of that composition was measured; the coordinate that was not is the predicted one."""
    if "n_measured" not in shown:
        return None
    sigma = pd.to_numeric(shown["measured_conductivity_S_cm"], errors="coerce")
    tg = pd.to_numeric(shown["measured_tg_C"], errors="coerce")
    at = pd.to_numeric(shown["measured_temperature_C"], errors="coerce")
    near = at.notna() if temperature_C is None else (at - temperature_C).abs() <= NEAR_C
    sigma = sigma.where(near & (sigma > 0) & (shown["measured_phase"] != "crystal"))
    rows = shown[sigma.notna() | tg.notna()].drop_duplicates("formula")
    if rows.empty:
        return None
    sigma, tg = sigma.loc[rows.index], tg.loc[rows.index]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "measured glass",
        "legendrank": 5,
        "x": tg.fillna(rows["tg_C"]).tolist(),
        "y": (sigma.fillna(rows["conductivity_S_cm"]) * 1e3).tolist(),
        "marker": {"color": STAR, "symbol": "star", "size": 12, "line": {"width": 0.8, "color": "white"}},
        "text": [
            f"<b>{html.escape(pretty(str(formula)))}</b>, measured<br>"
            + "<br>".join(filter(None, (_known(one, "mS/cm", 1e3), _known(other, "°C"))))
            + f"<br>{html.escape(str(doi))}"
            for formula, one, other, doi in zip(rows["formula"], sigma, tg, rows["measured_doi"], strict=True)
        ],
        "hovertemplate": "%{text}",
    }


def _known(value: float, unit: str, scale: float = 1.0) -> str:
    """A measured value with its unit; empty where it is not known."""
    return "" if np.isnan(value) else f"{'Tg ' if unit == '°C' else 'conductivity '}{value * scale:.3g} {unit}"


def _arms(middle: np.ndarray[Any, Any], low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": np.nan_to_num(high - middle).clip(0).tolist(),
        "arrayminus": np.nan_to_num(middle - low).clip(0).tolist(),
    }


def _hover(row: dict[Any, Any]) -> str:
    nearest = (
        html.escape(row["nearest"] if len(row["nearest"]) < 25 else f"{row['nearest'][:24]}…")
        if isinstance(row["nearest"], str)
        else "none"
    )
    sigma = [_short(row[f"conductivity{end}_S_cm"] * 1e3) for end in ("", "_low", "_high")]
    return (
        f"<b>{html.escape(pretty(str(row['formula'])))}</b>, rank {row['rank']}<br>"
        f"conductivity {sigma[0]} mS/cm ({sigma[1]} to {sigma[2]})<br>"
        f"Tg {row['tg_C']:z.0f} °C ({row['tg_low_C']:z.0f} to {row['tg_high_C']:z.0f})<br>"
        f"meets the goal with {row['p_goal']:.0%}<br>{PHRASES[row['verdict']]}<br>nearest {nearest}"
    )


def _short(value: float) -> str:
    """Write a number with two digits, as the table does.

    >>> [_short(value) for value in (1.52, 0.0942, 123.4, 4.1e-13)]
    ['1.5', '0.094', '120', '4.1e-13']
    """
    return f"{float(f'{value:.2g}'):g}"


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
