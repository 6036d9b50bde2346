"""When, where and how a benchmark ran."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Facts:
    """When, where and how a page was made."""

    day: str
    machine: str
    commit: str
    command: str
    minutes: float
    quick: bool = False
    began: float = field(default_factory=time.monotonic, repr=False, compare=False)

    @classmethod
    def now(cls, command: str, minutes: float = 0.0, quick: bool = False) -> Facts:
        """The facts of this process, whose run begins; the commit is that of the code before anything is written."""
        names = ("numpy", "scikit-learn", "scipy")
        packages = ", ".join(f"{name} {version(name)}" for name in names)
        machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {packages}"
        return cls(datetime.now(UTC).date().isoformat(), machine, _commit(), command, minutes, quick)

    def ended(self) -> Facts:
        """The facts of a run that has come to its end, with the time that it took."""
        return replace(self, minutes=(time.monotonic() - self.began) / 60)


def _commit() -> str:
    """The commit of the code, with a word where code or data was changed since; a dash where there is no git."""
    order = ["git", "describe", "--always", "--exclude=*"]
    changes = [
        "git",
        "status",
        "--porcelain",
        "--untracked-files=no",
        ":/",
        ":(exclude,top)docs",
        ":(exclude,top)README.md",
    ]
    said = []
    for command in (order, changes):
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            return "-"
        said.append(done.stdout.strip())
    return f"{said[0]}, changed since" if said[1] else said[0]
