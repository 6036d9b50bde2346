"""What the columns of a user's table are: names in many spellings, with the unit in the name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ...features.conventions.component_columns import of_components
from ...features.fractions import Fractions
from .. import units
from ..properties import PROPERTIES, TG, Property
from ..units import Unit, UnitError
from .decoding import visible
from .grid import TableError, words

LOG = "log conductivity"
_BRACKETED = re.compile(r"^(?P<name>[^(\[,/]+?)\s*[(\[,/]\s*(?P<unit>.+?)[)\]]?$")
_WARM = re.compile(r"(?:^|_)(?:\d+_?[ck]|rt)(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column that is understood.

    Parameters
    ----------
    at
        Its place, from 0.
    header
        Its name as written.
    field
        What it holds: a key of ``[columns]`` in `data/columns.toml`, ``temperature``, or a property.
    unit
        Unit of its numbers, where it holds numbers with one.
    """

    at: int
    header: str
    field: str
    unit: Unit | None = None


@dataclass(frozen=True)
class Layout:
    """The columns of a table.

    Parameters
    ----------
    columns
        Those understood, by field.
    further
        Places of all others by name: conditions of the synthesis, and what is the user's own.
    """

    columns: Mapping[str, Column]
    further: Mapping[str, int]

    @property
    def measured(self) -> list[Column]:
        """Columns with measured values of a property, each in its unit."""
        return [column for column in self.columns.values() if column.field in PROPERTIES]


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    """Return the field of every name, longest name first."""
    names = {
        name: field
        for table in (words()["columns"], words()["quantities"])
        for field, spellings in table.items()
        for name in spellings
    }
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def understand(header: tuple[str, ...], name: str) -> Layout:
    """Return the layout of a header, or say which column is missing, twice there, misspelt or without unit."""
    _refuse_own(header, name)
    chosen: dict[str, Column] = {}
    formulas = formula_column(header, name)
    further: dict[str, int] = {}
    for at, text in enumerate(header):
        column = None if condition(text) else _column(at, text, name)
        if column is None or (column.field in ("formula", "candidate") and at != formulas):
            further |= {text: at} if text else {}
        elif at == formulas:
            chosen["formula"] = replace(column, field="formula")
        elif column.field not in chosen:
            chosen[column.field] = column
        elif column.field in words()["columns"] and column.field not in ("value", "unit", "quantity"):
            exact = text.strip().casefold() == column.field
            other = chosen[column.field] if exact else column
            further[other.header] = other.at
            chosen[column.field] = column if exact else chosen[column.field]
        else:
            first = chosen[column.field].header
            raise TableError(f"{name}: columns {first!r} and {text!r} both hold the {column.field}; keep one of them")
    layout = Layout(chosen, dict(sorted(further.items(), key=lambda item: item[1])))
    _check(layout, name)
    return layout


def condition(title: object) -> str:
    """Return which condition of a synthesis a column holds, empty where it is none.

    >>> condition("Annealing temperature (°C)"), condition("milling_h"), condition("furnace")
    ('anneal_C', 'milling_h', '')
    """
    plainly = re.sub(r"[\s.\-_()\[\],/]+", "_", str(title).replace("°", "")).strip("_").casefold()
    return _conditions().get(plainly, "")


@lru_cache(maxsize=1)
def _conditions() -> dict[str, str]:
    return {spelling: name for name, spellings in words()["conditions"].items() for spelling in spellings}


def formula_names() -> tuple[str, ...]:
    """Return what a column of formulas may be called, as `plain` writes it in lower case; the first counts."""
    return (*words()["columns"]["formula"], *words()["columns"]["candidate"])


def formula_column(header: Sequence[object], name: str) -> int | None:
    """Return the place of the column of formulas, None where there is none.

    The names are those of ``formula`` and ``candidate`` in `data/columns.toml`; the first of them counts.

    >>> formula_column(["id", "Nominal composition", "Formula"], "list.csv")
    2
    """
    titled: dict[str, list[int]] = {}
    for at, title in enumerate(header):
        if isinstance(title, str):
            titled.setdefault(plain(title).casefold(), []).append(at)
    for known in formula_names():
        places = titled.get(known, [])
        if len(places) > 1:
            names = " and ".join(f'"{visible(str(header[at]))}"' for at in places)
            raise TableError(f"{name} has {len(places)} columns of formulas, {names}; name one of them formula")
        if places:
            return places[0]
    return None


def _refuse_own(header: tuple[str, ...], name: str) -> None:
    """Raise `TableError` if the columns are those of a file that Vitrion wrote."""
    for export in words()["exports"]:
        if set(export["columns"]) <= set(header):
            raise TableError(
                f"{name} holds {export['holds']}, not new measurements; "
                "give a table of your own results, with columns such as formula and tg_C"
            )


