"""The laboratory's own results as arrays, read once for each state of its store: what stands, and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.curation.curate import curate
from ...datasets.measurement import Measurements, composition_keys, tabulate
from ...datasets.properties import find
from ...datasets.readings import trusting
from ...datasets.results import standing as standing_module
from ...datasets.results.store import StoreError
from ...features.elements import SYMBOLS
from ...features.fractions import Fractions
from ...features.notices import collected, notice
from ...models.design.conditions import encode
from ...models.numerics.cache import kept
from ...models.predictor import Predictor

Vector = npt.NDArray[np.float64]
LAB = "lab"  # source of what has no DOI
NOT_A_GLASS = ("crystal", "molten")  # phases that say nothing of the glass
NAMES = ("key", "measured", "reference")
RESULT = ("formula", "value", "temperature_C", "phase", "doi")  # columns of what is learnt
ALIKE = 1e-9  # relative difference of two records of one measurement
CRYSTALLINITY, UNKNOWN_PHASE = 2, 0.5  # column of `Facts.measured` that tells the phase, and how far "unknown" may be


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

    @classmethod
    def told(cls, name: str, key: npt.NDArray[np.uint64], rows: pd.DataFrame) -> Facts:
        """Measurements of one property in a table with ``value``, ``temperature_C``, ``phase`` and maybe ``doi``."""
        target = find(name).to_target(rows["value"].to_numpy(dtype=float))[:, None]
        if name == "conductivity":
            target = np.hstack([target, encode(rows[["temperature_C", "phase"]], len(rows))])
        sources = rows["doi"] if "doi" in rows else [""] * len(rows)
        return cls(key, target, np.array([doi or LAB for doi in sources], dtype=object))

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
        """Whether each, of one composition, is recorded in `other` too, whatever its source; shape (n,).

        A phase that is not known is that of either record.
        """
        close = np.isclose(self.measured[:, None], other.measured, rtol=ALIKE, atol=0.0)
        if close.shape[2] > CRYSTALLINITY:
            apart = np.abs(self.measured[:, None, CRYSTALLINITY] - other.measured[:, CRYSTALLINITY])
            close[:, :, CRYSTALLINITY] = apart <= UNKNOWN_PHASE
        alike: npt.NDArray[np.bool_] = np.all(close, axis=2)
        return np.asarray(np.any(alike, axis=1))

    def told_in(self, other: Facts) -> npt.NDArray[np.bool_]:
        """Whether each, of whatever composition, is recorded in `other` too; shape (n,)."""
        found = np.zeros(len(self), dtype=bool)
        for key in np.intersect1d(self.key, other.key):
            found[self.key == key] = self.of(key).among(other.of(key))
        return found


def own_results(name: str) -> tuple[Facts, Facts]:
    """Results of a property in the store of the laboratory: those that stand and are used, and those that do not."""
    return _read(name, *standing_module.store_state())


def informed(predictor: Predictor, without: Facts | None = None) -> Predictor:
    """The predictor with what stands in the store of the laboratory and was not there when it was trained.

    It is the same object where there is nothing to add, and made once for each state of the store.

    Parameters
    ----------
    predictor
        Fitted.
    without
        What is not to be added, although it stands there.
    """
    if without is not None:
        return with_results(predictor, unlearnt(predictor, without))
    state = standing_module.store_state()
    if not state[1]:
        return predictor
    learnt_too = kept(predictor, predictor.known_formulas_, lambda: _informed(predictor), repr(state).encode())
    return predictor if learnt_too is None else learnt_too


def _informed(predictor: Predictor) -> Predictor | None:
    """The predictor with what it lacks; None, and not itself, where it lacks nothing: what keeps it would keep it."""
    rows = unlearnt(predictor)
    return None if rows.empty else with_results(predictor, rows)


def unlearnt(predictor: Predictor, without: Facts | None = None) -> pd.DataFrame:
    """What `informed` adds to a predictor: rows with ``formula, value, temperature_C, phase, doi``."""
    path, state = standing_module.store_state()
    if not state:
        return pd.DataFrame(columns=list(RESULT))
    own = _standing(predictor.property, path, state)[0]
    facts = _facts(own, predictor.property)
    fresh = ~learnt(predictor, facts) & ~own.rows["phase"].isin(NOT_A_GLASS).to_numpy()
    if without is not None:
        fresh &= ~facts.told_in(without)
    return own.rows.loc[fresh, list(RESULT)]


def with_results(predictor: Predictor, rows: pd.DataFrame) -> Predictor:
    """The predictor after results as `unlearnt` gives them; itself where there are none."""
    if rows.empty:
        return predictor
    conditions = rows[["temperature_C", "phase"]] if predictor.conditions else None
    with trusting(), collected():  # they were judged when they were added
        formulas, values = rows["formula"].tolist(), rows["value"].to_numpy(dtype=float)
        return predictor.updated(formulas, values, conditions, references=[doi or LAB for doi in rows["doi"]])


def lacking(predictor: Predictor, facts: Facts) -> Predictor:
    """The predictor as if it had not learnt some results since its fit; itself where it has learnt none of them."""
    own = np.arange(len(predictor.domain_.points_), len(predictor.known_formulas_))
    if not len(own) or not len(facts):
        return predictor
    keys = composition_keys(Fractions.of(predictor.known_formulas_[own].tolist()).matrix)
    gone = Facts(keys, predictor.known_measured_[own], predictor.known_references_[own].astype(object)).told_in(facts)
    return predictor.forgetting(gone) if gone.any() else predictor


def learnt(predictor: Predictor, facts: Facts) -> npt.NDArray[np.bool_]:
    """Whether the predictor has learnt each result already, by `fit` or since, shape (n,).

    What the laboratory measured itself counts as learnt since the fit alone: a fit learns it as one paper's among
    thousands, and only as a result of one's own does it narrow the intervals of what is like it (`Predictor.update`).
    It is not counted double, since no more than what the fit still misses of it is corrected.
    """
    references, fitted = predictor.known_references_, len(predictor.domain_.points_)
    asked = np.arange(len(references)) >= fitted
    asked |= np.isin(references, [doi for doi in set(facts.reference.tolist()) if doi != LAB])
    places = np.flatnonzero(asked)
    if not len(places):
        return np.zeros(len(facts), dtype=bool)
    fractions, read, _ = Fractions.read(predictor.known_formulas_[places].tolist())
    known = predictor.known_measured_[places[read]], references[places[read]].astype(object)
    return facts.told_in(Facts(composition_keys(fractions.matrix), *known))


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
        standing, gone = standing_module.standing_and_not(name)
    except StoreError as error:
        notice(f"what the laboratory measured itself is not shown: {error}")
        standing = gone = Measurements(tabulate(0), np.zeros((0, len(SYMBOLS))))
    return curate(standing, find(name))[0], curate(gone, find(name))[0]


def _facts(told: Measurements, name: str) -> Facts:
    return Facts.told(name, told.keys, told.rows)
