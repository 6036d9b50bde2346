"""Figures of a training: measured against predicted, and how often the intervals hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets import Dataset
from ...models.fitting.crossfit import HeldOut
from .accuracy import calibration, coverage_curve
from .accuracy import parity as _parity

if TYPE_CHECKING:
    import plotly.graph_objects as go


def parity(data: Dataset, held_out: HeldOut) -> go.Figure:
    """Held-out predictions against measurements, with verdicts as colour and symbol."""
    quantity = data.property
    figure = _parity(held_out.truth, held_out.mean, quantity.label, quantity.target_unit, held_out.verdict)
    return figure.update_layout(title=f"{quantity.label}: papers never seen", margin_t=90)


def reliability(data: Dataset, held_out: HeldOut) -> go.Figure:
    """Share of measurements within intervals of each nominal probability; calibrated on the other folds."""
    figure = calibration({"found": coverage_curve(held_out)})
    return figure.update_layout(title=f"{data.property.label}: intervals on papers never seen", margin_t=90)
