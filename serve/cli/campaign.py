"""`vitrion campaign`: propose, melt, record, propose again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors.refusals import InputError, visible
from ..formatting.files import checked
from ..terminal.console import progress, say
from ..terminal.failures import told
from .answers import found
from .campaign_views import ENDINGS, Name, Output, export, give, import_, list_, say_retraining, show
from .options import GoalFile, Server, Temperature, check_temperature, load_goal, read_ranges

if TYPE_CHECKING:
    from ...experiments.campaigns.campaign import Campaign

app = typer.Typer(help="Propose, make, record, and propose again.", no_args_is_help=True, add_completion=False)

Sigma = Annotated[float | None, typer.Option("--conductivity", metavar="S/CM", help="Conductivity, in S/cm.")]
SigmaError = Annotated[float | None, typer.Option("--conductivity-error", metavar="S/CM", help="Its standard error.")]
Tg = Annotated[float | None, typer.Option("--tg", metavar="DEGC", help="Glass transition temperature, in degC.")]
TgError = Annotated[float | None, typer.Option("--tg-error", metavar="K", help="Its standard error.")]
At = Annotated[
    float | None, typer.Option("--at", metavar="DEGC", help="Of the conductivity; that of the campaign if not given.")
]
Phase = Annotated[str | None, typer.Option("--phase", help="glass (if not given), glass-ceramic, crystal, ...")]
Failed = Annotated[
    str | None, typer.Option("--failed", metavar="WHY", help="no glass formed, crystallised or decomposed.")
]
Sample = Annotated[str | None, typer.Option("--sample", help="Name of the sample, where one melt is not all.")]
Trust = Annotated[bool, typer.Option("--trust-units", help="Take values that look like another unit.")]
Made = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="NAME=VALUE",
        help="How it was made: milling_h, milling_rpm, melt_C, anneal_C, anneal_h, atmosphere, pressure_MPa, operator, "
        "date, or any other name; kept, not learnt from; repeatable.",
    ),
]
Note = Annotated[str | None, typer.Option("--note", help="Kept with the event.")]
_CLEARED = {
    "conductivity": "conductivity_S_cm",
    "conductivity-error": "conductivity_error_S_cm",
    "tg": "tg_C",
    "tg-error": "tg_error_C",
    "at": "temperature_C",
    "phase": "phase",
    "failed": "outcome",
    "sample": "sample",
    "note": "note",
}  # what --clear takes out, by the option that gave it


@contextmanager
def _noticed() -> Iterator[None]:
    """Say on standard error what a campaign warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            say(f"note: {warning.message}", "yellow")


@app.command()
def new(
    name: Name,
    template: Annotated[str | None, typer.Argument(metavar="TEMPLATE", help="A family, 'LiAlCl{4-2x}O{x}'.")] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=START:STOP:STEP", help="Range of a variable; repeatable.")
    ] = None,
    candidates: Annotated[
        str | None, typer.Option("--candidates", metavar="FILE", help="A list of formulas instead of a family.")
    ] = None,
    goal: GoalFile = None,
    batch: Annotated[int, typer.Option("--batch", min=1, max=100, help="Melts in a round.")] = 4,
    temperature: Temperature = 25.0,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Of all draws.")] = 0,
    server: Server = None,
) -> None:
    """Begin a campaign over a family, or over a list of candidates."""
    with told(), _noticed():
        if (template is None) == (candidates is None):
            raise InputError("give a template such as 'LiAlCl{4-2x}O{x}', or --candidates FILE, and not both")
        check_temperature(temperature)
        if template is not None and not var and Path(template).is_file():
            template, candidates = None, template
        ranges = read_ranges(template, var or []) if template is not None else {}
        aim = load_goal(goal, temperature)
        pool: Any = template if candidates is None else _listed(candidates, var)
        begin = _beginner(server)
        begin(name, pool, goal=aim, batch=batch, temperature_C=temperature, seed=seed, **ranges)
        say(f"began the campaign {name}; its first samples: vitrion campaign propose {name}")


def _beginner(server: str | None) -> Callable[..., Campaign]:
    """What begins a campaign, here or at a service."""
    if server is not None:
        from ..client.client import Client

        return Client(server).campaigns.new
    from ...experiments.campaigns.campaign import Campaign

    return Campaign.new


def _listed(source: str, var: list[str] | None) -> list[Any]:
    """Formulas of a list; those that cannot be read are told and left out."""
    from ...features import Fractions
    from ..terminal.lists import gathered

    if var:
        raise InputError("--var belongs to a template; leave it out with --candidates")
    table = gathered([source], alone="a campaign")
    cells = table.cells
    _, rows, errors = Fractions.read(cells)
    for place, error in list(errors.items())[:5]:
        say(f"left out: row {table.numbers[place]} of {table.name}: {table.errors.get(place, error)}", "yellow")
    if len(errors) > 5:
        say(f"and {len(errors) - 5:,} more of {len(cells):,} rows", "yellow")
    if not len(rows):
        raise InputError(f"none of the {len(cells):,} rows of {table.name} could be read; their errors are above")
    return [cells[row] for row in rows]


@app.command()
def propose(
    name: Name,
    batch: Annotated[int | None, typer.Option("--batch", min=1, max=100, help="Melts in this round.")] = None,
    output: Output = None,
    track: Annotated[bool, typer.Option("--track/--no-track", help="Keep the round as a run of MLflow.")] = True,
    server: Server = None,
) -> None:
    """Choose what to make next; results that came are learnt at once."""
    with told(), _noticed():
        paths = checked(output or [], ENDINGS)
        campaign = found(name, server)
        with progress() as report:
            report(f"choosing the next samples of {name}")
            table = campaign.propose(batch, track=track)
        from ..formatting.campaign_tables import proposals_table

        give(table, paths, proposals_table(table, campaign.state.temperature_C))
        if stop := table.attrs.get("stop"):
            say(f"you may stop: {stop}", "yellow")
        if (number := table.attrs["event"]) is not None:
            say(f"kept as event {number}; then: vitrion campaign record {name} FORMULA --conductivity ... --tg ...")


