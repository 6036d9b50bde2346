"""A comparison as one page that needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .page import template
from .reports import subscripts

if TYPE_CHECKING:
    from ...experiments.comparison.table import Comparison

_TEMPLATES = Path(__file__).parent / "templates"


def compare_page(comparison: Comparison) -> str:
    """HTML of a comparison: a row a virtue, a column a composition, links to the papers."""
    from markupsafe import Markup

    wide, cells = comparison.table, comparison.cells.to_dict("records")
    count = len(wide.columns)
    rows = [(head, cells[place * count : (place + 1) * count]) for place, head in enumerate(wide.index)]
    for _, cells_of_row in rows:
        for cell in cells_of_row:
            cell["link"] = next((doi for doi in str(cell["doi"]).split("; ") if doi.startswith("10.")), "")
    return template("compare.html").render(
        title="Compositions compared",
        headline=", ".join(subscripts(str(formula)) for formula in wide.columns),
        formulas=[subscripts(str(formula)) for formula in wide.columns],
        rows=rows,
        style=Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        models=", ".join(f"{name} {number}" for name, number in comparison.models.items()),
        version=version("vitrion"),
        date=datetime.now(UTC).strftime("%d %B %Y").lstrip("0"),
    )
