"""The bytes of a file as text, bounded in size, or one sentence on why they are not text."""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path
from typing import BinaryIO

from .grid import TableError

LARGEST = 200_000_000
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_SAMPLE = 1_000_000
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) or an encrypted workbook; save it as .xlsx without a password, or as CSV",
    b"BZh": "compressed with bzip2; unpack it first",
    b"\xfd7zXZ": "compressed with xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"%PDF": "a PDF; copy the table into a CSV file",
    b"\x89PNG": "an image; give a CSV, Excel (.xlsx) or Parquet file",
    b"\xff\xd8\xff": "an image; give a CSV, Excel (.xlsx) or Parquet file",
    b"\x7fELF": "a program; give a CSV, Excel (.xlsx) or Parquet file",
    b"{\\rtf": "a text document; copy the table into a CSV file",
}
_TEXTS = {
    re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|meta|!--)", re.IGNORECASE): "an HTML page",
    re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml", re.IGNORECASE): "an XML document",
    re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[\[{"])'): "a JSON document",
}
_MARKS = {codecs.BOM_UTF8: "UTF-8", codecs.BOM_UTF16_LE: "UTF-16-LE", codecs.BOM_UTF16_BE: "UTF-16-BE"}


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


def refuse_other_kinds(content: bytes, name: str) -> None:
    """Raise `TableError` for a file that is plainly no table, whatever its name says."""
    for pattern, what in _TEXTS.items():
        if pattern.match(content):
            raise TableError(f"{name} is {what}, whatever its name says; open it and save the table as .xlsx or CSV")
    for magic, what in _OTHERS.items():
        if content.startswith(magic):
            raise TableError(f"{name} is {what}")


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Text of the content, and notes on how it was read.

    Parameters
    ----------
    content, name
        Of the file.
    encoding
        The one that holds where no byte-order mark says another; without it UTF-8, or else Windows Latin-1 with a note.

    Examples
    --------
    >>> decode(b"LiAlCl4", "list.txt")
    ('LiAlCl4', ())
    """
    for mark, by_mark in _MARKS.items():
        if content.startswith(mark):
            return _exactly(content[len(mark) :], by_mark, name), ()
    if encoding is not None:
        return _exactly(content, encoding, name), ()
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


def _exactly(content: bytes, encoding: str, name: str) -> str:
    """Text in this encoding and no other; `TableError` with the row that is not in it."""
    try:
        text = content.decode(encoding)
    except LookupError:
        raise TableError(f"{encoding!r} is no encoding; give one such as utf-8 or latin-1") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(
            f"{name}: row {line} holds the byte 0x{content[error.start]:02X}, which is not {encoding}; "
            "save the table as UTF-8, or name its encoding (--encoding latin-1 for old Windows and Mac files)"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableError(
            f"{name}: row {line} holds a NUL character, so it is no text; give a CSV, Excel or Parquet file"
        )
    return text


def visible(text: str, longest: int = 60) -> str:
    r"""Text on one line, printable and not longer than `longest`, for a message or a terminal.

    Examples
    --------
    >>> visible("Li\x1b[31mCl")
    'Li�[31mCl'
    """
    shown = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in shown)
