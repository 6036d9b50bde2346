"""A ternary map: a property over the shares of three elements or groups, such as O, Cl and M."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from .style import VERDICTS, axis, frame, pretty

if TYPE_CHECKING:
    import plotly.graph_objects as go

TITLES = {
    "conductivity_S_cm": ("conductivity, S/cm", True),
    "tg_C": ("Tg, °C", False),
    "p_goal": ("chance of the goal", False),
    "cost_usd_per_kg": ("cost, $/kg", True),
}
"""Title and whether the scale is logarithmic, by column of a ranking."""
Corner = str | Sequence[str]
Matrix = npt.NDArray[np.float64]


def corner_shares(formulas: Sequence[str], corners: Sequence[Corner]) -> Matrix:
    """Shares of three elements, or groups of elements, among all that the three hold, shape (n, 3); rows sum to 1.

    Parameters
    ----------
    formulas
        Formula strings, n of them.
    corners
        Three symbols, or lists of symbols; a row that holds none of them is NaN.

    Examples
    --------
    >>> corner_shares(["LiAlCl2O"], ["O", "Cl", ["Al", "Ga"]])
    array([[0.25, 0.5 , 0.25]])
    """
    groups = [[corner] if isinstance(corner, str) else list(corner) for corner in corners]
    unknown = [symbol for group in groups for symbol in group if symbol not in SYMBOLS]
    if len(groups) != 3 or unknown or len({symbol for group in groups for symbol in group}) < sum(map(len, groups)):
        raise ValueError(f"corners {list(corners)}; give three, each one symbol or a list, no element in two of them")
    fractions = Fractions.of(formulas)
    amounts = np.column_stack([sum(fractions.column(symbol) for symbol in group) for group in groups])
    total = amounts.sum(axis=1, keepdims=True)
    shares: Matrix = np.divide(amounts, total, out=np.full_like(amounts, np.nan), where=total > 0)
    return shares


def ternary_map(
    table: pd.DataFrame,
    value: str = "conductivity_S_cm",
    corners: Sequence[Corner] = ("O", "Cl", "Al"),
    names: Sequence[str] | None = None,
    size: tuple[int, int] = (760, 620),
) -> go.Figure:
    """A column of a ranking as colour over the shares of three elements or groups; verdicts as symbols.

    Parameters
    ----------
    table
        As `vitrion.rank`, `vitrion.sweep` or `vitrion.screen` gives it; rows without a number are not drawn.
    value
        Name of a column of numbers.
    corners
        Three symbols, or lists of symbols, such as ``("O", "Cl", ["Al", "Ga", "Ta"])``.
    names
        What the corners are called, by default their symbols.
    size
        Width and height in pixels.
    """
    import plotly.graph_objects as go

    numbers = pd.to_numeric(table[value], errors="coerce")
    title, log = TITLES.get(value, (value, False))
    shown = table[np.isfinite(numbers) & ((numbers > 0) | (not log))]
    shares = corner_shares(shown["formula"].tolist(), corners)
    shown, shares = shown[np.isfinite(shares[:, 0])], shares[np.isfinite(shares[:, 0])]
    order = np.argsort(shown[value].to_numpy(float), kind="stable")
    shown, shares = shown.iloc[order], shares[order]
    told = names or [corner if isinstance(corner, str) else ", ".join(corner) for corner in corners]
    points = _points(shown, shares, value, (title, log), told)
    ternary = {name: _side(word) for name, word in zip(("aaxis", "baxis", "caxis"), told, strict=True)}
    layout = frame(size) | {
        "ternary": ternary | {"sum": 1, "bgcolor": "rgba(0,0,0,0)"},
        "margin": {"l": 60, "r": 60, "t": 60, "b": 60},
        "annotations": _key(shown),
        "showlegend": False,
    }
    return go.Figure({"data": [points], "layout": layout})


def _key(shown: pd.DataFrame) -> list[dict[str, Any]]:
    """What the symbols mean, where there are verdicts."""
    if "verdict" not in shown:
        return []
    text = "● inside   ◆ edge   △ outside the known"
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 24}
    return [place | {"text": text, "showarrow": False}]


def _side(word: str) -> dict[str, Any]:
    side = axis(word) | {"tickformat": ".0%", "dtick": 0.2, "min": 0, "title": {"text": f"<b>{word}</b>"}}
    return {name: told for name, told in side.items() if name != "zeroline"}


def _points(
    shown: pd.DataFrame, shares: Matrix, value: str, scale: tuple[str, bool], told: Sequence[str]
) -> dict[str, Any]:
    title, log = scale
    numbers = shown[value].to_numpy(float)
    verdicts = shown["verdict"].tolist() if "verdict" in shown else ["inside"] * len(shown)
    bar: dict[str, Any] = {"title": {"text": title}, "thickness": 14, "len": 0.7, "x": 0.98, "y": 0.65}
    if log and len(numbers):
        decades = range(int(np.floor(np.log10(numbers.min()))), int(np.ceil(np.log10(numbers.max()))) + 1)
        bar |= {"tickvals": list(decades), "ticktext": [f"10<sup>{decade}</sup>" for decade in decades]}
    texts = [
        f"<b>{pretty(str(formula))}</b><br>{title}: {number:.3g}<br>"
        + ", ".join(f"{word} {share:.0%}" for word, share in zip(told, three, strict=True))
        for formula, number, three in zip(shown["formula"], numbers, shares, strict=True)
    ]
    return {
        "type": "scatterternary",
        "mode": "markers",
        "cliponaxis": False,
        **{name: shares[:, at].tolist() for at, name in enumerate("abc")},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": (np.log10(numbers) if log else numbers).tolist(),
            "colorscale": "Viridis",
            "symbol": [VERDICTS.get(verdict, VERDICTS["outside"])[2] for verdict in verdicts],
            "size": 8,
            "line": {"width": 1 if len(shown) < 400 else 0, "color": "rgba(60, 60, 60, 0.5)"},
            "colorbar": bar,
            "showscale": True,
        },
    }
