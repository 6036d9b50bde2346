"""A campaign's progress as a picture: predicted and measured, sample by sample, and the best so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..campaign_log.beliefs import at, belief_of
from ..campaign_log.events import FAILED, PROPOSED, kind_of, standing
from ..campaign_log.store import State
from ..plots.style import GOAL, LINES, axis, frame, pretty
from ..task.goal import Goal
from .history import best_conductivity

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_NAMED = 24  # samples that an axis names

_BELIEVED, _FOUND, _BEST = LINES[0], "176, 42, 48", GOAL


@dataclass(frozen=True)
class _Panel:
    """One half of the figure: its axis, what is drawn in it, its unit and factor, and the level of the goal."""

    key: str
    column: str
    ends: tuple[str, str]
    unit: str
    scale: float
    goal: float | None


def melts(state: State) -> pd.DataFrame:
    """A row a result that stands, in the order of the melts, then a row a proposal that waits for one.

    ``melt`` counts from 1; ``formula``, ``sample`` (its name, maybe empty), ``kind`` (measured, failed or proposed),
    ``conductivity_S_cm`` (moved to the temperature of the campaign) and ``tg_C`` as found; ``low_S_cm, high_S_cm,
    low_C, high_C`` as believed before; ``best_S_cm`` the best conductivity so far of a glass whose Tg does not miss
    the goal.
    """
    stands, goal, rows = standing(state.events), Goal.kept(state.goal), []
    results = sorted(stands.results.values(), key=lambda one: one.event)
    for number, result in enumerate(results, 1):
        found = result.found
        sigma = found.get("conductivity_S_cm")
        moved = None if sigma is None else at(sigma, found["temperature_C"], state.temperature_C)
        best = best_conductivity(results[:number], state.temperature_C, goal)
        values = {
            "sample": found.get("sample") or "",
            "kind": kind_of(found),
            "conductivity_S_cm": moved,
            "tg_C": found.get("tg_C"),
            "best_S_cm": best,
        }
        rows.append({"formula": result.formula, **values, **_ends(belief_of(result, stands.rounds))})
    waiting = {str(one["formula"]): one for event in stands.rounds for one in event.told["proposals"]}
    for formula in stands.pending():
        rows.append({"formula": formula, "kind": PROPOSED, **_ends(waiting[formula])})
    names = [
        "formula",
        "sample",
        "kind",
        "conductivity_S_cm",
        "tg_C",
        "low_S_cm",
        "high_S_cm",
        "low_C",
        "high_C",
        "best_S_cm",
    ]
    table = pd.DataFrame(rows, columns=names)
    table[names[3:]] = table[names[3:]].astype(float)
    table["sample"] = table["sample"].fillna("")
    table.insert(0, "melt", range(1, len(table) + 1))
    return table


def _ends(belief: Any) -> dict[str, Any]:
    names = {"low_S_cm": "conductivity_low_S_cm", "high_S_cm": "conductivity_high_S_cm"}
    names |= {"low_C": "tg_low_C", "high_C": "tg_high_C"}
    return {name: belief.get(source) for name, source in names.items()}


def progress_lines(state: State, size: tuple[int, int] = (1060, 700)) -> go.Figure:
    """Conductivity (above) and Tg (below) of the melts of a campaign, in their order.

    Parameters
    ----------
    state
        Of the campaign.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    goal, table = Goal.kept(state.goal), melts(state)
    sigma = ("conductivity_S_cm", ("low_S_cm", "high_S_cm"), "mS/cm", 1e3, goal.conductivity_S_cm)
    panels = (_Panel("y", *sigma), _Panel("y2", "tg_C", ("low_C", "high_C"), "°C", 1.0, goal.tg_C))
    traces = [trace for panel in panels for trace in _traces(table, panel)]
    best = table.dropna(subset=["best_S_cm"])
    steps: dict[str, Any] = {
        "type": "scatter",
        "name": "best so far",
        "xaxis": "x",
        "yaxis": "y",
        "mode": "lines",
        "hoverinfo": "skip",
    }
    steps |= {"x": best["melt"].tolist(), "y": (1e3 * best["best_S_cm"]).tolist()}
    traces.append(steps | {"line": {"color": f"rgb({_BEST})", "width": 2, "shape": "hv"}})
    melt = {"anchor": "y2", "range": [0.5, len(table) + 0.5]} | _named(table)
    layout = frame(size) | {
        "xaxis": axis("") | melt,
        "yaxis": axis(f"σ({state.temperature_C:g} °C), mS/cm", log=True) | {"domain": [0.53, 1]},
        "yaxis2": axis("Tg, °C") | {"domain": [0, 0.47]},
        "shapes": [_level(panel.goal * panel.scale, panel.key) for panel in panels if panel.goal is not None],
        "showlegend": True,
    }
    return go.Figure({"data": traces, "layout": layout})


