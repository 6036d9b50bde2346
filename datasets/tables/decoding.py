"""The bytes of a list of candidates as text, bounded in size, or one sentence on why they are not text."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import BinaryIO

from .grid import TableError

LARGEST = 200_000_000
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_SAMPLE = 1_000_000
_KINDS = {
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) or an encrypted workbook; save it as .xlsx without a password, or as CSV",
    b"BZh": "compressed with bzip2; unpack it first",
    b"\xfd7zXZ": "compressed with xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it first",
    b"%PDF": "a PDF; copy the table into a CSV file",
    b"\x89PNG": "a picture; give a CSV file",
    b"\xff\xd8\xff": "a picture; give a CSV file",
    b"\x7fELF": "a program; give a CSV file",
}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def read_bytes(path: Path | None, name: str) -> bytes:
    """All bytes of a file, or of standard input for None; at most `LARGEST`."""
    if path is None:
        return _bounded(sys.stdin.buffer, name)
    if path.is_dir():
        raise TableError(f"{name} is a folder; name one file in it")
    try:
        with path.open("rb") as stream:
            return _bounded(stream, name)
    except TableError:
        raise
    except FileNotFoundError:
        raise TableError(f"{name} does not exist; check the path") from None
    except (OSError, ValueError) as error:
        raise TableError(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _bounded(stream: BinaryIO, name: str) -> bytes:
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise TableError(f"{name} is larger than {LARGEST // 10**6} MB; split it into several files")
    if not content.strip():
        raise TableError(f"{name} is empty; give a table with a column named formula")
    return content


def decode(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Text of the content, and notes on how it was read.

    Examples
    --------
    >>> decode(b"LiAlCl4", "list.txt")
    ('LiAlCl4', ())
    """
    for magic, kind in _KINDS.items():
        if content.startswith(magic):
            raise TableError(f"{name} is {kind}")
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return _marked(content[len(mark) :], encoding, name), ()
    sample = content[:_SAMPLE]
    strange = len(sample) - len(sample.translate(None, _CONTROL))
    if b"\0" in content or strange > len(sample) / 100:
        raise TableError(f"{name} is a binary file, not a table of text; save it as CSV in UTF-8")
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        byte = content[error.start]
        note = f"{name} is not UTF-8 (byte 0x{byte:02X} at {error.start}); read as Windows Latin-1"
        return content.decode("cp1252", errors="replace"), (note,)


def _marked(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableError(
            f"{name} begins as {encoding[:6].rstrip('-').upper()} but breaks off at byte {error.start}; "
            "save it as CSV in UTF-8"
        ) from None


def visible(text: str, longest: int = 60) -> str:
    r"""Text on one line, printable and not longer than `longest`, for a message or a terminal.

    Examples
    --------
    >>> visible("Li\x1b[31mCl")
    'Li�[31mCl'
    """
    shown = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in shown)
