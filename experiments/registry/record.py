"""Our own record of which versions answer: one small file, replaced in one step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from ...datasets.exchange.structured import of_json
from ...datasets.home import file_mode, home, made
from ...datasets.home import put as replace_file
from . import shipped


class NoChampionError(LookupError):
    """There is no predictor of a property yet, or none that can answer."""


@dataclass(frozen=True)
class Entry:
    """What the record says of a property.

    `version` answers, from the file of `sha256`; `before` are numbers and hashes of those that did, the last one last;
    `rolled_back` hashes of those that no training may promote again. Version 0 is the one that is shipped.
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
    """Return what answers, by property: where the home has none, the one that is shipped with the package.

    It is empty where none is shipped and nothing was trained yet.
    """
    own = _own()
    return own | {name: _beside_shipped(own.get(name), shipped.digest(name)) for name in shipped.names()}


def _beside_shipped(own: Entry | None, digest: str) -> Entry:
    """The entry of a property of which a predictor is shipped: that one answers, or did before all others.

    Its hash is that of the package which is installed now.
    """
    if own is None:
        return Entry(shipped.VERSION, digest)
    before = tuple((number, digest if number == shipped.VERSION else known) for number, known in own.before)
    if own.version == shipped.VERSION:
        return replace(own, sha256=digest, before=before)
    if shipped.VERSION not in dict(before) and digest not in own.rolled_back:
        before = ((shipped.VERSION, digest), *before)
    return replace(own, before=before)


def _own() -> dict[str, Entry]:
    """What the home says."""
    path = _path()
    try:
        told = of_json(path.read_text(encoding="utf-8"))
        return {str(name): Entry.of(entry) for name, entry in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoChampionError(f"{path} is damaged ({error}); remove it and run 'vitrion train'") from None


def put(told: Mapping[str, Entry]) -> None:
    """Replace the record; a shipped predictor that was never left is not written into it, so that later ones follow."""
    write(_path(), {name: asdict(entry) for name, entry in told.items() if not _is_plain(entry)})


def _is_plain(entry: Entry) -> bool:
    """Whether an entry says no more than that the shipped predictor answers."""
    return entry.version == shipped.VERSION and not entry.before and not entry.rolled_back


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON in one step, so that a crash leaves the old file or the new one."""
    replace_file(path, json.dumps(content, indent=1, sort_keys=True, default=str).encode())


def _path() -> Path:
    return home() / "champions.json"
