"""What scikit-learn has fitted, as plain arrays: scales and networks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

LEAST = 1e-30  # size below which a weight counts for nothing, and takes a processor a hundred times as long


class Scale(NamedTuple):
    """Mean and standard deviation of p columns, each of shape (p,), as a `StandardScaler` has learnt them."""

    mean: Vector
    spread: Vector

    @classmethod
    def of(cls, scaler: Any) -> Scale:
        """The numbers of a fitted `StandardScaler`."""
        return cls(np.asarray(scaler.mean_, dtype=float), np.asarray(scaler.scale_, dtype=float))

    def transform(self, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Columns in standard deviations from their means, shape (n, p), in the precision of `X`."""
        return np.asarray((X - self.mean.astype(X.dtype)) / self.spread.astype(X.dtype))


class Network(NamedTuple):
    """Layers of a network, the first one first: weights of shape (inputs, units) and offsets of shape (units,)."""

    weights: tuple[npt.NDArray[Any], ...]
    offsets: tuple[npt.NDArray[Any], ...]

    @classmethod
    def of(cls, network: Any) -> Network:
        """The layers of a fitted `MLPRegressor`, which `flush` has gone over."""
        flush(network)
        return cls(tuple(network.coefs_), tuple(network.intercepts_))


def flush(network: Any) -> None:
    """Set weights of a fitted `MLPRegressor` to zero that its penalty has driven to nothing, in place.

    Weights of units that are never active fall to numbers below the smallest normal one, with which processors
    calculate slowly: unflushed, a network of three layers takes six times as long to answer.
    """
    for part in (*network.coefs_, *network.intercepts_):
        part[np.abs(part) < LEAST] = 0.0
