"""Campaigns as they are kept: one JSON each, a file or a row of a database server, changed in one step under a lock."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from filelock import FileLock, Timeout

from ...datasets.exchange.structured import of_json
from ...datasets.home import file_mode, home, made, private_folder, put
from .events import CampaignError, Event, TakenError, check

FORMAT, OWNED_FORMAT, KIND = 1, 2, "vitrion campaign"  # of what has an owner, which earlier releases do not read
MOST_BYTES = 256 * 2**20
PATIENCE_S = 60.0
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
_FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "name": str,
    "created": str,
    "candidates": dict,
    "goal": dict,
    "batch": int,
    "temperature_C": (int, float),
    "seed": int,
    "events": list,
}
_KEPT: Mapping[str, type | tuple[type, ...]] = {"owner": str, **_FIELDS}


class CampaignFileError(RuntimeError):
    """A campaign's file that is damaged, foreign, or of another version of Vitrion; it is left as it is."""


@dataclass(frozen=True)
class State:
    """All that a campaign is.

    Parameters
    ----------
    name, created
        Its name, and when it was made (UTC).
    candidates, goal
        As `campaign_candidates` keeps them, and the fields of the goal by name.
    batch, temperature_C, seed
        Proposals in a round, where no other number is asked for; where the conductivity counts, in degC; of all draws.
    events
        What happened, in order; nothing is ever taken out.
    owner
        Name of the access key that made it; empty for what was made without one. It is no part of an export.
    """

    name: str
    created: str
    candidates: Mapping[str, Any]
    goal: Mapping[str, Any]
    batch: int
    temperature_C: float
    seed: int
    events: tuple[Event, ...] = ()
    owner: str = field(default="", compare=False)

    def and_event(self, kind: str, **told: Any) -> State:
        """The state after one event more."""
        event = Event.of({"event": len(self.events) + 1, "kind": kind, "at": now(), **told})
        events = (*self.events, event)
        check(events, len(self.events))
        return replace(self, events=events)


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def encode(state: State, owned: bool = False) -> str:
    """The state as JSON, one event a line; with its owner, if that is to be kept."""
    names = _KEPT if owned and state.owner else _FIELDS
    head = {name: getattr(state, name) for name in names if name != "events"}
    lines = [_json(event.plain()) for event in state.events]
    listed = "[" + ",".join(f"\n  {line}" for line in lines) + ("\n ]" if lines else "]")
    head = {"kind": KIND, "format": OWNED_FORMAT if "owner" in head else FORMAT, **head}
    body = [f" {_json(name)}: {_json(value)}" for name, value in head.items()]
    return "{\n" + ",\n".join([*body, f' "events": {listed}']) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def decode(text: str) -> State:
    """The state that JSON holds; raises `CampaignError` with what is wrong with it."""
    try:
        told = of_json(text, _refuse_constant)
    except ValueError as error:
        raise CampaignError(f"it is not JSON ({error})") from None
    if not isinstance(told, dict) or told.get("kind") != KIND:
        raise CampaignError(f"it is not a campaign: it has no kind {KIND!r}")
    if told.get("format") not in (FORMAT, OWNED_FORMAT):
        known = f"{FORMAT} and {OWNED_FORMAT}"
        raise CampaignError(f"it has format {told.get('format')!r}, this version reads {known}; update vitrion")
    told = {"owner": "", **told}
    for name, kind in _KEPT.items():
        if not isinstance(told.get(name), kind) or isinstance(told[name], bool):
            raise CampaignError(f"its {name} is missing or of the wrong kind")
    if unknown := sorted(set(told) - {*_KEPT, "kind", "format"}):
        raise CampaignError(f"it holds {', '.join(unknown)[:60]}, which no campaign has")
    if not all(isinstance(event, dict) for event in told["events"]):
        raise CampaignError("an event is no object")
    checked_name(told["name"])
    events = tuple(map(Event.of, told["events"]))
    check(events)
    return State(**{n: told[n] for n in _KEPT} | {"events": events, "temperature_C": float(told["temperature_C"])})


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def checked_name(name: str) -> str:
    """Return a name that can be one: letters, digits, - and _, at most 64, not beginning with -."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        shown = repr(name if not isinstance(name, str) or len(name) <= 70 else name[:67] + "...")
        raise CampaignError(
            f"{shown} is no name of a campaign; use letters from A to Z, digits, - and _, 64 at most, such as laco-2026"
        )
    return name


def folder() -> Path:
    """Return the folder of all campaigns; it need not exist yet."""
    return home() / "campaigns"


def path_of(name: str) -> Path:
    """Return the file of a campaign."""
    return folder() / f"{checked_name(name)}.json"


def in_table() -> ModuleType | None:
    """Where campaigns are kept beside files: in a database server, if the environment names one."""
    named = os.environ.get("VITRION_DATABASE_URL", "").startswith("postgresql")
    return import_module("vitrion.experiments.campaign_log.table") if named else None


def names() -> list[str]:
    """Return the names of all campaigns in order, readable or not."""
    table = in_table()
    found = table.names() if table else [path.stem for path in folder().glob("*.json") if path.is_file()]
    return sorted(name for name in found if _NAME.fullmatch(name))


def read(name: str) -> State:
    """Return the state of a campaign as it is kept now."""
    if table := in_table():
        return _decoded(name, table.read(checked_name(name)), f"the campaign {name!r} of the database")
    path = path_of(name)
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise CampaignError(f"it has {size / 2**20:,.0f} MiB, more than any campaign")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = None  # `_decoded` says that there is none
    except (CampaignError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), error) from None
    return _decoded(name, text, str(path))


def _decoded(name: str, text: str | None, where: str) -> State:
    if text is None:
        others = f"there are {', '.join(names()[:8])}" if names() else "there is none yet"
        raise CampaignError(f"no campaign is called {name!r}; {others}: make it with 'vitrion campaign new'")
    try:
        state = decode(text)
        if state.name != name:
            raise CampaignError(f"it holds the campaign {state.name!r}")
    except CampaignError as error:
        raise _unreadable(where, error) from None
    return state


def _unreadable(where: str, error: Exception) -> CampaignFileError:
    said = f"{where} cannot be read as a campaign: {error}; it is left as it is"
    return CampaignFileError(f"{said}: move it away, or import the campaign from an export")


def create(state: State) -> None:
    """Keep a campaign that is not there yet, and its owner, in one step; raises `TakenError` where its name is."""
    if table := in_table():
        made = table.create(state.name, encode(state, owned=True))
    else:
        with _locked(state.name):
            path = path_of(state.name)
            if made := not path.exists():
                _write(path, encode(state, owned=True).encode())
    if not made:
        raise TakenError(f"there is a campaign {state.name!r} already; choose another name, or go on with it")


def change(name: str, step: Callable[[State], State]) -> State:
    """Apply a step to what is kept at this moment, and keep the outcome; return it.

    The lock is held from reading to writing, so that no event of another process is lost.
    """
    if table := in_table():
        return _changed_row(table, name, step)
    with _locked(name):
        old = read(name)
        new = step(old)
        if new is not old:
            _write(path_of(name), encode(new, owned=True).encode())
    return new


def _changed_row(table: ModuleType, name: str, step: Callable[[State], State]) -> State:
    new: State

    def changed(text: str | None) -> str | None:
        nonlocal new
        old = _decoded(name, text, f"the campaign {name!r} of the database")
        new = step(old)
        return None if new is old else encode(new, owned=True)

    table.change(checked_name(name), changed)
    return new


@contextmanager
def _locked(name: str) -> Iterator[None]:
    made()
    private_folder(folder())
    lock = path_of(name).with_name(f".{name}.lock")
    try:
        with FileLock(lock, timeout=PATIENCE_S, mode=file_mode(lock)):
            yield
    except Timeout:
        said = f"another process has been changing the campaign {name!r} for {PATIENCE_S:g} s"
        raise CampaignFileError(f"{said}; wait for it, then try again") from None


def _write(path: Path, content: bytes) -> None:
    """Put the content in place in one step; the lock is held, so leftovers of killed writers go."""
    for left in path.parent.glob(f".{path.name}.*.part"):
        left.unlink(missing_ok=True)
    put(path, content)
    if hasattr(os, "O_DIRECTORY"):
        entry = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
