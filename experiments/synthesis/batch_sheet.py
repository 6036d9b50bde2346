"""The batch sheet of one or several samples, as a table, a page, CSV and JSON."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from ...datasets.exchange.inert import inert
from .page import page
from .sample import Recipe
from .weighing import EXCESS, Weighed

TO_FILL = ("outcome", "temperature_C", "conductivity_mS_cm", "tg_C", "note")
"""Columns of the CSV that are empty: what came of the sample."""


@dataclass(frozen=True)
class BatchSheet:
    """A batch of samples, as they are weighed.

    Parameters
    ----------
    recipes
        One a sample, in the order in which they were given.
    date
        Of the sheet, as 2026-11-30.
    """

    recipes: tuple[Recipe, ...]
    date: str

    def __len__(self) -> int:
        return len(self.recipes)

    def __iter__(self) -> Iterator[Recipe]:
        return iter(self.recipes)

    def __getitem__(self, place: int) -> Recipe:
        return self.recipes[place]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a sample and precursor, in the order of weighing, with the empty columns ``weighed``, ``lot``.

        A lot, and when it was dried, stand there where the stock knows them.
        """
        return pd.DataFrame([_row(one, line, at) for one in self for at, line in enumerate(one.weighed, start=1)])

    def to_csv(self) -> str:
        """Return the table as CSV with empty columns for the results; it reads back as a table of results."""
        table = self.to_frame().assign(**dict.fromkeys(TO_FILL, ""))
        texts = {name: [_text(cell) for cell in table[name].tolist()] for name in table.columns}
        out = io.StringIO()
        pd.DataFrame(texts).to_csv(out, index=False, lineterminator="\n")
        return out.getvalue()

    def to_html(self) -> str:
        """Return the page: it needs nothing else, and prints on A4."""
        return page(self.recipes, self.date)

    def to_dict(self) -> dict[str, Any]:
        """Return the sheet as JSON has it; what is not known is None."""
        return {"date": self.date, "recipes": [_plain(asdict(one)) for one in self]}

    def to_json(self) -> str:
        """Return the sheet as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> BatchSheet:
        """Return the sheet of its fields as JSON has them."""
        return cls(tuple(Recipe.of(one) for one in fields["recipes"]), str(fields["date"]))

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(escape=True, index=False))


def _row(one: Recipe, line: Weighed, at: int) -> dict[str, Any]:
    """Return the columns of one precursor."""
    gone = [f"{gas.formula} {gas.mass_g:.3f} g{' excess' if gas.why == EXCESS else ''}" for gas in one.leaving]
    return {
        "sample": one.sample,
        "formula": one.formula,
        "batch_g": one.mass_g,
        "order": at,
        "precursor": line.formula,
        "purity": line.purity,
        "molar_mass_g_mol": round(line.molar_mass_g_mol, 3),
        "moles_mmol": round(line.moles_mmol, 4),
        "excess_percent": 100 * line.excess,
        "mass_g": line.mass_g,
        "weighed": "",
        "lot": line.lot,
        "dried": line.dried,
        "leaves": ", ".join(gone),
        "loss_percent": round(one.loss_percent, 2),
        "highest_C": one.temperature_C,
        "route": one.route,
        "cost_usd": line.cost_usd,
    }


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return "" if math.isnan(cell) else f"{cell:.7g}"
    return inert(str(cell))


def _plain(value: Any) -> Any:
    """Return what JSON has: lists, and None for what is not known."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
