"""The rows of a comparison: one function a virtue, each giving a cell for every composition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.chemistry.flags import explained
from ...datasets.chemistry.possible import MOLECULAR
from ...datasets.economics.routes import cheapest_routes, reasons
from ...datasets.economics.supply import scarcest, supply_risk, unknown
from ...features import charge
from ...features.elements import INDEX
from ...features.fractions import Fractions
from ...models.physics.oxidation_limit import ANALOGUES, CEILING, at_least, oxidation_limits
from ...models.physics.salts import densities
from ...models.physics.softness import ANCHORS, softness
from ...models.prediction import Prediction
from ..ranking.measured import beyond
from .cells import NUMBERS, Cell, Subject, published

UNBALANCED = "the charges of its ions do not balance"
NO_SALT, NO_IONS = "molecules: no salt separates", "molecules: no volumes of ions"
MOLECULES = ("H", "C", "O", "F", "Cl", "Br", "I")  # of these alone there are no salts; of N there are, such as NH4Cl
Virtue = Callable[[Subject], Iterator[Cell]]


def virtues() -> tuple[Virtue, ...]:
    """Return the rows of a comparison, in their order."""
    return (conductivity, tg, softening, oxidation, melting, modulus, density, cost, supply, flags)


def conductivity(subject: Subject) -> Iterator[Cell]:
    """Ionic conductivity of the glass at the temperature."""
    told, known = subject.told["conductivity"], subject.known
    at = [
        f"{phase}, {celsius:g} °C" if phase else ""
        for phase, celsius in zip(known["measured_phase"], known["measured_temperature_C"], strict=True)
    ]
    neutral = charge.neutral(subject.fractions)
    crystal = np.isin(known["measured_phase"], ("crystal", "molten"))
    outside = _beyond(subject, "conductivity")
    note = [
        "; ".join(filter(None, ("" if fine else charge.explain(formula), "predicted as a glass" if other else "", far)))
        for formula, fine, other, far in zip(subject.formulas, neutral, crystal, outside, strict=True)
    ]
    return subject.cells(
        f"conductivity at {subject.temperature_C:g} °C",
        "S/cm",
        measured=known["measured_conductivity_S_cm"],
        measured_as=np.array(at, dtype=object),
        papers=subject.papers["conductivity"],
        doi=subject.dois["conductivity"],
        **_of(told),
        note=_texts(note),
    )


def tg(subject: Subject) -> Iterator[Cell]:
    """Glass transition temperature."""
    return subject.cells(
        "glass transition Tg",
        "°C",
        measured=subject.known["measured_tg_C"],
        papers=subject.papers["tg"],
        doi=subject.dois["tg"],
        **_of(subject.told["tg"]),
        note=np.where(subject.told["tg"].bounds.void, MOLECULAR, _beyond(subject, "tg")).astype(object),
    )


def _beyond(subject: Subject, name: str) -> npt.NDArray[np.object_]:
    """Where the measured value lies outside the predicted interval; the cell holds the value itself, shape (n,)."""
    said = beyond(subject.known, {name: subject.told[name]}, subject.temperature_C)[name]
    return np.array(["measured value lies outside the predicted interval" if one else "" for one in said], dtype=object)


def softening(subject: Subject) -> Iterator[Cell]:
    """Tg less the temperature: below 0 the glass is a viscoelastic liquid, which flows under pressure."""
    at, told = subject.temperature_C, subject.told["tg"]
    chance = told.probability(below=at)
    found = subject.known["measured_tg_C"]
    said = np.where(found <= at, "measured: viscoelastic", np.where(np.isnan(found), "", "measured: a rigid glass"))
    note = [
        MOLECULAR if none else "; ".join(filter(None, (one, f"chance to be viscoelastic {100 * share:.0f} %")))
        for one, share, none in zip(said, chance, told.bounds.void, strict=True)
    ]
    return subject.cells(
        f"viscoelastic at {at:g} °C? Tg − {at:g} °C",
        "K",
        measured=found - at,
        papers=subject.papers["tg"],
        doi=subject.dois["tg"],
        predicted=told.mean - at,
        low=told.lower - at,
        high=told.upper - at,
        basis=told.verdict.astype(object),
        note=np.array(note, dtype=object),
    )


def oxidation(subject: Subject) -> Iterator[Cell]:
    """Voltage up to which the weakest anion is not oxidised."""
    found = oxidation_limits(subject.fractions)
    basis = [
        _class_words(anion, count) if one == ANALOGUES else f"formation energy of {metal} with {anion}"
        for one, count, anion, metal in zip(found.basis, found.n_analogues, found.anion, found.metal, strict=True)
    ]
    dois = found.measured_doi
    scale = [f"V against {metal}" if metal else "" for metal in found.metal]
    return subject.cells(
        "oxidation limit",
        "V",
        measured=found.measured_low_V,
        measured_high=found.measured_high_V,
        measured_as=found.measured_phase,
        papers=np.array([len(text.split("; ")) if n else 0 for text, n in zip(dois, found.n_measured, strict=True)]),
        doi=dois,
        predicted=found.typical_V,
        low=found.low_V,
        high=found.high_V,
        basis=np.where(found.anion == "", "", np.array(basis, dtype=object)),
        note=np.array(["; ".join(filter(None, pair)) for pair in zip(scale, found.note, strict=True)], dtype=object),
    )


def _class_words(anion: str, count: int) -> str:
    above = at_least(anion)
    return f"{count} measured limits with {anion}-{f', {above} of them at least {CEILING[anion]:g} V' if above else ''}"


def melting(subject: Subject) -> Iterator[Cell]:
    """Liquidus of the salt that separates: of the parent halide, a glass has none of its own; none of molecules."""
    salts, none = parents(subject.fractions), _molecules(subject)
    columns = published("tm", salts)
    predictor = subject.predictors.get("liquidus")
    if predictor is None:
        columns["note"] = np.full(len(salts), "not predicted: vitrion train -p liquidus", dtype=object)
    else:
        columns |= _of(predictor.predict(salts))
    blank: dict[str, Any] = {**dict.fromkeys(NUMBERS, np.nan), "papers": 0, "note": NO_SALT}
    told = {name: np.where(none, blank.get(name, ""), values) for name, values in columns.items()}
    told["note"] = np.where(none, NO_SALT, columns.get("note", ""))
    return subject.cells("liquidus of the salt that separates", "°C", **told)


def parents(fractions: Fractions) -> Fractions:
    """The halides from which oxyhalides come: each O replaced by two of their halide ions, in the same proportions.

    Examples
    --------
    >>> parents(Fractions.of(["LiAlCl2.5O0.75", "LiAlBr2O", "Li2SiO3"])).column("O").round(2).tolist()
    [0.0, 0.0, 0.5]
    """
    matrix, halides = fractions.matrix.copy(), [INDEX[symbol] for symbol in ("Cl", "Br", "I")]
    oxygen, halogen = fractions.column("O"), matrix[:, halides].sum(axis=1)
    rows = np.flatnonzero(halogen > 0)
    for place in halides:
        matrix[rows, place] *= 1 + 2 * oxygen[rows] / halogen[rows]
    matrix[rows, INDEX["O"]] = 0
    return Fractions.from_matrix(matrix)


def modulus(subject: Subject) -> Iterator[Cell]:
    """Young's modulus below Tg, as a range."""
    found = softness(subject.fractions)
    least = min(value for _, value, _ in ANCHORS)
    measured, bonds = f"{least:g} GPa of {len(ANCHORS)} measured chlorides", "if all bonds carry load"
    both = f"from {measured} to what all bonds could carry"
    words = {(True, True): both, (True, False): f"by {measured}", (False, True): bonds, (False, False): ""}
    known = np.isfinite(np.column_stack([found.low_GPa, found.high_GPa]))
    basis = [words[bool(low), bool(high)] for low, high in known]
    ends = {"low": found.low_GPa, "high": found.high_GPa}
    return subject.cells("Young's modulus below Tg", "GPa", **ends, basis=_texts(basis), note=found.note)


