"""The figures of the benchmark page: parity, reliability and oxychloride series, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset
from ..holdout.forecast import N_QUANTILES, Forecast
from ..holdout.series import Told
from ..holdout.subsets import closer, subsets
from ..plots.chart import COLOURS, Panel, picture

Vector = npt.NDArray[np.float64]

MOST_POINTS = 600
SPECIAL = {"tg": "O and Cl", "conductivity": "Li-Na halides 15-45 C"}


def parity(data: Dataset, forecast: Forecast) -> str:
    """Held-out predictions against measurements: all as a density, those like the candidates as dots."""
    held_out, unit = forecast.held_out, data.property.target_unit
    ends = np.quantile(np.concatenate([held_out.truth, held_out.mean]), (0.0005, 0.9995))
    span = (float(ends[0]) - 1e-6, float(ends[1]) + 1e-6)
    title = f"{data.property.label}, papers never seen"
    panel = Panel(title, f"measured ({unit})", f"predicted ({unit})", span, span)
    name = SPECIAL[data.property.name]
    some = {**subsets(data), **closer(data)}.get(name, np.zeros(len(data), dtype=bool))[held_out.row]
    rows = np.random.default_rng(0).permutation(np.flatnonzero(some))[:MOST_POINTS]
    parts = panel.frame() + panel.density(held_out.truth, held_out.mean)
    parts += panel.line(np.array(span), np.array(span), "#333333", dashed=True)
    parts += panel.points(held_out.truth[rows], held_out.mean[rows], COLOURS[1], 1.8)
    parts += panel.legend([("all rows, darker where more", "#5f99bd"), (name, COLOURS[1])])
    return picture(title, (464, 472), parts)


def shares_within(forecast: Forecast, some: npt.NDArray[np.bool_]) -> tuple[Vector, Vector]:
    """Nominal probabilities of central intervals, and the shares of the chosen rows that lie within."""
    quantiles, truth = forecast.quantiles[some], forecast.held_out.truth[some]
    nominal = 1.0 - (2 * np.arange(N_QUANTILES // 2) + 1) / N_QUANTILES
    found = [
        float(((quantiles[:, k] <= truth) & (truth <= quantiles[:, -1 - k])).mean()) for k in range(N_QUANTILES // 2)
    ]
    return nominal, np.array(found)


def reliability(judged: Mapping[str, tuple[Dataset, Forecast]]) -> str:
    """Shares of measurements within intervals against their nominal probability, a panel a property."""
    title = "How often intervals hold, papers and compositions never seen"
    parts: list[str] = []
    for number, (data, forecast) in enumerate(judged.values()):
        place = (64.0 + 440 * number, 40.0)
        panel = Panel(data.property.label, "nominal probability", "share within", (0.0, 1.0), (0.0, 1.0), place)
        parts += panel.frame() + panel.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "#333333", dashed=True)
        told = {**subsets(data), **closer(data)}
        names = [name for name in ("all", "O and Cl", SPECIAL[data.property.name]) if name in told]
        names = list(dict.fromkeys(names))
        for name, colour in zip(names, COLOURS, strict=False):
            some = told[name][forecast.held_out.row]
            if some.any():
                parts += panel.line(*shares_within(forecast, some), colour)
        parts += panel.legend(list(zip(names, COLOURS, strict=False)))
    return picture(title, (24 + 440 * len(judged), 472), parts)


def oxychloride_series(data: Dataset, series: Sequence[Told]) -> str:
    """Conductivity along each oxychloride series never seen: measured, predicted, and after two were measured."""
    title = "Oxychloride series never seen"
    chosen = [told for told in series if {"O", "Cl"} <= set(told.series.system.split("-"))]
    parts: list[str] = []
    for number, told in enumerate(chosen):
        left = 64.0 + 300 * number
        oxygen, chlorine = (
            told.series.per_member(data.fractions.column(symbol)[told.series.rows]) for symbol in ("O", "Cl")
        )
        ratio = oxygen / chlorine
        order = np.argsort(ratio)
        values = np.concatenate([told.truth, told.mean, told.later])
        span = (float(np.floor(values.min() * 2) / 2 - 0.1), float(np.ceil(values.max() * 2) / 2 + 0.1))
        wide = float(np.ptp(ratio)) * 0.06 + 1e-6
        reach = (float(ratio.min()) - wide, float(ratio.max()) + wide)
        panel = Panel(
            told.series.system, "O/Cl", "log10 of S/cm" if not number else "", reach, span, (left, 40.0), (232.0, 300.0)
        )
        parts += panel.frame() + panel.line(ratio[order], told.mean[order], COLOURS[0])
        if len(told.later):
            parts += panel.line(ratio[order], told.later[order], COLOURS[2], dashed=True)
        parts += panel.points(ratio, told.truth, COLOURS[1], 4.0)
        parts += panel.points(ratio[told.told], told.truth[told.told], COLOURS[2], 7.0, hollow=True)
    key = Panel("", "", "", (0.0, 1.0), (0.0, 1.0), (54.0, 384.0), (100.0, 10.0))
    parts += key.legend(
        [("measured", COLOURS[1]), ("predicted", COLOURS[0]), ("predicted after the two ringed", COLOURS[2])]
    )
    return picture(title, (24 + 300 * max(len(chosen), 1), 446), parts)
