"""Measured compositions with the anions of a candidate and one of its cations: the nearest of these says most of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from ...features.elements import INDEX, SYMBOLS
from ...features.fractions import Fractions
from ..domain import LEAF, SAME, SLACK
from ..numerics.cache import kept
from ..prediction import Prediction
from ..predictor import Predictor

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

ANIONS = np.isin(SYMBOLS, ("O", "S", "Se", "Te", "F", "Cl", "Br", "I", "N"))
_BITS = 1 << np.arange(int(ANIONS.sum()))
_CODES = np.full(
    (128, 128), -1, dtype=np.intp
)  # column of an element by its letters, the second one 0 where it has one
for _symbol, _column in INDEX.items():
    _CODES[ord(_symbol[0]), ord(_symbol[1]) if len(_symbol) > 1 else 0] = _column


@dataclass(frozen=True)
class Kinds:
    """The compositions that a predictor was fitted to, by their elements.

    Parameters
    ----------
    elements
        Which elements each row of the fit has, shape (n, 103).
    by_anions
        Rows of different compositions that have the same anions, by the number of these.
    trees
        Rows and tree of those with the same anions and a cation, by the numbers of both, once they were asked for.
    """

    elements: Mask
    by_anions: dict[int, Rows]
    trees: dict[tuple[int, int], tuple[Rows, cKDTree]] = field(default_factory=dict)

    @classmethod
    def of(cls, predictor: Predictor) -> Kinds:
        """The kinds of compositions of a fitted predictor, without its own results."""
        elements, rows = elements_of(predictor.known_formulas_[: _fitted(predictor)]), predictor.domain_.different()
        number = anions_of(elements[rows])
        order = np.argsort(number, kind="stable")
        kinds, first = np.unique(number[order], return_index=True)
        return cls(elements, dict(zip(kinds.tolist(), np.split(rows[order], first[1:]), strict=True)))

    def tree(self, points: Matrix, anions: int, cation: int) -> tuple[Rows, cKDTree] | None:
        """Rows and tree of those with these anions and this cation; None where there is none."""
        found = self.trees.get((anions, cation))
        if found is None:
            among = self.by_anions.get(anions, np.empty(0, dtype=np.intp))
            rows = among[self.elements[among, cation]]
            if not len(rows):
                return None
            found = rows, cKDTree(points[rows], leafsize=LEAF, balanced_tree=False)
            self.trees[anions, cation] = found
        return found


def nearest_related(predictor: Predictor, fractions: Fractions, told: Prediction, rows: Rows) -> tuple[Vector, Rows]:
    """Distance and row of the nearest known composition with the anions and a cation of each of m, each of shape (m,).

    Where none is known with these, the nearest of all.

    Parameters
    ----------
    predictor
        A fitted predictor.
    fractions, told
        Compositions, and what it says of them.
    rows
        Of the m that are asked for.
    """
    distance, nearest, asked = told.distance[rows], told.nearest[rows], fractions.matrix[rows] > 0
    kinds, own, first = _kinds(predictor), own_elements(predictor), _fitted(predictor)
    found, of_fit = np.empty_like(asked), nearest < first
    found[of_fit], found[~of_fit] = kinds.elements[nearest[of_fit]], own[nearest[~of_fit] - first]
    strange = np.flatnonzero(~related(asked, found))
    if not len(strange):
        return distance, nearest
    glass = predictor._glass(predictor._inputs(fractions.take(rows[strange]), None))
    points = predictor.domain_.projected(glass)
    far, place = _of_fit(predictor, kinds, asked[strange], points)
    if len(own):
        apart = cdist(points, predictor.residuals_.points)
        apart[~related(asked[strange, None], own[None])] = np.inf
        closer = apart.min(axis=1) < far
        far, place = np.where(closer, apart.min(axis=1), far), np.where(closer, first + apart.argmin(axis=1), place)
    good = np.isfinite(far)
    distance[strange[good]], nearest[strange[good]] = np.where(far < SAME, 0.0, far)[good], place[good]
    return distance, nearest


def _of_fit(predictor: Predictor, kinds: Kinds, asked: Mask, points: Matrix) -> tuple[Vector, Rows]:
    """Distance, infinite where there is none, and row of the nearest related one of the fit, each of shape (n,)."""
    far, place = np.full(len(points), np.inf), np.zeros(len(points), dtype=np.intp)
    number = anions_of(asked)
    for anions in np.unique(number).tolist():
        here = np.flatnonzero(number == anions)
        for cation in np.flatnonzero(asked[here].any(axis=0) & ~ANIONS).tolist():
            known = kinds.tree(predictor.domain_.points_, anions, cation)
            if known is None:
                continue
            rows = here[asked[here, cation]]
            apart, at = map(np.asarray, known[1].query(points[rows], eps=SLACK))
            closer = apart < far[rows]
            far[rows[closer]], place[rows[closer]] = apart[closer], known[0][at[closer]]
    return far, place


def related(one: Mask, other: Mask) -> Mask:
    """Whether compositions, elements of shape (..., 103), have all anions and a cation in common, shape (...)."""
    alike = (one[..., ANIONS] == other[..., ANIONS]).all(axis=-1)
    return np.asarray(alike & (one & other)[..., ~ANIONS].any(axis=-1))


def anions_of(elements: Mask) -> npt.NDArray[np.int64]:
    """A number for the anions of each composition, shape (n,): equal numbers, equal anions."""
    return np.asarray(elements[:, ANIONS] @ _BITS)


def elements_of(formulas: npt.NDArray[np.str_]) -> Mask:
    """Which elements each formula names, shape (n, 103), by its letters alone.

    >>> found = elements_of(np.array(["LiAlCl2.5O0.75", "Si24Te76"]))
    >>> [np.array(SYMBOLS)[row].tolist() for row in found]
    [['Li', 'O', 'Al', 'Cl'], ['Si', 'Te']]
    """
    lines = [name.replace("\n", " ") for name in formulas.tolist()]
    text = np.frombuffer(("\n".join(lines) + "\n").encode("ascii", "replace"), dtype=np.uint8)
    start = np.flatnonzero((text >= ord("A")) & (text <= ord("Z")))
    second = text[start + 1]
    second = np.where((second >= ord("a")) & (second <= ord("z")), second, 0)
    row, column = np.searchsorted(np.flatnonzero(text == ord("\n")), start), _CODES[text[start], second]
    found = np.zeros((len(lines), len(SYMBOLS)), dtype=bool)
    found[row[column >= 0], column[column >= 0]] = True
    return found


def related_rows(predictor: Predictor, elements: Mask) -> Mask:
    """Whether each known row, one's own last, has the anions and a cation of a composition, elements (103,)."""
    return np.concatenate([related(_kinds(predictor).elements, elements), related(own_elements(predictor), elements)])


def own_elements(predictor: Predictor) -> Mask:
    """Which elements each of one's own results has, shape (k, 103)."""
    return elements_of(predictor.known_formulas_[_fitted(predictor) :])


def _fitted(predictor: Predictor) -> int:
    """Known rows that are not one's own results, which stand behind them."""
    return len(predictor.domain_.points_)


def _kinds(predictor: Predictor) -> Kinds:
    domain = predictor.domain_
    return kept(domain, domain.points_, lambda: Kinds.of(predictor), b"kinds")
