"""What came of earlier melts: values of each property, and syntheses that failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.properties import ZERO_CELSIUS_K, find
from ...datasets.results.rows import NO_GLASS, SYNTHESIS
from ...datasets.results.table import FURTHER, PHASE, Notice, from_frame, understand
from ...datasets.tables.advice import Advice
from ...datasets.tables.grid import Grid, TableError
from ...datasets.tables.reader import read
from ...features.fractions import Fractions
from ...features.notices import notice
from ...features.scalars import shown
from ...models.temperature import ARRHENIUS

Vector = npt.NDArray[np.float64]
ERRORS: Mapping[str, str] = {"conductivity": "conductivity_error_S_cm", "tg": "tg_error_C"}
NO_GLASS_PHASES = ("crystal", "molten")
USUAL_SUCCESS = 0.9  # chance of a composition near which nothing is known to come out as a glass
ACTIVATION_SPREAD = 0.5  # decades per 1000 K / T: 0.1 eV, by which activation energies of halides scatter
ADVICE = Advice(
    insist="record it in a campaign with --trust-units",
    unit="name the unit that was meant, or record it in a campaign with --trust-units",
    rows="; mend what is wrong, or leave it out",
    further="not learnt from: {columns}",
    keep_good=False,
)
JUDGED = "judged"  # in the attrs of a table whose units were judged, value by value, where they came in
FAILURES = frozenset({NO_GLASS, "crystallised", "decomposed"})


@dataclass(frozen=True)
class Outcomes:
    """Results by property, and the compositions of failed syntheses.

    Parameters
    ----------
    facts
        As `datasets.user_table` reads them: ``quantity``, ``formula``, ``value`` in lab units, ``temperature_C``,
        ``phase``, ``outcome``; and ``error``, the standard error in the lab unit, NaN where none was told.
    """

    facts: pd.DataFrame

    @classmethod
    def of(cls, results: pd.DataFrame | Path | str | None) -> Outcomes:
        """Read results from a table in a file or in memory, or none; one wrong row refuses the table."""
        if results is None or (isinstance(results, pd.DataFrame) and results.empty):
            return cls(pd.DataFrame({name: [] for name in ("quantity", "formula", "value", "temperature_C", "phase")}))
        if not isinstance(results, pd.DataFrame | Path | str):
            raise TableError(f"results of type {type(results).__name__}; give a DataFrame or the path of a table")
        facts = _facts_of_frame(results) if isinstance(results, pd.DataFrame) else _facts_of_file(Path(results))
        return cls(_in_order(facts))

    @property
    def fractions(self) -> Fractions:
        """Composition of each fact."""
        return Fractions.of(self.facts["formula"].tolist())

    def of_property(self, name: str, temperature_C: float) -> tuple[npt.NDArray[np.intp], Vector, Vector]:
        """Rows of the facts on one property, their targets at a temperature and standard errors, each (m,).

        A conductivity at another temperature is moved to this one by the usual activation energy, with an error for how
        much these scatter; of one sample at several temperatures the nearest counts. What was measured of a crystal or
        a melt says nothing of the glass and is left out.
        """
        rows = np.flatnonzero(self._of_glasses(name))
        part = self.facts.iloc[rows]
        target, noise = find(name).to_target(part["value"].to_numpy(dtype=float)), self.errors(name)
        if name == "conductivity":
            measured = part["temperature_C"].to_numpy(dtype=float)
            shift = 1000.0 / (temperature_C + ZERO_CELSIUS_K) - 1000.0 / (measured + ZERO_CELSIUS_K)
            target = target - ARRHENIUS * shift
            noise = np.hypot(noise, ACTIVATION_SPREAD * shift)
            nearest = _nearest(part, np.abs(shift))
            rows, target, noise = rows[nearest], target[nearest], noise[nearest]
        return rows, target, noise

    def errors(self, name: str) -> Vector:
        """Standard errors of the targets of the facts on one property of a glass, shape (m,), 0 where none was told."""
        part = self.of_glasses(name)
        error = part["error"].to_numpy(dtype=float) if "error" in part else np.zeros(len(part))
        if find(name).scale == "log10":
            error = error / (part["value"].to_numpy(dtype=float) * np.log(10.0))
        return np.nan_to_num(error)

    def of_glasses(self, name: str) -> pd.DataFrame:
        """The facts on one property that are not of a crystal or a melt."""
        return self.facts[self._of_glasses(name)]

    def _of_glasses(self, name: str) -> npt.NDArray[np.bool_]:
        """Whether each fact is on one property, and not of a crystal or a melt; shape (m,)."""
        return np.asarray((self.facts["quantity"] == name) & ~self.facts["phase"].isin(NO_GLASS_PHASES), dtype=bool)

    def failed(self) -> npt.NDArray[np.bool_]:
        """Whether each fact is a synthesis that gave no glass, shape (m,)."""
        if "outcome" not in self.facts:
            return np.zeros(len(self.facts), dtype=bool)
        told = (self.facts["quantity"] == SYNTHESIS) & self.facts["outcome"].isin(FAILURES)
        return np.asarray(told, dtype=bool)

    def failed_keys(self) -> set[int]:
        """Numbers of the compositions of which a synthesis gave no glass."""
        return set(composition_keys(self.fractions.matrix)[self.failed()].tolist())


def _facts_of_frame(table: pd.DataFrame) -> pd.DataFrame:
    """Facts of a table in memory, with their standard errors."""
    errors = {name: _numbers(table[name], f"results row {{}}, {name}") for name in ERRORS.values() if name in table}
    reading = from_frame(table.drop(columns=list(errors)), "results", bool(table.attrs.get(JUDGED)), ADVICE)
    _warn(one for one in reading.notices if one.code == FURTHER)
    return _with_errors(reading.good(keep_good=False), errors, range(1, len(table) + 1))


def _facts_of_file(path: Path) -> pd.DataFrame:
    """Facts of a file, with their standard errors."""
    grid, columns = parted(read(path))
    lines = [line for line, _ in grid.rows]
    blank = {name: pd.Series([None if cell == "" else cell for cell in cells]) for name, cells in columns.items()}
    errors = {name: _numbers(column, f"{grid.name} row {{}}, {name}", lines) for name, column in blank.items()}
    reading = understand(grid, advice=ADVICE)
    facts = reading.good(keep_good=False)
    _warn(one for one in reading.notices if one.code != PHASE)  # which are taken for glasses
    return _with_errors(facts, errors, lines)


def _warn(notices: Iterable[Notice]) -> None:
    for one in notices:
        notice(f"results: {one}", stacklevel=5)


def _with_errors(facts: pd.DataFrame, errors: Mapping[str, Vector], lines: Sequence[int]) -> pd.DataFrame:
    """Facts with the standard error of each, those of a table whose rows have these numbers."""
    places = {line: place for place, line in enumerate(lines)}
    error = [_error(errors, row["quantity"], places[int(row["row"])]) for row in facts.to_dict("records")]
    return facts.assign(error=np.array(error, dtype=float))


def parted(grid: Grid) -> tuple[Grid, dict[str, list[Any]]]:
    """The grid without its columns of standard errors, and those."""
    places = {name: grid.header.index(name) for name in ERRORS.values() if name in grid.header}
    kept = [place for place in range(len(grid.header)) if place not in places.values()]
    rows = tuple((line, tuple(cells[place] for place in kept)) for line, cells in grid.rows)
    errors = {name: [cells[place] for _, cells in grid.rows] for name, place in places.items()}
    return Grid(grid.name, tuple(grid.header[place] for place in kept), rows), errors


def _nearest(part: pd.DataFrame, far: Vector) -> npt.NDArray[np.bool_]:
    """Whether no other value of the same composition and sample lies nearer, shape (m,)."""
    if not len(part):
        return np.empty(0, dtype=bool)
    sample = part["sample"].astype(str) if "sample" in part else ""
    keys = composition_keys(Fractions.of(part["formula"].tolist()).matrix)
    least = pd.DataFrame({"key": keys, "sample": sample, "far": far}).groupby(["key", "sample"])["far"].transform("min")
    return np.asarray(far <= least.to_numpy() + 1e-12, dtype=bool)


def _in_order(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts by composition, quantity, value and all else: in whatever order they are told, the same follows."""
    keys = composition_keys(Fractions.of(facts["formula"].tolist()).matrix)
    others = sorted(set(facts.columns) - {"quantity", "value"}, reverse=True)
    rest = [facts[name].astype(str).to_numpy(dtype=str) for name in others]
    quantity = facts["quantity"].to_numpy(dtype=str)
    return facts.iloc[np.lexsort([*rest, facts["value"].to_numpy(), quantity, keys])].reset_index(drop=True)


