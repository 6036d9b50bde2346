"""The rows of a comparison: one function a virtue, each giving a cell for every composition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..datasets import literature
from ..datasets.measurement import composition_keys
from ..datasets.prices import raw_material_cost
from ..datasets.supply import scarcest, supply_risk
from ..features.elements import INDEX
from ..features.fractions import Fractions
from ..models.oxidation_limit import ANALOGUES, oxidation_limits
from ..models.prediction import Prediction
from ..models.predictor import Predictor
from ..models.salts import densities
from ..models.softness import ANCHORS, softness
from .comparison_words import WORDS, words
from .measured import measured, papers

NAN = float("nan")


@dataclass(frozen=True)
class Cell:
    """What is known of one composition on one virtue; numbers are NaN where there are none.

    Parameters
    ----------
    virtue, unit, formula
        Of what, in which unit, of which composition.
    measured, measured_high, measured_as, papers, doi
        What was measured (to `measured_high` where several values were), of which phase and at which temperature, in
        how many papers, and the DOI of one; of several apart by ``; ``.
    predicted, low, high, basis
        What is predicted, its interval, and what that stands on: a verdict, or the method.
    note
        What to know of it.
    """

    virtue: str
    unit: str
    formula: str
    measured: float = NAN
    measured_high: float = NAN
    measured_as: str = ""
    papers: int = 0
    doi: str = ""
    predicted: float = NAN
    low: float = NAN
    high: float = NAN
    basis: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The columns `CELL` of this cell."""
        return {**asdict(self), **words(self)}


CELL = (*(field.name for field in fields(Cell)), *WORDS)
NUMBERS = ("measured", "measured_high", "predicted", "low", "high")  # columns that may have none


@dataclass(frozen=True)
class Subject:
    """The compositions that are compared, with what the models and the tables say of them."""

    fractions: Fractions
    formulas: list[str]
    temperature_C: float
    predictors: Mapping[str, Predictor]
    told: Mapping[str, Prediction]
    known: Mapping[str, npt.NDArray[Any]]
    papers: Mapping[str, npt.NDArray[np.int64]]
    dois: Mapping[str, npt.NDArray[np.object_]]

    @classmethod
    def of(
        cls,
        fractions: Fractions,
        formulas: list[str],
        temperature_C: float,
        predictors: Mapping[str, Predictor],
        told: Mapping[str, Prediction],
    ) -> Subject:
        """Look up what was measured of each."""
        keys = composition_keys(fractions.matrix)
        known = measured(keys, temperature_C, told, predictors)
        found = {name: papers(name, keys, told[name], predictors[name], temperature_C) for name in told}
        count, dois = {name: pair[0] for name, pair in found.items()}, {name: pair[1] for name, pair in found.items()}
        return cls(fractions, formulas, temperature_C, predictors, told, known, count, dois)

    def cells(self, virtue: str, unit: str, **columns: Any) -> Iterator[Cell]:
        """A cell for each composition, of columns of shape (n,)."""
        for row, formula in enumerate(self.formulas):
            yield Cell(virtue, unit, formula, **{name: _plain(values[row]) for name, values in columns.items()})


Virtue = Callable[[Subject], Iterator[Cell]]


def virtues() -> tuple[Virtue, ...]:
    """Return the rows of a comparison, in their order."""
    return (conductivity, tg, softening, oxidation, melting, modulus, density, cost, supply)


def conductivity(subject: Subject) -> Iterator[Cell]:
    """Ionic conductivity of the glass at the temperature."""
    told, known = subject.told["conductivity"], subject.known
    at = [
        f"{phase}, {celsius:g} °C" if phase else ""
        for phase, celsius in zip(known["measured_phase"], known["measured_temperature_C"], strict=True)
    ]
    crystal = np.isin(known["measured_phase"], ("crystal", "molten"))
    return subject.cells(
        f"conductivity at {subject.temperature_C:g} °C",
        "S/cm",
        measured=known["measured_conductivity_S_cm"],
        measured_as=np.array(at, dtype=object),
        papers=subject.papers["conductivity"],
        doi=subject.dois["conductivity"],
        **_of(told),
        note=np.where(crystal, "predicted as a glass", ""),
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
    )


