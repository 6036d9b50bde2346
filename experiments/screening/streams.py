"""Where the candidates of a screening come from, block by block: Parquet files, spaces, lists; memory does not grow."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.exchange.list_columns import temperature_column
from ...datasets.tables.grid import PARQUET
from ...datasets.tables.headers import formula_column
from ...features.composition import Composition, FormulaError
from ...features.conventions.component_columns import of_components
from ...features.elements import INDEX, SYMBOLS
from ...features.fractions import Fractions
from ...features.notices import notice
from ...features.space.base import Space
from ...features.space.template import Template
from ..task.candidates import describable, is_file, listed

BLOCK = 16_384  # rows of a block: half a second of work


@dataclass(frozen=True)
class Block:
    """Consecutive rows of a source, light enough to be sent to another machine.

    Parameters
    ----------
    number
        Counted from 0.
    start
        Place of its first row in the source.
    formulas
        Texts, or None for points of a space.
    symbols, amounts
        Elements of a space, and their amounts at its points, shape (n, elements), in a unit of the space's own.
    variables
        Values of the variables of a space at its points, each of shape (n,).
    """

    number: int
    start: int
    formulas: Sequence[Any] | None
    symbols: tuple[str, ...] = ()
    amounts: npt.NDArray[np.float64] | None = None
    variables: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        rows = self.formulas if self.amounts is None else self.amounts
        return 0 if rows is None else len(rows)

    def read(self) -> tuple[Fractions, npt.NDArray[np.intp], dict[int, str]]:
        """Compositions that can be judged, their rows, and the reason for each row of a list that cannot."""
        if self.formulas is not None:
            batch, rows, errors = Fractions.read(self.formulas)
        else:
            assert self.amounts is not None  # noqa: S101
            rows = np.flatnonzero((self.amounts >= 0).all(axis=1) & (self.amounts > 0).any(axis=1))
            matrix = np.zeros((len(rows), len(SYMBOLS)))
            matrix[:, [INDEX[symbol] for symbol in self.symbols]] = self.amounts[rows]
            batch, errors = Fractions.from_matrix(matrix), {}
        good, refused = describable(batch)
        if refused:
            errors = errors | {int(rows[place]): reason for place, reason in refused.items()}
            batch, rows = batch.take(good), rows[good]
        return batch, rows, errors


class Source(ABC):
    """Candidates in a fixed order."""

    name: str
    size: int
    files: Sequence[Path] = ()

    folder: Path | None = None
    index: pd.Index[Any] | None = None  # what the candidates are called, where that is not their place

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """All rows in blocks of `BLOCK`, the last one shorter."""

    @abstractmethod
    def identity(self) -> str:
        """What this source is, so that a screening of another one is never taken for its continuation."""

    @abstractmethod
    def candidates(self, places: Sequence[int], texts: Sequence[Any]) -> list[Any]:
        """Candidates at some places in rising order, as `rank` takes them; `texts` is what their blocks held."""


class Listed(Source):
    """Formulas or compositions in memory."""

    def __init__(self, candidates: Any) -> None:
        self.items = listed(candidates)
        self.name, self.size = "the list", len(self.items)
        self.index = candidates.index if isinstance(candidates, pd.Series | pd.DataFrame) else None

    def blocks(self) -> Iterator[Block]:
        """Slices of the list."""
        for number, start in enumerate(range(0, self.size, BLOCK)):
            yield Block(number, start, self.items[start : start + BLOCK])

    def identity(self) -> str:
        """Hash of the texts."""
        digest = hashlib.sha256()
        for item in self.items:
            digest.update(f"{item}\n".encode())
        return f"list of {self.size}, {digest.hexdigest()}"

    def candidates(self, places: Sequence[int], texts: Sequence[Any]) -> list[Any]:
        """Members of the list."""
        return [self.items[place] for place in places]


class Points(Source):
    """The points of a space; those that are no compositions count as rows, and come to nothing."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.name, self.size = str(getattr(space, "text", "the space")), space.size

    def blocks(self) -> Iterator[Block]:
        """Amounts at the points."""
        start = 0
        for number, raw in enumerate(self.space.raw(BLOCK)):
            yield Block(number, start, None, self.space.symbols, raw.amounts, raw.variables)
            start += len(raw.amounts)

    def identity(self) -> str:
        """Hash of the definition."""
        return f"space of {self.size}, {hashlib.sha256(repr(self.space).encode()).hexdigest()}"

    def candidates(self, places: Sequence[int], texts: Sequence[Any]) -> list[Any]:
        """Exact compositions."""
        if type(self.space).point is not Space.point:
            points: Iterable[Any] = (self.space.point(place) for place in places)
        else:  # one walk through the space for all of them
            ahead, last = iter(self.space.exact()), -1
            points = []
            for place in places:
                points.append(next(islice(ahead, place - last - 1, None)))
                last = place
        return [Composition({symbol: amount for symbol, amount in one.items() if amount}) for _, one in points]


