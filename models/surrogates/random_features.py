"""Draws of a process over any number of points: its covariance as a thousand random cosines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

FEATURES = 1000  # cosines in all
FREEDOM = 3.0  # degrees of freedom of the frequencies of a Matern-3/2 correlation
CHUNK = 16_384  # points at a time


def drawn(views: Sequence[Singles], theta: Vector, random: np.random.Generator) -> Vector:
    r"""One draw at n points of a process with the covariance ``s1 a + s2 a b + s3 c`` of three views, shape (n,).

    With a, b and c Matern-3/2 correlations over the views, of which the frequencies follow a multivariate t
    distribution; those of a product are those of both views (Rahimi and Recht, Advances in Neural Information
    Processing Systems 20, 2007: :math:`\sum_k w_k \sqrt{2 s / m} \cos(\omega_k x + \phi_k)` with normal w).

    Parameters
    ----------
    views
        The n points in three views, each of shape (n, ...).
    theta
        Logarithms of share and length of each view.
    random
        What is drawn from.
    """
    shares, lengths = np.exp(theta[[0, 2, 4]]), np.exp(theta[[1, 3, 5]])
    counts = np.maximum(np.round(FEATURES * shares / shares.sum()), 1).astype(int)
    found = np.zeros(len(views[0]))
    for share, count, used in zip(shares, counts.tolist(), ((0,), (0, 1), (2,)), strict=True):
        waves = [_frequencies(views[place].shape[1], lengths[place], count, random) for place in used]
        phase = random.uniform(0.0, 2 * np.pi, count).astype(np.float32)
        weight = (random.standard_normal(count) * np.sqrt(2.0 * share / count)).astype(np.float32)
        for rows in _chunks(len(found)):
            angle = phase + sum(views[place][rows] @ wave for place, wave in zip(used, waves, strict=True))
            found[rows] += np.cos(angle, out=angle) @ weight
    return found


def _frequencies(width: int, length: float, count: int, random: np.random.Generator) -> Singles:
    """Frequencies of a Matern-3/2 correlation, shape (width, count)."""
    stretched = np.sqrt(FREEDOM / random.chisquare(FREEDOM, count)) / length
    return np.asarray(random.standard_normal((width, count)) * stretched, dtype=np.float32)


def _chunks(n: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, n, CHUNK))
