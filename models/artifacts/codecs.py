"""How the kinds of content of a model file become arrays and numbers, and come back checked.

A field writes a value under a name into a `Draft`, and reads it from a `Content`, which knows the sizes that go
through the whole file: an array whose shape is ``("known", "space")`` must have as many rows as there are known
compositions and as many columns as the space of distances has, wherever in the file these first stood.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numerics.fitted import Network, Scale
from ..numerics.flat_forest import Forest, ShapeError
from ..numerics.rows import different_rows
from .fields import LARGEST_SIZE, Array, Content, Draft, Field, Shape, UnsoundError

MOST_TEXT = 50_000_000  # bytes of all texts of a column, unpacked
LEVEL = 9  # of their compression
MOST_CELLS = 100_000_000  # of an array that is unpacked


@dataclass(frozen=True)
class Plain:
    """An array as it is, in double precision or in the one told.

    Parameters
    ----------
    shape
        Names of its sides.
    kind
        Type in the file.
    into
        Type in memory, where it is another.
    least, most
        Ends of its values.
    """

    shape: Shape
    kind: type[np.generic] = np.float64
    into: type[np.generic] | None = None
    least: float = -math.inf
    most: float = math.inf

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put an array into a file."""
        draft.arrays[name] = np.asarray(value, dtype=self.kind)

    def read(self, name: str, content: Content) -> Array:
        """The array."""
        found = content.array(name, self.kind, self.shape)
        if found.size and not (self.least <= found.min() and found.max() <= self.most):
            raise UnsoundError(f"an array {name} with a value that is not from {self.least:g} to {self.most:g}")
        return found if self.into is None else found.astype(self.into)


@dataclass(frozen=True)
class Number:
    """A number, which stands in the card."""

    least: float = -1e300
    most: float = 1e300

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put a number into a card."""
        draft.numbers[name] = float(value)

    def read(self, name: str, content: Content) -> float:
        """The number."""
        return float(content.number(name, self.least, self.most))


@dataclass(frozen=True)
class Sparse:
    """A matrix most of whose cells are zero, such as shares of elements."""

    rows: str
    columns: str

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put what is not zero into a file, with its places."""
        matrix = np.asarray(value, dtype=float)
        draft.numbers[f"{name}.rows"] = len(matrix)
        draft.arrays[f"{name}.places"] = np.flatnonzero(matrix).astype(np.uint32)
        draft.arrays[f"{name}.values"] = matrix[matrix != 0.0]

    def read(self, name: str, content: Content) -> Array:
        """The whole matrix."""
        rows = content.number(f"{name}.rows", 0, LARGEST_SIZE, whole=True)
        content.fix(name, self.rows, rows)
        size = rows * content.sizes[self.columns]
        places = content.array(f"{name}.places", np.uint32, (f"cells of {name}",))
        values = content.array(f"{name}.values", np.float64, (f"cells of {name}",))
        if size > MOST_CELLS or (len(places) and (places[-1] >= size or (places[1:] <= places[:-1]).any())):
            raise UnsoundError(f"a matrix {name} whose places do not rise or lead out of it")
        whole = np.zeros(size)
        whole[places] = values
        return whole.reshape(rows, -1) if rows else np.zeros((0, content.sizes[self.columns]))


@dataclass(frozen=True)
class Triangle:
    """A matrix in single precision that is zero above its diagonal."""

    side: str

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the half of it into a file."""
        draft.arrays[name] = np.asarray(value, dtype=np.float32)[np.tri(len(value), dtype=bool)]

    def read(self, name: str, content: Content) -> Array:
        """The whole matrix."""
        n = content.sizes[self.side]
        half = content.array(name, np.float32, (n * (n + 1) // 2,))
        whole = np.zeros((n, n), dtype=np.float32)
        whole[np.tri(n, dtype=bool)] = half
        return whole


@dataclass(frozen=True)
class Repeated:
    """Rows of an array that are often the same: each once, and which of them stands in each place."""

    rows: str
    shape: Shape
    kind: type[np.generic] = np.float32

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the different rows into a file, in the order in which they first come."""
        array = np.asarray(value, dtype=float)
        first, kinds = different_rows(array.reshape(len(array), -1))
        which = kinds.astype(_counting(len(first)))
        draft.arrays[f"{name}.rows"] = array[first].astype(self.kind)
        _put_which(which, name, len(first), draft)

    def read(self, name: str, content: Content) -> Array:
        """All rows, in double precision."""
        different = content.array(f"{name}.rows", self.kind, (f"different rows of {name}", *self.shape))
        return different.astype(np.float64)[_which(name, content, self.rows, len(different))]


