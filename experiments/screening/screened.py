"""What a screening knows of one block: the rows that may be among the best, and, where asked, a table of all."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.home import put
from ..ranking.scoring import Predictors
from .pruning import Aim, among_best, sieve
from .streams import Block

SHOWN = 5  # rows that cannot be read whose reasons are kept of a block


@dataclass(frozen=True)
class Screened:
    """The result of a block.

    Parameters
    ----------
    number, size
        Of the block, and how many rows it has.
    places, chance, margin
        Rows kept, by their place in the source in rising order, with what they are ranked by; shape (m,).
    texts
        What the block held at these rows; empty texts for points of a space.
    unread
        How many rows cannot be read.
    errors
        The first of these, place and reason.
    table
        All rows as the bytes of a Parquet file; empty where that is not asked for.
    """

    number: int
    size: int
    places: npt.NDArray[np.int64]
    chance: npt.NDArray[np.float64]
    margin: npt.NDArray[np.float64]
    texts: list[str]
    unread: int = 0
    errors: tuple[tuple[int, str], ...] = ()
    table: bytes = b""

    def floor(self, top: int) -> float:
        """Chance that `top` rows reach already; 0 while there are fewer."""
        return float(np.partition(self.chance, -top)[-top]) if len(self.chance) >= top else 0.0

    def write(self, path: Path) -> None:
        """Keep all but the table in a file, in one step and for good."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {"place": self.places, "p_goal": self.chance, "margin": self.margin, "text": self.texts}
        columns["text"] = pa.array(self.texts, pa.string())
        fields = {"number": self.number, "size": self.size, "unread": self.unread, "errors": self.errors}
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns).replace_schema_metadata({"block": json.dumps(fields)}), buffer)
        put(path, buffer.getvalue())

    @classmethod
    def read(cls, path: Path) -> Screened:
        """What `write` kept."""
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        fields = json.loads(table.schema.metadata[b"block"])
        errors = tuple((int(place), str(reason)) for place, reason in fields["errors"])
        places, chance, margin = (table[name].to_numpy() for name in ("place", "p_goal", "margin"))
        texts = table["text"].to_pylist()
        return cls(fields["number"], fields["size"], places, chance, margin, texts, fields["unread"], errors)


def screened(block: Block, aim: Aim, predictors: Predictors, floor: float = 0.0) -> Screened:
    """Judge one block; see `sieve` for `floor`."""
    fractions, rows, errors = block.read()
    found = sieve(fractions, aim, predictors, floor)
    kept = found.rows[among_best(found.chance, found.margin, aim.top)] if aim.top else found.rows[:0]
    kept = np.sort(kept)
    at = np.full(len(fractions), -1, dtype=np.intp)
    at[found.rows] = np.arange(len(found.rows))
    chance, margin = found.chance[at[kept]], found.margin[at[kept]]
    held = rows[kept]
    texts = [_text(block.formulas[row]) for row in held] if block.formulas is not None else [""] * len(held)
    first = tuple((block.start + row, errors[row]) for row in sorted(errors)[:SHOWN])
    table = _table(block, rows, errors, found.columns) if aim.everything else b""
    places = np.asarray(held + block.start, dtype=np.int64)
    return Screened(block.number, len(block), places, chance, margin, texts, len(errors), first, table)


def _table(block: Block, rows: npt.NDArray[np.intp], errors: dict[int, str], columns: Any) -> bytes:
    """All rows of a block as a Parquet file; of a space its compositions: variables, and shares of the atoms."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shown = np.arange(len(block)) if block.formulas is not None else rows
    named: dict[str, Any] = {"place": pa.array(shown + block.start)}
    if block.formulas is not None:
        named["formula"] = pa.array([_text(item) for item in block.formulas], pa.string())
    elif block.amounts is not None:
        shares = block.amounts[rows] / block.amounts[rows].sum(axis=1, keepdims=True)
        named |= {name: values[rows] for name, values in block.variables.items()}
        named |= {symbol: shares[:, at] for at, symbol in enumerate(block.symbols)}
    for name, column in columns.items():
        named[name] = _spread(column, rows, len(block)) if len(rows) < len(shown) else pa.array(column)
    if block.formulas is not None:
        named["error"] = pa.array([errors.get(row, "") for row in range(len(block))] if errors else [""] * len(block))
    buffer = io.BytesIO()
    pq.write_table(pa.table(named), buffer)
    return buffer.getvalue()


def _spread(column: npt.NDArray[Any], rows: npt.NDArray[np.intp], n: int) -> Any:
    """A column of n rows from those that could be read; the others are missing."""
    import pyarrow as pa

    whole, missing = np.zeros(n, dtype=column.dtype), np.ones(n, dtype=bool)
    whole[rows], missing[rows] = column, False
    return pa.array(whole, mask=missing)


def _text(item: Any) -> str:
    return item if isinstance(item, str) else "" if item is None else str(getattr(item, "formula", item))


def best_of(parts: Sequence[Screened], top: int) -> Screened:
    """The best of several blocks together, those of equal rank at the end too; numbers and sizes are added up."""
    if not parts:
        return Screened(-1, 0, np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), [])
    places, chance, margin = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("places", "chance", "margin")
    )
    texts = [text for part in parts for text in part.texts]
    kept = among_best(chance, margin, top)
    kept = kept[np.argsort(places[kept])]
    errors = tuple(sorted(error for part in parts for error in part.errors)[:SHOWN])
    size, unread = sum(part.size for part in parts), sum(part.unread for part in parts)
    return Screened(-1, size, places[kept], chance[kept], margin[kept], [texts[row] for row in kept], unread, errors)