def softening(subject: Subject) -> Iterator[Cell]:
    """Tg less the temperature: below 0 the glass is a viscoelastic liquid, which flows under pressure."""
    at, told = subject.temperature_C, subject.told["tg"]
    chance = told.probability(below=at)
    found = subject.known["measured_tg_C"]
    said = np.where(found <= at, "measured: viscoelastic", np.where(np.isnan(found), "", "measured: a rigid glass"))
    note = [
        "; ".join(filter(None, (one, f"chance to be viscoelastic {100 * share:.0f} %")))
        for one, share in zip(said, chance, strict=True)
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
        f"{count} measured limits with {anion}-" if one == ANALOGUES else f"formation energy of {metal} with {anion}"
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


def melting(subject: Subject) -> Iterator[Cell]:
    """Liquidus of the salt that separates: of the parent halide, since a glass has none of its own."""
    salts = parents(subject.fractions)
    columns = _published("tm", salts)
    predictor = subject.predictors.get("liquidus")
    if predictor is None:
        columns["note"] = np.full(len(salts), "not predicted: vitrion train -p liquidus", dtype=object)
    else:
        columns |= _of(predictor.predict(salts))
    return subject.cells("liquidus of the salt that separates", "°C", **columns)


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
    matrix[np.ix_(rows, halides)] *= (1 + 2 * oxygen[rows] / halogen[rows])[:, None]
    matrix[rows, INDEX["O"]] = 0
    return Fractions.from_matrix(matrix)


def modulus(subject: Subject) -> Iterator[Cell]:
    """Young's modulus below Tg, as a range."""
    found = softness(subject.fractions)
    least = min(value for _, value, _ in ANCHORS)
    class_words = f"from {least:g} GPa of {len(ANCHORS)} measured chlorides to what all bonds could carry"
    basis = [
        class_words if low == low else "if all bonds carry load" if high == high else ""  # noqa: PLR0124 - NaN
        for low, high in zip(found.low_GPa, found.high_GPa, strict=True)
    ]
    ends = {"low": found.low_GPa, "high": found.high_GPa}
    return subject.cells("Young's modulus below Tg", "GPa", **ends, basis=_texts(basis), note=found.note)


def density(subject: Subject) -> Iterator[Cell]:
    """Density of the glass."""
    expected, low, high = densities(subject.fractions)
    basis = _texts(["volumes of its salts" if value == value else "" for value in expected])  # noqa: PLR0124 - NaN
    columns = _published("density", subject.fractions)
    return subject.cells("density", "g/cm³", **columns, predicted=expected, low=low, high=high, basis=basis)


def cost(subject: Subject) -> Iterator[Cell]:
    """Least cost of raw materials."""
    usd = np.asarray(raw_material_cost(subject.fractions))
    note = np.where(np.isnan(usd), "a precursor has no price", "").astype(object)
    basis = np.where(np.isnan(usd), "", "raw materials, a floor").astype(object)
    columns = _published("cost", subject.fractions) | {"measured_as": np.full(len(usd), "", dtype=object)}
    return subject.cells("cost", "USD/kg", **columns, predicted=usd, basis=basis, note=note)


def supply(subject: Subject) -> Iterator[Cell]:
    """How concentrated the production of the elements is, and which of them is the scarcest."""
    index = np.asarray(supply_risk(subject.fractions))
    rarest = np.array([f"scarcest: {one}" if one else "" for one in scarcest(subject.fractions)], dtype=object)
    return subject.cells("concentration of supply", "HHI, of 10,000", predicted=index, note=rarest)


def _of(told: Prediction) -> dict[str, Any]:
    return {"predicted": told.mean, "low": told.lower, "high": told.upper, "basis": told.verdict.astype(object)}


@lru_cache(maxsize=4)
def _literature(quantity: str) -> tuple[pd.DataFrame, npt.NDArray[np.uint64]]:
    """Rows of the literature tables on a quantity that are not doubted, and the numbers of their compositions."""
    table = literature.read_table(tuple(literature.TABLES))
    rows = table[(table["quantity"] == quantity) & (table["doubt"] == "")].reset_index(drop=True)
    return rows, composition_keys(Fractions.of(rows["formula"].tolist()).matrix)


def _published(quantity: str, fractions: Fractions) -> dict[str, Any]:
    """What the literature tables have on each composition: range, phases, papers and DOIs."""
    (table, known), keys = _literature(quantity), composition_keys(fractions.matrix)
    n = len(keys)
    low, high, count = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, dtype=np.int64)
    phase, doi = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    for row in np.flatnonzero(np.isin(keys, known)):
        rows = table[known == keys[row]]
        low[row], high[row] = rows["value"].min(), rows["value"].max()
        count[row] = (rows["doi"] + rows["source"].where(rows["doi"] == "", "")).nunique()
        phase[row], doi[row] = ("; ".join(filter(None, dict.fromkeys(rows[one]))) for one in ("phase", "doi"))
    return {"measured": low, "measured_high": high, "measured_as": phase, "papers": count, "doi": doi}


def _texts(values: list[str]) -> npt.NDArray[np.object_]:
    return np.array(values, dtype=object)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
