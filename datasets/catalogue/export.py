"""Everything as files: each data set and the lab's store as Parquet with a card."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .. import lab, sources
from ..dataset import Dataset, load
from ..properties import PROPERTIES
from ..results import standing
from .contents import CatalogueError


class ExportError(ValueError):
    """A folder that cannot take an export."""


def export(folder: Path, names: Sequence[str] = (), *, with_lab: bool = True) -> list[Path]:
    """Write data sets and the lab's store into a new folder, whole or not at all, and return the files.

    Parameters
    ----------
    folder
        A folder that is not there yet, or empty.
    names
        Properties; all if none is given.
    with_lab
        Whether to write what the lab added, among the rows and as ``lab_facts`` and ``lab_additions`` with all that was
        superseded. Without it the files hold published data alone.

    Returns
    -------
    list of Path
        For each of ``NAME.parquet`` and ``NAME.dropped.parquet`` (rows not taken, with the reason) a card
        ``NAME.card.toml`` with number of rows, fingerprint, sha256 and licence.
    """
    unknown = [name for name in names if name not in PROPERTIES]
    if unknown:
        raise CatalogueError(f"{unknown[0]!r} is not a property; give one of {', '.join(PROPERTIES)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder} is there already and not empty; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as part:
            fresh = Path(part) / "export"
            fresh.mkdir()
            for name, table, facts in _tables(names or tuple(PROPERTIES), with_lab):
                _write(fresh, name, table, facts)
            if folder.exists():
                folder.rmdir()
            shutil.move(fresh, folder)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written ({error.strerror or error}); name another folder") from None
    return sorted(folder.iterdir())


def _tables(names: Sequence[str], with_lab: bool) -> Iterator[tuple[str, pd.DataFrame, dict[str, Any]]]:
    """Yield file name, table and what its card says."""
    for name in names:
        data = load(name, lab=with_lab)
        yield name, data.rows, _about(data)
        yield (
            f"{name}.dropped",
            data.dropped,
            {"title": f"{data.property.label}: rows not taken", "left_out": data.reasons},
        )
    if with_lab:
        additions, facts = lab.history()
        own = {"licence": standing.LICENCE, "attribution": "the lab"}
        yield "lab_facts", facts, {"title": "Every fact that the lab added, superseded ones included", **own}
        yield "lab_additions", additions, {"title": "Additions to the store of the lab", **own}


def _about(data: Dataset) -> dict[str, Any]:
    held = sources.of_rows(data.rows)
    licences = dict.fromkeys(source.licence for source in held)
    terms = dict.fromkeys(source.terms for source in held if source.terms)
    return {
        "title": f"{data.property.label}, in {data.property.unit}",
        "property": data.property.name,
        "unit": data.property.unit,
        "fingerprint": data.fingerprint,
        "licence": "; ".join([" AND ".join(licences), *terms]),
        "attribution": " ".join(dict.fromkeys(source.attribution for source in held)),
        "left_out": data.reasons,
    }


def _write(folder: Path, name: str, table: pd.DataFrame, facts: Mapping[str, Any]) -> None:
    path = folder / f"{name}.parquet"
    table.to_parquet(path, index=False)
    content = {
        "name": name,
        "file": path.name,
        "rows": len(table),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "exported_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **facts,
    }
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in content.items() if key not in tables]
    for key, table_ in tables.items():
        lines += ["", f"[{key}]", *(f"{json.dumps(k, ensure_ascii=False)} = {v}" for k, v in table_.items())]
    (folder / f"{name}.card.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