def _numbers(column: pd.Series[Any], place: str, lines: Sequence[int] | None = None) -> Vector:
    """Standard errors of a column, NaN where none is told; refused where one is no number of zero or more.

    `place` names row and column, with braces for the number of the row: from 1, or one of `lines`.
    """
    truth = column.map(lambda cell: isinstance(cell, bool | np.bool_)).to_numpy(dtype=bool)
    values = np.asarray(pd.to_numeric(column.astype(object), errors="coerce"), dtype=float)
    wrong = np.flatnonzero((column.notna() & np.isnan(values)) | np.isinf(values) | (values < 0) | truth)
    if len(wrong):
        told = column.iloc[int(wrong[0])]
        number = int(wrong[0]) + 1 if lines is None else lines[int(wrong[0])]
        raise TableError(f"{place.format(number)}: {shown(told)} is no standard error; give a number from 0")
    return values


def _error(errors: Mapping[str, Vector], quantity: Any, row: int) -> float:
    column = errors.get(ERRORS.get(str(quantity), ""))
    return float("nan") if column is None else float(column[row])


def success(matrix: npt.NDArray[np.float64], outcomes: Outcomes) -> Vector:
    """Probability that each composition, atomic fractions of shape (n, 103), can be made as a glass, shape (n,).

    Nine of ten, unless failures lie near: each composition counts once, as failed if it ever did, by a Gaussian of its
    distance in atomic fractions, with a length of 0.03.
    """
    failed = outcomes.failed()
    weight, made = np.full(len(matrix), 1.0), np.full(len(matrix), USUAL_SUCCESS)
    if failed.any():
        told = outcomes.fractions.matrix
        _, first, where = np.unique(composition_keys(told), return_index=True, return_inverse=True)
        for place, row in enumerate(first):
            near = np.exp(-0.5 * np.square(matrix - told[row]).sum(axis=1) / 0.03**2)
            weight += near
            made += near * (not failed[where == place].any())
    return np.asarray(made / weight)


def met(keys: npt.NDArray[np.uint64], targets: Vector, limit: float) -> set[int]:
    """Compositions, by their numbers, whose results reach a limit on average: one that others contradict does not.

    Parameters
    ----------
    keys, targets
        Composition and target of each result, both of shape (m,); targets are to be large.
    limit
        In the unit of the targets.
    """
    means = pd.Series(targets).groupby(keys).mean()
    return set(means.index[means >= limit].tolist())
