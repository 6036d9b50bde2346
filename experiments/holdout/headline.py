"""The scores that stand first wherever scores are shown, and what they are called; light, as any page may need it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OXYHALIDES = "Li-Na oxyhalides 15-45 C"
OXYCHLORIDES = "oxychloride electrolytes"  # whose Tg is sought
HALIDES = "Li-Na halides 15-45 C"
NEW, SINCE = "new laboratories", 2005
RECENT = f"from {SINCE} on"
FIRST = (OXYHALIDES, OXYCHLORIDES, HALIDES, NEW, RECENT, "all")
"""Subsets of held-out measurements: what the program is for, then what nearest to it has been measured often."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        OXYHALIDES: "Li and Na oxyhalides, 15-45 °C",
        HALIDES: "Li and Na halides, 15-45 °C",
        NEW: "laboratories never seen",
        RECENT: f"papers from {SINCE} on",
        "all": "all",
    }
)
"""Words for a subset; where there are none, its name."""


def place(subset: str) -> tuple[int, str]:
    """Sort key of a subset: those of `FIRST` in their order, then the verdicts from near to far, then by name.

    >>> sorted(["verdict edge", "Cl", "verdict inside", "all", "Li-Na halides 15-45 C"], key=place)
    ['Li-Na halides 15-45 C', 'all', 'verdict inside', 'verdict edge', 'Cl']
    """
    order = (*FIRST, "verdict inside", "verdict edge", "verdict outside")
    return (order.index(subset), "") if subset in order else (len(order), subset)


def measurements(n: int) -> str:
    """Write a number of measurements.

    >>> measurements(0), measurements(1), measurements(1234)
    ('no measurement', '1 measurement', '1,234 measurements')
    """
    return f"{n:,} measurement{'' if n == 1 else 's'}" if n else "no measurement"


def basis_of_tg(n: int) -> str:
    """Say what the Tg of an oxychloride electrolyte stands on, and what therefore nobody can promise.

    >>> basis_of_tg(2)
    'based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised'
    """
    return f"based on {measurements(n)}; P(Tg < 25 °C) of an oxychloride cannot be promised"


def headline(name: str, unit: str, scores: Mapping[str, Mapping[str, float]]) -> str:
    """Say how good a model of a property is at what the program is for; empty where its scores do not hold it.

    Parameters
    ----------
    name, unit
        The property, and the unit of its errors.
    scores
        Held-out scores by subset, as `evaluation.score` names them.

    Examples
    --------
    >>> headline("conductivity", "decades", {OXYHALIDES: {"n": 63, "papers": 24, "mae": 0.863, "mae_by_paper": 0.878}})
    'Li and Na oxyhalides, 15-45 °C: 63 measurements of 24 papers, mean error 0.86 decades (0.88 by paper)'
    >>> headline("tg", "K", {"all": {"n": 90568}, OXYCHLORIDES: {"n": 2}})
    'Tg of oxychlorides: based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised'
    """
    if name == "tg" and "n" in scores.get("all", {}):
        return f"Tg of oxychlorides: {basis_of_tg(int(scores.get(OXYCHLORIDES, {}).get('n', 0)))}"
    row = scores.get(OXYHALIDES, {})
    if name != "conductivity" or not {"n", "papers", "mae"} <= set(row):
        return ""
    basis = f"{measurements(int(row['n']))} of {row['papers']:,.0f} paper{'' if row['papers'] == 1 else 's'}"
    return f"{LABELS[OXYHALIDES]}: {basis}, {in_words(unit, row)}"


def in_words(unit: str, row: Mapping[str, float]) -> str:
    """Error and coverage of a row of scores, by row and by paper.

    >>> in_words("K", {"mae": 24.21, "mae_by_paper": 25.4, "coverage": 0.9012})
    'mean error 24 K (25 by paper), 90 % intervals hold 90 %'
    >>> in_words("class", {"auc": 0.791, "brier": 0.1783, "calibration_error": 0.012})
    'area under the ROC curve 0.79, Brier score 0.178, calibration error 0.012'
    """
    words = []
    if "auc" in row:
        words.append(f"area under the ROC curve {row['auc']:.2f}")
    if "brier" in row:
        words.append(f"Brier score {row['brier']:.3f}")
    if "calibration_error" in row:
        words.append(f"calibration error {row['calibration_error']:.3f}")
    if "mae" in row:
        paper = f" ({_short(row['mae_by_paper'])} by paper)" if "mae_by_paper" in row else ""
        words.append(f"mean error {_short(row['mae'])} {unit}{paper}")
    if "coverage" in row:
        paper = f" ({_percent(row['coverage_by_paper'])} by paper)" if "coverage_by_paper" in row else ""
        words.append(f"90 % intervals hold {_percent(row['coverage'])}{paper}")
    return ", ".join(words)


def _short(value: float) -> str:
    """Write a number with two digits."""
    return f"{float(f'{value:.2g}'):g}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
