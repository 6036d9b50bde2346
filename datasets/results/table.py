"""A user's own table of results: what of it are facts, and what is wrong with the rest, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...features import charge
from ...features.composition import Composition
from ...features.fractions import Fractions
from .. import units
from ..curation.plausibility import odd_temperatures, suspect, warm_chlorides
from ..properties import PROPERTIES
from ..tables import headers
from ..tables.advice import LAB, Advice
from ..tables.grid import Grid, RowProblem, TableError, bounded
from ..tables.headers import Layout
from ..tables.reader import read
from .batch_sheet import unfolded
from .column_checks import refuse_constant, refuse_kelvin, refuse_swapped
from .rows import FACT_COLUMNS, NUMBER_COLUMNS, RowError, beside_value, content_keys, facts_of

PROBLEM_COLUMNS = ("row", "column", "problem")
SHOWN = 10
INDEX = re.compile(r"column \d+ without a name|Unnamed: \d+(_level_\d+)?|__index_level_\d+__")
WHOLE = re.compile(r"\d{1,12}(\.0)?")
FURTHER, CHARGE, WARM, PHASE = "further", "charge", "warm", "phase"  # codes of notices


class RowsError(TableError):
    """A table with invalid rows; ``problems`` lists them all.

    ``head`` is one sentence on all of them, ``rows`` are the first problems, ``valid_rows`` counts the rows that could
    be taken alone.
    """

    def __init__(self, name: str, problems: pd.DataFrame, good: int, advice: Advice = LAB) -> None:
        self.problems, self.valid_rows = problems, good if advice.keep_good else 0
        bad, valid = problems["row"].nunique(), self.valid_rows
        rows = [RowProblem(int(row), column, problem) for row, column, problem in problems.head(SHOWN).to_numpy()]
        if len(problems) > SHOWN:
            rows.append(RowProblem(None, "rows", f"and {len(problems) - SHOWN} more"))
        self.rows = tuple(rows)
        keep = f" or take the {valid} valid row{'s' if valid != 1 else ''} with --keep-good" if valid else ""
        whole, them = (f"row{'s' if bad + good != 1 else ''}", "it" if bad == 1 else "them")
        self.head = f"{name}: {bad} of {bad + good} {whole} cannot be taken{advice.rows.format(them=them)}{keep}"
        super().__init__(self.head + "".join(f"\n  {row}" for row in self.rows))


@dataclass(frozen=True)
class Notice:
    """What the user of a table should know and need not mend; as text a sentence.

    Parameters
    ----------
    code
        What it is about: `FURTHER` columns, the `CHARGE` of a formula, a `WARM` chloride, an unknown `PHASE`.
    words
        The sentence, without the row.
    row
        Which it is about, if about one.
    """

    code: str
    words: str
    row: int | None = None

    def __str__(self) -> str:
        """Return the sentence."""
        return self.words if self.row is None else f"row {self.row}: {self.words}"


@dataclass(frozen=True)
class Reading:
    """What was read of a table.

    Parameters
    ----------
    name
        File name.
    facts
        One row a fact, with `FACT_COLUMNS`; values in lab units, and as they were given.
    problems
        One row a problem, with `PROBLEM_COLUMNS`; a row of the table that has one gives no facts.
    rows
        Rows of the table that are not blank.
    notices
        What the user should know and need not mend.
    advice
        What helps where it was given.
    """

    name: str
    facts: pd.DataFrame
    problems: pd.DataFrame
    rows: int
    notices: tuple[Notice, ...]
    advice: Advice = LAB

    def good(self, keep_good: bool) -> pd.DataFrame:
        """Return the facts, or raise `RowsError` if there are problems and the good rows alone were not asked for."""
        if len(self.problems) and not (keep_good and len(self.facts)):
            raise RowsError(self.name, self.problems, self.rows - self.problems["row"].nunique(), self.advice)
        return self.facts


def read_table(path: Path, sheet: str | None = None, encoding: str = "utf-8", trust_units: bool = False) -> Reading:
    """Return what a CSV, Excel or Parquet file says.

    Parameters
    ----------
    path, sheet, encoding
        See `grid.read`.
    trust_units
        Take values that look as if they were in another unit. What lies outside the plausible range is refused still.
    """
    return understand(read(path, sheet, encoding), trust_units)


def from_frame(frame: pd.DataFrame, name: str = "table", trust_units: bool = False, advice: Advice = LAB) -> Reading:
    """Return what a DataFrame says; its rows count from 1."""
    if not len(frame.columns) or not len(frame):
        raise TableError(f"{name} is empty; give at least one row")
    frame = with_formulas(frame, name)
    plain = frame.astype(object)
    rows = tuple(
        (i, tuple(map(_plain, row))) for i, row in enumerate(plain.itertuples(index=False, name=None), start=1)
    )
    return understand(bounded(Grid(name, tuple(map(str, frame.columns)), rows)), trust_units, advice)


def with_formulas(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame with its index as columns if the formulas are there and nowhere else."""
    if any(headers.holds_formulas(column) for column in frame.columns):
        return frame
    if any(headers.holds_formulas(level) for level in frame.index.names):
        return frame.reset_index()
    texts = [_plain(cell) for cell in frame.index] if frame.index.nlevels == 1 else []
    if texts and all(isinstance(text, str) for text in texts) and len(Fractions.read(texts)[1]) == len(texts):
        raise TableError(
            f"{name} has its formulas in an index without a name (the first is {texts[0]!r}); "
            "call it formula: table.rename_axis('formula')"
        )
    return frame


