"""The held-out scores of the models in use, as rows and as words, those that the program is for first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...experiments.holdout.headline import FIRST, in_words, place
from ...experiments.holdout.headline import headline as words_of
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

    >>> headline("tg", {"all/n": 90568, "oxychloride electrolytes/n": 2})
    'Tg of oxychlorides: based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised'
    """
    rows = {row["subset"]: row for row in scoreboard(metrics)}
    return words_of(property_name, unit(property_name), rows)


def sentence(property_name: str, metrics: Mapping[str, float]) -> str:
    """Say how well a model does on all papers held out.

    >>> sentence("tg", {"all/mae": 24.21, "all/mae_by_paper": 25.4, "all/coverage": 0.9012})
    'on papers held out: mean error 24 K (25 by paper), 90 % intervals hold 90 %'
    >>> sentence("glass_formation", {"all/auc": 0.791})
    'on sets of elements held out: area under the ROC curve 0.79'
    """
    whole = next((row for row in scoreboard(metrics) if row["subset"] == "all"), {})
    what = "sets of elements" if property_name == "glass_formation" else "papers"
    return f"on {what} held out: " + (in_words(unit(property_name), whole) or NO_SCORES)


def unit(property_name: str) -> str:
    """Write the unit in which errors of a property are told."""
    from ...datasets import PROPERTIES

    known = PROPERTIES.get(property_name)
    return known.target_unit if known else ""


def champion_rows() -> list[dict[str, Any]]:
    """Version, date, unit, headline and held-out scores of each model in use, one row a subset."""
    from ...experiments.registry.versions import champions

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
