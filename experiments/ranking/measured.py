"""What was measured of the very composition of each candidate, in the literature and by the laboratory itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets.properties import RANKED, ZERO_CELSIUS_K, find
from ...datasets.sources import bulk_papers
from ...models.explanation.analogues import phase_of
from ...models.explanation.same import same
from ...models.prediction import Prediction
from ...models.predictor import Predictor
from ..task.goal import Goal
from ..task.own_results import Facts, own_results

Vector = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]
MEASURED = (
    "measured_conductivity_S_cm",
    "measured_temperature_C",
    "measured_phase",
    "measured_tg_C",
    "measured_doi",
    "n_measured",
)
SHOWN_AS = {name: f"measured_{find(name).column}" for name in RANKED}
AS_WARM_C = 0.05  # difference of temperatures that is none
COMPARABLE_C = 10.0  # difference of temperatures within which a measured conductivity is held against a predicted one


def measured(
    keys: Keys,
    temperature_C: float | Vector,
    told: Mapping[str, Prediction],
    predictors: Mapping[str, Predictor],
    further: Mapping[str, Facts] = MappingProxyType({}),
) -> dict[str, npt.NDArray[Any]]:
    """Columns `MEASURED` of n candidates, from what the predictors have learnt and what the laboratory added since.

    Of several conductivities that of a glass is shown before others, of each source the one nearest in temperature, of
    these the ones within 10 degC or else the nearest, of these one of the literature or the laboratory before one of
    bulk tables, of these the median (the lower of two): a value that was measured, with its source. ``n_measured``
    counts the measurements of both properties.

    Parameters
    ----------
    keys
        Numbers of the compositions, shape (n,).
    temperature_C
        Where the conductivity counts, in degC; one for all, or one each of shape (n,).
    told, predictors
        Of ``tg`` and ``conductivity``, or of one of them.
    further
        Measurements by property that no predictor has learnt, such as those of crystals in a campaign.
    """
    n = len(keys)
    warm = np.broadcast_to(np.asarray(temperature_C, dtype=float), n)
    columns: dict[str, npt.NDArray[Any]] = {
        name: np.full(n, "", dtype=object) if name in ("measured_phase", "measured_doi") else np.full(n, np.nan)
        for name in MEASURED[:-1]
    }
    count = np.zeros(n, dtype=np.int64)
    for name in [one for one in ("conductivity", "tg") if one in told]:
        quantity = predictors[name].quantity
        for row, facts in _of_each(name, keys, told[name], predictors[name], further.get(name)).items():
            count[row] += len(facts)
            pick = _shown(facts, warm[row])
            value = float(f"{quantity.from_target(facts.measured[pick, :1])[0]:.12g}")
            if name == "tg":
                columns["measured_tg_C"][row] = value
            else:
                columns["measured_conductivity_S_cm"][row] = value
                columns["measured_temperature_C"][row] = _celsius(facts)[pick]
                columns["measured_phase"][row] = phase_of(*facts.measured[pick, 2:])
            columns["measured_doi"][row] = columns["measured_doi"][row] or _source(facts.reference[pick])
    return columns | {"n_measured": count}


def beyond(
    known: Mapping[str, npt.NDArray[Any]], told: Mapping[str, Prediction], temperature_C: float | Vector
) -> dict[str, list[str]]:
    """What is to be said where the measured value that is shown lies outside the predicted 90 % interval, by property.

    A conductivity counts that was measured within 10 degC of the temperature of its row. Of any
    phase, as the prediction for a glass stands beside it.

    Parameters
    ----------
    known
        Columns of `measured` of n candidates.
    told
        Predictions, of which ``conductivity`` and ``tg`` count.
    temperature_C
        Of the predicted conductivity, in degC; one for all, or one each of shape (n,).

    Returns
    -------
    dict
        n texts of each property; empty where there is nothing to say.
    """
    celsius, phase = known["measured_temperature_C"], known["measured_phase"]
    near = np.abs(celsius - np.asarray(temperature_C, dtype=float)) <= COMPARABLE_C
    found = {}
    for name in [one for one in ("conductivity", "tg") if one in told]:
        values, prediction = known[SHOWN_AS[name]], told[name]
        outside = (values < prediction.lower) | (values > prediction.upper)  # false of NaN
        outside &= near if name == "conductivity" else True
        found[name] = [""] * len(values)
        for row in np.flatnonzero(outside).tolist():
            what = f"Tg {values[row]:.3g} °C".replace("-", "−")
            if name == "conductivity":
                kind = "phase unknown" if phase[row] == phase_of(0.5, 0.0) else phase[row]
                what = f"{1e3 * values[row]:.3g} mS/cm at {celsius[row]:g} °C ({kind})"
            found[name][row] = f"measured {what} lies outside the predicted interval"
    return found


def papers(
    name: str, keys: Keys, told: Prediction, predictor: Predictor, temperature_C: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Number of sources that measured one property of each candidate, and the DOI of the value that is shown.

    Parameters
    ----------
    name, keys, told, predictor, temperature_C
        As in `measured`, of one property.
    """
    count, doi = np.zeros(len(keys), dtype=np.int64), np.full(len(keys), "", dtype=object)
    for row, facts in _of_each(name, keys, told, predictor).items():
        count[row] = len(set(facts.reference.tolist()))
        doi[row] = _source(facts.reference[_shown(facts, temperature_C)])
    return count, doi


