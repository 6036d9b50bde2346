"""Compositions side by side on all that is asked of an electrolyte, what was measured apart from what is predicted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.readings import trusting
from ...features.composition import Composition, FormulaError
from ...features.fractions import Fractions
from ...features.notices import collected
from ..ranking.ready import ready
from ..ranking.scoring import Predictors, predicted
from ..recipes.recipe import RECIPES
from ..registry.record import NoChampionError, record
from ..task.candidates import describable, formulas, given, one_temperature
from .cells import CELL, NUMBERS, Subject
from .rows import virtues

MOST = 20  # compositions at once
LIQUIDUS = "liquidus"


@dataclass(frozen=True)
class Comparison:
    """Compositions side by side.

    Parameters
    ----------
    cells
        One row a virtue and composition, with the columns `comparison_cells.CELL`: numbers of what was measured (with
        phase, papers and DOI) and of what is predicted (with the interval and what it stands on), and all of it in
        words.
    temperature_C
        Where conductivity and softness count, in degC.
    models
        Version of each model in use, by property, where that is known.
    """

    cells: pd.DataFrame
    temperature_C: float
    models: Mapping[str, int]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], temperature_C: float, models: Mapping[str, int]) -> Comparison:
        """A comparison of its cells as rows, where what is missing may be None."""
        table = pd.DataFrame([dict(row) for row in rows], columns=list(CELL))
        return cls(table.astype(dict.fromkeys(NUMBERS, float)), float(temperature_C), dict(models))

    @property
    def table(self) -> pd.DataFrame:
        """The cells in words, a row a virtue and a column a composition."""
        head = self.cells["virtue"] + (", " + self.cells["unit"]).where(self.cells["unit"] != "", "")
        rows, columns = list(dict.fromkeys(head)), list(dict.fromkeys(self.cells["formula"]))
        cells = self.cells["words"].to_numpy(dtype=object).reshape(len(rows), len(columns))
        return pd.DataFrame(cells, index=rows, columns=columns)

    def __len__(self) -> int:
        return int(self.cells["formula"].nunique())

    def __str__(self) -> str:
        return self.table.to_string()

    def _repr_html_(self) -> str:
        return self.table.to_html(escape=True)


def compare(
    candidates: Any,
    temperature_C: float = 25.0,
    predictors: Predictors | None = None,
) -> Comparison:
    """Put compositions side by side on conductivity, Tg, oxidation limit, melting, softness, density, cost and supply.

    Parameters
    ----------
    candidates
        Up to 20 formulas or compositions, as `rank` takes them; each once, in the order given. All have to be readable.
    temperature_C
        Where conductivity and softness count, in degC from -100 to 500.
    predictors
        Of ``tg`` and ``conductivity``, and of ``liquidus`` where melting is to be predicted too; by default the
        champions.

    Raises
    ------
    FormulaError
        Where one cannot be read, is given twice, or where there are none or more than 20.

    Examples
    --------
    >>> compare(["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"]).table  # doctest: +SKIP
    """
    at = one_temperature(temperature_C, "compositions are compared at one temperature")
    fractions, own = read_all(candidates)
    with trusting(), collected():
        known = ready(RECIPES, predictors)
        known.update(_liquidus(predictors))
        told = {name: predicted(name, one, fractions, at) for name, one in known.items() if name != LIQUIDUS}
        subject = Subject.of(fractions, own, at, known, told)
        cells = [cell for virtue in virtues() for cell in virtue(subject)]
    versions = getattr(predictors, "versions", None)
    if predictors is None:
        versions = {name: entry.version for name, entry in record().items() if name in known}
    return Comparison.of([cell.columns() for cell in cells], at, versions or {})


def read_all(candidates: Any) -> tuple[Fractions, list[str]]:
    """Compositions and their formulas; refused where one cannot be read or described, or is there twice."""
    listing = given(candidates)
    if not 0 < len(listing) <= MOST:
        raise FormulaError(f"{len(listing):,} compositions; give from 1 to {MOST} to compare")
    parsed: dict[str, Composition] = {}
    fractions, _, unread = Fractions.read(listing.cells, parsed)
    for row, reason in unread.items():
        raise FormulaError(f"composition {row + 1}: {reason}" if len(listing) > 1 else reason)
    _, refused = describable(fractions)
    for row, reason in refused.items():
        raise FormulaError(f'"{listing.cells[row]}": {reason}')
    own = formulas(listing.cells, np.arange(len(listing)), parsed)
    keys = composition_keys(fractions.matrix).tolist()
    if twice := [formula for place, formula in enumerate(own) if keys[place] in keys[:place]]:
        raise FormulaError(f"{twice[0]} is given twice; give each composition once")
    return fractions, own


def _liquidus(predictors: Predictors | None) -> dict[str, Any]:
    """The predictor of the liquidus, where there is one: nobody has to train it to compare the rest."""
    if predictors is not None:
        return {LIQUIDUS: predictors[LIQUIDUS]} if LIQUIDUS in predictors else {}
    try:
        return dict(ready((LIQUIDUS,)))
    except NoChampionError:
        return {}
