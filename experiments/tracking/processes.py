"""Which process writes a run, and whether it still lives."""

from __future__ import annotations

import os
import platform
from pathlib import Path

HOST, PROCESS = "vitrion.host", "vitrion.process"


def owner() -> dict[str, str]:
    """Tags that tell which process a run belongs to."""
    return {HOST: host(), PROCESS: f"{os.getpid()}/{started(os.getpid())}"}


def host() -> str:
    """Name of this machine, with its number where it has one: clones may share a name."""
    number = Path("/etc/machine-id")
    try:
        return f"{platform.node()}/{number.read_text().strip()[:8]}"
    except OSError:
        return platform.node()


def alive(process: str) -> bool:
    """Whether the process that a tag tells of still runs; a number that another took over does not count."""
    number, _, since = process.partition("/")
    return alive_number(number) and (not since or started(int(number)) == since)


def alive_number(number: str) -> bool:
    """Whether a process of that number runs."""
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return not _is_zombie(int(number))


def started(number: int) -> str:
    """When a process began: which start of the machine, and ticks since; empty where /proc is not."""
    told, boot = _status(number), Path("/proc/sys/kernel/random/boot_id")
    return f"{boot.read_text().strip()}:{told[19]}" if told and boot.exists() else ""


def _is_zombie(number: int) -> bool:
    told = _status(number)
    return bool(told) and told[0] == "Z"


def _status(number: int) -> list[str]:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
