"""What the search does on a small made-up pool, as a mark: replays stay valid as long as it does the same.

The mark hangs on what is chosen and believed, and not on the text of the code: to rename, to move or to explain voids
nothing, and whatever chooses otherwise does.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...models.process import Views
from ...models.surrogates.surrogate import Surrogate
from ..proposals.search import Search
from ..task.acquisition import Results
from ..task.acquisitions import ACQUISITIONS

Vector = npt.NDArray[np.float64]

VERSION = 1  # of the search; raise it for a change that the probe does not see, and all replays are made anew
CANDIDATES = 24
MEASURED = (0, 6, 12)  # results told: none, enough for lengths, enough for trees
SCALES = (1.0, 30.0)  # decades, K
DECIMALS = 3  # of beliefs: more than machines differ by, less than any change of the search moves


@lru_cache(maxsize=16)
def mark(acquisition: str, explore: float) -> str:
    """Version of the search, and a hash of what it picks and believes with an acquisition, as hexadecimal text.

    Parameters
    ----------
    acquisition
        Key of `acquisitions.ACQUISITIONS`.
    explore
        Factor on the standard deviations.
    """
    random = np.random.default_rng(7)
    targets = ACQUISITIONS[acquisition].targets or 1
    views = Views(*(random.uniform(size=(CANDIDATES, width)) for width in (3, 4, 6)))
    prior, truth = random.normal(size=(2, targets, CANDIDATES))
    told = hashlib.sha256(f"{VERSION} {acquisition} {explore}".encode())
    for measured in MEASURED:
        surrogates = [Surrogate(views, prior[k] * SCALES[k], 0.7, SCALES[k], 1) for k in range(targets)]
        search = Search(surrogates, [-np.inf] * targets, acquisition, explore, seed=2)
        rows = random.choice(CANDIDATES, measured, replace=False)
        results = [Results(rows, truth[k][rows] * SCALES[k], np.full(measured, 0.1)) for k in range(targets)]
        barred = np.isin(np.arange(CANDIDATES), rows)
        hope = np.linspace(0.2, 0.8, CANDIDATES)
        for pick in search.batch(results, 3, barred, success=hope[::-1], hope=hope):
            told.update(str(pick.row).encode())
            for belief, scale in zip(pick.beliefs, SCALES, strict=False):
                told.update(_rounded(belief.mean / scale) + _rounded(belief.std / scale))
    return f"{VERSION}:{told.hexdigest()[:16]}"


def _rounded(values: Vector) -> bytes:
    return (np.round(values, DECIMALS) + 0.0).tobytes()
