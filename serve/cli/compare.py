"""`vitrion compare`: compositions side by side."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from ..errors.refusals import visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import progress, say, to_stdout
from ..terminal.failures import told
from .models import train_missing
from .options import Outputs, Server, Temperature, TrainFirst, check_temperature

if TYPE_CHECKING:
    from ...experiments.comparison.table import Comparison

ENDINGS = (".csv", ".parquet", ".json", ".html")


def compare(
    sources: Annotated[
        list[str], typer.Argument(metavar="FORMULA|FILE...", help="Such as LiAlCl2.5O0.75, or a list of up to 20.")
    ],
    *,
    temperature: Temperature = 25.0,
    output: Outputs = None,
    train_if_missing: TrainFirst = False,
    server: Server = None,
) -> None:
    """Put compositions side by side: conductivity, Tg, oxidation, melting, softness, density, cost, supply."""
    with told():
        outputs = checked(output or [], ENDINGS, *sources)
        check_temperature(temperature)
        if train_if_missing and server is None:
            train_missing()
        from ..terminal.lists import gathered

        formulas = gathered(sources, alone="a comparison").cells
        with progress() as report:
            report(f"comparing {len(formulas):,} compositions at {temperature:g} °C")
            found = _found(formulas, temperature, server)
        for path in outputs:
            if path.suffix.lower() == ".json":
                _save_json(found, path)
            else:
                save(found.cells, path, lambda: _page(found))
            say(f"wrote {path}")
        if sys.stdout.isatty() or outputs:
            to_stdout().print(table_of(found))
        else:
            sys.stdout.buffer.write(to_csv(found.cells))
            sys.stdout.buffer.flush()


def table_of(comparison: Comparison) -> Table:
    """A row a virtue, a column a composition; in each cell what was measured, then what is predicted, then the note."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, show_lines=True)
    table.add_column("", style="bold", overflow="fold")
    wide = comparison.table
    for formula in wide.columns:
        table.add_column(Text(visible(str(formula), 40)), overflow="fold")
    cells = iter(comparison.cells.to_dict("records"))
    for head in wide.index:
        table.add_row(str(head), *(_cell(next(cells)) for _ in wide.columns))
    return table


def _cell(cell: dict[object, str]) -> Text:
    text = Text(visible(cell["measured_words"], 300), style="green")
    for part in filter(None, (cell["predicted_words"], cell["note"])):
        text.append(("\n" if text.plain else "") + visible(part, 300), style="default")
    return text if text.plain else Text(cell["words"], style="dim")


def _found(formulas: list[Any], temperature_C: float, server: str | None) -> Comparison:
    if server is not None:
        from ..client.client import Client

        return Client(server).compare(formulas, temperature_C)
    from ...experiments.comparison.table import compare as compared

    return compared(formulas, temperature_C)


def _page(comparison: Comparison) -> str:
    from ..pages.compare_page import compare_page

    return compare_page(comparison)


def _save_json(comparison: Comparison, path: object) -> None:
    from pathlib import Path

    from ...datasets.home import put
    from ..formatting.rows import encoded

    put(Path(str(path)), encoded(comparison.cells, comparison.models, temperature_C=comparison.temperature_C))
