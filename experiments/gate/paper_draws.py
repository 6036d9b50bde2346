"""Papers drawn anew: how far a ratio may lie from where it is, given that the rows of a paper err alike.

Errors of one paper are correlated by 0.6, so papers are drawn, each with all of its rows (cluster bootstrap: Field and
Welsh, doi:10.1111/j.1467-9868.2007.00593.x), and two versions are compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

DRAWS = 2000
AT_ONCE = 100  # draws held in memory together
LEVEL = 0.95  # of a bound, one-sided
LIKE_SIZED = 0.1  # share of the papers, smaller and larger ones, that count as of like size
LEAST_ERROR = 1e-12  # standard error where all papers agree to the last bit


@dataclass(frozen=True)
class Ratios:
    """Ratios of k sums over papers, as they are and over papers drawn anew.

    Parameters
    ----------
    value
        The ratios as they are, shape (k,).
    drawn
        The same over papers drawn anew, shape (draws, k); NaN where a draw holds nothing of a part.
    """

    value: Vector
    drawn: Matrix

    @property
    def error(self) -> Vector:
        """Standard error of each ratio by the draws, shape (k,)."""
        return np.asarray(np.maximum(np.nanstd(self.drawn, axis=0), LEAST_ERROR))

    def bounds(self) -> tuple[Vector, Vector]:
        """Lower and upper bound of each ratio, each alone at `LEVEL`, shape (k,)."""
        low, high = np.nanquantile(self.drawn, (1 - LEVEL, LEVEL), axis=0)
        return low, high

    def least(self) -> Vector:
        """Lower bounds that hold for all ratios together at `LEVEL`, shape (k,).

        The reach is the quantile, over the draws, of the largest deviation in standard errors (max-t: Romano and Wolf,
        doi:10.1198/016214504000000539).
        """
        return self.value - self._reach(self.drawn - self.value) * self.error

    def most(self) -> Vector:
        """Upper bounds that hold for all ratios together at `LEVEL`, shape (k,); see `least`."""
        return self.value + self._reach(self.value - self.drawn) * self.error

    def _reach(self, away: Matrix) -> float:
        largest = np.nan_to_num(away / self.error, nan=-np.inf).max(axis=1)
        return max(float(np.quantile(largest, LEVEL)), 0.0)


@dataclass(frozen=True)
class Papers:
    """Rows by paper.

    Parameters
    ----------
    number
        Number of the paper of each row, shape (n,), from 0.
    draws
        How often papers are drawn anew.
    """

    number: Rows
    draws: int = DRAWS

    @classmethod
    def of(cls, papers: pd.Series[str]) -> Papers:
        """Number the papers of a column, one name a row."""
        return cls(np.asarray(pd.factorize(papers)[0], dtype=np.intp))

    def __len__(self) -> int:
        return int(self.number.max()) + 1 if len(self.number) else 0

    def ratios(self, parts: Sequence[Rows], above: Vector, below: Vector, alike: bool) -> Ratios:
        """Return the ratio of two sums over the rows of each of k parts, as it is and over papers drawn anew.

        Parameters
        ----------
        parts
            Row numbers of each part.
        above, below
            What is summed above and below the line, shape (n,).
        alike
            Whether each paper weighs alike, with the mean over its rows in the part; else each row does.
        """
        rows = self._sums(parts, np.ones(len(self.number)))
        share = np.where(rows > 0, 1.0 / np.maximum(rows, 1.0), 0.0) if alike else 1.0
        both = np.hstack([self._sums(parts, one) * share for one in (above, below)])
        drawn = np.vstack([counts @ both for counts in self._drawn()])
        k = len(parts)
        with np.errstate(invalid="ignore", divide="ignore"):
            return Ratios(both[:, :k].sum(axis=0) / both[:, k:].sum(axis=0), drawn[:, :k] / drawn[:, k:])

    def shares(self, parts: Sequence[Rows], held: Vector) -> Ratios:
        """Return the share of rows in each of k parts that something holds for, and how it scatters by chance.

        By chance a paper has the share of another of like size, whatever part that is in: so a part scatters as it
        would if it were none of its own, and few papers, or one that is most of a part, are no sign of anything.

        Parameters
        ----------
        parts
            Row numbers of each part.
        held
            1 for a row that it holds for, else 0, shape (n,).
        """
        rows, n = self._sums(parts, np.ones(len(self.number))), len(self)
        whole = self._sums([np.arange(len(self.number))], np.ones(len(self.number)))[:, 0]
        order = np.argsort(whole, kind="stable")
        share = (self._sums([np.arange(len(self.number))], held)[:, 0] / whole)[order]
        weight, reach = rows[order] / rows.sum(axis=0), max(int(LIKE_SIZED * n), 1)
        draw, drawn = np.random.default_rng(0), []
        for _ in range(0, self.draws, AT_ONCE):
            other = np.arange(n) + draw.integers(-reach, reach + 1, size=(AT_ONCE, n))
            drawn.append(share[np.clip(other, 0, n - 1)] @ weight)
        value, chance = self._sums(parts, held).sum(axis=0) / rows.sum(axis=0), np.vstack(drawn)
        return Ratios(value, chance - chance.mean(axis=0) + value)

    def _sums(self, parts: Sequence[Rows], values: Vector) -> Matrix:
        """Sums over the rows of each paper in each part, shape (papers, k)."""
        made = [np.bincount(self.number[rows], weights=values[rows], minlength=len(self)) for rows in parts]
        return np.stack(made, axis=1)

    def _drawn(self) -> Iterator[Matrix]:
        """How often each paper comes in each draw, some draws at once, shape (`AT_ONCE`, papers)."""
        draw, n = np.random.default_rng(0), len(self)
        for _ in range(0, self.draws, AT_ONCE):
            picked = draw.integers(n, size=(AT_ONCE, n)) + n * np.arange(AT_ONCE)[:, None]
            counts = np.bincount(picked.ravel(), minlength=AT_ONCE * n).reshape(AT_ONCE, n)
            yield counts.astype(np.float64)