def _plain(cell: Any) -> Any:
    if isinstance(cell, Composition):
        return cell.formula
    if isinstance(cell, str):
        return cell.strip() or None
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def understand(grid: Grid, trust_units: bool = False, advice: Advice = LAB) -> Reading:
    """Return what a grid says, and what is wrong with it, with the advice that helps where it was given."""
    grid = unfolded(grid)
    layout, counting = _without_index(headers.understand(grid.header, grid.name), grid)
    refuse_swapped(grid, layout)
    if not trust_units:
        refuse_kelvin(grid, layout, advice)
        refuse_constant(grid, layout, advice)
    facts: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    for line, row in grid.rows:
        try:
            facts += facts_of(line, row, layout, advice)
        except RowError as error:
            problems.append((line, error.column, str(error)))
    table = pd.DataFrame(facts, columns=list(FACT_COLUMNS)).astype(dict.fromkeys(NUMBER_COLUMNS, float))
    problems += _judge(table, trust_units, advice)
    if not trust_units:
        problems += _judge_temperatures(table, layout, advice)
    bad = pd.DataFrame(_once(problems), columns=list(PROBLEM_COLUMNS))
    table = table[~table["row"].isin(bad["row"])].reset_index(drop=True)
    return Reading(grid.name, table, bad, len(grid.rows), (*counting, *_notices(layout, table, advice)), advice)


def _without_index(layout: Layout, grid: Grid) -> tuple[Layout, list[Notice]]:
    """The layout without the index that pandas writes, which counts the rows and says nothing; and notices of that."""
    counting = [
        title
        for title, at in layout.further.items()
        if INDEX.fullmatch(title) and all(WHOLE.fullmatch(str(row[at])) for _, row in grid.rows)
    ]
    further = {title: at for title, at in layout.further.items() if title not in counting}
    notices = [Notice(FURTHER, f"the column {title!r} only counts the rows and is passed over") for title in counting]
    return replace(layout, further=further), notices


def _once(problems: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Return the problems in order of rows, one that several columns of a row share told once with all of them."""
    columns: dict[tuple[int, str], list[str]] = {}
    for row, column, problem in sorted(problems):
        known = columns.setdefault((row, problem), [])
        if column not in known:
            known.append(column)
    return [(row, ", ".join(names), problem) for (row, problem), names in columns.items()]


def _judge(facts: pd.DataFrame, trust_units: bool, advice: Advice) -> Iterator[tuple[int, str, str]]:
    """Yield the problems that facts have: unreadable formulas, incredible values, repeats."""
    fractions, readable, errors = Fractions.read(facts["formula"].tolist())
    for at, problem in errors.items():
        yield int(facts["row"].iloc[at]), "formula", problem
    part = facts.iloc[readable]
    for names, rows in part[part["unit"] != ""].groupby(["quantity", "given_unit"]):
        quantity, unit_name = map(str, names)
        prop = PROPERTIES[quantity]
        where = np.searchsorted(readable, rows.index.to_numpy())
        unit = units.find(unit_name, prop)
        complaints = suspect(
            rows["given"].to_numpy(),
            unit,
            prop,
            fractions.matrix[where],
            temperature_C=rows["temperature_C"].to_numpy(),
            phase=rows["phase"].tolist(),
            mend=advice.unit,
        )
        possible = prop.is_plausible(rows["value"].to_numpy())
        for row, complaint, fine in zip(rows["row"], complaints, possible, strict=True):
            if complaint and not (trust_units and fine):
                yield int(row), str(quantity), complaint
    yield from _repeats(part)


def _judge_temperatures(facts: pd.DataFrame, layout: Layout, advice: Advice) -> Iterator[tuple[int, str, str]]:
    """Yield the problems of temperatures that look like the other of degC and K."""
    column = layout.columns.get("temperature")
    part = facts[facts["temperature_C"].notna()]
    fractions, readable, _ = Fractions.read(part["formula"].tolist())
    part = part.iloc[readable]
    if column is None or column.unit is None or part.empty:
        return
    told = part["temperature_C"].to_numpy(), column.unit, fractions.matrix
    for at, why in odd_temperatures(*told, part["quantity"].tolist(), part["phase"].tolist(), advice):
        yield int(part["row"].iloc[at]), column.header, why


def _repeats(facts: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    same = facts["row"].groupby(content_keys(facts.to_dict("records")), sort=False).transform("first")
    told = zip(facts["row"], same, facts["quantity"], beside_value(facts), strict=True)
    for row, first, quantity, beside in told:
        if row != first and not beside:
            yield (
                int(row),
                str(quantity),
                f"says the same as row {first}; delete it, or name different samples in a column sample",
            )


def _notices(layout: Layout, facts: pd.DataFrame, advice: Advice) -> Iterator[Notice]:
    if layout.further:
        yield Notice(FURTHER, advice.further.format(columns=", ".join(layout.further)))
    first = facts.drop_duplicates("formula").set_index("formula")["row"]
    balances = [(int(line), str(formula), charge.balance(str(formula))) for formula, line in first.items()]
    odd = [entry for entry in balances if not entry[2].neutral]
    for line, formula, balance in odd[:SHOWN]:
        yield Notice(CHARGE, f"{formula} is {balance}; taken as it is told: check the formula", line)
    if len(odd) > SHOWN:
        yield Notice(CHARGE, f"{len(odd) - SHOWN} more formulas are not neutral")
    glasses = facts[facts["quantity"] == "tg"]
    for at, why in warm_chlorides(glasses["value"].to_numpy(), Fractions.of(glasses["formula"].tolist()).matrix):
        yield Notice(WARM, f"{glasses['formula'].iloc[at]}: {why}", int(glasses["row"].iloc[at]))
    vague = facts[(facts["phase"] == "unknown") & (facts["quantity"] == "conductivity")]
    if len(vague):
        words = f"{len(vague)} conductivities are of unknown phase; a column phase (glass, crystal, ...) says more"
        yield Notice(PHASE, words)