class Dataset(Source):
    """A Parquet file, or all files of a folder in the order of their names."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = sorted(path.glob("**/*.parquet")) if path.is_dir() else [path]
        files = [one for one in files if not any(part.startswith(".") for part in one.relative_to(path).parts)]
        if not files:
            raise FormulaError(f"{path.name} holds no .parquet file; name a Parquet file, or a folder of some")
        self.name, self.files, self.size, self.folder = path.name, files, 0, path if path.is_dir() else None
        self._columns: list[str] = []
        facts = [str(len(files))]
        for file in files:
            try:
                metadata = pq.read_metadata(file)
            except (pa.ArrowException, OSError) as error:
                mend = "; 'vitrion rank' reads CSV" if file.suffix.lower() == ".csv" else ""
                raise FormulaError(
                    f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}{mend}"
                ) from None
            self._columns.append(_formula_column(metadata.schema.to_arrow_schema(), file.name))
            self.size += metadata.num_rows
            stat = file.stat()
            facts.append(f"{file.relative_to(path.parent)} {stat.st_size} {stat.st_mtime_ns} {metadata.num_rows}")
        self._identity = hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def blocks(self) -> Iterator[Block]:
        """The column of formulas alone, as text."""
        import pyarrow as pa

        start = number = held = 0
        waiting: list[Any] = []
        for part in self._parts():
            waiting.append(part)
            held += len(part)
            while held >= BLOCK:
                whole = pa.chunked_array(waiting).combine_chunks()
                yield Block(number, start, whole[:BLOCK].to_pylist())
                number, start, held = number + 1, start + BLOCK, held - BLOCK
                waiting = [whole[BLOCK:]]
        if held:
            yield Block(number, start, pa.chunked_array(waiting).to_pylist())

    def _parts(self) -> Iterator[Any]:
        import pyarrow.parquet as pq

        for file, column in zip(self.files, self._columns, strict=True):
            with pq.ParquetFile(file) as opened:
                for batch in opened.iter_batches(BLOCK, columns=[column]):
                    yield batch.column(0).cast("string")

    def identity(self) -> str:
        """Names, sizes and times of the files."""
        return f"Parquet of {self.size}, {self._identity}"

    def candidates(self, places: Sequence[int], texts: Sequence[Any]) -> list[Any]:
        """Formulas as they stand in the files."""
        return list(texts)


def source_of(candidates: Any, **variables: Any) -> Source:
    """A source from a Parquet file or folder, a template with ranges, a space, a table or a list of formulas."""
    if isinstance(candidates, Space):
        return Points(candidates)
    if isinstance(candidates, Template) or (isinstance(candidates, str) and (variables or "{" in candidates)):
        template = candidates if isinstance(candidates, Template) else Template.parse(candidates)
        return Points(template.grid(**variables))
    if variables:
        raise FormulaError(f"{', '.join(variables)}: variables belong to a template; leave them out")
    if isinstance(candidates, Path) or (
        isinstance(candidates, str) and (is_file(candidates) or Path(candidates).is_dir())
    ):
        path = Path(candidates)
        if not path.exists():
            mend = "give a Parquet file, a folder of some, a template such as LiAlCl{4-2x}O{x}, or a list of formulas"
            raise FormulaError(f'"{candidates}" is no file, no folder and no template; {mend}')
        if path.is_dir() or path.suffix.lower() in (".parquet", ".pq") or _is_parquet(path):
            return Dataset(path)
    return Listed(candidates)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PARQUET)) == PARQUET


def _formula_column(schema: Any, file: str) -> str:
    """The column of formulas, which holds text or nothing that could not be text."""
    import pyarrow as pa

    names = list(map(str, schema.names))
    at = formula_column(names, file)
    if at is None:
        mend = of_components(names) or "name one of them formula"
        raise FormulaError(f"{file} has no column named formula (it has {', '.join(names)[:80]}); {mend}")
    if pa.types.is_nested(kind := schema.field(at).type):
        raise FormulaError(f"{file}: the column {names[at]} holds {kind}; make it text, such as LiAlCl4")
    if temperature_column(names, file)[0] is not None:
        notice(f"the temperatures in {file} are ignored: a screening is at one, temperature_C", stacklevel=6)
    return names[at]
