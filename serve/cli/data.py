"""The command line of the data room: `vitrion data list`, `show`, `add`, `conflicts`, `cost`, `export`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors.refusals import InputError, visible
from ..formatting.files import checked, save, to_csv
from ..terminal.console import say, to_stdout
from ..terminal.failures import told
from .options import Server, Where

if TYPE_CHECKING:
    import pandas as pd

    from ..client.client import Client

app = typer.Typer(help="Look at the data, and add the lab's own.", no_args_is_help=True, add_completion=False)

ENDINGS = (".csv", ".parquet")
_MOST_ROWS = 10_000_000
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write all of it to a .csv or .parquet file.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Rows to print.")]
NoLab = Annotated[bool, typer.Option("--no-lab", help="Leave out what the lab added.")]


@app.command("list")
def list_(
    sources: Annotated[bool, typer.Option("--sources", help="List files and licences instead.")] = False,
    output: Output = None,
    no_lab: NoLab = False,
    server: Server = None,
) -> None:
    """List the properties with their rows, compositions, papers and ranges."""
    with told():
        paths = _checked(output)
        if server is not None:
            if sources or no_lab:
                raise InputError("--sources and --no-lab look here; leave --server out with them")
            _give(_client(server).data.list(), paths, 100)
            return
        from ...datasets.catalogue import contents as catalogue

        _give(catalogue.sources() if sources else catalogue.listing(lab=not no_lab), paths, 100)
        if not sources:
            say(
                "rows are kept, those in doubt with a weight of 0.3; dropped rows come on top: data show NAME --dropped"
            )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A property (tg, conductivity, ...), 'lab', 'syntheses', or a source.")],
    formula: Annotated[str | None, typer.Option("--formula", help="This composition alone.")] = None,
    dropped: Annotated[bool, typer.Option("--dropped", help="Rows that were not taken, with the reason.")] = False,
    limit: Limit = 20,
    output: Output = None,
    no_lab: NoLab = False,
    where: Where = None,
    server: Server = None,
) -> None:
    """Show the rows of a property, the facts of the lab's store, or the card of a source."""
    with told():
        paths = _checked(output)
        if server is not None:
            if dropped or no_lab:
                raise InputError("--dropped and --no-lab look here; leave --server out with them")
            _give(_client(server).data.rows(name, formula, _MOST_ROWS if paths else limit, where or []), paths, limit)
            return
        from ...datasets.catalogue import contents as catalogue

        table = catalogue.show(name, formula, dropped=dropped, lab=not no_lab, where=where or [])
        _give(table, paths, limit)
        if formula is not None and table.empty:
            say(f"no {'dropped ' if dropped else ''}row of {name} has the composition {visible(formula)}")
        elif "doubt" in table:
            count = int((table["doubt"] != "").sum())
            say(f"{count} of these {len(table)} rows are in doubt and weigh less; --dropped shows what is not kept")


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="Results as .csv (also gzipped), .xlsx or .parquet.")],
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="Import the valid rows of a table with invalid ones.")
    ] = False,
    trust_units: Annotated[
        bool, typer.Option("--trust-units", help="Take values that look like another unit.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Take what the store holds already once more.")] = False,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.")] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of a CSV.")] = "utf-8",
    note: Annotated[str, typer.Option("--note", help="Kept with the addition.")] = "",
    server: Server = None,
) -> None:
    """Add the lab's own results: values, failed syntheses, corrections; all rows or none."""
    with told():
        if server is not None:
            _add_there(server, file, {"keep_good": keep_good, "trust_units": trust_units, "again": again, "note": note})
            return
        from ...datasets import lab

        options: dict[str, Any] = {"sheet": sheet, "encoding": encoding, "note": note, "again": again}
        done = lab.add(file, keep_good=keep_good, trust_units=trust_units, **options)
        for row, column, problem in done.problems.to_numpy().tolist():
            say(f"left out: row {row}, {column}: {problem}", "yellow")
        for notice in done.notices:
            say(f"note: {notice}", "yellow")
        first, last = done.facts["id"].iloc[0], done.facts["id"].iloc[-1]
        what = f"1 fact (L{first})" if first == last else f"{len(done.facts)} facts (L{first} to L{last})"
        say(f"added {what} as version {done.version}")


