"""`vitrion models`: what answers, what waits, and how to change that; here, or at a service."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from ..errors.outcomes import FAILED
from ..errors.refusals import InputError, visible
from ..terminal.console import noticed, say, to_stdout
from ..terminal.failures import told
from .options import Server

Told = Mapping[str, Any]
models = typer.Typer(help="The models in the registry.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="PROPERTY", help="tg, conductivity, ...")]
Version = Annotated[int, typer.Argument(metavar="VERSION", min=0)]


@models.callback()
def _models() -> None:
    """The models in the registry."""


@models.command("list")
def list_models(
    every: Annotated[bool, typer.Option("--all", help="Every version, and which of them answers.")] = False,
    server: Server = None,
) -> None:
    """List the champion of each property with its held-out scores, or every version."""
    with told():
        if every and (kept := _rows(server)):
            to_stdout().print(_versions(kept))
            return
        found = _champions(server)
        if not found:
            none = "no model answers; 'vitrion models list --all' shows those that were kept"
            say(none if _rows(server) else "there is no model yet; run 'vitrion train'")
            raise typer.Exit(FAILED)
        for table in _scores(found):
            to_stdout().print(table)


def _scores(rows: list[dict[str, Any]]) -> list[Table]:
    """Held-out scores of quantities, in their units, and below them those of chances."""
    from ..formatting.scores import written

    names = ("mae", "mae_by_paper", "coverage", "coverage_by_paper")
    errors = _grid("model", "held out", "mean error", "by paper", "coverage", "by paper", "unit")
    chances = _grid("model", "held out", "area under ROC", "Brier score", "calibration error")
    for row in rows:
        first, of_chance = (f"{row['property']} {row['version']}", row["subset"]), "auc" in row
        cells = [written(row, name) for name in (("auc", "brier", "calibration_error") if of_chance else names)]
        cells += [] if of_chance else [row["unit"]]
        (chances if of_chance else errors).add_row(*(Text(str(cell)) for cell in (*first, *cells)))
    tables = [table for table in (errors, chances) if table.row_count]
    for table in tables:
        table.columns[0].no_wrap = True
    return tables


def _rows(server: str | None) -> list[dict[str, Any]]:
    """A row a kept version."""
    if server is not None:
        from ..client.client import Client

        return list(Client(server).wire.get("models")["rows"])
    from ..service.library import models_list

    return models_list()


def _champions(server: str | None) -> list[dict[str, Any]]:
    """A row a champion and subset of its held-out scores."""
    if server is None:
        from ..formatting.scores import champion_rows

        return champion_rows()
    return [
        {**row, "created": row["created"][:10], **score}
        for row in _rows(server)
        if row["champion"]
        for score in row["scores"]
    ]


def _versions(rows: list[dict[str, Any]]) -> Table:
    from ..formatting.scores import written

    table = _grid("property", "version", "standing", "created", "mae", "unit", "coverage", "data", "sha256")
    for row in rows:
        whole: Told = next((score for score in row["scores"] if score["subset"] == "all"), {})
        cells = [
            row["property"],
            row["version"],
            row["standing"],
            row["created"][:16],
            written(whole, "mae"),
            row["unit"],
        ]
        cells += [written(whole, "coverage"), row["fingerprint"][:8], row["sha256"][:8]]
        table.add_row(*(Text(str(cell)) for cell in cells))
    return table


@models.command()
def show(
    name: Name,
    version: Annotated[int | None, typer.Argument(metavar="VERSION", min=0)] = None,
    server: Server = None,
) -> None:
    """Show one version, by default the one that answers: what it was made of and how good it is."""
    with told():
        from ..formatting.scores import written

        card = _card(name, version, server)
        console = to_stdout()
        told_of = {"version": f"{card['version']} ({card['standing']})", "gate": card["gate"] or "not asked"}
        told_of |= {"made": card["created"], "data": card["fingerprint"], "sha256": card["sha256"]}
        told_of |= {"MLflow run": card["run"]} | {f"recipe {key}": value for key, value in card["recipe"].items()}
        for key, value in (told_of | {f"with {key}": value for key, value in card["versions"].items()}).items():
            console.print(Text(f"{key}: {value}"), soft_wrap=True)
        if card.get("headline"):
            console.print(Text(card["headline"]), soft_wrap=True)
        error, width = f"mean error, {card['unit']}", "median width"
        table = _grid("held out", "n", "papers", error, "by paper", "r2", "coverage", "by paper", width)
        names = ("n", "papers", "mae", "mae_by_paper", "r2", "coverage", "coverage_by_paper", "width")
        for row in card["scores"]:
            table.add_row(row["subset"], *(written(row, key) for key in names))
        console.print(table)


@models.command()
def compare(name: Name, version: Version, server: Server = None) -> None:
    """Hold a version against the champion, as the gate does: on the same held-out papers."""
    with told():
        _card(name, version, server)
        tell(_registry(server).compare(name, version))


@models.command()
def promote(
    name: Name,
    version: Version,
    force: Annotated[bool, typer.Option("--force", help="Although the gate says no.")] = False,
    server: Server = None,
) -> None:
    """Let a version answer from now on, if the gate lets it through."""
    with told(), noticed():
        _card(name, version, server)
        decision = _registry(server).promote(name, version, force)
        say(f"{name} version {version} is the champion now: {decision['reason']}")


@models.command()
def rollback(name: Name, server: Server = None) -> None:
    """Let the version answer again that did before the present one."""
    with told(), noticed():
        _card(name, None, server)
        say(f"{name} version {_registry(server).rollback(name)} answers again")


def _registry(server: str | None) -> Any:
    """What compares, promotes and rolls back versions: those of a service, or of this machine."""
    if server is not None:
        from ..client.client import Client

        return Client(server).models
    from ..workers import bookkeeping as clerk

    return SimpleNamespace(compare=clerk.compare_versions, promote=clerk.promote, rollback=clerk.rollback)


def tell(decision: Told) -> None:
    """Print what the gate looked at."""
    table = _grid("check", "", "found")
    for check in decision["checks"]:
        table.add_row(check["name"], "passed" if check["passed"] else "refused", Text(check["said"]))
    console = to_stdout()
    console.print(table)
    answers = "passed" if decision["passed"] else "did not pass"
    console.print(Text(f"{answers}: {decision['reason']}"), soft_wrap=True)


def _card(name: str, version: int | None, server: str | None) -> Told:
    """The card of a version, by default of the champion; bad input where there is none."""
    rows = _rows(server)
    kept = [row for row in rows if row["property"] == name]
    for row in kept:
        if row["version"] == version or (version is None and row["champion"]):
            return row
    if not kept or version is None:
        known = ", ".join(row["property"] for row in rows if row["champion"]) or "nothing; run 'vitrion train'"
        raise InputError(f"there is no model of {visible(name)}; there is one of {known}")
    numbers = ", ".join(str(row["version"]) for row in reversed(kept))
    raise InputError(f"{name} has no version {version}; it has {numbers}")


def _grid(*heads: Any) -> Table:
    return Table(*map(str, heads), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
