"""How a command ends that cannot do its work: with a sentence on standard error and an exit code, no traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ...features.notices import spoken
from ..errors.outcomes import FAILED, explained, head_of, rows_of
from .console import say


@contextmanager
def told() -> Iterator[None]:
    """Run the work of one command; end with a sentence on standard error instead of a traceback."""
    try:
        with spoken(lambda sentence: say(f"note: {sentence}", "yellow")):
            yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        say("stopped")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except Exception as error:
        if os.environ.get("VITRION_DEBUG"):
            raise
        for row in rows_of(error):
            say(str(row), "yellow")
        say(f"vitrion: {head_of(error)}", "red")
        raise typer.Exit(explained(error)[1]) from None