def _add_there(server: str, file: Path, options: dict[str, Any]) -> None:
    """Add a table to the lab's store of a service."""
    if not file.is_file():
        raise InputError(f"{visible(str(file), 80)} is not a file; give a table of results")
    done = _client(server).data.add(file, **options)
    for problem in done["left_out"]:
        say(f"left out: {', '.join(str(cell) for cell in problem.values())}", "yellow")
    for notice in done["notes"]:
        say(f"note: {notice}", "yellow")
    say(f"added {len(done['facts'])} facts as version {done['version']}")


def _client(server: str) -> Client:
    from ..client.client import Client

    return Client(server)


@app.command()
def conflicts(
    name: Annotated[str, typer.Argument(help="A property.")] = "conductivity",
    least: Annotated[float | None, typer.Option("--least", help="Smallest spread: K, or decades of S/cm.")] = None,
    limit: Limit = 20,
    output: Output = None,
    no_lab: NoLab = False,
) -> None:
    """List compositions on which papers disagree, the widest first."""
    with told():
        from ...datasets.catalogue import contents as catalogue

        paths = _checked(output)
        _give(catalogue.conflicts(name, least, lab=not no_lab), paths, limit)


@app.command()
def cost(
    formulas: Annotated[list[str], typer.Argument(help="Compositions, such as LiAlCl2.5O0.75.")],
    prices: Annotated[
        Path | None, typer.Option("--prices", help="Your own prices: a table with columns formula and usd_per_kg.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the prices; the newest if not given.")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="A precursor not to use; repeatable.")] = None,
    using: Annotated[
        list[str] | None, typer.Option("--with", help="A precursor to bring the oxygen, such as Al2O3; repeatable.")
    ] = None,
    output: Output = None,
) -> None:
    """Show the route to compositions, its raw materials and cost, other routes, and how safe their supply is."""
    with told():
        from ...datasets.economics.table import costs, read_prices

        paths = _checked(output)
        if prices is not None and prices.exists() and any(path.exists() and path.samefile(prices) for path in paths):
            raise InputError(f"-o {output} is the table of prices itself; choose another name")
        table = costs(formulas, None if prices is None else read_prices(prices), year, without or (), using or ())
        console = to_stdout()
        if console.is_terminal and not paths:
            _print_upright(table, console)
        else:
            _give(table, paths, len(table))
        say("in kg for each kg; without labour and energy; published figures: vitrion data show published_costs")


@app.command()
def export(
    folder: Annotated[Path, typer.Option("-o", "--output", help="A new folder.")],
    names: Annotated[list[str] | None, typer.Argument(help="Properties; all if none is named.")] = None,
    no_lab: NoLab = False,
) -> None:
    """Write the data sets and the lab's store as Parquet with a card each."""
    with told():
        from ...datasets.catalogue.export import export as write_all

        for path in write_all(folder, names or (), with_lab=not no_lab):
            typer.echo(path)


def _checked(output: Path | None) -> list[Path]:
    return checked([output] if output else [], ENDINGS)


def _give(table: pd.DataFrame, paths: list[Path], limit: int) -> None:
    """Write all rows to the file that was named; else print some for people, or all for another program."""
    import pandas as pd

    whole = [name for name in table if str(table[name].dtype).startswith("Int")]
    table = table.copy()
    for name in whole:
        table[name] = pd.Series([None if cell is pd.NA else cell for cell in table[name]], table.index, dtype=object)
    for path in paths:
        save(table, path, lambda: "")
        say(f"{len(table)} rows in {path}")
    if paths:
        return
    console = to_stdout()
    if not console.is_terminal:
        typer.echo(to_csv(table.head(limit)).decode(), nl=False)
    else:
        _print(table.head(limit), console)
    if len(table) > limit:
        say(f"{limit} of {len(table)} rows; --limit shows more, -o FILE.csv writes all")


def _print_upright(table: pd.DataFrame, console: Any) -> None:
    """Print each row from top to bottom under its first cell, for tables with long cells."""
    import pandas as pd

    name, *fields = table.columns
    for first, *cells in table.itertuples(index=False, name=None):
        _print(pd.DataFrame({name: fields, first: list(map(_text, cells))}), console)


def _print(table: pd.DataFrame, console: Any) -> None:
    from rich.table import Table

    grid = Table(box=None, header_style="bold")
    for column in table.columns:
        grid.add_column(str(column), overflow="fold", justify="right" if table[column].dtype.kind in "fi" else "left")
    for row in table.itertuples(index=False):
        grid.add_row(*map(_text, row))
    console.print(grid)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return "" if math.isnan(cell) else f"{cell:.4g}"
    return "" if cell is None or str(cell) == "<NA>" else visible(str(cell), 200)
