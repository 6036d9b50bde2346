"""What a regressor learns from, made of compositions, values, papers and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import readings, units
from ...datasets.curation.plausibility import suspect, warm_chlorides
from ...datasets.measurement import composition_keys
from ...datasets.properties import ZERO_CELSIUS_K, Property
from ...datasets.readings import KELVIN_FROM
from ...datasets.splits import close_pairs, hashed
from ...features.composition import Composition
from ...features.featurizer import Featurizer
from ...features.fractions import Fractions, listed
from ...features.notices import notice
from ...features.scalars import floats
from ..design import conditions as circumstances
from ..design.descriptor_record import block_of, columns
from ..design.layout import Layout
from ..design.nearness import nearness
from ..prediction import Prediction
from .crossfit import Design

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Conditions = pd.DataFrame | Mapping[str, Any] | None

FAR_APART = {"log10": 1.0, "celsius": 30.0}  # decades and K: repeats of one composition contradict each other

_DESCRIBED: WeakKeyDictionary[Fractions, dict[tuple[str, ...], Matrix]] = WeakKeyDictionary()


@lru_cache(maxsize=64)
def layout(blocks: tuple[str, ...], conditional: bool, names: tuple[str, ...] = ()) -> Layout:
    """Where the columns of `matrix` stand."""
    n_conditions, chosen = len(circumstances.NAMES) if conditional else 0, names or columns(blocks)
    glass = tuple(name.removeprefix("glass ") for name in chosen if block_of(name) == "glass")
    return Layout(len(chosen) + n_conditions + 1, n_conditions, glass)


def matrix(
    fractions: Fractions,
    blocks: tuple[str, ...],
    conditional: bool,
    conditions: Conditions,
    names: tuple[str, ...] = (),
) -> Matrix:
    """Descriptors, conditions where the property has them, and the nearness, of shape (n, p).

    `names` are the descriptors that the model was trained on, in the order of its columns; by default all that there
    are.
    """
    if not blocks or blocks[0] != "fractions" or blocks[-1] != "glass":
        raise ValueError(f'blocks {blocks!r}; put "fractions" first and "glass", the space of distances, last')
    if conditions is not None and not conditional:
        raise ValueError("this predictor knows no conditions; leave them out")
    parts = [_descriptors(fractions, blocks)]
    if names and names != (present := columns(blocks)):
        place = {name: number for number, name in enumerate(present)}
        parts[0] = np.take(parts[0], [place[name] for name in names], axis=1)
    if conditional:
        parts.append(circumstances.encode(conditions, len(fractions)))
    return np.column_stack([*parts, nearness(fractions)])


def _descriptors(fractions: Fractions, blocks: tuple[str, ...]) -> Matrix:
    """Descriptors of a batch, kept as long as the batch is: several properties are asked of one."""
    kept = _DESCRIBED.setdefault(fractions, {})
    if blocks not in kept:
        kept[blocks] = Featurizer(blocks).transform(fractions)
    return kept[blocks]


def targets(quantity: Property, values: npt.ArrayLike, n: int, **columns: npt.ArrayLike | None) -> Vector:
    """Values in the unit of the regressor, shape (n,); they and the columns told beside them must be complete."""
    y = quantity.to_target(floats(values, "a value", f"numbers of {quantity.unit}"))
    if y.shape != (n,) or not np.isfinite(y).all():
        raise ValueError(f"values of shape {y.shape} for {n} compositions; give one finite value each")
    for name, column in columns.items():
        if column is not None and np.shape(column) != y.shape:
            raise ValueError(f"{name} of shape {np.shape(column)} for {n} compositions; give one each")
        weight = name == "sample_weight" and column is not None
        if weight and not (floats(column, "a sample_weight", "numbers from 0") >= 0).all():
            raise ValueError("a sample_weight that is negative or no number; give 0 or more")
    return y


def named(
    compositions: Iterable[Any] | Fractions, formulas: npt.ArrayLike | None, references: npt.ArrayLike | None
) -> tuple[Fractions, npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """Compositions as a batch, with the formula and the reference of each, both of shape (n,)."""
    given = compositions if isinstance(compositions, Fractions) else listed(compositions)
    if formulas is None and not isinstance(given, Fractions):
        formulas = [Composition.of(member).formula for member in given]
    fractions = Fractions.of(given)
    return fractions, texts(formulas, len(fractions)), texts(references, len(fractions))


def own_errors(quantity: Property, values: npt.ArrayLike, errors: npt.ArrayLike | None) -> Vector:
    """Standard errors of one's own results, shape (n,), 0 where none is stated; their values must be plausible."""
    odd = np.asarray(values, dtype=float)[~quantity.is_plausible(values)]
    if len(odd):
        low, high = quantity.plausible
        raise ValueError(f"{odd[0]:g} {quantity.unit} is no {quantity.label}; give {low:g} to {high:g} {quantity.unit}")
    found = np.zeros(np.shape(values)) if errors is None else np.asarray(errors, dtype=float)
    if not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError(f"a standard error that is negative or no number; give 0 or more, in {quantity.target_unit}")
    return found


