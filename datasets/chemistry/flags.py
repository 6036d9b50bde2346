"""Flags: what a chemist would say of a composition before it is made, each by a rule, with its reason and source."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ...features.fractions import Fractions
from ...features.scalars import shown
from ..results.conductors import measured_to_conduct
from .flag_rules import RULES, details
from .flag_table import table

Mask = npt.NDArray[np.bool_]
CODES = tuple(RULES)
NO_VACANCIES = "no_vacancies"
USUALLY_FORBIDDEN = ("radioactive", "gas")


class FlagError(ValueError):
    """A flag that there is not."""


@dataclass(frozen=True)
class Flag:
    """What is to be said of a composition.

    Parameters
    ----------
    code
        Short name, as in a goal and in the column ``flags``.
    label
        A word or two for a table.
    reason
        Why, in a sentence.
    source
        DOI, handbook, or the rule of thumb that it is.
    severity
        ``danger``, ``caution`` or ``note``.
    """

    code: str
    label: str
    reason: str
    source: str
    severity: str


@lru_cache(maxsize=1)
def flags() -> tuple[Flag, ...]:
    """All flags, in the order in which a table names them.

    >>> [flag.code for flag in flags()][:3]
    ['trace', 'gas', 'volatile']
    """
    told = table()
    return tuple(
        Flag(code, told[code]["label"], told[code]["reason"], told[code]["source"], told[code]["severity"])
        for code in CODES
    )


def checked(codes: Any, what: str = "flags", error: type[ValueError] = FlagError) -> tuple[str, ...]:
    """Codes of flags, each once; refused, with a list of all, where one is none.

    Parameters
    ----------
    codes
        A list of codes, as it was given.
    what
        How the error names them.
    error
        What is raised.
    """
    if not isinstance(codes, list | tuple):
        raise error(f'{what} = {shown(codes)}; give a list of codes, such as ["toxic", "volatile"]')
    for code in codes:
        if code not in CODES:
            near = difflib.get_close_matches(str(code), CODES, 1)
            meant = f" ({near[0]}?)" if near else ""
            raise error(f"{what}: {shown(code)} is no flag{meant}; there are {', '.join(CODES)}")
    return tuple(dict.fromkeys(codes))


def flagged(fractions: Fractions, codes: Sequence[str] = CODES, phase: str = "glass") -> Mask:
    """Whether each composition has each flag, shape (n, codes).

    Parameters
    ----------
    fractions
        The n compositions.
    codes
        Which flags; the others cost nothing.
    phase
        Of a crystal nothing is said that holds for a glass only (``crystalline_conductor``).

    A salt that was measured to conduct (`results.conductors`) has no flag ``no_vacancies``: this is decided here
    alone, for rankings, goals, explanations, comparisons and every list of flags.

    Examples
    --------
    >>> flagged(Fractions.of(["LiBCl2.5O0.75", "LiAlCl4"]), ["gas", "toxic"]).tolist()
    [[True, False], [False, False]]
    """
    found = np.zeros((len(fractions), len(codes)), dtype=bool)
    for place, code in enumerate(codes):
        if phase == "glass" or code != "crystalline_conductor":
            found[:, place] = RULES[code](fractions)
        if code == NO_VACANCIES and (rows := np.flatnonzero(found[:, place])).size:
            found[rows, place] = ~measured_to_conduct(fractions.take(rows), *_refuting())
    return found


def _refuting() -> tuple[float, float]:
    """The conductivity in S/cm above which, and the temperature in degC up to which, a salt has vacancies after all."""
    rule = table()[NO_VACANCIES]
    return float(rule["refuted_S_cm"]), float(rule["warmest_C"])


def texts(found: Mask) -> list[str]:
    """The codes of each row of `flagged` for all flags, such as ``gas, toxic``."""
    sets, which = np.unique(found @ (1 << np.arange(len(CODES))), return_inverse=True)  # a number for each set of flags
    words = [", ".join(code for place, code in enumerate(CODES) if number >> place & 1) for number in sets.tolist()]
    return [words[place] for place in which.tolist()]


def short_notes(found: Mask, measured: Mask) -> Iterator[tuple[int, str]]:
    """Rows of `flagged` for all flags, with what is to be said of the prediction; nothing where one measured it.

    Parameters
    ----------
    found
        Of n compositions, shape (n, flags).
    measured
        Whether a conductivity of each was measured, shape (n,).
    """
    for place, code in enumerate(CODES):
        if said := table()[code].get("note"):
            for row in np.flatnonzero(found[:, place] & ~measured).tolist():
                yield row, str(said)


def not_refuted(found: Mask, conductivity: npt.NDArray[np.float64], celsius: npt.NDArray[np.float64]) -> Mask:
    """`flagged` for all flags, without ``no_vacancies`` of what a campaign measured to conduct near 25 degC.

    What stands in the tables or in the store of the laboratory `flagged` knows itself, by the same numbers.

    Parameters
    ----------
    found
        Of n compositions, shape (n, flags).
    conductivity, celsius
        Measured conductivity of each in S/cm and its temperature in degC, shape (n,); NaN where none was measured.

    Examples
    --------
    >>> salts = flagged(Fractions.of(["Li3AlF6", "Li3AlF6", "Li3AlF6"]))
    >>> kept = not_refuted(salts, np.array([1e-4, 1e-4, np.nan]), np.array([24.7, 300.0, np.nan]))
    >>> kept[:, CODES.index("no_vacancies")].tolist()
    [False, True, True]
    """
    (above, warmest), kept = _refuting(), found.copy()
    kept[(conductivity > above) & (celsius <= warmest), CODES.index(NO_VACANCIES)] = False
    return kept


def explained(compositions: Fractions | Iterable[Any], phase: str = "glass") -> list[tuple[Flag, ...]]:
    """The flags of each composition, their reasons with the elements or halides that are meant.

    >>> [flag.code for flag in explained(["LiUCl4O"])[0]]
    ['toxic', 'radioactive', 'controlled']
    """
    fractions = Fractions.of(compositions)
    found, told = flagged(fractions, phase=phase), [list[Flag]() for _ in range(len(fractions))]
    for place, flag in enumerate(flags()):
        rows = np.flatnonzero(found[:, place])
        for row, detail in zip(
            rows.tolist(), details(fractions.take(rows), flag.code) if len(rows) else (), strict=True
        ):
            told[row].append(replace(flag, reason=f"{flag.reason} ({detail})") if detail else flag)
    return [tuple(one) for one in told]
