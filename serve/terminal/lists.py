"""Candidates as a command names them: files, standard input, and formulas themselves, in any mixture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...datasets.exchange.candidate_lists import read_candidates as read
from ...datasets.exchange.candidate_table import CandidateTable, together
from ...datasets.tables.grid import ENDINGS, TableError
from ...features import Composition, FormulaError
from ..errors.refusals import InputError, visible
from .console import say

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ERRORS = 5


def read_candidates(source: str, name: str = "", sheet: str | None = None) -> CandidateTable:
    """Candidates in a file, or on standard input for ``-``; raises `InputError` with one sentence.

    Messages call it by `name`, by default that of the file.
    """
    try:
        return read(None if source == "-" else Path(source), name, sheet)
    except TableError as error:
        raise InputError(str(error)) from None


def gathered(sources: Sequence[str], sheet: str | None = None, alone: str = "") -> CandidateTable:
    """Candidates of all that a command names, with notes on standard error: a file is read, all else is a formula.

    An argument that is neither is a row with its error, as a row of a file would be; where there is nothing else it is
    refused.

    Parameters
    ----------
    sources
        Paths, ``-`` and formulas.
    sheet
        Of a workbook with several sheets.
    alone
        What is at one temperature, if it is: temperatures of the list are not read then.
    """
    if list(sources).count("-") > 1:
        raise InputError("standard input can be read once; write - once")
    parts, refused = list[CandidateTable](), list[InputError]()
    for number, source in enumerate(sources, start=1):
        errors: dict[int, str] = {}
        try:
            formula = is_formula(source)
        except InputError as error:
            refused.append(error)
            formula, errors = True, {0: str(error)}
        if formula:
            parts.append(CandidateTable("the command", [source], [number], errors, {}, origins=[f"argument {number}"]))
        else:
            parts.append(read_candidates(source, sheet=sheet))
    if len(refused) == len(parts):
        raise refused[0]
    table = parts[0] if len(parts) == 1 else together(parts)
    for note in table.notes:
        say(note)
    if alone and table.temperature_C is not None:
        say(f"the temperatures of the list are ignored: {alone} is at one, --temperature")
    return table


def is_formula(source: str) -> bool:
    """Whether an argument is a formula and not the name of a file; refuses what is neither.

    >>> is_formula("LiAlCl2.5O0.75"), is_formula("-")
    (True, False)
    """
    if source == "-" or _exists(source):
        return False
    try:
        Composition.parse(source)
    except FormulaError as error:
        if _like_a_file(source):
            return False  # which is said to be missing when it is read
        mend = ""
        if "{" in source:
            mend = "; a family with braces is for 'vitrion sweep' or 'vitrion propose'"
        raise InputError(f"{visible(source)} is neither a file that is there nor a formula: {error}{mend}") from None
    return True


def unread(ranked: pd.DataFrame, rows: int) -> Iterator[str]:
    """Name the first rows that could not be read, and how many more of all rows there are."""
    bad = ranked[[isinstance(error, str) and bool(error) for error in ranked["error"]]]
    for note, error in zip(bad["note"].head(SHOWN_ERRORS), bad["error"].head(SHOWN_ERRORS), strict=True):
        yield f"{note}: {error}" if note else error
    if len(bad) > SHOWN_ERRORS:
        yield f"and {len(bad) - SHOWN_ERRORS:,} more of {rows:,} rows; see the column error"


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False


def _like_a_file(source: str) -> bool:
    return (
        source.lower().endswith((*ENDINGS, ".xls", ".gz", ".zip", ".json", ".dat"))
        or "/" in source
        or not (source.isprintable())
    )
