"""`vitrion backup` and `vitrion restore`: all that is kept, as one file or folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..terminal.console import say
from ..terminal.failures import told


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="OUT.tar|FOLDER", help="A new file ending in .tar, or a new folder.")
    ],
) -> None:
    """Back up models, campaigns, the lab's data, runs, jobs and their results consistently while the service runs."""
    with told():
        from ..settings import Settings
        from ..storage.backup import back_up

        made = back_up(Settings.of_environment(), target)
        say(f"{len(made['files']):,} files in {target}; bring them back with: vitrion restore {target}")


def restore(
    source: Annotated[Path, typer.Argument(metavar="IN.tar|FOLDER", exists=True, help="What vitrion backup wrote.")],
) -> None:
    """Bring a backup back into an empty home folder; jobs that were open then begin anew."""
    with told():
        from ...datasets.home import home
        from ..settings import Settings
        from ..storage.backup import restore as run

        made = run(Settings.of_environment(), source)
        say(f"{len(made['files']):,} files of {made['made']} are back in {home()}")
