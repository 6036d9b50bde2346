"""Our own record of which versions answer: one small file, replaced in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from ...datasets.exchange.structured import of_json
from ...datasets.home import file_mode, home, made
from ...datasets.home import put as replace_file


class NoChampionError(LookupError):
    """There is no predictor of a property yet, or none that can answer."""


@dataclass(frozen=True)
class Entry:
    """What the record says of a property.

    `version` answers, from the file of `sha256`; `before` are numbers and hashes of those that did, the last one last;
    `rolled_back` hashes of those that no training may promote again.
    """

    version: int
    sha256: str
    before: tuple[tuple[int, str], ...] = ()
    rolled_back: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Entry:
        """The entry that JSON holds; earlier versions once stood there without their hashes."""
        pairs = (one if isinstance(one, list) else (one, "") for one in told.get("before", []))
        before = tuple((int(number), str(digest)) for number, digest in pairs)
        return cls(int(told["version"]), str(told["sha256"]), before, tuple(map(str, told.get("rolled_back", []))))


def lock() -> FileLock:
    """Return the lock that every change of the record takes; who has it may take it again."""
    path = made() / "registry.lock"
    return FileLock(path, mode=file_mode(path), is_singleton=True)


def record() -> dict[str, Entry]:
    """Return what answers, by property; empty when nothing was trained yet."""
    path = _path()
    try:
        told = of_json(path.read_text(encoding="utf-8"))
        return {str(name): Entry.of(entry) for name, entry in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoChampionError(f"{path} is damaged ({error}); remove it and run 'vitrion train'") from None


def put(told: Mapping[str, Entry]) -> None:
    """Replace the record."""
    write(_path(), {name: asdict(entry) for name, entry in told.items()})


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON in one step, so that a crash leaves the old file or the new one."""
    replace_file(path, json.dumps(content, indent=1, sort_keys=True, default=str).encode())


def _path() -> Path:
    return home() / "champions.json"
