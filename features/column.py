"""A column of formulas at once: plain ones by one pass of a regular expression, all others one by one.

A formula is plain when it is symbols and short decimal numbers only, with nothing that `Composition.parse` would weigh
(a short name, capitals or digits that may spell another element, numbers that may join two compounds, an element named
twice). Both ways give the same numbers to the last bit: whole numbers in the ratio of the amounts, divided once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .composition import Composition, FormulaError
from .elements import INDEX, SYMBOLS, lookup
from .formula.names import short_names
from .formula.render import electronegativity_order
from .readings.ambiguities import PAIRS

CHUNK = 1024
_PAIR = "|".join(["CI", "IV", *sorted(pair.upper() for pair in PAIRS)])
_NUMBER = r"(?:[1-9]\d{0,8}(?:\.\d{1,6})?|0\.\d{1,6})"
_PLAIN = re.compile(rf"(?:(?!(?:{_PAIR})(?![a-z]))[A-Z][a-z]?{_NUMBER}?){{1,40}}")
_TOKEN = re.compile(r"([A-Z][a-z]?)([\d.]*)|\n")
_SYMBOL = re.compile(r"([A-Z][a-z]?)([\d.]*)")
_LARGEST = 2.0**52
_BREAK = -1

Matrix = NDArray[np.float64]


class _Codes(dict[str, int]):
    """Column of each symbol; one past the last for a symbol that is none."""

    def __missing__(self, symbol: str) -> int:
        return len(SYMBOLS)


class _Numbers(dict[str, int]):
    """Numbers met so far: place of each text in `values` and `decimals`."""

    def __init__(self) -> None:
        super().__init__({"": 0})
        self.values_met, self.decimals_met = [1.0], [0]

    def __missing__(self, text: str) -> int:
        self.values_met.append(float(text))
        self.decimals_met.append(len(text.partition(".")[2]))
        self[text] = place = len(self)
        return place


def amounts(texts: Sequence[str], parsed: dict[str, Composition] | None = None) -> tuple[Matrix, dict[int, str]]:
    """Atomic fractions of shape (n, 103), and the reason for each row that is no composition (its row is zero).

    Parameters
    ----------
    texts
        The n formulas, or whatever else `Composition.of` takes.
    parsed
        Compositions by their texts. Those that are not plain are looked for here before they are parsed, and kept here
        for whoever needs them afterwards.

    Examples
    --------
    >>> matrix, errors = amounts(["LiAlCl2.5O0.75", "Li0"])
    >>> round(float(matrix[0, INDEX["Cl"]]), 4), errors
    (0.4762, {1: '"Li0": an amount of zero at column 3; leave that part out, or write its amount'})
    """
    matrix = np.zeros((len(texts), len(SYMBOLS)))
    errors: dict[int, str] = {}
    known = {} if parsed is None else parsed
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        for row in _plain_rows(chunk, matrix[start : start + CHUNK]):
            try:
                fill(matrix[start + row], _of(chunk[row], known))
            except FormulaError as error:
                errors[start + row] = str(error)
    return matrix, errors


def canonical(text: str) -> str:
    """Canonical formula of a plain one, as `Composition.parse` gives it, in a thirtieth of the time.

    What was read by `amounts` and is not among its `parsed` is plain; of anything else the answer means nothing.

    Examples
    --------
    >>> canonical("Cl2.50O0.75Al1Li"), canonical("LiPO3")
    ('LiAlCl2.5O0.75', 'LiPO3')
    """
    numbers = dict(_SYMBOL.findall(text))
    symbols = _by_electronegativity(tuple(numbers))
    formula = "".join([symbol + _shortest(numbers[symbol]) for symbol in symbols])
    if _anions().isdisjoint(symbols) or "C" in numbers or formula in short_names():
        return Composition.parse(text).formula  # its digits may be letters, or it may be a word
    return formula if _PLAIN.fullmatch(formula) else Composition.parse(text).formula


@lru_cache(maxsize=10_000)
def _by_electronegativity(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(electronegativity_order(symbols))


@lru_cache(maxsize=100_000)
def _shortest(number: str) -> str:
    """A decimal as a formula writes it: without idle zeros, and 1 not at all."""
    short = number.rstrip("0").rstrip(".") if "." in number else number
    return "" if short == "1" else short


@lru_cache(maxsize=1)
def _anions() -> frozenset[str]:
    return frozenset(SYMBOLS[place] for place in np.flatnonzero(lookup("negative_state") < 0).tolist())


def _of(given: Any, known: dict[str, Composition]) -> Composition:
    if not isinstance(given, str):
        return Composition.of(given)
    if given not in known:
        known[given] = Composition.parse(given)
    return known[given]


def fill(row: Matrix, composition: Composition) -> None:
    """Write the atomic fractions of one composition into a row of zeros."""
    total = sum(count for _, count in composition.counts)
    for symbol, count in composition.counts:
        row[INDEX[symbol]] = count / total


def _plain_rows(texts: Sequence[str], matrix: Matrix) -> list[int]:
    """Fill the rows of plain formulas; return the rows left for the careful way."""
    texts = texts if set(map(type, texts)) <= {str} else [text if isinstance(text, str) else "" for text in texts]
    matched = np.array([found is not None for found in map(_PLAIN.fullmatch, texts)], dtype=bool)
    names = short_names()
    if not names.keys().isdisjoint(texts):
        matched &= np.array([text not in names for text in texts], dtype=bool)
    plain = np.flatnonzero(matched)
    left = np.flatnonzero(~matched).tolist()
    if plain.size == 0:
        return left
    symbols, written = zip(*_TOKEN.findall("\n".join([texts[row] for row in plain.tolist()])), strict=True)
    numbers = _Numbers()
    place = np.array(list(map(numbers.__getitem__, written)))
    codes = np.array(list(map(_Codes({"": _BREAK, **INDEX}).__getitem__, symbols)))
    rows = np.cumsum(codes == _BREAK)
    keep = codes != _BREAK
    rows, codes, place = rows[keep], codes[keep], place[keep]
    values, decimals = np.array(numbers.values_met)[place], np.array(numbers.decimals_met)[place]
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    scaled = np.rint(values * 10.0 ** np.maximum.reduceat(decimals, starts)[rows])
    part = np.zeros((plain.size, len(SYMBOLS) + 1))
    part[rows, codes] = scaled
    total = part.sum(axis=1)
    bad = (scaled == 0) | (scaled < 1e-12 * total[rows]) | (codes == len(SYMBOLS))
    bad |= (decimals > 0) & (values >= 1) & _turns(rows, codes)
    bad |= _weighed(rows, codes, place, starts)
    doubtful = (np.bincount(rows, bad, plain.size) > 0) | (total >= _LARGEST)
    doubtful |= np.count_nonzero(part, axis=1) != np.diff(starts, append=rows.size)
    if plain.size == len(matrix) and not doubtful.any():
        np.divide(part[:, :-1], total[:, None], out=matrix)
        return left
    good = np.flatnonzero(~doubtful)
    matrix[plain[good]] = part[good, :-1] / total[good, None]
    return sorted(left + plain[doubtful].tolist())


def _turns(rows: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.bool_]:
    """Where an anion stands no later, and an element less electronegative than it stands later, in the same formula."""
    order = np.append(np.nan_to_num(lookup("electronegativity"), nan=99.0), 99.0)[codes]
    anion = np.append(lookup("negative_state") < 0, False)[codes]
    before = np.maximum.accumulate(np.where(anion, order, 0) + 1000.0 * rows)
    after = np.append(np.minimum.accumulate((order + 1000.0 * rows)[::-1])[::-1][1:], np.inf)
    turns: NDArray[np.bool_] = before > after
    return turns


def _weighed(rows: NDArray[Any], codes: NDArray[Any], place: NDArray[Any], starts: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a number follows an anion with a cation to come, or C, or any element of a formula without anions."""
    anion = np.append(lookup("negative_state") < 0, False)[codes]
    at = np.arange(rows.size)
    last_cation = np.maximum.reduceat(np.where(anion, -1, at), starts)[rows]
    no_anion = ~np.logical_or.reduceat(anion, starts)[rows]
    weighed: NDArray[np.bool_] = (place > 0) & (no_anion | (codes == INDEX["C"]) | (anion & (at < last_cation)))
    return weighed
