"""The candidates of a proposal: members of a space or a list of formulas, as one batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.measurement import composition_keys
from ...features import charge
from ...features.composition import Composition, FormulaError
from ...features.fractions import Fractions
from ...features.notices import notice
from ...features.space.base import Space
from ...features.space.grid import Grid
from ...features.space.template import Template
from ..task.candidates import as_text, formulas, is_file, listed, read

Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]
MOST = 1_000_000  # members of a pool
WEIGHABLE = 1e-3  # atomic fraction by which compositions must differ: 1 mg in a batch of 1 g
ALIKE = 1e-2  # atomic fraction within which two samples of one batch would tell the same


@dataclass(frozen=True)
class Pool:
    """N different, charge-neutral candidates.

    Parameters
    ----------
    fractions
        The compositions.
    variables
        Values of the variables of each; no columns for a list of formulas.
    places
        Place of each in `source`, shape (n,).
    source
        The space, or the formulas as given.
    """

    fractions: Fractions
    variables: pd.DataFrame
    places: npt.NDArray[np.int64]
    source: Space | list[str]

    def __len__(self) -> int:
        return len(self.fractions)

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """Number of each composition, shape (n,): equal compositions, equal numbers."""
        return composition_keys(self.fractions.matrix)

    def formulas(self, rows: Sequence[int]) -> list[str]:
        """Canonical formulas of some candidates, exact."""
        if isinstance(self.source, list):
            return [self.source[self.places[row]] for row in rows]
        points = [self.source.point(int(self.places[row]))[1] for row in rows]
        return [Composition({symbol: amount for symbol, amount in one.items() if amount}).formula for one in points]

    @classmethod
    def of(cls, candidates: Any, **variables: Any) -> Pool:
        """A pool from a template with a range for each variable, a space, or whatever `rank` takes.

        What cannot be read, is not neutral or stands there twice is left out; a warning counts it.
        """
        if isinstance(candidates, Template) or (isinstance(candidates, str) and (variables or not is_file(candidates))):
            template = candidates if isinstance(candidates, Template) else Template.parse(candidates)
            return cls._of_space(template.grid(**variables))
        if variables:
            raise FormulaError(f"{', '.join(variables)}: variables belong to a template; leave them out")
        return cls._of_space(candidates) if isinstance(candidates, Space) else cls._of_list(candidates)

    @classmethod
    def _of_space(cls, space: Space) -> Pool:
        if space.size > MOST:
            raise FormulaError(f"{space.size:,} points, more than {MOST:,}; take larger steps or narrower ranges")
        blocks = list(space.blocks())
        if not blocks:
            raise FormulaError("no member is charge-neutral; mend the template or the ranges of its variables")
        matrix = np.vstack([block.fractions.matrix for block in blocks])
        first = np.sort(np.unique(composition_keys(matrix), return_index=True)[1])
        names = list(blocks[0].variables)
        columns = {name: np.concatenate([block.variables[name] for block in blocks])[first] for name in names}
        table = pd.DataFrame(columns, columns=names, index=range(len(first)))
        places = np.concatenate([block.places for block in blocks])[first]
        if isinstance(space, Grid) and len(first) < space.size:
            possible = space.count(neutral=False)
            parts = (
                f"{possible - len(matrix):,} not neutral",
                f"{space.size - possible:,} with a negative amount",
                f"{len(matrix) - len(first):,} twice",
            )
            told = ", ".join(part for part in parts if not part.startswith("0 "))
            notice(f"{space.size - len(first):,} of {space.size:,} points left out: {told}", stacklevel=4)
        return cls(Fractions.from_matrix(matrix[first]), table, places, space)

    @classmethod
    def _of_list(cls, candidates: Iterable[Any]) -> Pool:
        told = listed(candidates)
        if len(told) > MOST:
            raise FormulaError(f"{len(told):,} candidates, more than {MOST:,}; give fewer at once")
        batch = read(told)
        neutral = charge.neutral(batch.fractions) if len(batch.rows) else np.empty(0, dtype=bool)
        first = np.zeros(len(neutral), dtype=bool)
        first[np.unique(composition_keys(batch.fractions.matrix), return_index=True)[1]] = True
        kept = neutral & first
        if not kept.any():
            why = next(iter(batch.errors.values()), "none is charge-neutral" if told else "there is none")
            raise FormulaError(f"no candidate can be proposed: {why}; give neutral formulas, such as LiAlCl2.5O0.75")
        if len(told) > kept.sum():
            parts = (
                f"{len(batch.errors):,} unread",
                f"{(~neutral).sum():,} not neutral",
                f"{(neutral & ~first).sum():,} twice",
            )
            notice(f"{len(told) - kept.sum():,} of {len(told):,} candidates left out: {', '.join(parts)}", stacklevel=4)
        names = formulas(told, batch.rows[kept], batch.parsed)
        none = pd.DataFrame(index=range(len(names)))
        return cls(batch.fractions.take(kept), none, np.arange(len(names)), names)

    def joined(self, other: Fractions) -> Fractions:
        """The candidates, and other compositions after them."""
        return Fractions.from_matrix(np.vstack([self.fractions.matrix, other.matrix]))

    def waiting(self, pending: Iterable[Any]) -> Fractions:
        """What is on its way; a warning names what of it is no candidate: perhaps another family was meant."""
        names = [pending] if isinstance(pending, str) else list(pending)
        waiting = fractions_of(names, "pending")
        rows = zip(names, waiting.matrix, strict=True)
        strange = [as_text(name) for name, row in rows if not near(self.fractions.matrix, row[None]).any()]
        if strange:
            told = ", ".join(strange)
            notice(f"on the way, but no candidates here: {told}; they count all the same", stacklevel=3)
        return waiting


def near(matrix: Matrix, others: Matrix, within: float = WEIGHABLE) -> Mask:
    """Whether each composition is that close, in every element, to one of some others, shape (n,).

    Parameters
    ----------
    matrix, others
        Atomic fractions, shape (n, 103) and (m, 103).
    within
        Largest difference of a fraction; by default what weighing cannot tell apart.
    """
    found = np.zeros(len(matrix), dtype=bool)
    for row in others:
        found |= np.abs(matrix - row).max(axis=1) <= within + 1e-9
    return found


def fractions_of(told: Sequence[Any], name: str) -> Fractions:
    """Compositions that a parameter tells; the parameter is named where one of them cannot be read."""
    fractions, _, errors = Fractions.read(told)
    for why in errors.values():
        raise FormulaError(f"{name}: {why}")
    return fractions


def few(found: int, batch: int, similar: int = 0, measured: int = 0) -> str:
    """What to say of fewer proposals than were asked for.

    Parameters
    ----------
    found, batch
        How many there are, and how many were asked for.
    similar, measured
        Candidates left out as near-duplicates of these, and as measured already.

    Examples
    --------
    >>> few(1, 4)
    '1 sample where 4 were asked for: no more are left'
    >>> few(2, 4, similar=7, measured=1)
    '2 samples where 4 were asked for: 7 others lie within 1 at.% of these, 1 is measured already'
    >>> few(0, 1)
    'no samples where 1 was asked for: no more are left'
    """
    reasons = [f"{similar} other{'s lie' if similar > 1 else ' lies'} within 1 at.% of these"] if similar else []
    reasons += [f"{measured} {'are' if measured > 1 else 'is'} measured already"] if measured else []
    why = ", ".join(reasons) or "no more are left"
    asked = f"{batch} {'was' if batch == 1 else 'were'} asked for"
    return f"{found or 'no'} sample{'' if found == 1 else 's'} where {asked}: {why}"
