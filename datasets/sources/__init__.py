"""The embedded sources of measurements, one registration each; whatever has to know them walks `all`.

A source is added by its file and card in ``datasets/data``, a reader, and one line in `SOURCES`. Data sets, trust,
counts, coverage, and the licences of an export and of a model read it there. What is not embedded, such as OBELiX, is
not registered: its reader's measurements are given to `load` as ``extra``.

- `sciglass`: The reader of SciGlass: the embedded table as measurements, in lab units.
- `literature`: The reader of the embedded literature tables: halide and oxyhalide electrolytes.
- `liverpool`: The reader of the embedded Liverpool Ionics Dataset: conductivities.
- `obelix`: The reader of OBELiX: room-temperature conductivities of crystalline lithium electrolytes.
- `glass_formation`: The reader of the embedded glass-formation tables: which mixtures came out as a glass.
- `matminer`: The reader of matminer's data sets: any of them, by name, one column as measurements of one property.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.composition import Composition
from .. import cards
from ..measurement import Measurements
from . import glass_formation, literature, liverpool, sciglass

Mask = npt.NDArray[np.bool_]
Trust = Literal["bulk", "curated"]


@dataclass(frozen=True)
class Source:
    """A table of measurements that comes with the package.

    Parameters
    ----------
    name
        What the column ``source`` of its rows holds, alone or before a colon and what the row itself names.
    card
        Name of the card of its file: title, licence, attribution, what was left out.
    read
        Gives the rows of a property by its name, uncurated; none if there are none. Sources with one and the same
        `read` are read and curated together, and a later of them gives up what an earlier has too.
    trust
        ``"curated"``: somebody read each row in its paper, and a recipe may weigh them higher; ``"bulk"``: the table
        was taken over whole.
    merge
        Whether repeats of one composition in one paper become their median.
    column
        What its rows are counted under where data sets are listed; sources may share it.
    papers
        What the keys of its papers begin with where they are no DOIs.
    terms
        What its licence asks of those who hand on its rows, to be said in an export.
    composition
        Composition of a row from its atomic fractions, shape (103,), where these are more exact than its formula.
    """

    name: str
    card: str
    read: Callable[[str], Measurements]
    trust: Trust
    merge: bool
    column: str
    papers: str = ""
    terms: str = ""
    composition: Callable[[npt.NDArray[np.float64]], Composition] | None = None

    @property
    def licence(self) -> str:
        """Licence of its rows, as its card has it.

        >>> all()[0].licence
        'ODbL-1.0'
        """
        return cards.card(self.card).licence

    @property
    def attribution(self) -> str:
        """The words that its licence asks for, as its card has them."""
        return cards.card(self.card).attribution

    def holds(self, rows: pd.DataFrame) -> Mask:
        """Return which rows of a table of measurements are of this source, ndarray of shape (n,)."""
        return _any_of(rows, [self])


_tables = partial(literature.read, tables=tuple(literature.TABLES))

SOURCES: tuple[Source, ...] = (  # what an earlier one has too is dropped from a later one
    Source(
        *(sciglass.NAME, "sciglass", sciglass.read),
        trust="bulk",
        merge=True,
        column="sciglass",
        papers="sciglass:",
        terms="a public copy of SciGlass rows stays under ODbL",
        composition=sciglass.composition,
    ),
    *(
        Source(name, card, _tables, trust="curated", merge=False, column="literature")
        for card, name in literature.TABLES.items()
    ),
    Source(liverpool.NAME, "liverpool_conductivity", liverpool.read, trust="curated", merge=False, column="liverpool"),
    Source(
        *(glass_formation.NAME, "glass_formation", glass_formation.read),
        trust="bulk",
        merge=False,
        column="sciglass",
        papers="sciglass-formation:",
        terms="a public copy of SciGlass rows stays under ODbL",
    ),
)


def all() -> tuple[Source, ...]:  # noqa: A001 - read as `sources.all()`
    """Return the embedded sources, in the order in which they are taken."""
    return SOURCES


def of_rows(rows: pd.DataFrame) -> tuple[Source, ...]:
    """Return the sources of which a table of measurements has rows."""
    return tuple(source for source in all() if source.holds(rows).any())


def together() -> Iterator[tuple[Source, ...]]:
    """Yield the sources, those that are read together at once."""
    for _, group in groupby(all(), key=lambda source: source.read):
        yield tuple(group)


def bulk(rows: pd.DataFrame) -> Mask:
    """Return which rows nobody read one by one, ndarray of shape (n,); what is of no embedded source somebody did."""
    return _any_of(rows, [source for source in all() if source.trust == "bulk"])


def curated(rows: pd.DataFrame) -> Mask:
    """Return which rows are of an embedded source that was read row by row, ndarray of shape (n,)."""
    return _any_of(rows, [source for source in all() if source.trust == "curated"])


def bulk_papers() -> tuple[str, ...]:
    """Return what the keys of papers begin with of which nobody read the rows one by one."""
    return tuple(source.papers for source in all() if source.trust == "bulk" and source.papers)


def columns() -> dict[str, tuple[Source, ...]]:
    """Return the sources by the name that their rows are counted under."""
    names = dict.fromkeys(source.column for source in all())
    return {name: tuple(source for source in all() if source.column == name) for name in names}


def count(rows: pd.DataFrame, some: Sequence[Source]) -> int:
    """Return how many rows of a table of measurements are of some sources."""
    return int(_any_of(rows, some).sum())


def _any_of(rows: pd.DataFrame, some: Sequence[Source]) -> Mask:
    number, names = pd.factorize(rows["source"], use_na_sentinel=False)
    begins = tuple(f"{source.name}:" for source in some)
    known = {source.name for source in some}
    held = [name in known or str(name).startswith(begins) for name in names]
    return np.array(held, dtype=bool)[number]
