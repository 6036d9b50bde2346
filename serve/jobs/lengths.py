"""How long a list is, as far as that is seen in a moment: who asks for a short one waits for no long one.

What a file is, its first bytes tell and not its name, as where it is read. Lines are counted in text alone: in what is
packed, a line break is a byte like any other.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from ...datasets.tables.grid import GZIP, PARQUET, ZIP

QUICK_BYTES = 2_000_000  # size, unpacked, below which a list of few rows is short
TINY_BYTES = 100_000  # size below which it is looked up how large a workbook is, unpacked
ROW_BYTES = 20  # of a row in what is not counted; a workbook has more for each


@dataclass(frozen=True)
class Length:
    """Length of a list.

    Parameters
    ----------
    rows
        Its rows, or an estimate where they are not counted.
    bytes
        Its size, unpacked; at least `QUICK_BYTES` where it is not known.
    """

    rows: int
    bytes: int

    def is_short(self, block_rows: int) -> bool:
        """Whether it is known to be one block, and small."""
        return self.rows <= block_rows and self.bytes < QUICK_BYTES


def length_of(content: bytes) -> Length:
    """Length of a list, from the bytes of its file."""
    if content.startswith(GZIP):
        unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            inner = unpacker.decompress(content, QUICK_BYTES)
        except zlib.error:
            return Length(0, len(content))  # it cannot be read, and fails at once
        if unpacker.eof and not unpacker.unused_data:
            return _unpacked(inner)
        return _not_known(content, _unpacked(inner).rows)
    return _unpacked(content)


def _unpacked(content: bytes) -> Length:
    if content.startswith(PARQUET):
        return Length(_rows_of_parquet(content), len(content))
    if content.startswith(ZIP):
        return _of_workbook(content)
    text = content.replace(b"\0", b"")  # which every second byte is in UTF-16
    return Length(text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n"), len(content))


def _rows_of_parquet(content: bytes) -> int:
    from pyarrow import ArrowException, BufferReader
    from pyarrow.parquet import read_metadata

    try:
        return int(read_metadata(BufferReader(content)).num_rows)
    except (ArrowException, OSError, ValueError):
        return 0  # it cannot be read, and fails at once


def _of_workbook(content: bytes) -> Length:
    if len(content) >= TINY_BYTES:
        return _not_known(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            size = sum(one.file_size for one in book.infolist())  # more than that is not read of any
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Length(0, len(content))  # it cannot be read, and fails at once
    return Length(size // ROW_BYTES, size)


def _not_known(content: bytes, seen: int = 0) -> Length:
    return Length(max(seen, len(content) // ROW_BYTES), QUICK_BYTES)
