"""What stands behind the predictions of a composition: what drives them, what was measured, what is most like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.properties import ZERO_CELSIUS_K
from ...datasets.readings import trusting
from ...features.composition import Composition
from ...features.fractions import Fractions
from ...features.notices import collected
from ...features.scalars import whole
from ...models.explanation.analogues import analogues, phase_of
from ...models.explanation.same import same
from ...models.explanation.shapley import explain as driven
from ...models.predictor import Predictor
from ..ranking.ready import ready
from ..ranking.scoring import Predictors, predicted
from ..recipes.recipe import RECIPES
from ..registry.record import record
from ..task.candidates import one_temperature
from .table import read_all

MOST_NEAREST = 20  # measured compositions shown of each
DRIVERS = ("formula", "property", "against", "relation", "change", "unit", "group", "words")
MEASURED = ("formula", "property", "value", "unit", "temperature_C", "phase", "reference")
NEAREST = ("formula", "property", "nearest", "distance", "value", "unit", "temperature_C", "phase", "reference")
UNITS = {"log10": "decades", "celsius": "K"}


@dataclass(frozen=True)
class Reasons:
    """What stands behind predictions, as three tables.

    Parameters
    ----------
    drivers
        A row a group of descriptors: by how much it moves the prediction (``change``, in decades or K) from that of the
        composition in ``against``, and what changed. Largest first.
    measured
        A row a measurement of the very composition that the models have learnt, with its temperature in degC, phase,
        and DOI or paper.
    nearest
        A row a measured composition that is most like it, and how far it is: 1 is a typical spread.
    temperature_C
        Where the conductivity counts, in degC.
    models
        Version of each model in use, by property, where that is known.
    """

    drivers: pd.DataFrame
    measured: pd.DataFrame
    nearest: pd.DataFrame
    temperature_C: float
    models: Mapping[str, int]

    @classmethod
    def of(cls, tables: Mapping[str, Iterable[Mapping[str, Any]]], temperature_C: float, models: Any) -> Reasons:
        """Reasons of their tables as rows."""
        names = {"drivers": DRIVERS, "measured": MEASURED, "nearest": NEAREST}
        made = {name: pd.DataFrame([dict(row) for row in tables[name]], columns=list(names[name])) for name in names}
        return cls(**made, temperature_C=float(temperature_C), models=dict(models))

    def __str__(self) -> str:
        parts = {"what drives it": self.drivers, "measured": self.measured, "nearest measured": self.nearest}
        return "\n\n".join(f"{title}\n{table.to_string(index=False)}" for title, table in parts.items() if len(table))

    def _repr_html_(self) -> str:
        parts = (self.drivers, self.measured, self.nearest)
        return "".join(table.to_html(escape=True, index=False) for table in parts if len(table))


def explain(
    candidates: Any,
    temperature_C: float = 25.0,
    against: Any = None,
    nearest: int = 5,
    predictors: Predictors | None = None,
) -> Reasons:
    """Say what drives the predictions of compositions, what was measured of them, and what is most like them.

    Parameters
    ----------
    candidates
        Up to 20 formulas or compositions, as `rank` takes them; each once. All have to be readable.
    temperature_C
        Where the conductivity counts, in degC from -100 to 500.
    against
        Composition to compare with; by default the parent halide of an oxyhalide, and the nearest measured composition
        of all else.
    nearest
        How many measured compositions to show for each, from 1 to 20.
    predictors
        Of ``tg`` and ``conductivity``; by default the champions.

    Raises
    ------
    FormulaError
        Where one cannot be read, is given twice, or where there are none or more than 20.

    Examples
    --------
    >>> explain("LiAlCl2.5O0.75").drivers[["property", "change", "unit", "words"]]  # doctest: +SKIP
    """
    at = one_temperature(temperature_C, "compositions are explained at one temperature")
    most = whole(nearest, "nearest", f"a whole number from 1 to {MOST_NEAREST}", 1, MOST_NEAREST)
    fractions, own = read_all([candidates] if isinstance(candidates, str) else candidates)
    other = None if against is None else Composition.of(against)
    tables: dict[str, list[dict[str, Any]]] = {"drivers": [], "measured": [], "nearest": []}
    with trusting(), collected():
        known = ready(RECIPES, predictors)
        for name, predictor in known.items():
            tables["drivers"] += _drivers(name, predictor, own, at, other)
            tables["measured"] += _measured(name, predictor, fractions, own, at)
            tables["nearest"] += _nearest(name, predictor, fractions, own, at, most)
    versions = getattr(predictors, "versions", None)
    if predictors is None:
        versions = {name: entry.version for name, entry in record().items() if name in known}
    return Reasons.of(tables, at, versions or {})


def _drivers(name: str, predictor: Predictor, own: list[str], at: float, other: Any) -> list[dict[str, Any]]:
    conditions = {"temperature_C": at, "phase": "glass"} if predictor.conditions else None
    unit = UNITS.get(predictor.quantity.scale, predictor.quantity.target_unit)
    rows = []
    for formula, one in zip(own, driven(predictor, own, conditions, other), strict=True):
        head = {"formula": formula, "property": name, "against": one.reference, "relation": one.relation, "unit": unit}
        rows += [head | {"change": part.change, "group": part.group, "words": part.words} for part in one.contributions]
    return rows


def _measured(name: str, predictor: Predictor, fractions: Fractions, own: list[str], at: float) -> list[dict[str, Any]]:
    rows = []
    prediction = predicted(name, predictor, fractions, at)
    for place, found in same(predictor, prediction, composition_keys(fractions.matrix)).items():
        for row in np.asarray(found).tolist():
            told = predictor.known_measured_[row]
            value = float(predictor.quantity.from_target(told[:1])[0])
            celsius = round(1000.0 / float(told[1]) - ZERO_CELSIUS_K, 6) if len(told) > 1 else None
            entry = {"formula": own[place], "property": name, "value": float(f"{value:.12g}")}
            entry |= {"unit": predictor.quantity.unit, "temperature_C": celsius}
            entry |= {"phase": phase_of(*told[2:]) if len(told) > 1 else ""}
            rows.append(entry | {"reference": str(predictor.known_references_[row])})
    return rows


def _nearest(
    name: str, predictor: Predictor, fractions: Fractions, own: list[str], at: float, most: int
) -> list[dict[str, Any]]:
    rows = []
    for formula, found in zip(own, analogues(predictor, fractions, most, at), strict=True):
        for one in found:
            entry = {"formula": formula, "property": name, "nearest": one.formula, "distance": one.distance}
            entry |= {"value": one.value, "unit": predictor.quantity.unit, "temperature_C": one.temperature_C}
            rows.append(entry | {"phase": one.phase, "reference": one.reference})
    return rows
