"""The held-out scores of the models in use, as rows and as words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .summary import short


def scoreboard(metrics: Mapping[str, float]) -> list[dict[str, Any]]:
    """One row a subset of the held-out measurements, from metrics named ``subset/score``.

    >>> scoreboard({"all/mae": 0.5, "all/coverage": 0.9, "Cl/mae": 0.7})
    [{'subset': 'all', 'mae': 0.5, 'coverage': 0.9}, {'subset': 'Cl', 'mae': 0.7}]
    """
    rows: dict[str, dict[str, Any]] = {}
    for key, value in metrics.items():
        subset, _, name = key.rpartition("/")
        rows.setdefault(subset or "all", {"subset": subset or "all"})[name] = value
    return sorted(rows.values(), key=_place)


def _place(row: Mapping[str, Any]) -> tuple[int, str]:
    """All first, then the verdicts from near to far, then the kinds of glass."""
    first = ("all", "verdict inside", "verdict edge", "verdict outside")
    return (first.index(row["subset"]) if row["subset"] in first else len(first), row["subset"])


def sentence(property_name: str, metrics: Mapping[str, float]) -> str:
    """Say how well a model does on all papers held out.

    >>> sentence("tg", {"all/mae": 24.21, "all/coverage": 0.9012})
    'on papers held out: mean error 24 K, 90 % intervals hold 90 %'
    """
    whole = next((row for row in scoreboard(metrics) if row["subset"] == "all"), {})
    words = []
    if "mae" in whole:
        words.append(f"mean error {short(whole['mae'])} {unit(property_name)}")
    if "coverage" in whole:
        words.append(f"90 % intervals hold {whole['coverage'] * 100:.0f} %")
    return "on papers held out: " + (", ".join(words) or "no scores")


def unit(property_name: str) -> str:
    """Write the unit in which errors of a property are told."""
    from ..datasets import PROPERTIES

    known = PROPERTIES.get(property_name)
    return known.target_unit if known else ""


def champion_rows() -> list[dict[str, Any]]:
    """Version, date, unit and held-out scores of each model in use, one row a subset."""
    from ..experiments.registry import champions

    return [
        {
            "property": name,
            "version": str(champion.version),
            "created": str(champion.created)[:10],
            "unit": unit(name),
            **row,
        }
        for name, champion in sorted(champions().items())
        for row in scoreboard(champion.metrics) or [{"subset": "no scores"}]
    ]


def written(row: Mapping[str, Any], name: str) -> str:
    """Write one score of a row; empty when it is not there.

    >>> written({"coverage": 0.912, "mae": 24.2}, "coverage"), written({}, "mae")
    ('91 %', '')
    """
    value = row.get(name)
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    return f"{value * 100:.0f} %" if name == "coverage" else f"{value:.2f}" if name == "r2" else short(value)
