"""The builder of `data/glass_formation.parquet` from the glass-formation tables of SciGlass.

Run it as ``python -m vitrion.datasets.builders.glass_formation POINTS.csv PAPERS.csv [OUTPUT]``; the same files always
give the same table. A table of one paper whose unit is doubtful is converted where that makes it agree with the glasses
of the same authors (`treatment`), and is left out otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...features.elements import lookup
from ..cards import DATA
from ..sources import sciglass
from ..sources.glass_formation import COMPONENTS, PARTS, atoms
from .sciglass import fingerprint, write

Matrix = npt.NDArray[np.float64]

OUTCOMES: Mapping[str, int] = MappingProxyType({"crystal": 0, "partial": 1, "glass": 2})
PERCENT = ("mol_pct_1", "mol_pct_2", "mol_pct_3")
CERTAIN, WEIGHT, EXCHANGED = "mol %", "weight % suspected", "columns exchanged suspected"
NEAR = 0.012  # atomic fraction: median distance of the authors' glasses from a table that agrees with them
HALF = 0.5  # of the distance before: what a conversion must reach, and its best rival must not
LEAST = 3  # glasses of the authors that can decide
STRAY = 1e-4  # atomic fraction of other elements in a glass that still belongs to the system


def atomic_fractions(amounts: Matrix, units: Matrix) -> Matrix:
    """Atomic fractions, shape (n, 103), of n mixtures of 3 components: amounts (n, 3), atoms (3, 103)."""
    mixed: Matrix = amounts @ units
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


def treatment(unit: str, amounts: Matrix, units: Matrix, glasses: Matrix) -> tuple[str, Matrix]:
    """What was done with a doubtful table, and its amounts after that, shape (n, 3); an empty text: leave it out.

    Parameters
    ----------
    unit
        `WEIGHT` or `EXCHANGED`: what is suspected.
    amounts
        Per cent of the three components, shape (n, 3).
    units
        Atoms of each component, shape (3, 103).
    glasses
        Atomic fractions of the glasses of the same first author, year and system, shape (g, 103).
    """
    if len(glasses) < LEAST or not len(amounts):
        return "", amounts
    if unit == WEIGHT:
        mole = amounts / (units @ lookup("mass"))
        ways = {"from weight %": 100 * mole / mole.sum(axis=1, keepdims=True)}
    else:
        orders = list(permutations(range(3)))[1:]
        ways = {
            f"columns read in the order {''.join(str(i + 1) for i in order)}": amounts[:, order] for order in orders
        }
    apart = {name: _apart(glasses, atomic_fractions(way, units)) for name, way in ways.items()}
    best, *rivals = sorted(apart, key=lambda name: apart[name])
    rival = min([_apart(glasses, atomic_fractions(amounts, units)), *(apart[name] for name in rivals)])
    agrees = apart[best] <= NEAR and apart[best] <= HALF * rival
    return (best, ways[best]) if agrees else ("", amounts)


def _apart(glasses: Matrix, table: Matrix) -> float:
    """Median over the glasses of the greatest difference of an atomic fraction from the nearest point of the table."""
    return float(np.median(np.abs(glasses[:, None] - table[None]).max(axis=2).min(axis=1)))


def build(points: pd.DataFrame, papers: pd.DataFrame) -> tuple[pa.Table, dict[str, int]]:
    """Return the compact table and, by reason, how many points it leaves out.

    Parameters
    ----------
    points
        Columns ``paper``, `COMPONENTS`, `PERCENT`, ``outcome`` and ``unit``.
    papers
        Columns ``paper, authors, year, journal, volume, page``.
    """
    known = papers.set_index("paper")
    authors, year = known["authors"].to_dict(), known["year"].to_dict()
    kept, left_out = [], {WEIGHT: 0, EXCHANGED: 0}
    references = _References.embedded()
    for paper, table in points.groupby("paper", sort=True):
        unit = str(table["unit"].iloc[0])
        made = table.assign(treatment="")
        if unit != CERTAIN:
            units = atoms(table[list(COMPONENTS)].iloc[0].tolist())
            glasses = references.of(str(authors[paper]), int(year[paper]), units)
            solid = (table["outcome"] != "crystal").to_numpy()
            amounts = table[list(PERCENT)].to_numpy(float)
            done, _ = treatment(unit, amounts[solid], units, glasses)
            if not done:
                left_out[unit] += len(table)
                continue
            made = made.assign(treatment=done)
            made[list(PERCENT)] = _converted(done, amounts, units)
        kept.append(made)
    rows = pd.concat(kept).sort_values(["paper", *COMPONENTS, *PERCENT, "outcome"], kind="stable")
    repeated = rows.duplicated(["paper", *COMPONENTS, *PERCENT, "outcome"])
    left_out = {f"{unit}, and no conversion agrees with the authors' glasses": n for unit, n in left_out.items()}
    left_out["point given twice in one table"] = int(repeated.sum())
    return _table(rows[~repeated], known), left_out


def _converted(done: str, amounts: Matrix, units: Matrix) -> Matrix:
    if done == "from weight %":
        mole = amounts / (units @ lookup("mass"))
        return np.asarray(100 * mole / mole.sum(axis=1, keepdims=True))
    return amounts[:, [int(digit) - 1 for digit in done.rpartition(" ")[2]]]


class _References:
    """Glasses of the embedded property table, to be asked for by first author, year and system."""

    def __init__(self, author: npt.NDArray[np.object_], year: npt.NDArray[np.int64], matrix: Matrix) -> None:
        self.author, self.year, self.matrix = author, year, matrix

    @classmethod
    def embedded(cls) -> _References:
        table = pq.read_table(sciglass.TABLE)
        author = table["author"].to_pandas().astype(object).to_numpy()
        return cls(author, table["year"].to_numpy().astype(np.int64), sciglass.composition_matrix(table))

    def of(self, authors: str, year: int, units: Matrix) -> Matrix:
        """Glasses, shape (g, 103), each once, of three or more elements of the system, a year off at most."""
        near = np.flatnonzero(np.abs(self.year - year) <= 1)
        first = [row for row in near if self.author[row] and authors.startswith(self.author[row])]
        found = self.matrix[first]
        inside = found[:, units.sum(axis=0) == 0].sum(axis=1) < STRAY
        return np.unique(found[inside & ((found > 0).sum(axis=1) >= LEAST)], axis=0)


def _table(rows: pd.DataFrame, papers: pd.DataFrame) -> pa.Table:
    told = papers.loc[rows["paper"]]
    reference = told["journal"].str.strip() + " " + told["volume"].astype(str) + ", " + told["page"].astype(str)
    columns = {"paper": pa.array(rows["paper"].to_numpy(np.int32))}
    columns |= {name: _texts(rows[name]) for name in COMPONENTS}
    columns |= {
        name: pa.array(np.rint(rows[percent].to_numpy(float) * 100).astype(np.int32))
        for name, percent in zip(PARTS, PERCENT, strict=True)
    }
    columns["outcome"] = pa.array(rows["outcome"].map(OUTCOMES).to_numpy(np.int8))
    columns["authors"] = _texts(told["authors"].str.strip())
    columns["year"] = pa.array(told["year"].to_numpy(np.int16))
    columns["reference"] = _texts(reference)
    columns["treatment"] = _texts(rows["treatment"])
    return pa.table(columns)


def _texts(texts: pd.Series) -> pa.Array:
    return pa.array(texts.tolist(), pa.string()).dictionary_encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the table from the points and papers and print its fingerprint."""
    parser = argparse.ArgumentParser(prog="python -m vitrion.datasets.builders.glass_formation", description=__doc__)
    parser.add_argument("points", type=Path)
    parser.add_argument("papers", type=Path)
    parser.add_argument("output", type=Path, nargs="?", default=DATA / "glass_formation.parquet")
    options = parser.parse_args(arguments)
    table, left_out = build(
        pd.read_csv(options.points), pd.read_csv(options.papers, dtype={"page": str, "volume": str})
    )
    write(table, options.output)
    digest = fingerprint(table, (*COMPONENTS, "authors", "reference", "treatment"))
    print(f"{table.num_rows} rows, {options.output.stat().st_size / 1e6:.2f} MB, fingerprint {digest}")
    for treated, count in table["treatment"].to_pandas().value_counts().items():
        print(f"treatment {treated or 'none'}: {count}")
    for reason, count in left_out.items():
        print(f"left out: {count} ({reason})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
