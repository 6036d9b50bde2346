"""Pools of measured compositions on which campaigns are replayed, and what may be known of them beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone

from ...datasets import Dataset, load
from ...datasets.measurement import formulas
from ...features.fractions import Fractions
from ...models.design.nearness import nearness
from ...models.explanation import slope
from ...models.fitting.crossfit import Design
from ...models.predictor import Predictor
from ...models.process import Views
from ..holdout.protocol import design
from ..holdout.series import Given, Mask, element_sets, find, hidden
from ..recipes.recipe import Recipe

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

ROOM_C = (15.0, 45.0)
HALIDES, SERIES, LITHIUM, SODIUM, TWO = "halides", "series", "lithium", "sodium", "two"
DRAWN = 1000  # conductors drawn
CREDIBLE = 0.01  # S/cm, highest conductivity of a glass of SciGlass that is taken for true
N_GROUPS = 4


@dataclass(frozen=True)
class ReplayPool:
    """N compositions with hidden values, and what a strategy may know of them before any is measured.

    Parameters
    ----------
    name, title
        Key, and words for a page.
    formulas
        One a composition.
    values
        Targets to be large, shape (n, k): log10 of S/cm; for two targets also minus Tg in K.
    views
        The compositions as a surrogate sees them, at 25 C and as a glass.
    priors, slopes
        Expected targets by predictors that saw neither these compositions nor their papers, shape (n, k), and the slope
        of what is measured on them that is expected (see `slope.expected`), shape (k,).
    descriptors
        What the peers are told of each composition, shape (n, p).
    """

    name: str
    title: str
    formulas: list[str]
    values: Matrix
    views: Views
    priors: Matrix
    slopes: Vector
    descriptors: Matrix

    def __len__(self) -> int:
        return len(self.values)

    @property
    def two(self) -> bool:
        """Whether there are two targets."""
        return bool(self.values.shape[1] > 1)


class Source:
    """The measurements of both properties, and regressors fitted on what is not hidden.

    Parameters
    ----------
    data
        Measurements of both properties by name; those that are embedded unless given.
    make
        Makes the predictor of a recipe.
    """

    def __init__(
        self, data: Mapping[str, Dataset] | None = None, make: Callable[[Recipe], Predictor] = Recipe.predictor
    ) -> None:
        self.recipes = {name: Recipe.named(name) for name in ("conductivity", "tg")}
        self.data: Mapping[str, Dataset] = data or {name: load(name, lab=False) for name in self.recipes}
        self.predictors: dict[str, Predictor] = {name: make(recipe) for name, recipe in self.recipes.items()}
        self.designs: dict[str, Design] = {
            name: design(self.predictors[name], self.recipes[name].rows(data)) for name, data in self.data.items()
        }

    def inputs(self, name: str, fractions: Fractions) -> Matrix:
        """Design matrix at 25 C and as a glass: what is known before a melt."""
        conditions = {"temperature_C": 25.0, "phase": "glass"} if self.recipes[name].conditions else None
        return self.predictors[name]._inputs(fractions, conditions)

    def views(self, name: str, fractions: Fractions) -> Views:
        """The compositions as a surrogate sees them."""
        return self.predictors[name]._layout().views(self.inputs(name, fractions))

    def without(self, name: str, keys: npt.NDArray[np.uint64]) -> Mask:
        """Measured rows that share neither a composition with the keys nor a paper with one that does, (n,).

        The rows that a rule estimates are in no prior: the rule learnt from rows that are hidden.
        """
        data, made = self.data[name], self.designs[name]
        met = np.isin(data.measured.keys, keys)
        gone = met | np.isin(data.groups.astype(str), np.unique(data.groups[met].astype(str)))
        measured = np.flatnonzero(made.fold >= 0)
        papers, compositions = made.papers[measured], made.keys[measured]
        gone_with: Mask = np.isin(papers, papers[gone]) | np.isin(compositions, compositions[gone])
        return np.asarray(~gone_with, dtype=bool)

    def prior(self, name: str, fractions: Fractions, train: Mask) -> Prior:
        """What a regressor fitted on some measured rows expects."""
        rows = np.flatnonzero(self.designs[name].fold >= 0)[train]
        fitted = self.designs[name].fit(self.predictors[name]._regressor(), rows)
        return Prior(np.asarray(fitted.predict(self.inputs(name, fractions))), self.slope(name, fractions, train))

    def slope(self, name: str, fractions: Fractions, train: Mask) -> float:
        """Slope that is expected of what some measured rows let one expect of a pool."""
        known = np.unique(element_sets(self.data[name])[train].astype(str))
        return slope.expected(np.isin(slope.elements(fractions), known), nearness(fractions))


class Prior(NamedTuple):
    """What is expected of n compositions, shape (n,), and how far it tells them apart."""

    mean: Vector
    slope: float


def _distinct(data: Dataset, mask: Mask) -> tuple[Fractions, Vector, npt.NDArray[np.uint64]]:
    """Compositions of some rows, each once, with the mean target over its repeats and its key."""
    rows = np.flatnonzero(mask)
    keys, first, where = np.unique(data.measured.keys[rows], return_index=True, return_inverse=True)
    target = data.property.to_target(data.values)[rows]
    mean = np.bincount(where, target) / np.bincount(where)
    return data.fractions.take(rows[first]), mean, keys


def _holds(data: Dataset, *symbols: str) -> Mask:
    return np.asarray(np.any([data.fractions.column(symbol) > 0 for symbol in symbols], axis=0), dtype=bool)


def _room(data: Dataset) -> Mask:
    return np.asarray(data.rows["temperature_C"].between(*ROOM_C).to_numpy(), dtype=bool)


def _from_sciglass(data: Dataset) -> Mask:
    return ~data.curated


def _descriptors(fractions: Fractions, views: Views) -> Matrix:
    """Atomic fractions of the elements there are, and the plain ratios."""
    matrix = fractions.matrix
    ratios = views.ratios[:, np.ptp(views.ratios, axis=0) > 0]
    return np.column_stack([matrix[:, np.ptp(matrix, axis=0) > 0], ratios])


def halides(source: Source) -> list[ReplayPool]:
    """Halides at 15-45 C with Li or Na, without S, Se, Cu and Ag."""
    data = source.data["conductivity"]
    mask = _room(data) & ~_from_sciglass(data) & _holds(data, "Li", "Na") & _holds(data, "F", "Cl", "Br", "I")
    mask &= ~_holds(data, "S", "Se", "Cu", "Ag")
    fractions, mean, keys = _distinct(data, mask)
    prior = source.prior("conductivity", fractions, source.without("conductivity", keys))
    return [_one(source, HALIDES, "Li and Na halides at 15-45 °C", fractions, mean, prior)]


def lithium(source: Source) -> list[ReplayPool]:
    """Lithium conductors of SciGlass at 15-45 C, up to 0.01 S/cm, a thousand drawn."""
    return [_drawn(source, LITHIUM, "Li")]


def sodium(source: Source) -> list[ReplayPool]:
    """Sodium conductors of SciGlass without lithium, else as `lithium`; nothing was ever chosen on them."""
    return [_drawn(source, SODIUM, "Na", without="Li")]


def _drawn(source: Source, name: str, symbol: str, without: str = "") -> ReplayPool:
    """Glasses of SciGlass at 15-45 C with an element, a thousand drawn."""
    data = source.data["conductivity"]
    mask = _room(data) & _from_sciglass(data) & _holds(data, symbol) & (data.values <= CREDIBLE)
    if without:
        mask &= ~_holds(data, without)
    fractions, mean, keys = _distinct(data, mask)
    chosen = np.sort(np.random.default_rng(0).choice(len(mean), min(DRAWN, len(mean)), replace=False))
    fractions, mean, keys = fractions.take(chosen), mean[chosen], keys[chosen]
    prior = source.prior("conductivity", fractions, source.without("conductivity", keys))
    return _one(source, name, f"{name} glasses of SciGlass at 15-45 °C", fractions, mean, prior)


def series(source: Source) -> list[ReplayPool]:
    """Every series of 5 to 9 compositions of one paper; its paper and its elements are hidden from training."""
    data, made = source.data["conductivity"], source.designs["conductivity"]
    found, regressor = find(data), source.predictors["conductivity"]._regressor()
    pools: dict[int, ReplayPool] = {}
    for part in np.array_split(sorted(range(len(found)), key=lambda i: found[i].system), N_GROUPS):
        here = [found[i] for i in part]
        committee = Given(made.fit(regressor, np.flatnonzero(~hidden(data, here))).committee_)
        once = clone(regressor).set_params(committee=committee)
        for place, one in zip(part.tolist(), here, strict=True):
            example = one.rows[np.unique(one.member, return_index=True)[1]]
            fractions, mean = data.fractions.take(example), one.per_member(made.y[one.rows])
            train = ~hidden(data, [one])
            expected = made.fit(once, np.flatnonzero(train)).predict(source.inputs("conductivity", fractions))
            prior = Prior(expected, source.slope("conductivity", fractions, train))
            title = f"{one.system}, {one.paper}"
            pools[place] = _one(source, f"{SERIES} {place + 1}", title, fractions, mean, prior)
    return [pools[place] for place in sorted(pools)]


def two(source: Source) -> list[ReplayPool]:
    """Glasses with Li or Na of which Tg and the conductivity at 15-45 C are known."""
    sigma, glass = source.data["conductivity"], source.data["tg"]
    mask = _room(sigma) & _holds(sigma, "Li", "Na") & (sigma.values <= CREDIBLE)
    fractions, mean, keys = _distinct(sigma, mask)
    _, tg, others = _distinct(glass, np.isin(glass.measured.keys, keys))
    both, left, right = np.intersect1d(keys, others, return_indices=True)
    fractions, values = fractions.take(left), np.column_stack([mean[left], -tg[right]])
    told = [source.prior(name, fractions, source.without(name, both)) for name in ("conductivity", "tg")]
    priors = np.column_stack([told[0].mean, -told[1].mean])
    views = source.views("conductivity", fractions)
    slopes, known = np.array([one.slope for one in told]), _descriptors(fractions, views)
    title = "Li and Na glasses with Tg and conductivity"
    return [ReplayPool(TWO, title, formulas(fractions.matrix), values, views, priors, slopes, known)]


def _one(source: Source, name: str, title: str, fractions: Fractions, values: Vector, prior: Prior) -> ReplayPool:
    views, names = source.views("conductivity", fractions), formulas(fractions.matrix)
    told = (prior.mean[:, None], np.array([prior.slope]), _descriptors(fractions, views))
    return ReplayPool(name, title, names, values[:, None], views, *told)


# those on which nothing was ever chosen come first
MAKERS: Mapping[str, Callable[[Source], list[ReplayPool]]] = MappingProxyType(
    {SODIUM: sodium, TWO: two, HALIDES: halides, LITHIUM: lithium, SERIES: series}
)


def load_pools(
    progress: Progress, n_jobs: int = 2, kinds: Sequence[str] = tuple(MAKERS)
) -> dict[str, list[ReplayPool]]:
    """Pools by kind; their predictors, which have not seen them, are fitted side by side."""
    source = Source()
    progress(f"data read; fitting predictors that have not seen the pools ({', '.join(kinds)})")
    made = Parallel(n_jobs=n_jobs, return_as="generator")(delayed(MAKERS[kind])(source) for kind in kinds)
    return dict(zip(kinds, made, strict=True))
