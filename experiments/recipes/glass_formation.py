"""The recipe of the predictor of glass formation, and the rows that it learns from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset, load
from ...datasets.exchange.structured import of_toml
from ...datasets.measurement import composition_keys
from ...datasets.properties import GLASS_FORMATION
from ...datasets.results import standing
from ...datasets.sources.glass_formation import CRYSTAL, GLASS, SAME
from ...features.fractions import Fractions
from ...models.fitting.glass_former import GlassFormer, element_sets
from .modifier_rule import modifiers_alone
from .recipe import Recipe, RecipeError

NAME = GLASS_FORMATION.name
WEIGHTS = ("measured_tg", "modifier_rule", "lab")
MOST_ELEMENTS = 6  # of a glass of which only its Tg is known: the tables mix three components
OF_SET = 4  # such glasses of one set of elements


@dataclass(frozen=True)
class FormationRows:
    """Rows as `GlassFormer.fit` takes them: outcomes first, then glasses of which only Tg is known, then a rule's rows.

    Parameters
    ----------
    data
        Outcomes.
    glasses
        Compositions of these glasses.
    formulas, references
        Names and papers of the glasses, each of shape (m,).
    crystals
        Compositions that crystallise by the rule, see `modifier_rule`.
    weights
        Weight of each row, shape (n + m + k,).
    """

    data: Dataset
    glasses: Fractions
    formulas: npt.NDArray[Any]
    references: npt.NDArray[Any]
    crystals: Fractions
    weights: npt.NDArray[np.float64]

    def keywords(self) -> dict[str, Any]:
        """Arguments of `GlassFormer.fit`."""
        rows, m, k = self.data.rows, len(self.glasses), len(self.crystals)
        matrix = np.vstack([self.data.measured.matrix, self.glasses.matrix, self.crystals.matrix])
        place = np.arange(len(matrix))
        return {
            "compositions": Fractions.from_matrix(matrix),
            "outcomes": np.concatenate([rows["value"], np.full(m, GLASS), np.full(k, CRYSTAL)]),
            "sample_weight": self.weights,
            "judged": place < len(rows),
            "estimated": place >= len(rows) + m,
            "formulas": np.concatenate([rows["formula"].to_numpy(), self.formulas, [""] * k]),
            "references": np.concatenate([rows["paper"].to_numpy(), self.references, [""] * k]),
        }


@dataclass(frozen=True)
class FormationRecipe:
    """How to make a `GlassFormer`; the fields are its own, and weights by the kind of row."""

    property: str = NAME
    n_folds: int = 6
    n_trees: int = 20
    seed: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        weighed = isinstance(self.weights, Mapping) and all(
            name in WEIGHTS and type(value) in (int, float) and 0 <= value < 1e6 for name, value in self.weights.items()
        )
        for name, good, right in (
            ("property", self.property == NAME, f'"{NAME}"'),
            ("n_folds", _whole(self.n_folds, 2, 100), "a whole number from 2 to 100"),
            ("n_trees", _whole(self.n_trees, 1, 1000), "a whole number from 1 to 1000"),
            ("seed", _whole(self.seed, 0, 2**32 - 1), "a whole number from 0"),
            ("weights", weighed, f"numbers of at least 0 for {' and '.join(WEIGHTS)}"),
        ):
            if not good:
                raise RecipeError(f"recipe {name} = {getattr(self, name)!r}; give {right}")

    @classmethod
    def named(cls) -> FormationRecipe:
        """The recipe as shipped."""
        file = files("vitrion.experiments.recipes").joinpath("data", f"{NAME}.toml")
        return cls.from_toml(file.read_text(encoding="utf-8"))

    @classmethod
    def from_toml(cls, text: str) -> FormationRecipe:
        """A recipe from TOML, every field checked."""
        try:
            content = of_toml(text)
        except ValueError as error:
            raise RecipeError(f"the recipe is not TOML: {error}") from None
        if unknown := set(content) - set(cls.__dataclass_fields__):
            known = ", ".join(cls.__dataclass_fields__)
            raise RecipeError(f"the recipe has unknown {', '.join(sorted(unknown))}; its fields are {known}")
        return cls(**content)

    def to_toml(self) -> str:
        """Text of a recipe file; `from_toml` makes the same recipe of it."""
        fields = asdict(self)
        weights = fields.pop("weights")
        lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
        if weights:
            lines += ["", "[weights]", *(f"{name} = {json.dumps(value)}" for name, value in weights.items())]
        return "\n".join(lines) + "\n"

    def former(self, n_jobs: int = 1) -> GlassFormer:
        """The predictor of this recipe, not yet fitted."""
        return GlassFormer(n_folds=self.n_folds, n_trees=self.n_trees, random_state=self.seed, n_jobs=n_jobs)

    def rows(self, data: Dataset | None = None, tg: Dataset | None = None) -> FormationRows:
        """Everything the predictor learns from: by default all that is embedded and the laboratory's own."""
        outcomes = load(NAME) if data is None else data
        weight = outcomes.rows["weight"].to_numpy(dtype=float).copy()
        weight[(outcomes.rows["source"] == standing.NAME).to_numpy()] *= self.weights.get("lab", 1.0)
        of_tg = self.weights.get("measured_tg", 0.0)
        glasses = _glasses(load("tg") if tg is None else tg, outcomes) if of_tg else outcomes.take([])
        of_rule = self.weights.get("modifier_rule", 0.0)
        crystals = modifiers_alone() if of_rule else outcomes.take([]).fractions
        return FormationRows(
            outcomes,
            glasses.fractions,
            glasses.rows["formula"].to_numpy(dtype=object),
            glasses.rows["paper"].to_numpy(dtype=object),
            crystals,
            np.concatenate([weight, np.full(len(glasses), of_tg), np.full(len(crystals), of_rule)]),
        )

    def parameters(self) -> dict[str, Any]:
        """Flat names and values, as they are tracked."""
        fields = asdict(self)
        return {**{f"weight_{name}": value for name, value in fields.pop("weights").items()}, **fields}