def density(subject: Subject) -> Iterator[Cell]:
    """Density of the glass."""
    none = _molecules(subject)
    *numbers, basis = densities(subject.fractions)
    expected, low, high = (np.where(none, np.nan, values) for values in numbers)
    columns = published("density", subject.fractions)
    told = {"predicted": expected, "low": low, "high": high, "basis": np.where(none, "", basis)}
    note = np.where(none, NO_IONS, np.where(np.isnan(expected), UNBALANCED, "")).astype(object)
    return subject.cells("density", "g/cm³", **columns, **told, note=note)


def cost(subject: Subject) -> Iterator[Cell]:
    """Least cost of raw materials."""
    usd = cheapest_routes(subject.fractions)[0]
    note = _texts(reasons(subject.fractions, usd))
    basis = np.where(np.isnan(usd), "", "without labour and energy").astype(object)
    columns = published("cost", subject.fractions) | {"measured_as": np.full(len(usd), "", dtype=object)}
    return subject.cells("cost", "USD/kg", **columns, predicted=usd, basis=basis, note=note)


def supply(subject: Subject) -> Iterator[Cell]:
    """How concentrated the production of the elements is, and which of them is the scarcest."""
    index = np.asarray(supply_risk(subject.fractions))
    lacking = [f"no index is known of {', '.join(some)}" if some else "" for some in unknown(subject.fractions)]
    rarest = [f"scarcest: {one}" if one else "" for one in scarcest(subject.fractions)]
    note = ["; ".join(filter(None, pair)) for pair in zip(lacking, rarest, strict=True)]
    return subject.cells("concentration of supply", "HHI, of 10,000", predicted=index, note=_texts(note))


def _of(told: Prediction) -> dict[str, Any]:
    return {"predicted": told.mean, "low": told.lower, "high": told.upper, "basis": told.verdict.astype(object)}


def _where(rows: npt.NDArray[np.bool_], words: str) -> npt.NDArray[np.object_]:
    return np.where(rows, words, "").astype(object)


def _molecules(subject: Subject) -> npt.NDArray[np.bool_]:
    """Molecular liquids and gases that have no Tg, and what holds nothing but nonmetals of small molecules."""
    nonmetals = sum(subject.fractions.column(symbol) for symbol in MOLECULES) > 1 - 1e-9
    return np.asarray(subject.told["tg"].bounds.void | nonmetals)


def _texts(values: list[str]) -> npt.NDArray[np.object_]:
    return np.array(values, dtype=object)


def flags(subject: Subject) -> Iterator[Cell]:
    """What a chemist would say beside the numbers, see `datasets.flags`."""
    found = explained(subject.fractions)
    return subject.cells("flags", "", note=_texts(["; ".join(flag.label for flag in some) or "none" for some in found]))
