"""Arrays and a card in one file of the safetensors format: a heading in JSON, then bytes, and nothing that could run.

The format (https://huggingface.co/docs/safetensors): eight bytes with the length of the heading; the heading, which has
for each array its type, its shape and where its bytes stand; the bytes, without gaps. `safetensors` writes it. Reading
is done here, as views of the one buffer that was hashed: its reader copies every array, and opens the file anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

KINDS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "<u1",
}
CARD = "card"  # entry of the heading's metadata
METADATA = "__metadata__"
LENGTH = 8  # bytes that tell the length of the heading
LARGEST_HEADING = 1_000_000  # bytes
MOST_ARRAYS = 1000
MOST_DIMENSIONS = 4


class FormatError(ValueError):
    """Bytes that are no file of arrays, or that tell of themselves what is not so."""


def write(arrays: Mapping[str, Array], card: Mapping[str, Any]) -> bytes:
    """The bytes of a file: the same for the same arrays and the same card.

    Parameters
    ----------
    arrays
        By name, in the types of `KINDS`.
    card
        What JSON can hold; no number may be infinite or none.
    """
    from safetensors.numpy import save

    text = json.dumps(card, allow_nan=False, separators=(",", ":"))
    return bytes(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, {CARD: text}))


def read(content: bytes) -> tuple[dict[str, Array], dict[str, Any]]:
    """Arrays, as views of the bytes that nobody can write to, and the card.

    Raises
    ------
    FormatError
        Where the heading and the bytes are not as the format has them.
    """
    heading, start = _heading(content)
    card = _card(heading)
    if len(heading) > MOST_ARRAYS:
        raise FormatError(f"{len(heading):,} arrays, where a predictor has at most {MOST_ARRAYS:,}")
    arrays, ends = {}, []
    for name, told in heading.items():
        kind, shape, begin, end = _entry(name, told, len(content) - start)
        ends.append((begin, end))
        arrays[name] = np.frombuffer(content, dtype=kind, count=math.prod(shape), offset=start + begin).reshape(shape)
    _check_gapless(ends, len(content) - start)
    return arrays, card


def read_card(content: bytes) -> dict[str, Any]:
    """The card alone, of the bytes of a file as far as its heading goes at least."""
    return _card(_heading(content)[0])


def _card(heading: dict[str, Any]) -> dict[str, Any]:
    """The card of a heading, which has only arrays then."""
    metadata = heading.pop(METADATA, None)
    if not isinstance(metadata, dict) or list(metadata) != [CARD] or not isinstance(metadata[CARD], str):
        raise FormatError("no card in its heading")
    return _json(metadata[CARD])


def _heading(content: bytes) -> tuple[dict[str, Any], int]:
    if len(content) < LENGTH:
        raise FormatError(f"only {len(content)} bytes")
    length = int.from_bytes(content[:LENGTH], "little")
    if length > min(LARGEST_HEADING, len(content) - LENGTH):
        raise FormatError(f"a heading that claims {length:,} bytes")
    try:
        text = content[LENGTH : LENGTH + length].decode("utf-8")
    except UnicodeDecodeError:
        raise FormatError("a heading that is no text") from None
    return _json(text), LENGTH + length


def _json(text: str) -> dict[str, Any]:
    """A JSON object in which no name stands twice and no number is infinite or none."""
    try:
        told = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)
    except FormatError:
        raise
    except (ValueError, RecursionError):
        raise FormatError("a heading that is no JSON") from None
    if not isinstance(told, dict):
        raise FormatError("a heading that is no JSON object")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise FormatError("a name twice")
    return told


def _refused(text: str) -> float:
    raise FormatError(f"{text} in place of a number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refused(text[:20])


def _entry(name: str, told: Any, size: int) -> tuple[str, tuple[int, ...], int, int]:
    """Type, shape, and where the bytes of an array begin and end; they are as many as type and shape take."""
    shown = name[:60]
    if not isinstance(told, dict) or sorted(told) != ["data_offsets", "dtype", "shape"]:
        raise FormatError(f"an array {shown!r} without type, shape and place")
    kind, shape, offsets = told["dtype"], told["shape"], told["data_offsets"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise FormatError(f"an array {shown!r} of another type than {', '.join(KINDS)}")
    if not _counts(shape) or len(shape) > MOST_DIMENSIONS or not _counts(offsets) or len(offsets) != 2:
        raise FormatError(f"an array {shown!r} whose shape or place is none")
    begin, end = offsets
    width = np.dtype(KINDS[kind]).itemsize
    if not begin <= end <= size or math.prod(shape) * width != end - begin:
        raise FormatError(f"an array {shown!r} whose place is not that of its shape")
    return KINDS[kind], tuple(shape), begin, end


def _counts(told: Any) -> bool:
    return isinstance(told, list) and all(type(part) is int and 0 <= part < 2**48 for part in told)


def _check_gapless(ends: list[tuple[int, int]], size: int) -> None:
    """Refuse arrays that overlap, leave bytes between them, or end before the file does."""
    reached = 0
    for begin, end in sorted(ends):
        if begin != reached:
            raise FormatError("arrays that overlap or leave bytes between them")
        reached = end
    if reached != size:
        raise FormatError("arrays that do not fill the file")
