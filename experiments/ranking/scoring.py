"""What a ranking says of each candidate: predictions, the chance to meet the goal, verdict, nearest measured, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.flags import flagged, not_refuted, short_notes, texts
from ...datasets.chemistry.possible import MOLECULAR
from ...datasets.economics.routes import cheapest_routes, reasons
from ...datasets.measurement import composition_keys
from ...features import charge
from ...features.fractions import Fractions
from ...models.domain import VERDICTS
from ...models.explanation.related import nearest_related
from ...models.fitting.glass_former import GlassFormer
from ...models.localised import LABORATORIES
from ...models.prediction import Prediction
from ...models.predictor import Predictor
from ..task.goal import Goal
from ..task.judgement import losses, margin, pareto, probability
from ..task.outcomes import Outcomes
from . import glass_formation
from .glass_formation import GlassChance
from .measured import beyond, measured

Vector = npt.NDArray[np.float64]
Predictors = Mapping[str, Predictor]
MEASURED_WORD = "measured"  # better than any verdict of `VERDICTS`


def appraise(
    fractions: Fractions,
    names: list[str],
    goal: Goal,
    temperature_C: float | Vector,
    predictors: Predictors,
    outcomes: Outcomes | None = None,
    former: GlassFormer | None = None,
) -> dict[str, Any]:
    """Columns of a ranking by name, each of shape (n,).

    Parameters
    ----------
    fractions, names
        The n candidates, n > 0, and their formulas.
    goal
        What they are asked for. Its properties, Tg and conductivity decide the verdict.
    temperature_C
        Where the conductivity counts, in degC; one for all, or one each of shape (n,).
    predictors
        Of Tg, conductivity, the properties of the goal and whatever else is to be predicted, by property.
    outcomes
        Results of a campaign: what failed there is less likely to be a glass, and so is what lies near it.
    former
        Predictor of glass formation; None where there is none.
    """
    predictions = {name: predicted(name, predictor, fractions, temperature_C) for name, predictor in predictors.items()}
    asked = {name: predictions[name] for name in dict.fromkeys(("conductivity", "tg", *goal.properties))}
    neutral, (cost, route) = charge.neutral(fractions), cheapest_routes(fractions)
    verdict = (nearest := _nearest(fractions, asked, predictors))["verdict"]
    void, glass = {name: told.bounds.void for name, told in asked.items()}, GlassChance.of(fractions, former)
    hopeless = ~neutral | goal.refused(fractions) | goal.too_far(verdict) | (cost > goal.max_cost_usd_per_kg)
    hopeless |= np.any([glass.refused(goal), *(void[name] for name in goal.properties)], axis=0)
    keys, glassy = composition_keys(fractions.matrix), glass_formation.relative_chance(fractions.matrix, outcomes)
    known = measured(keys, temperature_C, predictions, predictors, glass_formation.of_crystals(outcomes))
    failures = glass_formation.remarks(fractions.matrix, outcomes, glassy, glass.counted(goal))
    remarks = _of_the_goal(goal, fractions, verdict, neutral, cost, glass, failures)
    stated, outside = verdicts(known, predictions), beyond(known, predictions, temperature_C)
    flags = _flags(fractions, known, outcomes)
    columns: dict[str, Any] = {
        "p_goal": np.where(hopeless, 0.0, probability(goal.thresholds, predictions) * glass.factor(goal, glassy)),
        "margin": margin(goal.thresholds, predictions),
        "allowed": ~hopeless,
        **nearest,
        **known,
        **stated,
        **glass.columns(),
        "o_to_cl": _oxygen_to_chlorine(fractions),
        "cost_usd_per_kg": cost,
        "cost_route": route,
        "neutral": neutral,
        "pareto": pareto(_losses(goal, predictions, cost), ~hopeless),
        "flags": texts(flags),
        "note": _notes(names, neutral, asked, stated, _remarks(known, void, flags, outside, remarks)),
    }
    for prediction in predictions.values():
        ends = (prediction.mean, prediction.lower, prediction.upper)
        columns |= dict(zip(prediction.quantity.columns, ends, strict=True))
    return columns


def _flags(fractions: Fractions, known: Mapping[str, Any], outcomes: Outcomes | None) -> npt.NDArray[np.bool_]:
    """Flags of each candidate, shape (n, flags); what a campaign measured counts too, which no other door knows."""
    found = flagged(fractions)
    if outcomes is None:
        return found
    return not_refuted(found, known["measured_conductivity_S_cm"], known["measured_temperature_C"])


def _of_the_goal(
    goal: Goal,
    fractions: Fractions,
    verdict: npt.NDArray[np.str_],
    neutral: npt.NDArray[np.bool_],
    cost: Vector,
    glass: GlassChance,
    failures: Mapping[int, str],
) -> list[list[str]]:
    """Remarks on each candidate: what failed beside it first, then what the goal says, and why a cost is not known.

    Of what is not neutral that is said already.
    """
    remarks = goal.remarks(fractions, verdict, cost)
    for row, reason in enumerate(reasons(fractions, cost)):
        remarks[row] += [f"cost not known: {reason}"] if reason and neutral[row] else []
    glass.remark(remarks, fractions, goal)
    for row, said in failures.items():
        remarks[row].insert(0, said)
    return remarks


def _oxygen_to_chlorine(fractions: Fractions) -> Vector:
    """Atoms of oxygen over those of chlorine, shape (n,); NaN without chlorine."""
    oxygen, chlorine = fractions.column("O"), fractions.column("Cl")
    return np.asarray(np.divide(oxygen, chlorine, out=np.full(len(oxygen), np.nan), where=chlorine > 0))


def predicted(name: str, predictor: Predictor, fractions: Fractions, temperature_C: float | Vector) -> Prediction:
    """Prediction of one property by its name, of a conductivity for a glass at the temperature in degC."""
    if name != "conductivity":
        return predictor.predict(fractions)
    return predictor.predict(fractions, {"temperature_C": temperature_C, "phase": "glass"})


def severities(told: Mapping[str, Prediction]) -> npt.NDArray[np.intp]:
    """Place of each verdict in `VERDICTS`, shape (properties, n)."""
    return np.array([np.argmax(np.array(VERDICTS)[:, None] == one.verdict, axis=0) for one in told.values()])


def verdicts(known: Mapping[str, Any], told: Mapping[str, Prediction]) -> dict[str, npt.NDArray[np.object_]]:
    """Verdicts on Tg and conductivity one by one: `MEASURED_WORD` where measured, the conductivity not as a crystal."""
    is_known = {
        "tg": ~np.isnan(known["measured_tg_C"]),
        "conductivity": ~np.isin(known["measured_phase"], ["", "crystal", "molten"]),
    }
    return {
        f"{name}_verdict": np.where(here, MEASURED_WORD, told[name].verdict).astype(object)
        for name, here in is_known.items()
    }


def laboratories(number: float) -> str:
    """Say from how many laboratories an interval comes.

    >>> laboratories(23.2), laboratories(1.0)
    ('from 23 laboratories', 'from 1 laboratory')
    """
    return f"from {number:.0f} {'laboratory' if round(number) == 1 else 'laboratories'}"


def _losses(
    goal: Goal, predictions: Mapping[str, Prediction], cost: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """What the goal wants small, shape (n, k): with a ceiling the cost too, one not known behind all others."""
    aims = losses(goal.thresholds, predictions)
    if not np.isfinite(goal.max_cost_usd_per_kg):
        return aims
    return np.column_stack([aims, np.where(np.isnan(cost), np.inf, cost)])


def _nearest(
    fractions: Fractions, asked: Mapping[str, Prediction], predictors: Predictors
) -> dict[str, npt.NDArray[Any]]:
    """The worst verdict of all properties, and the nearest known of the first property that says so.

    It has the anions and a cation of the candidate where one is known that has.
    """
    severity = severities(asked)
    worst, n = severity.argmax(axis=0), severity.shape[1]
    names, sources = np.empty(n, dtype=object), np.empty(n, dtype=object)
    far = np.empty(n)
    for place, (name, told) in enumerate(asked.items()):
        rows = np.flatnonzero(worst == place)
        far[rows], known = nearest_related(predictors[name], fractions, told, rows)
        names[rows], sources[rows] = (
            part[known] for part in (predictors[name].known_formulas_, predictors[name].known_references_)
        )
    return {
        "verdict": np.array(VERDICTS)[severity[worst, np.arange(n)]],
        "nearest": names,
        "nearest_distance": far,
        "nearest_doi": sources,
    }


def _remarks(
    known: Mapping[str, Any],
    void: Mapping[str, Any],
    flags: npt.NDArray[np.bool_],
    outside: Mapping[str, list[str]],
    remarks: list[list[str]],
) -> list[list[str]]:
    """Remarks, and what contradicts a prediction: what was measured, no Tg, no vacancy, or a crystal."""
    for row, said in short_notes(flags, ~np.isnan(known["measured_conductivity_S_cm"])):
        remarks[row].append(said)
    for row in np.flatnonzero(void["tg"]).tolist():
        remarks[row].append(MOLECULAR)
    crystal = known["measured_phase"] == "crystal"
    for name, contradicting in outside.items():
        for row, text in enumerate(contradicting):
            remarks[row] += [text] if text and not (name == "conductivity" and crystal[row]) else []
    for row in np.flatnonzero(crystal).tolist():
        sigma, at_C = 1e3 * known["measured_conductivity_S_cm"][row], known["measured_temperature_C"][row]
        far = ", outside the predicted interval" if outside["conductivity"][row] else ""
        remarks[row].append(f"known as a crystal: {sigma:.3g} mS/cm at {at_C:g} °C{far}; predicted as a glass")
    return remarks


def _notes(
    names: list[str],
    neutral: npt.NDArray[np.bool_],
    asked: Mapping[str, Prediction],
    stated: Mapping[str, npt.NDArray[np.object_]],
    remarks: list[list[str]],
) -> list[str]:
    """Notes: what is wrong, the remarks, verdicts that differ (of what is not measured), and intervals of few."""
    titles = {"tg": "Tg"} | {name: name.replace("_", " ") for name in asked if name != "tg"}
    heard = {name: told.laboratories.round() for name, told in asked.items()}
    unbalanced = np.flatnonzero(~neutral).tolist()
    charges = dict(zip(unbalanced, charge.balances([names[row] for row in unbalanced]), strict=True))
    notes = []
    for row in range(len(names)):
        parts = [charges[row].words] if row in charges else []
        parts += remarks[row]
        verdicts = {name: asked[name].verdict[row] for name in titles}
        differ = len(set(verdicts.values())) > 1
        verdicts = {name: one for name, one in verdicts.items() if not _is_measured(stated, name, row)}
        if differ and verdicts:
            parts.append(", ".join(f"{titles[name]} {verdict}" for name, verdict in verdicts.items()))
        parts += [
            f"{titles[name]} interval {laboratories(heard[name][row])}"
            for name in titles
            if heard[name][row] < LABORATORIES
        ]
        notes.append("; ".join(parts))
    return notes


def _is_measured(stated: Mapping[str, npt.NDArray[np.object_]], name: str, row: int) -> bool:
    return f"{name}_verdict" in stated and bool(stated[f"{name}_verdict"][row] == MEASURED_WORD)
