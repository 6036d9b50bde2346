"""Columns named by compounds or elements, ``SiO2, Na2O, CaO``, and the one formula a row that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..formula.amounts import checked
from ..formula.notation import FormulaError
from ..ions.oxidation import compound
from .parsing import parse

_MOST = 10
_NAME = re.compile(
    r"\s*(?:x_|c_|n_)?([A-Z][A-Za-z\d()]{0,30}?)(?:[\s_]*[(\[]?(?P<unit>mol|at|wt|mass|weight)?[\s.]*(?:%|frac(?:tion)?)?[)\]]?)?\s*"
)
_BY_MASS = re.compile(r"wt|mass|weight|\bm[.\s]*%", re.IGNORECASE)


def of_components(names: Iterable[object]) -> str:
    """What to write in place of columns that hold the amounts of compounds or elements; empty for other columns.

    Examples
    --------
    >>> of_components(["SiO2", "Na2O", "CaO", "tg_C"])
    'SiO2, Na2O and CaO name columns of amounts: write each row as one formula in a column formula, such as \
80SiO2-10Na2O-10CaO, in mol and not by mass'
    >>> of_components(["formula", "tg_C"]), of_components(["LiAlCl4", "1.2e-3"])
    ('', '')
    """
    titles = [str(name) for name in names]
    if any(re.fullmatch(r"\s*[-+\d.,eE]+\s*", title) for title in titles):
        return ""  # a line of results, not of column names
    found = [(match.group(1), title) for title in titles if (match := _NAME.fullmatch(title))]
    read = {name: amounts for name, _ in found if (amounts := _amounts(name))}
    compounds = [name for name, amounts in read.items() if len(amounts) > 1 and compound(amounts, known=True)]
    elements = [name for name, amounts in read.items() if amounts == {name: 1}]
    parts = compounds if len(compounds) > 1 else elements if len(elements) > 1 else []
    if not parts:
        return ""
    shown = (
        ", ".join(parts[:_MOST][:-1]) + f" and {parts[:_MOST][-1]}" if len(parts) <= _MOST else ", ".join(parts[:_MOST])
    )
    shown += "" if len(parts) <= _MOST else " and others"
    mass = any(_BY_MASS.search(title) for _, title in found)
    mend = "in mol and not by mass" if not mass else "after dividing each amount by its molar mass"
    return (
        f"{shown} name columns of amounts: write each row as one formula in a column formula, such as "
        f"{_example(parts[:_MOST], by_element=parts is elements)}, {mend}"
    )


def _amounts(name: str) -> dict[str, float]:
    try:
        return {symbol: float(amount) for symbol, amount in checked(parse(name)[0]).items()}
    except FormulaError:
        return {}


def _example(parts: list[str], by_element: bool) -> str:
    """A formula of these components: 10 of each, and of the first what is left of 100."""
    if by_element:
        return "".join(f"{symbol}{number}" for number, symbol in enumerate(parts, start=1))
    first = 100 - 10 * (len(parts) - 1)
    return "-".join(f"{first if at == 0 else 10}{name}" for at, name in enumerate(parts))
