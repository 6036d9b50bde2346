"""`vitrion recipe`: the batch sheet by which samples are weighed and made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from ...datasets.home import put
from ..errors.refusals import InputError, visible
from ..formatting.files import checked
from ..terminal.console import say, to_stdout
from ..terminal.failures import told
from .options import Server

if TYPE_CHECKING:
    from rich.console import Console

    from ...experiments.synthesis.batch_sheet import BatchSheet
    from ...experiments.synthesis.sample import Recipe

ENDINGS = (".html", ".csv", ".json")
HEADS = ("precursor", "purity", "g/mol", "mmol", "weigh, g", "lot")
EPILOG = (
    "Examples: vitrion recipe LiAlCl2.5O0.75 --mass 10 --purity LiCl=0.99 -o sheet.html; "
    "vitrion recipe --campaign laco --stock bottles.csv -o round.html -o round.csv"
)


def recipe(
    formulas: Annotated[
        list[str] | None, typer.Argument(metavar="[FORMULA|FILE...]", help="Compositions, or the table of a proposal.")
    ] = None,
    *,
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="NAME", help="The samples that this campaign waits for.")
    ] = None,
    mass: Annotated[float, typer.Option("--mass", "-m", metavar="G", help="Of each sample when it is done.")] = 1.0,
    purity: Annotated[
        list[str] | None, typer.Option("--purity", metavar="PRECURSOR=SHARE", help="Such as LiCl=0.99; repeatable.")
    ] = None,
    stock: Annotated[
        Path | None,
        typer.Option(
            "--stock", metavar="FILE", help="Your bottles: formula, purity, lot, dried, usd_per_kg, mass_g; as a table."
        ),
    ] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="A precursor not to use; repeatable.")] = None,
    using: Annotated[
        list[str] | None, typer.Option("--with", help="A precursor to bring the oxygen, such as LiOH; repeatable.")
    ] = None,
    route: Annotated[
        str | None, typer.Option("--route", metavar="NAME", help="Such as hydroxide; the best known if not given.")
    ] = None,
    excess: Annotated[
        list[str] | None,
        typer.Option("--excess", metavar="PRECURSOR=SHARE", help="Of a volatile halide: AlCl3=0.02; repeatable."),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the prices; the newest if not given.")] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write .html (prints on A4), .csv or .json; repeatable."),
    ] = None,
    server: Server = None,
) -> None:
    """Weigh compositions: precursors, what leaves, temperatures, hazards; the CSV comes back as a table of results."""
    with told():
        outputs = checked(output or [], ENDINGS, *([str(stock)] if stock else []), *(formulas or []))
        options: dict[str, Any] = {"purity": _shares(purity, "--purity"), "excess": _numbers(excess, "--excess")}
        options |= {"stock": stock, "without": without or (), "using": using or (), "route": route, "year": year}
        sheet = _sheet(_candidates(formulas or [], campaign, server), mass, options, server)
        for path in outputs:
            put(path, _written(sheet, path.suffix.lower()).encode())
            say(f"wrote {path}")
        if sys.stdout.isatty() or outputs:
            show(sheet, to_stdout())
        else:
            sys.stdout.buffer.write(sheet.to_csv().encode())
            sys.stdout.buffer.flush()


def show(sheet: BatchSheet, console: Console) -> None:
    """Print a sheet: a table a sample, and below it what leaves and what is to be minded."""
    for one in sheet:
        console.print(Text(f"{one.sample}  {visible(one.formula, 80)}  {one.mass_g:g} g", style="bold"), soft_wrap=True)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        for head in HEADS:
            table.add_column(head, justify="left" if head in ("precursor", "lot") else "right")
        for line in one.weighed:
            numbers = (
                f"{line.purity:g}",
                f"{line.molar_mass_g_mol:.2f}",
                f"{line.moles_mmol:.3f}",
                _grams(line.mass_g),
            )
            table.add_row(Text(line.formula), *numbers, Text(visible(line.lot, 40)))
        console.print(table)
        for sentence in sentences(one):
            console.print(Text(f"  {visible(sentence, 400)}"), soft_wrap=True)


def sentences(one: Recipe) -> list[str]:
    """What is to be said of a sample beside the table of what is weighed."""
    gone = ", ".join(f"{gas.formula} {gas.mass_g:.3f} g" for gas in one.leaving)
    after = one.weighed_g - one.loss_g
    said = [f"{one.line} ({', '.join(filter(None, [one.practice, one.doi]))})"]
    said.append(
        f"leaves: {gone}; target loss {one.loss_percent:.1f} %, {one.weighed_g:.3f} to {after:.3f} g" if gone else ""
    )
    hottest = f"at most {one.temperature_C:g} °C; " if one.temperature_C == one.temperature_C else ""
    said.append(f"{hottest}{'vented' if one.vented else 'closed or sealed'}: {'; '.join(one.vessel)}")
    said.append(f"hazards: {'; '.join(one.hazards)}" if one.hazards else "")
    said += [*one.heat, *one.gas, *one.notes]
    others = ", ".join(dict.fromkeys(other.name for other in one.others if other.name != one.route))
    said.append(f"other routes (--route): {others}" if others else "")
    return [sentence for sentence in said if sentence]


def _grams(mass: float) -> str:
    return f"{mass:.3f}" if round(mass, 3) == mass else f"{mass:g}"


def _written(sheet: BatchSheet, ending: str) -> str:
    return {".html": sheet.to_html, ".csv": sheet.to_csv, ".json": sheet.to_json}[ending]()


def _candidates(formulas: list[str], campaign: str | None, server: str | None) -> Any:
    """What is to be made: formulas, the table of a file, or what a campaign waits for."""
    if (campaign is None) == (not formulas):
        raise InputError("give compositions or --campaign NAME, and not both")
    if campaign is None:
        return formulas[0] if len(formulas) == 1 else formulas
    from .answers import found

    pending = found(campaign, server).pending()
    if not pending:
        raise InputError(f"the campaign {visible(campaign)} waits for no sample; propose a round first")
    return pending


def _shares(given: list[str] | None, option: str) -> dict[str, str]:
    """Shares by precursor from ``LiCl=0.99``."""
    shares: dict[str, str] = {}
    for text in given or ():
        name, sign, share = (part.strip() for part in text.partition("="))
        if not (name and sign and share):
            raise InputError(f'{option} "{visible(text)}" names no share; write {option} AlCl3=0.99')
        if name in shares:
            raise InputError(f"{option} {visible(name)} is given twice; give one share for each precursor")
        shares[name] = share
    return shares


def _numbers(given: list[str] | None, option: str) -> dict[str, float]:
    numbers = {}
    for name, text in _shares(given, option).items():
        try:
            numbers[name] = float(text)
        except ValueError:
            raise InputError(f'{option} {visible(name)}="{visible(text)}" is no number; write 0.02 for 2 %') from None
    return numbers


def _sheet(candidates: Any, mass_g: float, options: dict[str, Any], server: str | None) -> BatchSheet:
    if server is not None:
        from ..client.client import Client

        return Client(server).recipe(candidates, mass_g, **options)
    from ...experiments.synthesis.recipe import recipe as weigh

    return weigh(candidates, mass_g, **options)
