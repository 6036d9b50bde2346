"""The cards of the embedded data: what each file is, whose it is, under which licence, and what was left out of it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

DATA = Path(__file__).parent / "data"
CARDS = tuple(sorted(path.name.removesuffix(".card.toml") for path in DATA.glob("*.card.toml")))


class CardError(ValueError):
    """A data file that is not the one that its card describes."""


@dataclass(frozen=True)
class Card:
    """The card of one data file, read from ``data/NAME.card.toml``.

    Parameters
    ----------
    name, title
        Short name and full title.
    file
        File name in the data folder.
    licence, attribution
        SPDX identifier (or a sentence), and the words that the licence asks for.
    reference
        DOI or address where the data was published.
    sha256
        Of the file's bytes.
    rows
        Rows in the file.
    left_out
        Reason and number of the source's rows that are not in the file.
    notes
        What a user of the numbers must know.
    """

    name: str
    title: str
    file: str
    licence: str
    attribution: str
    reference: str
    sha256: str
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return DATA / self.file

    def verify(self) -> None:
        """Raise `CardError` if the file is not the one that the card describes."""
        found = hashlib.sha256(self.path.read_bytes()).hexdigest()
        if found != self.sha256:
            msg = f"{self.file}: sha256 is {found}, its card says {self.sha256}; restore the file or renew the card"
            raise CardError(msg)


@lru_cache(maxsize=16)
def card(name: str) -> Card:
    """Return the card of that name.

    >>> card("sciglass").licence
    'ODbL-1.0'
    """
    if name not in CARDS:
        msg = f"{name!r} has no card; there are cards of {', '.join(CARDS)}"
        raise CardError(msg)
    with (DATA / f"{name}.card.toml").open("rb") as file:
        content = tomllib.load(file)
    return Card(
        **{
            **content,
            "notes": tuple(content.get("notes", ())),
            "left_out": MappingProxyType(content.get("left_out", {})),
        }
    )


def cards() -> tuple[Card, ...]:
    """Return the cards of all embedded data."""
    return tuple(card(name) for name in CARDS)
