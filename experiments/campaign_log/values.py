"""What a result may say, judged by the rules for the lab's own tables, and results as such a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets.exchange.list_columns import is_blank
from ...datasets.properties import RANKED, find
from ...datasets.readings import AIM_C, temperature
from ...datasets.results import conditions
from ...datasets.results.table import PHASE, Reading, from_frame, understand
from ...datasets.tables import cells
from ...datasets.tables.advice import Advice
from ...datasets.tables.cells import CellError
from ...datasets.tables.grid import TableError
from ...datasets.tables.headers import field_and_unit
from ...datasets.tables.reader import read
from ...features.notices import collected
from ...features.scalars import number, plain
from ..task.outcomes import ERRORS, JUDGED
from ..task.outcomes import parted as without_errors
from .events import CONDITIONS, FIELDS, NO_GLASS, NUMBERS, WORDS, CampaignError, Result

TABLE_COLUMNS = ("formula", *FIELDS)
_VALUE_OF = {name: find(name).column for name in RANKED}
_RESERVED = (*RANKED, "temperature", "formula", "outcome", "phase")  # which a condition cannot be
_RIGHT = "the number that was measured, such as 1.5e-3, or leave it out"
ADVICE = Advice(
    column="give degC",
    unit="give S/cm for a conductivity, degC for a Tg, or insist with --trust-units",
    empty="nothing was found; give a number or an outcome",
    keep_good=False,
)


def judged(
    formula: str, told: Mapping[str, Any], temperature_C: float, trust_units: bool = False
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values as they are kept, and what the user should know of them.

    Parameters
    ----------
    formula
        Composition of the sample.
    told
        Any of `FIELDS` and of `conditions.NAMES`, and others under ``conditions``; None says nothing.
    temperature_C
        Of a conductivity without one of its own, in degC.
    trust_units
        Whether values that look like another unit are taken.

    Examples
    --------
    >>> judged("LiAlCl2.5O0.75", {"conductivity_S_cm": 1.5e-3}, 25.0)[0]
    {'conductivity_S_cm': 0.0015, 'temperature_C': 25.0, 'phase': 'glass'}
    """
    told, made = parted(told)
    given = {name: plain(value) for name, value in told.items() if not (isinstance(value, str) and value == "")}
    given = {name: value for name, value in given.items() if value is not None}
    for name in set(NUMBERS) & set(given):
        given[name] = _number(formula, name, given[name])
    errors = {name: _error(name, given) for name in ERRORS.values() if name in given}
    if "conductivity_S_cm" in given:
        given.setdefault("temperature_C", temperature_C)
    else:
        given.pop("temperature_C", None)
    if not {"conductivity_S_cm", "tg_C", "outcome"} & set(given):
        raise CampaignError(f"{formula}: nothing was found; give a conductivity, a Tg or the outcome of the synthesis")
    reading = _read_one(formula, {name: value for name, value in given.items() if name not in errors}, trust_units)
    kept = _of_facts(reading.facts.to_dict("records")) | errors
    if "phase" in given:
        kept.setdefault("phase", "unknown")
    elif kept.get("outcome") in NO_GLASS:
        kept.pop("phase", None)
    else:
        kept["phase"] = "glass"
    notices = [notice.words for notice in reading.notices if notice.code != PHASE]
    values = {name: kept[name] for name in FIELDS if name in kept} | _conditions(formula, made)
    return values, (
        *notices,
        *(() if trust_units else _hot(formula, kept)),
    )


