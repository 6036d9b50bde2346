"""Models judged on what is held out whole for them: series of compositions, later papers, OBELiX's official test."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import clone

from ...datasets import Dataset, load
from ...datasets.measurement import Measurements
from ...datasets.readings import trusting
from ...datasets.sources import liverpool, obelix
from ...datasets.splits import split_by_year
from ...models.blend import BlendedRegressor
from ...models.fitting.crossfit import Design
from ...models.predictor import Predictor
from ..recipes.recipe import Recipe
from .baselines import AHEAD_FOLDS, Baseline
from .forecast import Forecast
from .protocol import measured
from .series import Given, Mask, Series, Told, aluminium, find, hidden, learn_one

Matrix = npt.NDArray[np.float64]
Progress = Callable[[str], None]

YEARS: Mapping[str, int] = MappingProxyType({"tg": 2010, "conductivity": 2006})
"""From which year on papers are tested: a quarter of the Tg, a sixth of the conductivities."""
N_GROUPS = 4  # committees fitted for all series
TIME, OBELIX = "time", "obelix"
LOW = 1e-15  # S/cm, what OBELiX's own package puts in place of an upper limit such as <1E-10: its scores are with that


class MissingError(RuntimeError):
    """Data that a comparison needs and that are not here."""


def later(data: Dataset) -> tuple[Dataset, Dataset]:
    """Rows of papers before the year of `YEARS`, and of that year and later; no composition is on both sides."""
    name = data.property.name
    if name not in YEARS:
        raise MissingError(f"no year divides the papers on {name} well; split {' or '.join(YEARS)} by time")
    train, test = split_by_year(data, YEARS[name])
    return data.take(train), data.take(test)


def official(data: Dataset, folder: Path | None = None) -> tuple[Dataset, Dataset]:
    """What may be learnt for the test part of OBELiX, and all of its rows, none dropped.

    To learn from are `data` and the training part, without the rows that share a paper (DOI) or a composition with the
    test part. An upper limit counts as `LOW`, so that errors compare with those that were published.

    Parameters
    ----------
    data
        Our conductivities.
    folder
        Where the files lie; by default ``VITRION_OBELIX``, else ``../shared/data/obelix`` beside the repository.
    """
    beside = Path(__file__).parents[3] / "shared" / "data" / "obelix"
    place = folder or Path(os.environ.get("VITRION_OBELIX") or beside)
    if not (place / "test.csv").is_file():
        raise MissingError(f"{place.name} holds no test.csv; set VITRION_OBELIX to the folder of OBELiX to test on it")
    told = _published(obelix.read(place, "test"))
    fresh = load("conductivity", lab=False, extra=[obelix.read(place, "train")])
    fresh = fresh.take(fresh.rows["source"] == obelix.NAME)
    train = Dataset(data.property, data.measured.join([data.measured, _published(fresh.measured)]))
    train = train.take((train.rows["place"] != liverpool.OBELIX_TEST).to_numpy())
    papers = {*told.rows["doi"], *told.rows["group"]} - {""}
    shared = np.isin(train.measured.keys, told.keys) | train.rows[["doi", "group"]].isin(papers).any(axis=1).to_numpy()
    return train.take(~shared), Dataset(data.property, told)


def _published(told: Measurements) -> Measurements:
    limits = told.rows["doubt"] == obelix.UPPER_LIMIT
    return Measurements(told.rows.assign(value=told.rows["value"].mask(limits, LOW)), told.matrix)


def ahead(recipe: Recipe, train: Dataset, test: Dataset, n_jobs: int, progress: Progress) -> tuple[Predictor, Forecast]:
    """Learn one side and predict the other: the predictor of a recipe, and its forecast."""
    rows = recipe.rows(train)
    predictor = recipe.predictor(n_jobs).set_params(n_folds=AHEAD_FOLDS)
    predictor.fit(**rows.keywords(), progress=progress)
    with trusting():  # the curated data are what they are
        told = predictor.predict(test.fractions, test.conditions if recipe.conditions else None)
    return predictor, Forecast.of(test, told)


class _Case(NamedTuple):
    """Some series with what is hidden from the committee for all of them, and from the process for each."""

    places: list[int]
    series: list[Series]
    hidden: Mask
    own: list[Mask]


def series(predictor: Predictor, made: Design, data: Dataset, n_jobs: int, progress: Progress) -> list[Told]:
    """What our model tells of every series of `find`, and last of Li-Al-O-Cl with every Al oxychloride left out.

    The committee is fitted once for a group of series, with the papers and sets of elements of all of them hidden; the
    process is fitted for each series.

    Parameters
    ----------
    predictor
        Not yet fitted.
    made
        Its rows: all measured conductivities, in the order of `data`.
    """
    cases = _cases(data)
    points = predictor._domain(made).projected(predictor._glass(made.X))
    work = [delayed(_learn)(predictor._regressor(), made, case, points) for case in cases]
    return _in_order(cases, work, n_jobs, progress)


def series_by(baseline: Baseline, made: Design, data: Dataset, n_jobs: int, progress: Progress) -> list[Told]:
    """What a baseline tells of the same series; it is fitted once for a group of them."""
    cases, bare = _cases(data), measured(made, baseline.inputs(data))
    return _in_order(cases, [delayed(_learn_bare)(baseline, bare, case) for case in cases], n_jobs, progress)


def _cases(data: Dataset) -> list[_Case]:
    found = find(data)
    dealt = np.array_split(sorted(range(len(found)), key=lambda i: found[i].system), min(N_GROUPS, len(found)))
    cases = []
    for places in (part.tolist() for part in dealt):
        here = [found[i] for i in places]
        cases.append(_Case(places, here, hidden(data, here), [hidden(data, [one]) for one in here]))
    last, gone = aluminium(data)
    return [*cases, _Case([len(found)], [last], gone, [gone])]


def _in_order(cases: list[_Case], work: list[Any], n_jobs: int, progress: Progress) -> list[Told]:
    done: dict[int, Told] = {}
    for case, told in zip(cases, Parallel(n_jobs=n_jobs, return_as="generator")(work), strict=True):
        done |= dict(zip(case.places, told, strict=True))
        progress(f"{len(done)} series predicted of {sum(len(one.places) for one in cases)}")
    return [done[place] for place in sorted(done)]


def _learn(regressor: BlendedRegressor, made: Design, case: _Case, points: Matrix) -> list[Told]:
    committee = Given(made.fit(regressor, np.flatnonzero(~case.hidden)).committee_)
    once = clone(regressor).set_params(committee=committee)
    return [
        learn_one(made, once, ~own, one, points, place)
        for place, one, own in zip(case.places, case.series, case.own, strict=True)
    ]


def _learn_bare(baseline: Baseline, made: Design, case: _Case) -> list[Told]:
    fitted = baseline.learn(made.X[~case.hidden], made.y[~case.hidden])
    return [Told.bare(one, made.y[one.rows], fitted.predict(made.X[one.rows])) for one in case.series]