@app.command()
def record(
    name: Name,
    formula: Annotated[str | None, typer.Argument(metavar="FORMULA", help="Composition of the sample.")] = None,
    conductivity: Sigma = None,
    conductivity_error: SigmaError = None,
    tg: Tg = None,
    tg_error: TgError = None,
    at: At = None,
    phase: Phase = None,
    failed: Failed = None,
    abandoned: Annotated[bool, typer.Option("--abandoned", help="Abandoned: neither failed nor measured.")] = False,
    sample: Sample = None,
    made: Made = None,
    note: Note = None,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Results as .csv, .xlsx or .parquet, all or none.")
    ] = None,
    trust_units: Trust = False,
    server: Server = None,
) -> None:
    """Record a result, all of it or a part; or a table of results."""
    with told(), _noticed():
        measured = {"conductivity_S_cm": conductivity, "conductivity_error_S_cm": conductivity_error, "tg_C": tg}
        measured |= {"tg_error_C": tg_error, "temperature_C": at}
        values = _values(measured | {"phase": phase, "sample": sample, "note": note}, failed, made)
        if (formula is None) == (table is None):
            raise InputError("give a FORMULA with its values, or --table FILE, and not both")
        if (table is not None or abandoned) and set(values) - {"note"}:
            raise InputError(f"{'--table' if table else '--abandoned'} goes without values; leave those out")
        if table is not None and (abandoned or note):
            raise InputError("--table goes without --abandoned and --note; leave those out")
        campaign = found(name, server)
        if table is not None:
            numbers = campaign.record_table(table, trust_units)
            say(f"recorded {len(numbers)} results as events {numbers[0]} to {numbers[-1]}")
        elif abandoned:
            say(f"abandoned as event {campaign.abandon(str(formula), note or '')}")
        else:
            say(f"recorded as event {campaign.record(str(formula), trust_units=trust_units, **values)}")
        say_retraining(campaign)


def _failure(word: str | None) -> str | None:
    """Why a synthesis gave no glass; spellings as in the lab's tables."""
    if word is None:
        return None
    from ...datasets.tables.cells import CellError
    from ...datasets.tables.cells import word as named
    from ...datasets.tables.grid import words
    from ...experiments.campaign_log.events import NO_GLASS

    try:
        outcome = named(word, {name: words()["outcomes"][name] for name in NO_GLASS}, "failure of a melt")
    except CellError as error:
        raise InputError(f"--failed: {error}") from None
    return outcome or None


def _conditions(given: list[str] | None) -> dict[str, dict[str, str | None]]:
    """How a sample was made, by name; None for what is to be taken out."""
    made: dict[str, str | None] = {}
    for text in given or []:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name or name in made:
            why = "is given twice" if name in made else "is no condition"
            raise InputError(f'--with "{visible(text)}" {why}; write --with anneal_C=150 for each once')
        made[name] = value or None
    return {"conditions": made} if made else {}


def _values(values: Mapping[str, Any], failed: str | None, made: list[str] | None) -> dict[str, Any]:
    """Values given, by their names in a campaign, with what became of the melt and how it was made."""
    given = {name: value for name, value in (*values.items(), ("outcome", _failure(failed))) if value is not None}
    return given | _conditions(made)


@app.command()
def correct(
    name: Name,
    event: Annotated[int, typer.Argument(metavar="EVENT", help="Number of the record.")],
    formula: Annotated[str | None, typer.Option("--formula", help="The composition that was made indeed.")] = None,
    conductivity: Sigma = None,
    conductivity_error: SigmaError = None,
    tg: Tg = None,
    tg_error: TgError = None,
    at: At = None,
    phase: Phase = None,
    failed: Failed = None,
    sample: Sample = None,
    made: Made = None,
    note: Note = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="WHAT", help="Take out, such as tg or failed; repeatable.")
    ] = None,
    trust_units: Trust = False,
    server: Server = None,
) -> None:
    """Correct a result; the next proposals are those of the corrected history."""
    with told(), _noticed():
        measured = {"conductivity_S_cm": conductivity, "conductivity_error_S_cm": conductivity_error, "tg_C": tg}
        measured |= {"tg_error_C": tg_error, "temperature_C": at}
        values = _values(measured | {"phase": phase, "sample": sample, "note": note}, failed, made)
        values |= dict.fromkeys(map(_cleared, clear or []))
        say(f"corrected as event {found(name, server).correct(event, formula, trust_units, **values)}")


def _cleared(word: str) -> str:
    if word not in _CLEARED:
        raise InputError(f"--clear {visible(word)}: there is no such value; use one of {', '.join(_CLEARED)}")
    return _CLEARED[word]


@app.command()
def withdraw(
    name: Name,
    event: Annotated[int, typer.Argument(metavar="EVENT", help="A result, a round, a correction, an abandonment.")],
    note: Note = None,
    server: Server = None,
) -> None:
    """Take back what an event said; it stays in the history and counts for nothing."""
    with told(), _noticed():
        say(f"withdrawn as event {found(name, server).withdraw(event, note or '')}")


app.command()(show)
app.command("list")(list_)
app.command()(export)
app.command("import")(import_)