@dataclass(frozen=True)
class Columns:
    """A matrix in whose columns the same numbers come again and again."""

    rows: str
    columns: str

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the different numbers of each column into a file."""
        for place, column in enumerate(np.asarray(value, dtype=float).T):
            Repeated(self.rows, (), np.float64).write(column, f"{name}.{place}", draft)

    def read(self, name: str, content: Content) -> Array:
        """The whole matrix."""
        column = Repeated(self.rows, (), np.float64)
        columns = [column.read(f"{name}.{place}", content) for place in range(content.sizes[self.columns])]
        return np.ascontiguousarray(np.stack(columns, axis=1))


@dataclass(frozen=True)
class Texts:
    """Texts, often the same: each once, packed, and which of them stands in each place."""

    rows: str

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the different texts into a file, in the order in which they first come."""
        texts = [str(text) for text in np.asarray(value).tolist()]
        number = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        text = json.dumps([*number], separators=(",", ":")).encode()
        which = np.array([number[text] for text in texts], dtype=_counting(len(number)))
        draft.numbers[f"{name}.different"] = len(number)
        draft.numbers[f"{name}.bytes"] = len(text)
        draft.arrays[f"{name}.packed"] = np.frombuffer(zlib.compress(text, LEVEL), dtype=np.uint8)
        _put_which(which, name, len(number), draft)

    def read(self, name: str, content: Content) -> Array:
        """All texts, shape (rows,), as objects: the same text is one object."""
        number = content.number(f"{name}.different", 0, LARGEST_SIZE, whole=True)
        size = content.number(f"{name}.bytes", 0, MOST_TEXT, whole=True)
        packed = content.array(f"{name}.packed", np.uint8, (f"bytes of {name}",))
        unpacking = zlib.decompressobj()
        try:
            text = unpacking.decompress(packed.tobytes(), size + 1)
            different = json.loads(text)
        except (zlib.error, ValueError, RecursionError):
            raise UnsoundError(f"texts {name} that cannot be unpacked") from None
        plain = isinstance(different, list) and set(map(type, different)) <= {str}
        if not plain or len(text) != size or not unpacking.eof or unpacking.unused_data or len(different) != number:
            raise UnsoundError(f"texts {name} that are not as many as they claim")
        return np.array(different, dtype=object)[_which(name, content, self.rows, number)]


@dataclass(frozen=True)
class Trees:
    """A forest over a number of columns, or none.

    Parameters
    ----------
    width
        Name of the number of columns.
    largest
        Name of the size beyond which no value lies, among the sizes of the file.
    may_lack
        Whether there may be none.
    kind
        Type of thresholds and values in the file.
    """

    width: str
    largest: str
    may_lack: bool = False
    kind: type[np.generic] = np.float32

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put a forest into a file."""
        if value is None and self.may_lack:
            return
        for part in ("sizes", "feature"):
            draft.arrays[f"{name}.{part}"] = getattr(value, part)
        for part in ("threshold", "value"):
            draft.arrays[f"{name}.{part}"] = getattr(value, part).astype(self.kind)

    def read(self, name: str, content: Content) -> Forest | None:
        """The forest; its shape, its columns and its values are those of a forest."""
        if self.may_lack and f"{name}.sizes" not in content.arrays:
            return None
        sizes = content.array(f"{name}.sizes", np.int32, (f"trees of {name}",))
        kind = np.uint16 if getattr(content.arrays.get(f"{name}.feature"), "itemsize", 1) > 1 else np.uint8
        feature = content.array(f"{name}.feature", kind, (f"nodes of {name}",))
        threshold = content.array(f"{name}.threshold", self.kind, (f"splits of {name}",)).astype(np.float32)
        value = content.array(f"{name}.value", self.kind, (f"leaves of {name}",)).astype(np.float32)
        if len(value) and float(np.abs(value).max()) > content.sizes[self.largest]:
            raise UnsoundError(f"a tree in {name} with a value beyond {content.sizes[self.largest]:g}")
        try:
            forest = Forest(sizes, feature, threshold, value, content.sizes[self.width])
            forest.check_shape()
        except ShapeError as error:
            raise UnsoundError(f"{error} ({name})") from None
        return forest


@dataclass(frozen=True)
class Networks:
    """Networks of one output over the same columns; of columns that none of them looks at, nothing is written."""

    width: str
    kind: type[np.generic]

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the layers of all networks into a file."""
        draft.numbers[f"{name}.number"] = len(value)
        draft.numbers[f"{name}.layers"] = len(value[0].weights) if len(value) else 0
        for number, network in enumerate(value):
            for layer, (weights, offsets) in enumerate(zip(network.weights, network.offsets, strict=True)):
                place, rows = f"{name}.{number}.{layer}.weights", np.asarray(weights, dtype=self.kind)
                if layer:
                    draft.arrays[place] = rows
                else:
                    Repeated(self.width, (), self.kind).write(rows, place, draft)
                draft.arrays[f"{name}.{number}.{layer}.offsets"] = np.asarray(offsets, dtype=self.kind)

    def read(self, name: str, content: Content) -> list[Network]:
        """The networks; each layer takes what the one before it gives."""
        number = content.number(f"{name}.number", 0, 100, whole=True)
        layers = content.number(f"{name}.layers", 1 if number else 0, 20, whole=True)
        networks = []
        for own in range(number):
            weights, offsets = [], []
            for layer in range(layers):
                place = f"{name}.{own}.{layer}"
                above = f"units of {name}.{own}.{layer - 1}" if layer else self.width
                units: str | int = f"units of {place}" if layer + 1 < layers else 1
                if layer or f"{place}.weights" in content.arrays:  # as in files of format 7
                    weights.append(content.array(f"{place}.weights", self.kind, (above, units)))
                else:
                    rows = Repeated(self.width, (units,), self.kind).read(f"{place}.weights", content)
                    weights.append(_fixed(rows.astype(self.kind)))
                offsets.append(content.array(f"{place}.offsets", self.kind, (units,)))
            networks.append(Network(tuple(weights), tuple(offsets)))
        return networks


