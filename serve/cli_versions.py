"""`vitrion models`: what answers, what waits, and how to change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from .console import say, to_stdout
from .failures import FAILED, told
from .refusals import InputError, visible

if TYPE_CHECKING:
    from ..experiments.decision import Decision
    from ..experiments.registry import Champion

models = typer.Typer(help="The models in the registry.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="PROPERTY", help="tg, conductivity, ...")]
Version = Annotated[int, typer.Argument(metavar="VERSION", min=1)]


@models.callback()
def _models() -> None:
    """The models in the registry."""


@models.command("list")
def list_models(
    every: Annotated[bool, typer.Option("--all", help="Every version, and which of them answers.")] = False,
) -> None:
    """List the champion of each property with its held-out scores, or every version."""
    with told():
        from .scores import champion_rows, written

        if every and (kept := _kept()):
            to_stdout().print(_versions(kept))
            return
        found = champion_rows()
        if not found:
            say("there is no model yet; run 'vitrion train'")
            raise typer.Exit(FAILED)
        names = ("mae", "r2", "coverage")
        table = _grid("property", "version", "created", "held out", "unit", *names)
        for row in found:
            cells = [row[name] for name in ("property", "version", "created", "subset", "unit")]
            cells += [written(row, name) for name in names]
            table.add_row(*(Text(str(cell)) for cell in cells))
        to_stdout().print(table)


def _kept() -> dict[str, list[int]]:
    """Kept versions of each property that has any."""
    from ..experiments.recipe import FURTHER, RECIPES
    from ..experiments.registry import versions

    return {name: numbers for name in sorted((*RECIPES, *FURTHER)) if (numbers := versions(name))}


def _versions(kept: dict[str, list[int]]) -> Table:
    """A row a kept version."""
    from ..experiments.registry import read_card, standing_of
    from .scores import scoreboard, unit, written

    table = _grid("property", "version", "standing", "created", "mae", "unit", "coverage", "data", "sha256")
    for name, numbers in kept.items():
        for number in numbers:
            card = read_card(name, number)
            whole = next((row for row in scoreboard(card.metrics) if row["subset"] == "all"), {})
            cells = [name, number, standing_of(name, number), card.created[:16], written(whole, "mae"), unit(name)]
            cells += [written(whole, "coverage"), card.fingerprint[:8], card.sha256[:8]]
            table.add_row(*(Text(str(cell)) for cell in cells))
    return table


@models.command()
def show(name: Name, version: Annotated[int | None, typer.Argument(metavar="VERSION", min=1)] = None) -> None:
    """Show one version, by default the one that answers: what it was made of and how good it is."""
    with told():
        from ..experiments.registry import gate_of, standing_of
        from .scores import scoreboard, unit, written

        card = _card(name, version)
        console = to_stdout()
        gate = gate_of(card.property, card.version).get("reason", "not asked")
        head = {"version": f"{card.version} ({standing_of(card.property, card.version)})", "gate": gate}
        told_of = head | {
            "made": card.created,
            "data": card.fingerprint,
            "sha256": card.sha256,
            "MLflow run": card.run_id,
        }
        recipe = {f"recipe {key}": value for key, value in card.recipe.items()}
        for key, value in (told_of | recipe | {f"with {key}": value for key, value in card.versions.items()}).items():
            console.print(Text(f"{key}: {value}"), soft_wrap=True)
        table = _grid("held out", f"mean error, {unit(name)}", "r2", "coverage", "median width")
        for row in scoreboard(card.metrics):
            table.add_row(row["subset"], *(written(row, key) for key in ("mae", "r2", "coverage", "width")))
        console.print(table)


@models.command()
def compare(name: Name, version: Version) -> None:
    """Hold a version against the champion, as the gate does: on the same held-out papers."""
    with told():
        from ..experiments.promotion import judged

        _card(name, version)
        tell(judged(name, version))


@models.command()
def promote(
    name: Name,
    version: Version,
    force: Annotated[bool, typer.Option("--force", help="Although the gate says no.")] = False,
) -> None:
    """Let a version answer from now on, if the gate lets it through."""
    with told():
        from ..experiments.promotion import promote as run

        _card(name, version)
        decision = run(name, version, force)
        say(f"{name} version {version} is the champion now: {decision.reason}")


@models.command()
def rollback(name: Name) -> None:
    """Let the version answer again that did before the present one."""
    with told():
        from ..experiments.promotion import rollback as run

        _card(name, None)
        say(f"{name} version {run(name)} answers again")


def tell(decision: Decision) -> None:
    """Print what the gate looked at."""
    table = _grid("check", "", "found")
    for check in decision.checks:
        table.add_row(check.name, "passed" if check.passed else "refused", Text(check.said))
    console = to_stdout()
    console.print(table)
    console.print(Text(f"{'may answer' if decision.passed else 'may not answer'}: {decision.reason}"), soft_wrap=True)


def _card(name: str, version: int | None) -> Champion:
    """The card of a version, by default of the champion; bad input where there is none."""
    from ..experiments.registry import champions, read_card, versions

    now, kept = champions(), versions(name) if name.isidentifier() else []
    if version is None and name in now:
        return now[name]
    if version in kept and version is not None:
        return read_card(name, version)
    if not kept:
        known = ", ".join(sorted(now)) or "nothing; run 'vitrion train'"
        raise InputError(f"there is no model of {visible(name)}; there is one of {known}")
    raise InputError(f"{name} has no version {version}; it has {', '.join(map(str, kept))}")


def _grid(*heads: Any) -> Table:
    return Table(*map(str, heads), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