def recipe_of(name: str) -> Recipe | FormationRecipe:
    """The recipe shipped for a property, or for glass formation."""
    return FormationRecipe.named() if name == NAME else Recipe.named(name)


def recipe_from(path: Path) -> Recipe | FormationRecipe:
    """A recipe from a file, of the kind that its property asks for."""
    try:
        text = path.read_text(encoding="utf-8")
        of_formation = of_toml(text).get("property") == NAME
    except (OSError, ValueError):
        of_formation = False  # the other kind says what is wrong with it
    return FormationRecipe.from_toml(text) if of_formation else Recipe.load(path)


def _glasses(tg: Dataset, outcomes: Dataset) -> Dataset:
    """Glasses of which only Tg is known, `OF_SET` at most of a set of elements: those of the literature, then any."""
    keys = composition_keys(tg.measured.matrix, SAME)
    new = ~np.isin(keys, composition_keys(outcomes.measured.matrix, SAME))
    few = (tg.measured.matrix > 0).sum(axis=1) <= MOST_ELEMENTS
    glass = tg.rows["phase"].isin(["glass", "amorphous", "unknown"]).to_numpy()
    rows = np.flatnonzero(new & few & glass)
    draw = [hashlib.blake2b(int(key).to_bytes(8, "little"), digest_size=8).digest() for key in keys[rows]]
    order = sorted(range(len(rows)), key=lambda place: (not tg.curated[rows[place]], draw[place]))
    taken: dict[str, set[int]] = {}
    sets, chosen = element_sets(tg.fractions), []
    for row in rows[order].tolist():
        of_set = taken.setdefault(sets[row], set())
        if len(of_set) < OF_SET and int(keys[row]) not in of_set:
            of_set.add(int(keys[row]))
            chosen.append(row)
    return tg.take(np.sort(np.array(chosen, dtype=np.intp)))


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