def doubt(
    quantity: Property,
    values: npt.ArrayLike,
    fractions: Fractions,
    names: npt.NDArray[np.str_],
    conditions: Conditions,
    predict: Callable[[Fractions], Prediction],
) -> None:
    """Warn of one's own results that are likely in another unit or that contradict each other.

    They are those that no solid of their class is known to reach, and temperatures above their predicted interval
    that would lie within it if they were kelvin.
    """
    judged(conditions)
    n, lab = len(fractions), np.asarray(values, dtype=float)
    given = {**circumstances.DEFAULTS, **(dict(conditions) if conditions is not None else {})}
    told = pd.DataFrame({name: np.broadcast_to(np.asarray(given[name]), n) for name in circumstances.DEFAULTS})
    phase = told["phase"].tolist()
    at, unit = told["temperature_C"].to_numpy(dtype=float), units.find(quantity.unit, quantity)
    meant = f"if that is meant, give it in {quantity.unit}"
    doubts = suspect(lab, unit, quantity, fractions.matrix, temperature_C=at, phase=phase, mend=meant)
    named = [name or f"row {row}" for row, name in enumerate(names.tolist())]
    found = [f"{named[row]}: {doubt}" for row, doubt in enumerate(doubts) if doubt]
    if quantity.name == "tg":
        warm = {row: why for row, why in warm_chlorides(lab, fractions.matrix) if not doubts[row]}
        warm = _kelvin(lab, fractions, [row for row in range(n) if not doubts[row]], predict) | warm
        found += [f"{named[row]}: {why}" for row, why in warm.items()]
    target, apart = quantity.to_target(lab), FAR_APART.get(quantity.scale, np.inf)
    same = told.assign(key=composition_keys(fractions.matrix), row=range(n))
    for _, part in same.groupby(["key", "temperature_C", "phase"]):
        rows = part["row"].to_numpy()
        if np.ptp(target[rows]) > apart:
            least, most = lab[rows].min(), lab[rows].max()
            found.append(f"{named[rows[0]]}: {least:g} and {most:g} {quantity.unit} contradict each other")
    for sentence in found:
        notice(f"{sentence}; learnt as told: check value and unit", stacklevel=3)


def judged(conditions: Conditions) -> Conditions:
    """Conditions as they were given; refused where their temperatures are kelvin, and noticed where they may be."""
    if conditions is not None:
        readings.conditions(circumstances.celsius(conditions), circumstances.ConditionError)
    return conditions


def _kelvin(
    lab: Vector, fractions: Fractions, rows: list[int], predict: Callable[[Fractions], Prediction]
) -> dict[int, str]:
    """Words on temperatures in degC that are likely kelvin: by their interval too high, and within it as kelvin."""
    warm = np.array([row for row in rows if lab[row] >= KELVIN_FROM], dtype=np.intp)
    if not len(warm):
        return {}
    told, celsius = predict(fractions.take(warm)), lab[warm] - ZERO_CELSIUS_K
    odd = (lab[warm] > told.upper) & (told.lower <= celsius) & (celsius <= told.upper)
    return {
        int(warm[at]): f"{lab[warm[at]]:g} degC lies above the 90 % interval, {told.lower[at]:.0f} to "
        f"{told.upper[at]:.0f} degC; taken for degC: if kelvin is meant, it is {celsius[at]:.4g} degC, within it"
        for at in np.flatnonzero(odd).tolist()
    }


def design(
    X: Matrix,
    y: Vector,
    fractions: Fractions,
    groups: npt.ArrayLike | None = None,
    laboratories: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    estimated: npt.ArrayLike | None = None,
    energies: npt.ArrayLike | None = None,
    n_folds: int = 5,
    seed: int = 0,
) -> Design:
    """Rows with their folds of whole laboratories; estimates are in none. Arguments as in `Predictor.fit`."""
    keys = composition_keys(fractions.matrix)
    papers = keys.astype(str) if groups is None else np.asarray(groups).astype(str)
    rule = np.zeros(len(y), bool) if estimated is None else np.asarray(estimated, dtype=bool)
    whole = papers if laboratories is None else np.asarray(laboratories).astype(str)
    fold = np.full(len(y), -1, dtype=np.intp)
    fold[~rule] = hashed(whole[~rule].astype(object), n_folds, seed)
    return Design(
        X=X,
        y=y,
        fold=fold,
        keys=keys,
        weight=np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float),
        papers=codes(papers),
        laboratories=codes(whole),
        energies=None if energies is None else np.asarray(energies, dtype=float),
        close=close_pairs(fractions.matrix, keys),
    )


def codes(labels: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """Labels as numbers, shape (n,): equal labels, equal numbers."""
    return np.asarray(np.unique(np.asarray(labels).astype(str), return_inverse=True)[1], dtype=np.intp)


def texts(given: npt.ArrayLike | None, n: int) -> npt.NDArray[np.str_]:
    """Texts of shape (n,); empty ones where none are given."""
    found = np.full(n, "") if given is None else np.asarray(given).astype(str)
    if found.shape != (n,):
        raise ValueError(f"names or references of shape {found.shape} for {n} compositions; give one each")
    return found
