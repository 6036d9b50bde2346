"""Figures of a training: measured against predicted, and how often the intervals hold."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from ..datasets import Dataset
from ..models.conformal import Calibration
from ..models.crossfit import HeldOut

MOST_POINTS = 4000
COLOURS = {"inside": "#0072B2", "edge": "#E69F00", "outside": "#D55E00"}


def parity(data: Dataset, held_out: HeldOut) -> go.Figure:
    """Held-out predictions against measurements, coloured by verdict; at most 4,000 points of each."""
    unit = data.property.target_unit
    figure = go.Figure()
    for verdict, colour in COLOURS.items():
        rows = np.flatnonzero(held_out.verdict == verdict)
        rows = np.random.default_rng(0).permutation(rows)[:MOST_POINTS]
        figure.add_scattergl(
            x=held_out.truth[rows],
            y=held_out.mean[rows],
            mode="markers",
            name=verdict,
            marker={"size": 4, "opacity": 0.5, "color": colour},
        )
    ends = [float(held_out.truth.min()), float(held_out.truth.max())]
    figure.add_scatter(x=ends, y=ends, mode="lines", name="equal", line={"color": "grey", "width": 1})
    return figure.update_layout(
        title=f"{data.property.label}: papers never seen",
        xaxis_title=f"measured ({unit})",
        yaxis_title=f"predicted ({unit})",
        template="plotly_white",
    )


def reliability(data: Dataset, held_out: HeldOut) -> go.Figure:
    """Share of measurements within intervals of each nominal probability; calibrated on the other folds."""
    nominal = np.linspace(0.1, 0.95, 18)
    found = [_share_within(held_out, float(level)) for level in nominal]
    figure = go.Figure()
    figure.add_scatter(x=nominal, y=found, mode="lines+markers", name="found", marker={"color": "#0072B2"})
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name="ideal", line={"color": "grey", "width": 1})
    return figure.update_layout(
        title=f"{data.property.label}: intervals on papers never seen",
        xaxis_title="nominal probability",
        yaxis_title="share of measurements within",
        template="plotly_white",
    )


def _share_within(held_out: HeldOut, level: float) -> float:
    within = np.zeros(len(held_out.truth), dtype=bool)
    for number in np.unique(held_out.fold):
        here, others = held_out.fold == number, held_out.fold != number
        scale = Calibration.of(held_out.residual[others], held_out.difficulty[others], held_out.verdict[others])
        lower, upper = scale.interval(held_out.mean[here], held_out.difficulty[here], held_out.verdict[here], level)
        within[here] = (lower <= held_out.truth[here]) & (held_out.truth[here] <= upper)
    return float(within.mean())