def parted(told: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a result says, by `FIELDS`, and the conditions of its synthesis; refuses what is neither."""
    fields = {name: value for name, value in told.items() if name in FIELDS}
    made = {name: value for name, value in told.items() if name in conditions.NAMES}
    if unknown := sorted(set(told) - {*fields, *made, CONDITIONS}):
        names = ", ".join((*FIELDS, *conditions.NAMES))
        mend = f"use {names}, and {CONDITIONS} for what else is to be kept"
        raise CampaignError(f"{', '.join(unknown)} is nothing that a result says; {mend}")
    further = told.get(CONDITIONS)
    if further is not None and not isinstance(further, Mapping):
        raise CampaignError(f"{CONDITIONS} = {str(further)[:60]}; give values by name, such as {{'furnace': '3'}}")
    return fields, {**(further or {}), **made}


def _conditions(formula: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a synthesis as they are kept, if there are any."""
    for name, value in made.items():
        if isinstance(value, Mapping | list | tuple | set) or (field_and_unit(str(name))[0] in _RESERVED):
            raise CampaignError(f"{formula}, {name}: no condition; give a number or a text by a name of its own")
    try:
        kept = conditions.checked({name: plain(value) for name, value in made.items()})
    except CellError as error:
        raise CampaignError(f"{formula}, {error}") from None
    return {CONDITIONS: kept} if kept else {}


def _hot(formula: str, kept: Mapping[str, Any]) -> list[str]:
    """What to notice of a temperature of measurement that may be kelvin."""
    with collected() as said:
        if (at := kept.get("temperature_C", 0.0)) <= AIM_C[1]:
            temperature(max(at, AIM_C[0]), f"{formula}, temperature_C", CampaignError)
    return said


def _number(formula: str, name: str, value: Any) -> float:
    """The number that was measured, out of any scalar; a text is read as a cell of a table is."""
    if not isinstance(value, str):
        return number(value, f"{formula}, {name}", _RIGHT, CampaignError)
    try:
        return cells.number(value.strip())
    except CellError as error:
        raise CampaignError(f"{formula}, {name}: {error}") from None


def _read_one(formula: str, given: Mapping[str, Any], trust_units: bool) -> Reading:
    glassy = {} if "phase" in given or "outcome" in given else {"phase": "glass"}
    try:
        row = pd.DataFrame([{"formula": formula, **given, **glassy}], dtype=object)
        reading = from_frame(row, "the result", trust_units, ADVICE)
    except TableError as error:
        raise CampaignError(str(error)) from None
    if len(reading.problems):
        _, column, problem = reading.problems.iloc[0]
        raise CampaignError(f"{formula}, {column}: {problem}")
    return reading


def _of_facts(facts: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """Values that the facts of one row tell, in lab units."""
    kept: dict[str, Any] = {}
    for fact in facts:
        quantity = str(fact["quantity"])
        if quantity == "withdrawal":
            raise CampaignError("a withdrawal is no result; use 'vitrion campaign withdraw'")
        kept |= {name: str(fact[name]) for name in ("phase", "sample", "note") if fact[name] not in ("", "unknown")}
        if quantity in _VALUE_OF:
            kept[_VALUE_OF[quantity]] = float(fact["value"])
        if quantity == "conductivity":
            kept["temperature_C"] = float(fact["temperature_C"])
        if fact["outcome"]:
            kept["outcome"] = str(fact["outcome"])
        if made := conditions.read(fact[conditions.COLUMN]):
            kept[CONDITIONS] = made
    return kept


def _error(name: str, given: Mapping[str, Any]) -> float:
    """A standard error, which has a value beside it and is smaller."""
    value_name = name.replace("_error", "")
    error, value = float(given[name]), float(given.get(value_name, math.nan))
    if math.isnan(value):
        raise CampaignError(f"{name} = {error:g} without {value_name}; give the value too")
    if not 0 <= error < math.inf or (name == "conductivity_error_S_cm" and error > value):
        raise CampaignError(f"{name} = {error:g} of {value:g}; give the standard error, in the unit of the value")
    return error


def of_table(
    table: pd.DataFrame | Path | str, trust_units: bool = False
) -> tuple[list[tuple[str, dict[str, Any]]], tuple[str, ...]]:
    """Formula and values of each row of a table of results that says something of Tg, conductivity or outcome.

    A bad row refuses the table: `RowsError` lists what is wrong. The second part is what the user should know.
    """
    if isinstance(table, pd.DataFrame):
        errors = {name: table[name].tolist() for name in ERRORS.values() if name in table}
        lines = range(1, len(table) + 1)
        reading = from_frame(table.drop(columns=list(errors)), trust_units=trust_units, advice=ADVICE)
    else:
        grid, errors = without_errors(read(Path(table)))
        lines = [line for line, _ in grid.rows]  # type: ignore[assignment]
        reading = understand(grid, trust_units, ADVICE)
    facts = reading.good(keep_good=False)
    if (facts["supersedes"].notna()).any() or (facts["quantity"] == "withdrawal").any():
        raise CampaignError("the table corrects or withdraws facts; use 'vitrion campaign correct' and 'withdraw'")
    rows, left = [], facts[~facts["quantity"].isin([*_VALUE_OF, "synthesis"])]
    for line, part in facts.drop(index=left.index).groupby("row"):
        place = list(lines).index(int(str(line)))
        told = {name: column[place] for name, column in errors.items() if not is_blank(column[place])}
        kept = _of_facts(part.to_dict("records"))
        rows.append((str(part["formula"].iloc[0]), kept | told))
    further = sorted(set(left["quantity"]))
    notes = [f"not taken, for a campaign has no use for it: {', '.join(further)}"] if further else []
    return rows, (*(one.words for one in reading.notices if one.row is None and one.code != PHASE), *notes)


def as_table(results: Iterable[Result]) -> pd.DataFrame:
    """Results in the columns of the lab's tables, one row each, without the conditions, which nothing learns from."""
    return of_rows([{"formula": result.formula, **result.found} for result in results])


def with_conditions(results: Iterable[Result]) -> pd.DataFrame:
    """The same with a column for each condition of a synthesis."""
    listed = list(results)
    table = as_table(listed)
    table[conditions.COLUMN] = [conditions.written(one.found.get(CONDITIONS, {})) for one in listed]
    return conditions.in_columns(table)


def of_rows(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The same of results that were kept as rows of JSON."""
    table = pd.DataFrame(rows, columns=list(TABLE_COLUMNS))
    table.attrs[JUDGED] = True
    table[list(NUMBERS)] = table[list(NUMBERS)].astype(float)
    for name in WORDS:
        table[name] = table[name].astype(object).where(table[name].notna(), "")
    return table


def refuse_repeat(mine: Result, others: Iterable[Result]) -> None:
    """Raise `CampaignError` if another result says the same of the same sample."""
    for other in others:
        if other.event == mine.event or other.composition != mine.composition:
            continue
        if any(other.found.get(name) != mine.found.get(name) for name in ("sample", "phase")):
            continue
        values = [name for name in ("conductivity_S_cm", "tg_C") if name in mine.found]
        for name in values or ["outcome"]:  # the outcome of a sample may stand beside each of its values
            same_place = name != "conductivity_S_cm" or _same(mine, other, "temperature_C")
            if name in mine.found and same_place and _same(mine, other, name):
                raise CampaignError(
                    f"event {other.event} says the same of {mine.formula} ({name} {mine.found[name]}); "
                    "leave it, or name the sample if it is another melt"
                )


def _same(one: Result, other: Result, name: str) -> bool:
    a, b = one.found.get(name), other.found.get(name)
    return f"{a:.6g}" == f"{b:.6g}" if isinstance(a, float) and isinstance(b, float) else a == b
