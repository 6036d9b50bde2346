"""The builder of `data/sciglass.parquet` from the tables that the glasspy 0.4.0 wheel carries.

Run it as ``python -m vitrion.datasets.builders.sciglass WHEEL [OUTPUT]``; the same wheel always gives the same table.
The table holds what the source says, right or wrong: judging it is the business of `curation`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...features.elements import SYMBOLS
from ..cards import DATA

WHEEL_SHA256 = "ebc0590b8bc99be1729ca3ff3be314bfd6d098d3d8efbb12f1c280f86ed1a8e6"
TABLES = "glasspy/data/datafiles"
PARTS_PER_WHOLE = 1_000_000
TEXT_COLUMNS = ("author",)

# SciGlass name -> (our name with its unit, sign, decimals kept)
PROPERTIES: Mapping[str, tuple[str, float, int]] = {
    "TG": ("tg_C", 1.0, 2),
    "TLiq": ("liquidus_C", 1.0, 2),
    "Tm": ("melting_C", 1.0, 2),
    "RO20": ("log10_conductivity_S_cm_20C", -1.0, 4),
    "RO100": ("log10_conductivity_S_cm_100C", -1.0, 4),
    "RO150": ("log10_conductivity_S_cm_150C", -1.0, 4),
    "RO300": ("log10_conductivity_S_cm_300C", -1.0, 4),
    "DENSITY": ("density_g_cm3", 1.0, 4),
    "MOD_UNG": ("youngs_modulus_GPa", 1.0, 3),
}


class WheelError(ValueError):
    """A wheel that is not the one that the table is built from."""


def read_wheel(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the property table and the atomic-percent table of the wheel, after checking its sha256."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        msg = (
            f"{path.name}: sha256 is {digest}; the glasspy 0.4.0 wheel has {WHEEL_SHA256}. "
            "Get it with: pip download glasspy==0.4.0 --no-deps"
        )
        raise WheelError(msg)
    wanted = ["KOD", "GLASNO", "Author", "Year", "Analysis", *PROPERTIES]
    with zipfile.ZipFile(path) as wheel:
        properties = _read_table(wheel, "select_SciGK.csv.zip", usecols=wanted)
        atoms = _read_table(wheel, "select_AtMol.csv.zip")
    return properties, atoms.rename(columns={"Kod": "KOD", "GlasNo": "GLASNO"})


def _read_table(wheel: zipfile.ZipFile, name: str, **options: Any) -> pd.DataFrame:
    with zipfile.ZipFile(io.BytesIO(wheel.read(f"{TABLES}/{name}"))) as inner, inner.open(inner.namelist()[0]) as file:
        frame: pd.DataFrame = pd.read_csv(file, sep="\t", low_memory=False, **options)
    return frame


def parts_per_million(percent: np.ndarray) -> np.ndarray:
    """Return whole atomic ppm of each element, shape (n, E); every row sums to 1,000,000 exactly.

    The parts that rounding down leaves over go to the largest remainders, the first element winning a tie.

    >>> parts_per_million(np.array([[1.0, 1.0, 1.0]]))
    array([[333334, 333333, 333333]])
    """
    exact = np.round(percent / percent.sum(axis=1, keepdims=True) * PARTS_PER_WHOLE, 6)
    whole = np.floor(exact).astype(np.int64)
    missing = PARTS_PER_WHOLE - whole.sum(axis=1)
    order = np.argsort(whole - exact, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(order.shape[1])[None, :], axis=1)
    parts: np.ndarray = whole + (rank < missing[:, None])
    return parts


def build(properties: pd.DataFrame, atoms: pd.DataFrame) -> tuple[pa.Table, dict[str, int]]:
    """Return the compact table and, by reason, how many rows of the source it leaves out.

    Parameters
    ----------
    properties
        Columns ``KOD, GLASNO, Author, Year, Analysis`` and the keys of `PROPERTIES`, in the units of SciGlass.
    atoms
        Columns ``KOD, GLASNO`` and one column an element, named by its atomic number, in atomic per cent.
    """
    left_out: dict[str, int] = {}
    measured = properties[list(PROPERTIES)].notna().any(axis=1)
    left_out["none of the nine properties measured"] = int((~measured).sum())
    rows = properties[measured].merge(atoms, on=["KOD", "GLASNO"], how="left", validate="many_to_one", indicator=True)
    numbers = [name for name in atoms.columns if name.isdigit()]
    total = rows[numbers].sum(axis=1)
    left_out["no atomic composition in the source"] = int((rows["_merge"] == "left_only").sum())
    left_out["atomic composition all zero"] = int(((rows["_merge"] == "both") & (total <= 0)).sum())
    rows = rows[total > 0].sort_values(["KOD", "GLASNO", *PROPERTIES], kind="stable")
    return _table(rows, numbers), left_out


def _table(rows: pd.DataFrame, numbers: Sequence[str]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "paper": pa.array(rows["KOD"].to_numpy(np.int32)),
        "glass": pa.array(rows["GLASNO"].to_numpy(np.int32)),
        "author": pa.array(rows["Author"].fillna("").str.strip().tolist(), pa.string()).dictionary_encode(),
        "year": pa.array(rows["Year"].to_numpy(np.int16)),
        "analysed": pa.array((rows["Analysis"] == "a").to_numpy()),
    }
    for source, (name, sign, decimals) in PROPERTIES.items():
        values = (sign * rows[source].to_numpy(float)).round(decimals)
        columns[name] = pa.array(values.astype(np.float32), from_pandas=True)
    parts = parts_per_million(rows[list(numbers)].to_numpy(float)).astype(np.int32)
    columns |= {SYMBOLS[int(z) - 1]: pa.array(parts[:, i]) for i, z in enumerate(numbers) if parts[:, i].any()}
    return pa.table(columns)


def fingerprint(table: pa.Table, texts: Sequence[str] = TEXT_COLUMNS) -> str:
    """Return the sha256 of column names and values, the same whatever version of Parquet stored them.

    Parameters
    ----------
    table
        The table.
    texts
        Names of its columns that hold text; all others hold numbers.
    """
    digest = hashlib.sha256()
    for name in table.column_names:
        values = table[name].to_pandas()
        text = name in texts
        digest.update(name.encode())
        digest.update("\n".join(values.astype(str)).encode() if text else values.to_numpy().astype("<f8").tobytes())
    return digest.hexdigest()


def write(table: pa.Table, path: Path) -> None:
    """Write the table as Parquet, small and without a clock or a machine name in it."""
    pq.write_table(
        table, path, compression="zstd", compression_level=19, row_group_size=1 << 20, write_statistics=False
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the table from a wheel and print its fingerprint."""
    parser = argparse.ArgumentParser(prog="python -m vitrion.datasets.builders.sciglass", description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=DATA / "sciglass.parquet")
    options = parser.parse_args(arguments)
    try:
        table, left_out = build(*read_wheel(options.wheel))
    except (OSError, WheelError) as error:
        print(error, file=sys.stderr)
        return 2
    write(table, options.output)
    print(f"{table.num_rows} rows, {options.output.stat().st_size / 1e6:.1f} MB, fingerprint {fingerprint(table)}")
    for reason, count in left_out.items():
        print(f"left out: {count} ({reason})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
