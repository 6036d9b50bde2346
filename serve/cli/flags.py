"""`vitrion flags`: what a chemist would say of a composition, and all that can be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ..errors.refusals import InputError, visible
from ..terminal.console import to_stdout
from ..terminal.failures import told

if TYPE_CHECKING:
    from ...datasets.chemistry.flags import Flag
    from ...features.composition import Composition

MOST = 1000


def flags(
    formulas: Annotated[
        list[str] | None, typer.Argument(metavar="[FORMULA...]", help="Without any, all flags are listed.")
    ] = None,
) -> None:
    """List the flags, or those of some compositions, with reasons and sources."""
    from ...datasets.chemistry import flags as known

    with told():
        if len(formulas or ()) > MOST:
            raise InputError(f"{len(formulas or ()):,} formulas; give at most {MOST:,}")
        console = to_stdout()
        for flag in known.flags() if not formulas else ():
            usual = ", forbidden unless a goal says otherwise" if flag.code in known.USUALLY_FORBIDDEN else ""
            console.print(Text(f"{flag.code} ({flag.severity}{usual})"), soft_wrap=True)
            console.print(Text(visible(f"    {flag.reason}; {flag.source}", 800)), soft_wrap=True)
        read = compositions_of(formulas or [])
        for formula, mine in zip(formulas or (), known.explained(read) if read else (), strict=True):
            console.print(Text(visible(formula, 200)), soft_wrap=True)
            for line in lines_of(mine) or ["  no flags"]:
                console.print(Text(visible(line, 800)), soft_wrap=True)


def compositions_of(formulas: list[str]) -> list[Composition]:
    """The compositions of the arguments of a command; where one cannot be read, its number is told."""
    from ...features.composition import Composition, FormulaError

    found = []
    for number, formula in enumerate(formulas, start=1):
        try:
            found.append(Composition.parse(formula))
        except FormulaError as error:
            raise InputError(f"argument {number}: {error}" if len(formulas) > 1 else str(error)) from None
    return found


def lines_of(flags: tuple[Flag, ...]) -> list[str]:
    """A line for each flag of a composition: what it is, why, and who says so."""
    return [f"  {flag.severity}: {flag.code}: {flag.reason}; {flag.source}" for flag in flags]
