"""An empty table of results for Excel: the headers that are read, and what each means."""

from __future__ import annotations

import io
from functools import lru_cache

from ...datasets.results.conditions import NAMES

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = {
    "formula": "composition, such as LiAlCl2.5O0.75; a row each",
    "sample": "name of the sample; two samples of one composition need it",
    "conductivity_mS_cm": "ionic conductivity; rename it conductivity_S_cm for values in S/cm",
    "temperature_C": "temperature of the conductivity, in degC",
    "tg_C": "glass transition temperature, in degC",
    "outcome": "of a synthesis that failed: no glass formed, crystallised or decomposed",
    "phase": "glass where it is left empty; else crystal or glass-ceramic",
    "note": "anything else",
}
_MADE = "how the sample was made: kept, not learnt from"


@lru_cache(maxsize=1)
def results_template() -> bytes:
    """Content of an .xlsx file with two sheets: ``results``, which is filled in, and ``columns``, which explains it."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    words = _WORDS | dict.fromkeys(NAMES, _MADE)
    book = Workbook()
    results, columns = book.worksheets[0], book.create_sheet("columns")
    results.title = "results"
    results.append(list(words))
    for cell in results[1]:
        cell.font = Font(bold=True)
        results.column_dimensions[cell.column_letter].width = max(12, len(str(cell.value)) + 2)
    results.freeze_panes = "A2"
    columns.append(["column", "what it holds"])
    for row in words.items():
        columns.append(list(row))
    columns.column_dimensions["A"].width, columns.column_dimensions["B"].width = 22, 70
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