def counted(table: pd.DataFrame, goal: Goal) -> tuple[int, int, int]:
    """Rows of a ranking that are measured, those of them that meet the goal, and all that could be read.

    The goal is met by what was measured, at its temperature: where a limit is on a property that was not measured of
    the glass, it is not met. Whom the goal refuses does not meet it either.
    """
    known = (pd.to_numeric(table["n_measured"]).fillna(0) > 0).to_numpy(dtype=bool)
    met = known & (pd.to_numeric(table["p_goal"]).fillna(0) > 0).to_numpy(dtype=bool)
    for limit in goal.thresholds:
        if limit.property not in SHOWN_AS:
            return int(known.sum()), 0, int((table["error"] == "").sum())
        values = find(limit.property).to_target(pd.to_numeric(table[SHOWN_AS[limit.property]]).to_numpy(dtype=float))
        of_glass = (table[f"{limit.property}_verdict"] == "measured").to_numpy(dtype=bool)
        met &= of_glass & (limit.sign * (np.nan_to_num(values, nan=-limit.sign * np.inf) - limit.target) >= 0)
    return int(known.sum()), int(met.sum()), int((table["error"] == "").sum())


def _of_each(
    name: str, keys: Keys, told: Prediction, predictor: Predictor, further: Facts | None = None
) -> dict[int, Facts]:
    """Measurements of each candidate that has some, by its place."""
    known, (own, gone) = same(predictor, told, keys), own_results(name)
    more = [part.key for part in (own, further) if part is not None and len(part)]
    added = np.flatnonzero(np.isin(keys, np.concatenate(more))) if more else ()
    n_fitted = len(predictor.domain_.points_)
    found = {}
    for row in sorted({*known, *map(int, added)}):
        learnt = known.get(row, np.empty(0, dtype=np.intp))
        reference = predictor.known_references_[learnt].astype(object)
        facts = Facts(np.full(len(learnt), keys[row]), predictor.known_measured_[learnt], reference)
        fitted, since = facts.take(learnt < n_fitted), facts.take(learnt >= n_fitted)
        facts = fitted.joined(since.take(~since.among(fitted)))  # own results may be in both
        if len(own) or len(gone):
            here = own.of(keys[row])
            withdrawn = facts.among(gone.of(keys[row])) & ~facts.among(here)
            facts = facts.take(~withdrawn).joined(here.take(~here.among(facts)))
        if further is not None:
            here = further.of(keys[row])
            facts = facts.joined(here.take(~here.among(facts)))
        if len(facts):
            found[row] = facts
    return found


def _shown(facts: Facts, temperature_C: float) -> int:
    """Place of the measurement that is shown."""
    whole = bulk_papers()
    bulk = np.array([str(text).startswith(whole) for text in facts.reference])
    values = facts.measured[:, 0]
    other, spare, far = np.zeros((3, len(values)))
    if facts.measured.shape[1] > 1:
        other = np.array([float(phase_of(*row) != "glass") for row in facts.measured[:, 2:]])
        gap = np.abs(_celsius(facts) - temperature_C)
        _, source = np.unique(facts.reference.astype(str), return_inverse=True)
        sample = 2 * source + (other > 0)
        nearest = np.full(int(sample.max()) + 1, np.inf)
        np.minimum.at(nearest, sample, gap)
        spare = np.where(gap > nearest[sample] + AS_WARM_C, 1.0, 0.0)
        far = np.where(gap <= COMPARABLE_C, 0.0, np.round(gap / AS_WARM_C))
    order = np.lexsort((values, bulk, far, spare, other))
    rank = np.column_stack([other, spare, far, bulk])[order]
    ties = int((rank == rank[0]).all(axis=1).sum())
    return int(order[(ties - 1) // 2])


def _celsius(facts: Facts) -> Vector:
    """Temperatures in degC, shape (n,)."""
    return np.round(1000.0 / facts.measured[:, 1] - ZERO_CELSIUS_K, 6)


def _source(reference: Any) -> str:
    """DOI of a reference, ``lab`` of the laboratory's own, empty of what has none."""
    text = str(reference)
    return text if text.startswith("10.") else "lab" if text.startswith("lab") else ""
