"""How good predictions are, as pictures: measured against predicted, and how often intervals hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...models.fitting.crossfit import HeldOut
from .style import LINES, VERDICTS, axis, frame

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_POINTS = 2000
LEVELS = tuple(np.linspace(0.1, 0.95, 18).round(2).tolist())
_IDEAL = {"color": "rgba(128, 128, 128, 0.9)", "width": 1.2, "dash": "dash"}
Vector = npt.NDArray[np.float64]
Curve = tuple[Sequence[float] | Vector, Sequence[float] | Vector]


def parity(
    truth: npt.ArrayLike,
    mean: npt.ArrayLike,
    quantity: str,
    unit: str,
    verdict: npt.ArrayLike | None = None,
    size: tuple[int, int] = (620, 600),
) -> go.Figure:
    """Predictions against measurements on the same scale, with the line where both are equal.

    Parameters
    ----------
    truth, mean
        Measured and predicted, both of shape (n,), in the same unit.
    quantity, unit
        What the axes are called, such as ``"Tg"`` and ``"K"``.
    verdict
        ``inside``, ``edge`` or ``outside`` of each, shape (n,), shown as colour and symbol.
    size
        Width and height in pixels.

    Notes
    -----
    At most `MOST_POINTS` points of each verdict are drawn, always the same ones; the mean error told is that of all.
    """
    import plotly.graph_objects as go

    measured, predicted = _alike(truth, mean)
    said = np.full(len(measured), "") if verdict is None else np.asarray(verdict).astype(str)
    ends = _ends(measured, predicted)
    traces: list[dict[str, Any]] = [
        _cloud(measured, predicted, said == name, name)
        for name in (reversed(VERDICTS) if verdict is not None else ("",))
    ]
    traces.append(_line([ends[0], ends[1]], [ends[0], ends[1]], "equal", _IDEAL))
    word = {
        "x": 0.02,
        "y": 0.98,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "text": f"{len(measured):,} measurements<br>mean error {np.abs(measured - predicted).mean():.3g} {unit}",
    }
    layout = frame(size) | {
        "xaxis": axis(f"{quantity} measured, {unit}") | {"range": ends},
        "yaxis": axis(f"{quantity} predicted, {unit}") | {"range": ends, "scaleanchor": "x", "constrain": "domain"},
        "annotations": [word],
    }
    return go.Figure({"data": traces, "layout": layout})


def coverage_curve(held_out: HeldOut, levels: Sequence[float] = LEVELS) -> tuple[Vector, Vector]:
    """Nominal probabilities and the shares of measurements within intervals of these, both of shape (k,).

    Each fold is calibrated on the errors of the others, so that no row has a say in its own interval.

    Parameters
    ----------
    held_out
        As `Predictor.held_out` gives it after a fit.
    levels
        Nominal probabilities, each between 0 and 1.
    """
    return np.asarray(levels, dtype=float), np.array([share_within(held_out, float(level)) for level in levels])


def calibration(curves: Mapping[str, Curve], size: tuple[int, int] = (620, 600)) -> go.Figure:
    """Share of measurements within intervals of each nominal probability; the dashed line is an honest model.

    Parameters
    ----------
    curves
        By name, nominal probabilities and shares found, as `coverage_curve` gives them.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    traces = [_line([0, 1], [0, 1], "honest", _IDEAL)]
    for rgb, (name, (nominal, found)) in zip(LINES, curves.items(), strict=False):
        drawn = _line(list(map(float, nominal)), list(map(float, found)), name, {"color": f"rgb({rgb})", "width": 2})
        drawn |= {"mode": "lines+markers", "marker": {"size": 7}, "hoverinfo": "x+y+name"}
        traces.append(drawn)
    percent = {"range": [0, 1], "tickformat": ".0%", "dtick": 0.2}
    layout = frame(size) | {
        "xaxis": axis("nominal probability of the interval") | percent,
        "yaxis": axis("share of measurements within") | percent | {"scaleanchor": "x", "constrain": "domain"},
    }
    return go.Figure({"data": traces, "layout": layout})


def share_within(held_out: HeldOut, level: float) -> float:
    """Share of held-out measurements within intervals of that nominal probability."""
    within = np.zeros(len(held_out.truth), dtype=bool)
    for number in np.unique(held_out.fold):
        here = held_out.fold == number
        told = held_out.mean[here], held_out.difficulty[here], held_out.near[here], np.ones(int(here.sum()))
        lower, upper = held_out.scale(int(number)).interval(*told, level)
        within[here] = (lower <= held_out.truth[here]) & (held_out.truth[here] <= upper)
    return float(within.mean())


def _alike(truth: npt.ArrayLike, mean: npt.ArrayLike) -> tuple[Vector, Vector]:
    measured, predicted = np.asarray(truth, dtype=float), np.asarray(mean, dtype=float)
    if measured.shape != predicted.shape or measured.ndim != 1 or not len(measured):
        raise ValueError(
            f"measured of shape {measured.shape} against predicted of shape {predicted.shape}; give one number each "
            "for the same, at least one, measurements"
        )
    wrong = np.flatnonzero(~np.isfinite(measured) | ~np.isfinite(predicted))
    if len(wrong):
        raise ValueError(f"{len(wrong)} rows without a number, the first at {wrong[0]}; leave them out")
    return measured, predicted


def _ends(measured: Vector, predicted: Vector) -> list[float]:
    both = np.concatenate([measured, predicted])
    room = 0.04 * float(np.ptp(both)) or 1.0
    return [float(both.min()) - room, float(both.max()) + room]


def _cloud(measured: Vector, predicted: Vector, some: npt.NDArray[np.bool_], name: str) -> dict[str, Any]:
    rows = np.random.default_rng(0).permutation(np.flatnonzero(some))[:MOST_POINTS]
    colour, _, symbol = VERDICTS[name or "inside"]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name or "measurements",
        "showlegend": bool(name),
        "legendrank": list(VERDICTS).index(name) + 1 if name else 1,
        "x": measured[rows].tolist(),
        "y": predicted[rows].tolist(),
        "marker": {"color": colour, "symbol": symbol, "size": 5, "opacity": 0.5},
    }


def _line(x: list[float], y: list[float], name: str, line: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"type": "scatter", "mode": "lines", "name": name, "hoverinfo": "skip", "legendrank": 10}
    return shown | {"x": x, "y": y, "line": dict(line)}