@dataclass(frozen=True)
class Scales:
    """Means and spreads of columns."""

    columns: str

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put both into a file."""
        draft.arrays[f"{name}.mean"], draft.arrays[f"{name}.spread"] = value.mean, value.spread

    def read(self, name: str, content: Content) -> Scale:
        """Both; spreads are above zero."""
        spread = Plain((self.columns,), least=1e-300).read(f"{name}.spread", content)
        return Scale(content.array(f"{name}.mean", np.float64, (self.columns,)), spread)


def write_all(fields: Mapping[str, Field], values: Mapping[str, Any], name: str, draft: Draft) -> None:
    """Put several values into a file, each under its own name below a common one."""
    for own, kind in fields.items():
        kind.write(values[own], f"{name}.{own}", draft)


def read_all(fields: Mapping[str, Field], name: str, content: Content) -> dict[str, Any]:
    """What `write_all` has written."""
    return {own: kind.read(f"{name}.{own}", content) for own, kind in fields.items()}


def _fixed(array: Array) -> Array:
    """The array itself, which nobody can write to from now on."""
    array.setflags(write=False)
    return array


def _counting(number: int) -> type[np.unsignedinteger[Any]]:
    """Type in which as many different elements are counted."""
    return np.uint16 if number <= 2**16 else np.uint32


def _put_which(which: Array, name: str, number: int, draft: Draft) -> None:
    """Put into a file which of some different elements stands in each row: of all rows, or of those that come again.

    The different elements are counted as they first come, so that the others are known from those that come again.
    """
    first = np.zeros(len(which), dtype=bool)
    first[np.unique(which, return_index=True)[1]] = True
    again = np.flatnonzero(~first).astype(np.uint32)
    if again.nbytes + which[again].nbytes < which.nbytes:
        draft.arrays[f"{name}.again"], draft.arrays[f"{name}.of"] = again, which[again]
    else:
        draft.arrays[f"{name}.which"] = which


def _which(name: str, content: Content, rows: str, number: int) -> Array:
    """Which of some different elements stands in each row."""
    kind, n_again = _counting(number), f"repeated rows of {name}"
    if f"{name}.again" in content.arrays:
        again = content.array(f"{name}.again", np.uint32, (n_again,))
        found = content.array(f"{name}.of", kind, (n_again,))
        whole = np.empty(number + len(again), dtype=kind)
        content.fix(name, rows, len(whole))
        if len(again) and (again[-1] >= len(whole) or (again[1:] <= again[:-1]).any()):
            raise UnsoundError(f"{name} with rows that do not rise or lead out of it")
        first = np.ones(len(whole), dtype=bool)
        first[again] = False
        whole[first], whole[again] = np.arange(number, dtype=kind), found
    else:
        found = whole = content.array(f"{name}.which", kind, (rows,))
    if len(found) and int(found.max()) >= number:
        raise UnsoundError(f"{name} with a row that is none of its {number:,}")
    return whole
