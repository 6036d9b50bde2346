"""The held-out scores of the models in use, as rows and as words, those that the program is for first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..experiments.headline import FIRST, LABELS, OXYCHLORIDES, OXYHALIDES, basis_of_tg, measurements, place
from .summary import short

NO_SCORES = "no scores"


def scoreboard(metrics: Mapping[str, float]) -> list[dict[str, Any]]:
    """One row a subset of the held-out measurements, from metrics named ``subset/score``; ``chief`` ones stand first.

    >>> scoreboard({"Cl/mae": 0.7, "all/mae": 0.5})
    [{'subset': 'all', 'chief': True, 'mae': 0.5}, {'subset': 'Cl', 'chief': False, 'mae': 0.7}]
    """
    rows: dict[str, dict[str, Any]] = {}
    for key, value in metrics.items():
        subset, _, name = key.rpartition("/")
        title = subset or "all"
        rows.setdefault(title, {"subset": title, "chief": title in FIRST})[name] = value
    return sorted(rows.values(), key=lambda row: place(row["subset"]))


def headline(property_name: str, metrics: Mapping[str, float]) -> str:
    """Say how good a model is at what the program is for; empty where its card does not hold it.

    >>> scores = {"n": 63, "papers": 24, "mae": 0.863, "mae_by_paper": 0.878}
    >>> headline("conductivity", {f"Li-Na oxyhalides 15-45 C/{name}": value for name, value in scores.items()})
    'Li and Na oxyhalides, 15-45 °C: 63 measurements of 24 papers, mean error 0.86 log10(S/cm) (0.88 by paper)'
    >>> headline("tg", {"all/n": 90568, "oxychloride electrolytes/n": 2})
    'Tg of oxychlorides: based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised'
    """
    if property_name == "tg" and "all/n" in metrics:
        return f"Tg of oxychlorides: {basis_of_tg(int(metrics.get(f'{OXYCHLORIDES}/n', 0)))}"
    row = next((row for row in scoreboard(metrics) if row["subset"] == OXYHALIDES), {})
    if property_name != "conductivity" or not {"n", "papers", "mae"} <= set(row):
        return ""
    basis = f"{measurements(int(row['n']))} of {row['papers']:,.0f} papers"
    return f"{LABELS[OXYHALIDES]}: {basis}, {_in_words(property_name, row)}"


def sentence(property_name: str, metrics: Mapping[str, float]) -> str:
    """Say how well a model does on all papers held out.

    >>> sentence("tg", {"all/mae": 24.21, "all/mae_by_paper": 25.4, "all/coverage": 0.9012})
    'on papers held out: mean error 24 K (25 by paper), 90 % intervals hold 90 %'
    """
    whole = next((row for row in scoreboard(metrics) if row["subset"] == "all"), {})
    return "on papers held out: " + (_in_words(property_name, whole) or NO_SCORES)


def _in_words(property_name: str, row: Mapping[str, Any]) -> str:
    """Error and coverage of a row of scores, by row and by paper."""
    words = []
    for name, before, after in (
        ("mae", "mean error", f" {unit(property_name)}"),
        ("coverage", "90 % intervals hold", ""),
    ):
        if name in row:
            paper = f" ({written(row, f'{name}_by_paper')} by paper)" if f"{name}_by_paper" in row else ""
            words.append(f"{before} {written(row, name)}{after}{paper}")
    return ", ".join(words)


def unit(property_name: str) -> str:
    """Write the unit in which errors of a property are told."""
    from ..datasets import PROPERTIES

    known = PROPERTIES.get(property_name)
    return known.target_unit if known else ""


def champion_rows() -> list[dict[str, Any]]:
    """Version, date, unit, headline and held-out scores of each model in use, one row a subset."""
    from ..experiments.registry import champions

    return [
        {
            "property": name,
            "version": str(champion.version),
            "created": str(champion.created)[:10],
            "unit": unit(name),
            "headline": headline(name, champion.metrics),
            **row,
        }
        for name, champion in sorted(champions().items())
        for row in scoreboard(champion.metrics) or [{"subset": NO_SCORES, "chief": True}]
    ]


def written(row: Mapping[str, Any], name: str) -> str:
    """Write one score of a row; empty when it is not there.

    >>> written({"coverage": 0.912, "mae": 24.2}, "coverage"), written({}, "mae"), written({"n": 1234.0}, "n")
    ('91 %', '', '1,234')
    """
    value = row.get(name)
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if name in ("n", "papers"):
        return f"{value:,.0f}"
    if name.startswith("coverage"):
        return f"{value * 100:.0f} %"
    return f"{value:.2f}" if name == "r2" else short(value)
