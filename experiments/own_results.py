"""The laboratory's own results as arrays, read once for each state of its store: what stands, and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..datasets import lab
from ..datasets.curation import curate
from ..datasets.home import home
from ..datasets.measurement import Measurements, composition_keys, tabulate
from ..datasets.properties import find
from ..datasets.readings import trusting
from ..datasets.store import StoreError
from ..features.elements import SYMBOLS
from ..features.fractions import Fractions
from ..features.notices import collected, notice
from ..models.conditions import encode
from ..models.kept import kept
from ..models.predictor import Predictor

Vector = npt.NDArray[np.float64]
LAB = "lab"  # source of what has no DOI
NOT_A_GLASS = ("crystal", "molten")  # phases that say nothing of the glass
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


def informed(predictor: Predictor) -> Predictor:
    """The predictor with what stands in the store of the laboratory and was not there when it was trained.

    It is the same object where there is nothing to add, and made once for each state of the store.
    """
    path, state = _state()
    if not state:
        return predictor
    pupil = kept(
        predictor,
        predictor.known_formulas_,
        lambda: _informed(predictor, _standing(predictor.property, path, state)[0]),
        repr((path, state)).encode(),
    )
    return predictor if pupil is None else pupil


def _informed(predictor: Predictor, own: Measurements) -> Predictor | None:
    """The predictor with what is new to it; None where nothing is, since what is kept must not hold its owner."""
    rows = own.rows
    fresh = ~_learnt(predictor, own) & ~rows["phase"].isin(NOT_A_GLASS).to_numpy()
    if not fresh.any():
        return None
    part = own.take(fresh)
    conditions = part.rows[["temperature_C", "phase"]] if predictor.conditions else None
    with trusting(), collected():  # they were judged when they were added
        return predictor.updated(
            Fractions.from_matrix(part.matrix),
            part.rows["value"].to_numpy(dtype=float),
            conditions,
            formulas=part.rows["formula"].to_numpy(dtype=str),
            references=np.array([doi or LAB for doi in part.rows["doi"]]),
        )


def _learnt(predictor: Predictor, own: Measurements) -> npt.NDArray[np.bool_]:
    """Whether the predictor has learnt each result already, shape (n,)."""
    facts = _facts(own, predictor.property)
    texts = {LAB, *facts.reference.tolist()}
    references = predictor.known_references_
    told = np.arange(len(references)) >= len(predictor.domain_.points_)  # by `Predictor.update`, whatever it was called
    places = np.flatnonzero(told | np.isin(references, list(texts)) | np.char.startswith(references, LAB))
    if not len(places):
        return np.zeros(len(facts), dtype=bool)
    fractions, read, _ = Fractions.read(predictor.known_formulas_[places].tolist())
    known = Facts(
        composition_keys(fractions.matrix),
        predictor.known_measured_[places[read]],
        references[places[read]].astype(object),
    )
    return np.array(
        [bool(facts.take(np.arange(len(facts)) == row).among(known.of(key))[0]) for row, key in enumerate(facts.key)],
        dtype=bool,
    )


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
    standing, gone = _standing(name, path, state)
    return _facts(standing, name), _facts(gone, name)


@lru_cache(maxsize=8)
def _standing(name: str, path: str, state: tuple[int, ...]) -> tuple[Measurements, Measurements]:
    """Results, those that a model would learn, in the store as it is in this state: those that stand, and the others.

    None, with a notice, of a store that cannot be read.
    """
    try:
        standing, gone = lab.standing_and_not(name)
    except StoreError as error:
        notice(f"what the laboratory measured itself is not shown: {error}")
        standing = gone = Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    return curate(standing, find(name))[0], curate(gone, find(name))[0]


def _facts(told: Measurements, name: str) -> Facts:
    rows = told.rows
    target = find(name).to_target(rows["value"].to_numpy())[:, None]
    if name == "conductivity":
        target = np.hstack([target, encode(rows[["temperature_C", "phase"]], len(rows))])
    return Facts(told.keys, target, np.array([doi or LAB for doi in rows["doi"]], dtype=object))