def _column(at: int, text: str, name: str) -> Column | None:
    field, unit_text = field_and_unit(text)
    if field is None:
        _suggest(text, name)
        return None
    if field in words()["columns"]:
        if unit_text:
            raise TableError(f"{name}: column {text!r} is not understood; a column {field!r} has no unit")
        return Column(at, text, field)
    prop = _property(field)
    plain = {"temperature": "temperature_C", LOG: "log10_conductivity"}.get(field, f"{field}_{prop.unit}")
    try:
        if field == LOG:
            unit_text = _logarithm_of(text, unit_text, prop)
        if not unit_text:
            choice = ", ".join(units.known(prop))
            raise TableError(
                f"{name}: column {text!r} names no unit; "
                f"call it {plain.replace('/', '_')!r} or put one of {choice} behind the name"
            )
        return Column(at, text, "conductivity" if field == LOG else field, units.find(unit_text, prop))
    except UnitError as error:
        warm = "; a temperature belongs into a column temperature_C" if _WARM.search(unit_text) else ""
        raise TableError(f"{name}: column {text!r}: {error}{warm}") from None


def holds_formulas(name: object) -> bool:
    """Return whether a column (or index) of that name is one of formulas.

    >>> holds_formulas("Nominal composition"), holds_formulas("tg_C"), holds_formulas(None)
    (True, False, False)
    """
    return isinstance(name, str) and field_and_unit(name)[0] in ("formula", "candidate")


def _logarithm_of(text: str, unit_text: str, prop: Property) -> str:
    """Return the unit of a column of logarithms, of S/cm whether it says so or not."""
    implied = str(words()["implied_units"][LOG])
    unit = units.find(unit_text or implied, prop)
    if unit.name not in (implied, "S/cm"):
        raise UnitError(
            f"logarithms are read of conductivities in S/cm, not of {unit.name}; "
            "convert them, or give the conductivity itself"
        )
    return implied


def _property(field: str) -> Property:
    return TG if field == "temperature" else PROPERTIES["conductivity" if field == LOG else field]


def field_and_unit(text: str) -> tuple[str | None, str]:
    """Return the field that a header names, and the text of its unit.

    >>> field_and_unit("Tg (K)"), field_and_unit("conductivity_mS_cm"), field_and_unit("Formula")
    (('tg', 'K'), ('conductivity', 'mS_cm'), ('formula', ''))
    """
    bracketed = _BRACKETED.match(text)
    if bracketed:
        field = _aliases().get(plain(bracketed["name"]).casefold())
        if field:
            return field, bracketed["unit"]
    title = plain(text)
    for alias, field in _aliases().items():
        if title.casefold() == alias:
            return field, ""
        if title.casefold().startswith(alias + "_") and field not in words()["columns"]:
            return field, title[len(alias) + 1 :]
    return None, ""


def plain(text: str) -> str:
    """Return a column name with one underscore for blanks, dashes and dots; its case stays.

    >>> plain(" Nominal  composition.")
    'Nominal_composition'
    """
    return re.sub(r"[\s.\-_]+", "_", text.strip()).strip("_")


def _suggest(text: str, name: str) -> None:
    """Raise `TableError` if a column that is not understood is nearly one that would be."""
    suffixes = ("C", "K", "S_cm", "mS_cm")
    stems = [*_aliases(), *(f"{quantity}_{unit}" for quantity in words()["quantities"] for unit in suffixes)]
    names = {stem.casefold(): stem for stem in stems if len(stem) > 3}
    near = difflib.get_close_matches(plain(text).casefold(), names, n=1, cutoff=0.85)
    if near:
        raise TableError(
            f"{name}: column {text!r} is not known; "
            f"if {names[near[0]]!r} was meant, rename it, else give it another name"
        )


def _check(layout: Layout, name: str) -> None:
    columns = layout.columns
    if "formula" not in columns:
        names = _names(layout)
        mend = of_components(names) or f"name the one with compositions so{_or_headerless(names)}"
        raise TableError(f"{name} has no column 'formula' (its columns: {', '.join(names)}); {mend}")
    long = [field for field in ("quantity", "value", "unit") if field in columns]
    if "value" in columns and len(long) < 3:
        missing = ", ".join(repr(field) for field in ("quantity", "unit") if field not in columns)
        raise TableError(
            f"{name} has a column {columns['value'].header!r} but none called {missing}; "
            "add it, or call the column by property and unit, such as conductivity_mS_cm"
        )
    if not layout.measured and "value" not in columns and "outcome" not in columns:
        raise TableError(
            f"{name} has no measured values; "
            f"add a column such as tg_C, conductivity_S_cm or outcome (its columns: {', '.join(_names(layout))})"
        )
    if "conductivity" in columns and "temperature" not in columns:
        raise TableError(
            f"{name} has conductivities without a temperature; add a column temperature_C (25 if measured at 25 degC)"
        )


def _or_headerless(names: list[str]) -> str:
    """Return advice if one of the names is a composition with numbers, so that there is no header, else ``""``."""
    readable = Fractions.read(names)[1]
    if not any(any(map(str.isdigit, names[i])) for i in readable):
        return ""
    return "; the first line looks like results: if it is, put a line of column names above it"


def _names(layout: Layout) -> list[str]:
    return [column.header for column in layout.columns.values()] + list(layout.further)
