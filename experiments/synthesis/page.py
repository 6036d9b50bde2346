"""The batch sheet as a page that prints on A4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from .sample import Recipe

DATA = Path(__file__).parent / "data"
STYLE = "batch_sheet.css"
ROOMY, CLOSE = 27, 34  # lines that fit an A4 page, in two sizes of type
_NUMBER = re.compile(
    r"(?<=[A-Za-z)\]])(?!(?<=H)\d{3}\b)\d+(?:\.\d+)?"
)  # of a formula, and not of a statement such as H314
_DIGITS = str.maketrans("0123456789.", "₀₁₂₃₄₅₆₇₈₉.")


@dataclass(frozen=True)
class Procedure:
    """What samples of one route have in common, each sentence once."""

    recipes: tuple[Recipe, ...]
    vessel: tuple[str, ...]
    heat: tuple[str, ...]
    notes: tuple[str, ...]


def page(recipes: Sequence[Recipe], date: str) -> str:
    """Return the HTML of a batch sheet; it needs nothing else, and runs no script.

    Parameters
    ----------
    recipes
        The samples.
    date
        Of the sheet.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(DATA), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"sub": subscripts, "grams": grams}
    ways = procedures(recipes)
    lines = sum(len(one.weighed) + 2 for one in recipes) + 6 * len(ways)
    return environment.get_template("batch_sheet.html").render(
        recipes=recipes,
        date=date,
        procedures=ways,
        hazards=_once(line for one in recipes for line in one.hazards),
        waste=_once(line for one in recipes for line in one.waste),
        gas=[(one.sample, line) for one in recipes for line in one.gas],
        cost=sum(one.cost_usd for one in recipes),
        weighed_g=sum(one.weighed_g for one in recipes),
        size="roomy" if lines <= ROOMY else "close" if lines <= CLOSE else "closest",
        style=Markup((DATA / STYLE).read_text(encoding="utf-8")),  # noqa: S704 - our own file
        version=version("vitrion"),
    )


def procedures(recipes: Sequence[Recipe]) -> list[Procedure]:
    """Return what is done, once for samples that are made by the same route."""
    alike: dict[tuple[str, str], list[Recipe]] = {}
    for one in recipes:
        alike.setdefault((one.route, f"{one.temperature_C:g}"), []).append(one)
    return [
        Procedure(
            tuple(group),
            _once(line for one in group for line in one.vessel),
            _once(line for one in group for line in one.heat),
            _once(line for one in group for line in one.notes),
        )
        for group in alike.values()
    ]


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def subscripts(text: str) -> str:
    """Write the formulas of a text with subscripts; other numbers stay.

    >>> subscripts("LiAlCl2.5O0.75 at 250 °C, LiOH·H2O: H314")
    'LiAlCl₂.₅O₀.₇₅ at 250 °C, LiOH·H₂O: H314'
    """
    return _NUMBER.sub(lambda found: found[0].translate(_DIGITS), text)


def grams(mass: float) -> str:
    """Write a mass to 1 mg, or finer where it was rounded so.

    >>> grams(5.4), grams(0.03152)
    ('5.400', '0.03152')
    """
    digits = next((n for n in (3, 4) if round(mass, n) == mass), 5)
    return f"{mass:.{digits}f}"
