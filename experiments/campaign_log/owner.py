"""Whose a campaign is: a field of its own file or row, so that it is made and owned in one step, or not at all."""

from __future__ import annotations

import re
from dataclasses import replace

from . import store
from .events import CampaignError
from .store import FORMAT, KIND, OWNED_FORMAT, CampaignFileError, State

LONGEST_HEAD = 300  # characters within which the owner stands, if there is one
_HEAD = re.compile(
    rf'\{{\n "kind": "{KIND}",\n "format": (?:{FORMAT}|{OWNED_FORMAT}),\n "(?:owner": "([^"\\]{{1,64}})"|name":)'
)


def owner_of(name: str) -> str | None:
    """Return the owner of a campaign; empty where it is nobody's, None where none has or can have that name."""
    try:
        store.checked_name(name)
    except CampaignError:
        return None
    table = store.in_table()
    head = table.heads(LONGEST_HEAD, name).get(name) if table else _head(name)
    return None if head is None else _told(name, head)


def owned_by(owner: str) -> set[str]:
    """Return the names of all campaigns of an owner."""
    table = store.in_table()
    heads = table.heads(LONGEST_HEAD) if table else {name: _head(name) for name in store.names()}
    return {name for name, head in heads.items() if head is not None and _told(name, head) == owner}


def give(name: str, owner: str, only_nobodys: bool = False) -> None:
    """Let a campaign belong to somebody from now on; `only_nobodys` leaves the owner that it has."""

    def step(state: State) -> State:
        kept = state.owner == owner or (only_nobodys and state.owner)
        return state if kept else replace(state, owner=owner)

    store.change(name, step)


def _head(name: str) -> str | None:
    try:
        with store.path_of(name).open(encoding="utf-8", errors="replace") as stream:
            return stream.read(LONGEST_HEAD)
    except OSError:
        return None


def _told(name: str, head: str) -> str:
    """The owner that the beginning names; all is read where it was not written by us."""
    if found := _HEAD.match(head):
        return found[1] or ""
    try:
        return store.read(name).owner
    except (CampaignError, CampaignFileError):
        return ""  # nobody's: administrators see it, and what is wrong with it
