"""What there is: data sets with their extent, sources with their licence, and the rows of one composition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...features.fractions import Fractions
from .. import lab as own_data
from .. import sources as sources_of
from ..cards import CARDS, card, cards
from ..dataset import load
from ..measurement import composition_keys
from ..properties import PROPERTIES
from ..results import standing
from ..results.conditions import COLUMN, in_columns, matching
from . import conflicts as conflicts_of

LEAST_SPREAD = {"celsius": 30.0, "log10": 1.0, "linear": 0.5}  # K, decades, lab units: what is worth a look
SHOWN = (
    "formula",
    "value",
    "unit",
    "temperature_C",
    "phase",
    "source",
    "paper",
    "year",
    "confidence",
    "weight",
    "doubt",
)
LAB_VIEWS = ("lab", "syntheses", "additions")


class CatalogueError(ValueError):
    """A name that the catalogue does not have."""


def listing(*, lab: bool = True) -> pd.DataFrame:
    """Return one row a property.

    Returns
    -------
    DataFrame
        ``name, label, unit, rows, compositions, papers, sciglass, literature, liverpool, lab, kept_in_doubt,
        dropped, lowest, highest``: rows that are kept and how many of them are from each source and in doubt, rows
        that are not kept, and the range of values in the unit.
    """
    rows = []
    for name, prop in PROPERTIES.items():
        data = load(name, lab=lab)
        rows.append(
            {
                "name": name,
                "label": prop.label,
                "unit": prop.unit,
                "rows": len(data),
                "compositions": len(np.unique(data.measured.keys)),
                "papers": data.rows["paper"].nunique(),
                **{column: sources_of.count(data.rows, some) for column, some in sources_of.columns().items()},
                "lab": int((data.rows["source"] == standing.NAME).sum()),
                "kept_in_doubt": int((data.rows["doubt"] != "").sum()),
                "dropped": len(data.dropped),
                "lowest": data.rows["value"].min(),
                "highest": data.rows["value"].max(),
            }
        )
    return pd.DataFrame(rows)


def sources() -> pd.DataFrame:
    """Return one row an embedded file: ``name, title, licence, rows, reference, attribution``."""
    columns = ["name", "title", "licence", "rows", "reference", "attribution"]
    return pd.DataFrame([{name: getattr(source, name) for name in columns} for source in cards()])


def show(
    name: str, formula: str | None = None, *, dropped: bool = False, lab: bool = True, where: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the rows of a property, of the lab's store, or of a source's card.

    Parameters
    ----------
    name
        A property; ``lab`` for every fact of the store with its number, ``syntheses`` or ``additions``; or the name
        of a source.
    formula
        Of a property or the store: rows of this composition alone, to 0.01 at.%, whichever way it is written.
    dropped
        Of a property: the rows that were not taken, with their reason.
    where
        ``NAME=VALUE`` each: rows whose column has that value alone, such as ``anneal_C=150`` of the store.
    """
    return matching(_shown(name, formula, dropped, lab), where).reset_index(drop=True)


def _shown(name: str, formula: str | None, dropped: bool, lab: bool) -> pd.DataFrame:
    """Return what `show` does of all rows."""
    if name not in PROPERTIES:
        _refuse_unfit(name, formula, dropped, lab)
        return _card(name) if name in CARDS else _of(_lab(name), formula)
    data = load(name, lab=lab)
    if dropped:
        return _of(data.dropped[[*SHOWN[:8], "reason"]], formula)
    table = data.rows[list(SHOWN)]
    if formula is None:
        return table
    found: pd.DataFrame = table[data.measured.keys == _key(formula)].reset_index(drop=True)
    return found


def _refuse_unfit(name: str, formula: str | None, dropped: bool, lab: bool) -> None:
    """Raise `CatalogueError` if no view has that name, or it has no rows of the kind that is asked for."""
    if name not in (*LAB_VIEWS, *CARDS):
        known = ", ".join([*PROPERTIES, *LAB_VIEWS, *CARDS])
        raise CatalogueError(f"{name!r} is neither a property nor a source; give one of {known}")
    what = "the card of a source" if name in CARDS else "a view of the lab's store"
    if formula is not None and name not in ("lab", "syntheses"):
        raise CatalogueError(f"{name!r} is {what} without formulas; leave out --formula, or name a property or 'lab'")
    if dropped:
        raise CatalogueError(f"{name!r} is {what}, which drops no rows; leave out --dropped, or name a property")
    if not lab and name in LAB_VIEWS:
        raise CatalogueError(f"{name!r} is {what}, so that without the lab nothing is left; leave out --no-lab")


def _key(formula: str) -> int:
    return int(composition_keys(Fractions.of([formula]).matrix)[0])


def _of(table: pd.DataFrame, formula: str | None) -> pd.DataFrame:
    if formula is None:
        return table
    if table.empty:
        _key(formula)  # says what is wrong with it
        return table
    keys = composition_keys(Fractions.of(table["formula"].tolist()).matrix)
    found: pd.DataFrame = table[keys == _key(formula)].reset_index(drop=True)
    return found


def _lab(name: str) -> pd.DataFrame:
    if name == "syntheses":
        return own_data.syntheses()
    additions, facts = own_data.history()
    if name == "additions":
        return additions.drop(columns="sha256")
    fact = "L" + facts["id"].astype(str)
    later = ("L" + facts["superseded_by"].astype(str)).where(facts["superseded_by"].notna(), "")
    table: pd.DataFrame = facts.assign(fact=fact, superseded_by=later)[
        [
            *(
                "fact",
                "quantity",
                "formula",
                "given",
                "given_unit",
                "value",
                "unit",
                "temperature_C",
                "phase",
                "outcome",
            ),
            *("sample", "doi", "confidence", "note", "version", "superseded_by", COLUMN),
        ]
    ]
    return in_columns(table)


def _card(name: str) -> pd.DataFrame:
    source = card(name)
    lines = [
        (field, str(getattr(source, field)))
        for field in ("title", "licence", "attribution", "reference", "sha256", "rows")
    ]
    lines += [("left out", f"{count}: {reason}") for reason, count in source.left_out.items()]
    lines += [("note", note) for note in source.notes]
    return pd.DataFrame(lines, columns=["field", "content"])


def conflicts(name: str, least: float | None = None, *, lab: bool = True) -> pd.DataFrame:
    """Return compositions on which papers disagree by at least `least` (30 K, one decade, 0.5 in other lab units)."""
    if name not in PROPERTIES:
        raise CatalogueError(f"{name!r} is not a property; give one of {', '.join(PROPERTIES)}")
    if least is not None and not 0 <= least < np.inf:
        raise CatalogueError(f"a spread of {least:g} is none; give 0 or more, in K, decades of S/cm or lab units")
    data = load(name, lab=lab)
    return conflicts_of.conflicts(data, LEAST_SPREAD[data.property.scale] if least is None else least)
