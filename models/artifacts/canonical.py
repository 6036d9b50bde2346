"""The same file for the same predictor: skops names objects by their places in memory, and zip files tell the time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Hashable
from pathlib import PurePosixPath
from typing import Any

import numpy as np

SCHEMA = "schema.json"
_LEAF = "JsonNode"
_LEVEL = 3  # of compression


def canonical(content: bytes, label: str, text: str) -> bytes:
    """Return a skops file with objects numbered in the order of its schema, one date, and one more entry of text.

    Parameters
    ----------
    content
        The file as skops writes it.
    label, text
        Name and content of the entry that is added.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as fresh:
        schema = json.loads(archive.read(SCHEMA))
        names: dict[str, str] = {}
        _number(schema, {}, names)
        for old, new in names.items():
            _put(fresh, new, _clean(archive.read(old)) if new.endswith(".npy") else archive.read(old))
        _put(fresh, SCHEMA, json.dumps(schema, indent=1).encode())
        _put(fresh, label, text.encode())
    return out.getvalue()


def _number(node: Any, numbers: dict[Hashable, int], names: dict[str, str]) -> None:
    """Number objects and files anew, in place; leaves of JSON by what they say: whether they are shared is chance."""
    if isinstance(node, list):
        for child in node:
            _number(child, numbers, names)
    if not isinstance(node, dict):
        return
    if "__id__" in node:
        leaf = node.get("__loader__") == _LEAF
        key = (node["__class__"], node["content"]) if leaf else node["__id__"]
        node["__id__"] = numbers.setdefault(key, len(numbers) + 1)
    if isinstance(name := node.get("file"), str):
        node["file"] = names.setdefault(name, f"{len(names) + 1}{PurePosixPath(name).suffix}")
    for child in node.values():
        _number(child, numbers, names)


def _clean(content: bytes) -> bytes:
    """Return the file of an array with zeros between the fields of records, where trees leave what was in memory."""
    array = np.load(io.BytesIO(content), allow_pickle=False)
    names = array.dtype.names
    if names is None:
        return content
    fresh = np.zeros(array.shape, array.dtype)
    for name in names:
        fresh[name] = array[name]
    out = io.BytesIO()
    np.save(out, fresh, allow_pickle=False)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # of 1 January 1980
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)
