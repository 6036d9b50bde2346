"""One row of a user's table as facts: one for each value, and one for the outcome of the synthesis."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...features.fractions import Fractions
from .. import units
from ..measurement import CONFIDENCE_WEIGHT
from ..properties import PROPERTIES, ZERO_CELSIUS_K
from ..tables import cells
from ..tables.advice import LAB, Advice
from ..tables.cells import CellError
from ..tables.grid import words
from ..tables.headers import Layout
from ..units import Unit, UnitError
from . import conditions

NO_GLASS = "no glass formed"
SYNTHESIS, WITHDRAWAL, WITHDRAWN = "synthesis", "withdrawal", "withdrawn"
NUMBER_COLUMNS = ("value", "given", "temperature_C")
FACT_COLUMNS = (
    *("row", "quantity", "formula", "value", "unit", "given", "given_unit", "temperature_C", "phase", "outcome"),
    *("sample", "method", "doi", "year", "author", "confidence", "note", "supersedes", conditions.COLUMN),
)
# Facts on one composition that agree in these are one fact, told twice.
IDENTITY = ("quantity", "value", "temperature_C", "phase", "outcome", "sample", "method", "doi")
NO_GLASS_TRANSITION = ("crystal", "molten")


class RowError(ValueError):
    """A problem in a column of a row."""

    def __init__(self, column: str, problem: str) -> None:
        super().__init__(problem)
        self.column = column


def _cell(row: Sequence[Any], layout: Layout, field: str) -> Any:
    column = layout.columns.get(field)
    return None if column is None else row[column.at]


def _take(row: Sequence[Any], layout: Layout, field: str, how: Any, *more: Any) -> Any:
    """Return what a cell holds, its problems named with the column."""
    try:
        return how(_cell(row, layout, field), *more)
    except CellError as error:
        column = layout.columns.get(field)
        raise RowError(column.header if column else field, str(error)) from None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():  # what a column with a gap makes of a whole number
        cell = int(cell)
    return "" if cell is None else cells.shown(cell) if not isinstance(cell, str) else cell


def facts_of(line: int, row: Sequence[Any], layout: Layout, advice: Advice = LAB) -> list[dict[str, Any]]:
    """Return the facts of one row: one for each value, and one for the outcome of the synthesis."""
    w = words()
    temperature = _temperature(row, layout)
    outcome = _take(row, layout, "outcome", cells.word, w["outcomes"], "outcome of a synthesis")
    confidence = _take(row, layout, "confidence", cells.word, {c: [c] for c in CONFIDENCE_WEIGHT}, "confidence")
    values = list(_values(row, layout))
    phase = _take(row, layout, "phase", cells.word, w["phases"], "phase")
    glassy = any(quantity == "tg" for quantity, _, _, _ in values)
    base: dict[str, Any] = {
        "row": line,
        "formula": _take(row, layout, "formula", cells.formula),
        "phase": phase or w["phase_of_outcome"].get(outcome, "") or ("glass" if glassy else "unknown"),
        "outcome": "",
        "year": _take(row, layout, "year", cells.year),
        "doi": _take(row, layout, "doi", cells.doi),
        "confidence": confidence or "high",
        "supersedes": _take(row, layout, "supersedes", cells.fact_number),
        **{field: _text(_cell(row, layout, field)) for field in ("sample", "method", "author", "note")},
    }
    base |= _made(row, layout, base["author"])
    found = [
        {
            **base,
            "quantity": q,
            "given": x,
            "given_unit": u.name,
            "value": float(u.to_lab(x)),
            "unit": u.lab,
            "temperature_C": temperature if PROPERTIES[q].at_a_temperature else np.nan,
        }
        for q, x, u, _ in values
    ]
    if outcome:
        quantity = WITHDRAWAL if outcome == WITHDRAWN else SYNTHESIS
        found.append(
            {**base, "quantity": quantity, "outcome": outcome, "unit": "", "given_unit": "", "temperature_C": np.nan}
        )
    _check_row(found, layout, base["supersedes"], advice)
    return found


def _made(row: Sequence[Any], layout: Layout, author: str) -> dict[str, Any]:
    """How the sample was made and what else the row says, as JSON; who made it is the author if no other is named."""
    made: dict[str, float | str] = {}
    for title, at in layout.further.items():
        try:
            made |= conditions.checked({title: row[at]})
        except conditions.ConditionError as error:
            raise RowError(title, error.problem) from None
        except CellError as error:
            raise RowError(title, str(error)) from None
    return {conditions.COLUMN: conditions.written(made), "author": author or str(made.get("operator", ""))}


def beside_value(facts: pd.DataFrame) -> pd.Series[bool]:
    """Whether each fact is the outcome of a synthesis in a row that holds a value too.

    Every row on a sample repeats it, one for each temperature: that is no repeat of a fact.
    """
    valued = facts["row"].isin(facts.loc[facts["quantity"] != SYNTHESIS, "row"])
    return (facts["quantity"] == SYNTHESIS) & valued


def content_keys(facts: Sequence[Mapping[Any, Any]]) -> list[str]:
    """Return a key of what each fact says, the same in whatever order of elements and unit it is written.

    Atomic fractions count to 1e-9 and numbers, in lab units, to six digits.
    """
    if not facts:
        return []
    parts = np.rint(Fractions.of([fact["formula"] for fact in facts]).matrix * 1e9).astype("<i8")
    return [hashlib.sha256(row.tobytes() + _said(fact)).hexdigest() for row, fact in zip(parts, facts, strict=True)]


def _said(fact: Mapping[Any, Any]) -> bytes:
    names = (*IDENTITY, "supersedes") if fact["outcome"] == WITHDRAWN else IDENTITY
    told = [None if pd.isna(fact[name]) else fact[name] for name in names]
    return json.dumps([one if one is None or isinstance(one, str) else f"{one:.6g}" for one in told]).encode()


def _check_row(found: list[dict[str, Any]], layout: Layout, supersedes: int | None, advice: Advice) -> None:
    if not found:
        names = ", ".join(
            c.header
            for c in [*layout.measured, *(layout.columns[f] for f in ("value", "outcome") if f in layout.columns)]
        )
        raise RowError(names, advice.empty)
    for fact in found:
        if fact["quantity"] == "conductivity" and np.isnan(fact["temperature_C"]):
            raise RowError(
                "temperature", "a conductivity without a temperature; write the temperature of the measurement"
            )
    if found[0]["phase"] in NO_GLASS_TRANSITION and any(fact["quantity"] == "tg" for fact in found):
        column = layout.columns.get("phase") or layout.columns["outcome"]
        raise RowError(
            column.header,
            f"a Tg of the phase {found[0]['phase']}, which has none; write the phase that was measured, such as glass",
        )
    if any(fact["outcome"] == NO_GLASS for fact in found):
        told = [fact["quantity"] for fact in found if fact["quantity"] == "tg"]
        told += [f"the phase {fact['phase']}" for fact in found[:1] if fact["phase"] in ("glass", "amorphous")]
        if told:
            raise RowError("outcome", f"{NO_GLASS!r}, but the row gives {told[0]} of one; mend the one or the other")
    if supersedes is not None and len(found) > 1:
        raise RowError(
            "supersedes", f"the row holds {len(found)} facts but corrects one; write one row for each correction"
        )
    if found[0]["quantity"] == WITHDRAWAL and supersedes is None:
        raise RowError(
            "outcome", "a withdrawal names no fact; write the number of what is withdrawn into a column supersedes"
        )


def _temperature(row: Sequence[Any], layout: Layout) -> float:
    column = layout.columns.get("temperature")
    if column is None or row[column.at] is None:
        return float("nan")
    assert column.unit is not None  # noqa: S101 - headers see to it
    given = _take(row, layout, "temperature", cells.number)
    value = float(column.unit.to_lab(given))
    if not -ZERO_CELSIUS_K <= value <= 3000:
        raise RowError(
            column.header,
            f"{given:g} {column.unit.name} is no temperature of a measurement; check the unit of the column",
        )
    return value


def _values(row: Sequence[Any], layout: Layout) -> Iterator[tuple[str, float, Unit, str]]:
    """Yield property, number as given, unit and column of each value in a row."""
    for column in layout.measured:
        if row[column.at] is not None and column.unit is not None:
            yield column.field, _take(row, layout, column.field, cells.number), column.unit, column.header
    if _cell(row, layout, "value") is None:
        return
    names = {p: [p, *words()["quantities"].get(p, [])] for p in PROPERTIES}
    quantity = _take(row, layout, "quantity", lambda c: cells.word(str(c or "").replace(" ", "_"), names, "property"))
    given, text = _take(row, layout, "value", cells.number), _text(_cell(row, layout, "unit"))
    try:
        unit = units.find(text, PROPERTIES[quantity])
    except UnitError as error:
        raise RowError(layout.columns["unit"].header, str(error)) from None
    yield quantity, given, unit, layout.columns["value"].header
