"""Why a candidate is proposed, what is expected of it and what its result would tell, in one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.properties import find
from ..task.outcomes import Outcomes
from .search import Pick

Vector = npt.NDArray[np.float64]

REFERENCE = "reference sample"  # how a proposal is named that was measured before
CLEARLY = 0.9  # part of its uncertainty that a candidate may keep at most if another's result tells of it
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Told:
    """What reasons are made of.

    Parameters
    ----------
    table
        The proposals with the columns of a ranking, as they were picked.
    variables
        Values of the variables of all n candidates.
    rows, picks
        Row of each proposal among the candidates, and how it was picked.
    keys
        Number of each candidate's composition.
    outcomes
        What was measured.
    properties
        Of the goal, the one to be improved first.
    references
        Whether each proposal is the reference sample of the batch.
    narrowed
        Part of the uncertainty of the first property that a result of each proposal leaves to every candidate, (n,).
    """

    table: pd.DataFrame
    variables: pd.DataFrame
    rows: Sequence[int]
    picks: Sequence[Pick]
    keys: npt.NDArray[np.uint64]
    outcomes: Outcomes
    properties: Sequence[str]
    references: Sequence[bool]
    narrowed: Sequence[Vector]


def reasons(told: Told) -> list[str]:
    """One line a proposal: why it is chosen, what is expected of it, and what its result would tell of others."""
    records = told.table.to_dict("records")
    found = []
    for number, (why, record) in enumerate(zip(_why(told, records), records, strict=True)):
        if told.references[number]:
            found.append(_reference(record))
            continue
        parts = [why, _expected(record, told.properties), _learnt(told, number), _partly(record)]
        found.append("; ".join(filter(None, parts)))
    return found


def _why(told: Told, records: Sequence[Mapping[Any, Any]]) -> list[str]:
    """What makes each proposal worth a sample."""
    new = [0.0 if known else float(row["p_goal"]) for row, known in zip(records, told.references, strict=True)]
    axis = told.variables.iloc[:, 0].to_numpy(dtype=float) if told.variables.shape[1] == 1 else None
    known = [] if axis is None else _measured(told, axis)
    name = "" if axis is None else str(told.variables.columns[0])
    found = []
    for number, (row, pick) in enumerate(zip(told.rows, told.picks, strict=True)):
        if len(new) > 1 and number == int(np.argmax(new)) and new[number] > 0:
            found.append("highest chance of the new samples")
        elif pick.why == "typical":
            found.append("most typical of the space")
        elif axis is not None and (place := _place(axis[row], known, name)):
            found.append(place)
        else:
            found.append(_worth(row, pick))
        if axis is not None:
            known = sorted({*known, float(axis[row])})
    return found


def _expected(record: Mapping[Any, Any], properties: Sequence[str]) -> str:
    """What is predicted of a proposal, and its chance."""
    values = [_value(name, record.get(find(name).column)) for name in properties]
    return f"expected {' and '.join(values)}, {percent(float(record['p_goal']))} to meet the goal"


def _value(name: str, value: Any) -> str:
    """A value with its name and unit, a conductivity in mS/cm.

    >>> _value("conductivity", 1.234e-3), _value("tg", -16.84)
    ('1.2 mS/cm', 'Tg −17 °C')
    """
    quantity = find(name)
    if name == "conductivity":
        return f"{_short(1e3 * value)} mS/cm"
    label = "Tg" if name == "tg" else quantity.label
    number = f"{value:z.0f}" if quantity.scale == "celsius" else _short(value)
    return f"{label} {number.replace('-', '−')} {quantity.unit.replace('degC', '°C')}"


def _short(value: float) -> str:
    """Two significant digits.

    >>> _short(1.234), _short(0.0012), _short(123.0)
    ('1.2', '0.0012', '120')
    """
    return f"{float(f'{value:.2g}'):g}"


def percent(chance: float) -> str:
    """A chance in whole percent.

    >>> percent(0.376), percent(0.9999), percent(0.001)
    ('38 %', 'over 99 %', 'below 1 %')
    """
    if not 0.01 <= chance <= 0.99:
        return "below 1 %" if chance < 0.5 else "over 99 %"
    return f"{100 * chance:.0f} %"


def _learnt(told: Told, number: int) -> str:
    """Of which candidates the result would tell clearly, by what is known when the proposal is made."""
    here = told.rows[number]
    clear = told.narrowed[number][: len(told.keys)] <= CLEARLY
    others = clear.copy()
    others[here] = False
    if len(clear) > 1 and others.sum() >= NEARLY_ALL * (len(clear) - 1):
        return "tells how far off all predictions are"
    if not others.any():
        return "tells of this composition alone"
    if told.variables.shape[1] == 1:
        axis = told.variables.iloc[:, 0].to_numpy(dtype=float)
        low, high = _around(axis, clear, here)
        return f"tells of {told.variables.columns[0]} = {low:g} to {high:g}" if high > low else ""
    count = int(others.sum())
    return f"tells of {count:,} other{'s' if count > 1 else ''} of the {len(clear):,} candidates"


def _around(axis: Vector, clear: npt.NDArray[np.bool_], here: int) -> tuple[float, float]:
    """Ends of the unbroken range of a variable about one of its values in which others are clear too.

    >>> _around(np.array([0.0, 0.1, 0.2, 0.3, 0.4]), np.array([True, False, True, True, False]), 2)
    (0.2, 0.3)
    """
    order = np.argsort(axis, kind="stable")
    place, inside = int(np.flatnonzero(order == here)[0]), clear[order]
    low = high = place
    while low > 0 and inside[low - 1]:
        low -= 1
    while high + 1 < len(order) and inside[high + 1]:
        high += 1
    return float(axis[order[low]]), float(axis[order[high]])


def _reference(record: Mapping[Any, Any]) -> str:
    """What a reference sample is for, with what was measured of it and by whom."""
    where = {"lab": "in your laboratory", "": "by others"}
    source = str(record["measured_doi"] or "")
    by = where.get(source, f"elsewhere ({source})")
    return f"{REFERENCE}: {_known(record)} measured {by}; yours tells how your samples compare"


def _partly(record: Mapping[Any, Any]) -> str:
    """What was measured already of a proposal that is new in what the goal asks for first."""
    if not record["n_measured"] or not (known := _known(record)):
        return ""
    source = str(record["measured_doi"] or "")
    return f"{known} is measured already" + (f" ({source})" if source else "")


def _known(record: Mapping[Any, Any]) -> str:
    """Measured values in words."""
    parts = []
    if not pd.isna(record["measured_conductivity_S_cm"]):
        sigma, phase = 1e3 * float(record["measured_conductivity_S_cm"]), str(record["measured_phase"] or "")
        kind = f" ({phase})" if phase else ""
        parts.append(f"{sigma:.3g} mS/cm at {float(record['measured_temperature_C']):g} °C{kind}")
    if not pd.isna(record["measured_tg_C"]):
        parts.append(f"Tg {float(record['measured_tg_C']):.3g} °C".replace("-", "−"))
    return " and ".join(parts)


def _measured(told: Told, axis: Vector) -> list[float]:
    """Values of the variable that were measured."""
    if not len(told.outcomes.facts):
        return []
    measured = composition_keys(told.outcomes.fractions.matrix)
    return sorted(float(value) for value in axis[np.isin(told.keys, measured)])


def _place(value: float, known: Sequence[float], name: str) -> str:
    """Where a value lies among those known: in a gap, or beyond them."""
    below, above = [x for x in known if x < value], [x for x in known if x > value]
    if below and above:
        return f"fills the gap between {name} = {below[-1]:g} and {above[0]:g}"
    if below or above:
        return f"explores {name} beyond {below[-1] if below else above[0]:g}"
    return ""


def _worth(row: int, pick: Pick) -> str:
    """Whether a high mean or a wide belief makes the candidate worth a sample, among all candidates."""
    belief = pick.beliefs[0]
    high = float((belief.mean <= belief.mean[row]).mean())
    wide = float((belief.std <= belief.std[row]).mean())
    return "among the best expected" if high >= wide else "little is known here, and it may be good"
