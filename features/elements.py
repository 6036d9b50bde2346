"""The element table: one row per element, Z = 1 to 103; units and references are in `data/elements.toml`."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SYMBOLS: tuple[str, ...] = tuple(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "  # noqa: SIM905
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr".split()
)
INDEX: dict[str, int] = {symbol: column for column, symbol in enumerate(SYMBOLS)}
DATA = Path(__file__).parent / "data"


ISOTOPES = {"D": "deuterium", "T": "tritium"}


class ElementDataError(ValueError):
    """A descriptor needs a value that the element table does not have."""


def no_element(symbol: str) -> str:
    """What is wrong with a symbol that no element from H to Lr has, and how to mend it.

    Examples
    --------
    >>> no_element("D")
    'D is deuterium, which has no properties of its own here; write H'
    """
    if symbol in ISOTOPES:
        return f"{symbol} is {ISOTOPES[symbol]}, which has no properties of its own here; write H"
    return f'"{symbol[:40]}" is no element from H to Lr; write its symbol, such as Cl'


@lru_cache(maxsize=1)
def table() -> dict[str, tuple[str, ...]]:
    """Columns of `data/elements.csv` as text, in the order of `SYMBOLS`."""
    with (DATA / "elements.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, zip(*rows, strict=True), strict=True))


@lru_cache(maxsize=128)
def lookup(name: str) -> NDArray[np.float64]:
    """One numeric column, ndarray of shape (103,), read-only; NaN where the value is not known.

    Examples
    --------
    >>> float(lookup("mass")[INDEX["Li"]])
    6.941
    >>> bool(np.isnan(lookup("electronegativity")[INDEX["He"]]))
    True
    """
    columns = table()
    if name not in columns or name.endswith("_states") or name in {"symbol", "name"}:
        numeric = [key for key in columns if not key.endswith("_states") and key not in {"symbol", "name"}]
        raise ElementDataError(f"'{name}' is not a numeric column of the element table; it has {', '.join(numeric)}")
    values = np.array([float(text) if text else np.nan for text in columns[name]])
    values.flags.writeable = False
    return values


@lru_cache(maxsize=8)
def states(name: str) -> tuple[tuple[int, ...], ...]:
    """Oxidation states of each element: `common_states`, `known_states` or `positive_states`.

    Examples
    --------
    >>> states("positive_states")[INDEX["Fe"]]
    (2, 3)
    """
    return tuple(tuple(int(state) for state in text.split()) for text in table()[name])
