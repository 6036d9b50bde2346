"""How far a composition lies from the measured ones, and the verdict inside, edge or outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from .numerics.cache import kept
from .numerics.fitted import Scale
from .numerics.panels import panels
from .numerics.rows import different_rows
from .numerics.threads import one_thread

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
VERDICTS = ("inside", "edge", "outside")
SAME = 1e-9  # distance below which two points are one, whatever the rounding
LEAF = 32  # points of a leaf of the tree; cut in the middle of its space it answers in half the time
MOST_HALF = 60000.0  # what a number in half precision can be
SLACK = 1.0  # the point found is nowhere more than 1 + SLACK times as far as the nearest, and 0.2 % on average


class Domain(BaseEstimator):
    """The measured compositions as points in descriptor space.

    A distance of 1 is one standard deviation of a typical glass descriptor. The limits are quantiles of the distance
    from a measured composition to the nearest one of another fold of whole papers: beyond the first lies the edge,
    beyond the second the outside.

    Parameters
    ----------
    n_components
        Dimensions kept by the principal component analysis.
    quantiles
        Shares of the measurements that are nearer to another fold than the edge and the outside.
    half
        Whether points are in half precision: many measurements then take half the room.
    """

    def __init__(
        self, n_components: int = 12, quantiles: tuple[float, float] = (0.90, 0.98), half: bool = False
    ) -> None:
        self.n_components = n_components
        self.quantiles = quantiles
        self.half = half

    def fit(self, X: Matrix, fold: npt.NDArray[np.intp], keys: npt.NDArray[Any]) -> Domain:
        """Learn scale, points and limits from descriptors (n, p), folds of whole papers (n,) and compositions (n,)."""
        scaler, turned = StandardScaler(), PCA(min(self.n_components, *X.shape), random_state=0)
        with one_thread():  # the same points to the last bit, however many processors there are
            turned.fit(scaler.fit_transform(X))
        self.scale_, self.components_ = Scale.of(scaler), np.array(turned.components_)
        self.origin_ = np.asarray(turned.components_ @ turned.mean_)
        self.points_ = self.projected(X)
        distance = foreign_distance(self.points_, fold, keys)
        known = distance[np.isfinite(distance)]
        self.limits_ = np.quantile(known, self.quantiles) if len(known) else np.zeros(2)  # alone: all else is outside
        return self

    def nearest(self, points: Matrix) -> tuple[Vector, npt.NDArray[np.intp]]:
        """Distance to the nearest measured composition and its row in `fit`, both of shape (n,), of points (n, d).

        What is measured is always found; far from everything the search may end at a point somewhat farther than the
        nearest (`SLACK`), in a tenth of the time. `analogues` looks at all points.
        """
        tree, rows = self._tree()
        distance, place = tree.query(points, eps=SLACK)
        distance = np.where(distance < SAME, 0.0, distance)
        return np.asarray(distance, dtype=float), rows[place]

    def different(self) -> npt.NDArray[np.intp]:
        """Rows of `fit` that hold each measured point once, rising; `nearest` gives no others."""
        return self._tree()[1]

    def projected(self, X: Matrix) -> Matrix:
        """Descriptors of shape (n, p) in the space of distances, shape (n, d); no row depends on the others.

        In the precision in which files hold the measured points, so that what is measured lies at distance 0.
        """
        scaled, points = self.scale_.transform(X), np.empty((len(X), len(self.origin_)), dtype=np.float32)
        with one_thread():
            for panel in panels(len(X)):
                points[panel.rows] = (self.components_ @ panel.of(scaled, float))[:, panel.used].T - self.origin_
        if self.half:
            points = points.clip(-MOST_HALF, MOST_HALF).astype(np.float16)
        return points.astype(float)

    def verdict(self, distance: Vector) -> npt.NDArray[np.str_]:
        """Verdict at each distance, shape (n,)."""
        return np.array(VERDICTS)[np.searchsorted(self.limits_, distance, side="left")]

    def _tree(self) -> tuple[cKDTree, npt.NDArray[np.intp]]:
        """Tree of the points, each once, and the first row of each: some were measured often."""

        def grown() -> tuple[cKDTree, npt.NDArray[np.intp]]:
            rows, _ = different_rows(self.points_)
            return cKDTree(self.points_[rows], leafsize=LEAF, balanced_tree=False), rows

        return kept(self, self.points_, grown)


def foreign_distance(points: Matrix, fold: npt.NDArray[np.intp], keys: npt.NDArray[Any]) -> Vector:
    """Distance from each point, shape (n, d), to the nearest of another fold and another composition, shape (n,).

    Parameters
    ----------
    points
        Measured compositions in the space of a `Domain`.
    fold
        Fold of each point, shape (n,): points of one fold are strangers to each other.
    keys
        Composition of each point as a number, shape (n,).
    """
    distance = np.full(len(points), np.inf)
    for number in np.unique(fold):
        here = np.flatnonzero(fold == number)
        others = np.flatnonzero((fold != number) & ~np.isin(keys, keys[here]))
        if len(others):
            distance[here] = cKDTree(points[others], leafsize=LEAF, balanced_tree=False).query(
                points[here], workers=-1
            )[0]
    return distance