def _named(table: pd.DataFrame) -> dict[str, Any]:
    """Ticks of an axis that name the samples: by the name that the laboratory gave, else by the formula."""
    step = max(1, math.ceil(len(table) / MOST_NAMED))
    some = table.iloc[::step]
    names = [sample or pretty(formula) for sample, formula in zip(some["sample"], some["formula"], strict=True)]
    return {"tickvals": some["melt"].tolist(), "ticktext": names, "tickangle": -40, "automargin": True}


def narrowing_lines(steps: pd.DataFrame, size: tuple[int, int] = (1060, 420)) -> go.Figure:
    """Median width of the 90 % intervals over the candidates of a campaign against its results.

    Parameters
    ----------
    steps
        As `learning.narrowing` gives it.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    titles = {"conductivity": ("y", "σ, decades"), "tg": ("y2", "Tg, K")}
    traces: list[dict[str, Any]] = []
    for name, part in steps.groupby("property", sort=False):
        key, title = titles[str(name)]
        last = [f"after <b>{pretty(formula)}</b>" if formula else "before any result" for formula in part["formula"]]
        text = [
            f"{words}<br>{width:.3g} {unit}"
            for words, width, unit in zip(last, part["width"], part["unit"], strict=True)
        ]
        line: dict[str, Any] = {"type": "scatter", "xaxis": "x", "yaxis": key, "mode": "lines+markers", "name": title}
        line |= {"x": part["results"].tolist(), "y": part["width"].tolist(), "text": text}
        line |= {"hovertemplate": "%{text}<extra></extra>", "line": {"color": f"rgb({_BELIEVED})", "width": 2}}
        traces.append(line)
    layout = frame(size) | {
        "xaxis": axis("results") | {"anchor": "y2", "dtick": max(1, math.ceil(int(steps["results"].max()) / 10))},
        "yaxis": axis(titles["conductivity"][1]) | {"domain": [0.55, 1], "rangemode": "tozero"},
        "yaxis2": axis(titles["tg"][1]) | {"domain": [0, 0.45], "rangemode": "tozero"},
        "showlegend": False,
    }
    return go.Figure({"data": traces, "layout": layout})


def _traces(table: pd.DataFrame, panel: _Panel) -> list[dict[str, Any]]:
    """Predicted intervals as bars, measured values as dots; failed samples as crosses at the foot of their bar."""
    shared: dict[str, Any] = {"type": "scatter", "xaxis": "x", "yaxis": panel.key, "mode": "markers"}
    bars = table.dropna(subset=list(panel.ends))
    low, high = (bars[name] * panel.scale for name in panel.ends)
    x = [place for melt in bars["melt"] for place in (melt, melt, None)]
    y = [place for ends in zip(low, high, strict=True) for place in (*ends, None)]
    first = panel.key == "y"
    bar: dict[str, Any] = shared | {
        "name": "predicted (90 %)",
        "legendgroup": "believed",
        "mode": "lines",
        "hoverinfo": "skip",
    }
    bar |= {"x": x, "y": y, "showlegend": first, "line": {"color": f"rgba({_BELIEVED}, 0.55)", "width": 7}}
    found = table.dropna(subset=[panel.column])
    dots = (
        shared
        | {"name": "measured", "legendgroup": "measured", "showlegend": first}
        | _points(found, panel, panel.column)
    )
    dots["marker"] = {"size": 10, "color": f"rgb({_FOUND})"}
    failed = bars[bars["kind"] == FAILED]
    crosses = shared | {"name": "no glass", "legendgroup": "failed", "showlegend": first and len(failed) > 0}
    crosses |= _points(failed, panel, panel.ends[0])
    crosses["marker"] = {"size": 11, "color": f"rgb({_FOUND})", "symbol": "x"}
    return [bar, dots, *([crosses] if len(failed) else [])]


def _points(part: pd.DataFrame, panel: _Panel, column: str) -> dict[str, Any]:
    values = (part[column] * panel.scale).tolist()
    said = "no glass" if column in panel.ends else None
    text = [
        f"<b>{pretty(formula)}</b><br>{said or f'{value:.3g} {panel.unit}'}"
        for formula, value in zip(part["formula"], values, strict=True)
    ]
    return {"x": part["melt"].tolist(), "y": values, "text": text, "hovertemplate": "%{text}<extra></extra>"}


def _level(value: float, panel: str) -> dict[str, Any]:
    line = {"color": f"rgba({GOAL}, 0.8)", "width": 1.2, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": panel, "y0": value, "y1": value, "line": line}
