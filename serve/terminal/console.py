"""What a person at the terminal sees: progress on standard error, tables on standard output."""

from __future__ import annotations

import codecs
import sys
import time
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from ..errors.refusals import visible

WIDTH = 100
LEGIBLE = "vitrion-legible"
_INSTEAD = {
    **dict.fromkeys("−–—‑‐‒﹣－", "-"),
    **dict.fromkeys("·⋅•∙×", "*"),
    **dict(zip("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "01234567890123456789+-", strict=True)),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200a\u202f", " "),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”″", '"'),
    **{"…": "~", "°": "o", "σ": "s", "µ": "u", "μ": "u", "→": ">", "≤": "<", "≥": ">", "±": "~", "═": "=", "║": "|"},
    **dict.fromkeys("─━╌╴╶╸╺", "-"),
    **dict.fromkeys("│┃", "|"),
}


def make_legible(stream: Any) -> None:
    """Let a stream that cannot write a mark write what stands for it, one mark for each: -17 for −17 in ASCII."""
    codecs.register_error(LEGIBLE, _legible)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=LEGIBLE)


def _legible(error: UnicodeError) -> tuple[str, int]:
    """What is written in place of marks that an encoding lacks, and where to go on.

    Examples
    --------
    >>> codecs.register_error(LEGIBLE, _legible)
    >>> "Tg −17 (−60…9) °C, Li₂O".encode("ascii", LEGIBLE)
    b'Tg -17 (-60~9) oC, Li2O'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_plain_mark(mark) for mark in error.object[error.start : error.end]), error.end


def _plain_mark(mark: str) -> str:
    plain = _INSTEAD.get(mark) or unicodedata.normalize("NFKD", mark)[:1]
    return plain if plain.isascii() and plain.isprintable() else "?"


def to_stderr() -> Console:
    """Console on standard error; plain lines, unwrapped, when that is no terminal."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def to_stdout() -> Console:
    """Console on standard output, 100 columns wide when that is no terminal."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=WIDTH)


def say(sentence: str, style: str = "") -> None:
    """Print one sentence on standard error."""
    to_stderr().print(Text(visible(sentence, 2000), style=style))


@contextmanager
def noticed(kind: type[Warning] = UserWarning) -> Iterator[None]:
    """Say on standard error, as notes, what is warned of in this block."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", kind)
        plain = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *told: Any, **more: Any) -> None:
            if issubclass(category, kind):
                say(f"note: {message}", "yellow")
            else:
                plain(message, category, *told, **more)

        warnings.showwarning = show
        yield


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show what is being done: a spinner with the seconds so far on a terminal, else one plain line a step."""
    console, began = to_stderr(), time.monotonic()
    if not console.is_terminal:
        yield lambda step: console.print(Text(f"[{time.monotonic() - began:5.1f} s] {visible(step, 500)}"))
        return
    with console.status("starting") as status:
        last = [""]

        def report(step: str) -> None:
            if last[0]:
                console.print(Text(f"{time.monotonic() - began:6.1f} s  {last[0]}", style="dim"))
            last[0] = visible(step, 500)
            status.update(Text(last[0]))

        yield report
        report("")
