"""The laboratory's own results as arrays, read once for each state of its store: what stands, and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..datasets import lab
from ..datasets.curation import curate
from ..datasets.home import home
from ..datasets.measurement import Measurements, tabulate
from ..datasets.properties import find
from ..datasets.store import StoreError
from ..features.elements import SYMBOLS
from ..features.notices import notice
from ..models.conditions import encode

Vector = npt.NDArray[np.float64]
NAMES = ("key", "measured", "reference")
ALIKE = 1e-9  # relative difference of two records of one measurement


@dataclass(frozen=True)
class Facts:
    """Measurements of one property.

    Parameters
    ----------
    key
        Number of the composition, shape (n,); see `composition_keys`.
    measured
        Target and conditions as in `Predictor.known_measured_`, shape (n, 1) or (n, 4).
    reference
        DOI, else ``lab``, shape (n,).
    """

    key: npt.NDArray[np.uint64]
    measured: Vector
    reference: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.key)

    def take(self, where: npt.NDArray[np.bool_]) -> Facts:
        """Those where the mask is true."""
        return Facts(self.key[where], self.measured[where], self.reference[where])

    def of(self, key: np.uint64) -> Facts:
        """Those of one composition."""
        return self.take(self.key == key)

    def joined(self, other: Facts) -> Facts:
        """These, then the others."""
        return Facts(*(np.concatenate([getattr(one, name) for one in (self, other)]) for name in NAMES))

    def among(self, other: Facts) -> npt.NDArray[np.bool_]:
        """Whether each, of one composition, is recorded in `other` too, whatever its source; shape (n,)."""
        close = np.isclose(self.measured[:, None], other.measured, rtol=ALIKE, atol=0.0)
        alike: npt.NDArray[np.bool_] = np.all(close, axis=2)
        return np.asarray(np.any(alike, axis=1))


def own_results(name: str) -> tuple[Facts, Facts]:
    """Results of a property in the store of the laboratory: those that stand and are used, and those that do not."""
    return _read(name, *_state())


def _state() -> tuple[str, tuple[int, ...]]:
    """Where the store lies, and what changes with every addition; empty where there is none."""
    path = home() / "lab.sqlite"
    state: list[int] = []
    for file in (path, path.with_name(path.name + "-wal")):
        try:
            told = file.stat()
        except OSError:  # there is no such file, and that is a state too
            continue
        state += [told.st_mtime_ns, told.st_size, told.st_ino]
    return str(path), tuple(state)


@lru_cache(maxsize=8)
def _read(name: str, path: str, state: tuple[int, ...]) -> tuple[Facts, Facts]:
    """Results in the store as it is in this state; none, with a notice, of a store that cannot be read."""
    try:
        standing, gone = lab.standing_and_not(name)
    except StoreError as error:
        notice(f"what the laboratory measured itself is not shown: {error}")
        standing = gone = Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    return _facts(standing, name), _facts(gone, name)


def _facts(told: Measurements, name: str) -> Facts:
    """Those that a model would learn."""
    kept, _ = curate(told, find(name))
    rows = kept.rows
    target = find(name).to_target(rows["value"].to_numpy())[:, None]
    if name == "conductivity":
        target = np.hstack([target, encode(rows[["temperature_C", "phase"]], len(rows))])
    return Facts(kept.keys, target, np.array([doi or "lab" for doi in rows["doi"]], dtype=object))
