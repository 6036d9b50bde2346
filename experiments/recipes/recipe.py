"""Recipes: which data, descriptors and weights make a predictor; one TOML file each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...datasets import PROPERTIES, Dataset, load
from ...datasets.exchange.structured import of_toml
from ...datasets.properties import FURTHER, RANKED
from ...features.featurizer import BLOCKS
from ...models.predictor import Predictor
from .rows import TrainingRows

RECIPES = RANKED  # what a ranking needs; it shows `FURTHER` when asked
WEIGHTS = ("literature", "melting_rule", "oxyhalide_rule")
LOCAL = ("capacity", "least_weight", "heard", "shared", "share", "n_trees")
COMMITTEE = MappingProxyType(
    {"n_networks": (int, 1, 20), "n_epochs": (int, 1, 500), "alpha": (float, 0, 100), "batch_size": (int, 16, 4096)}
)
"""Settings of the committee that a recipe may give, with their kind and range."""


class RecipeError(ValueError):
    """A recipe that cannot be followed."""


@dataclass(frozen=True)
class Recipe:
    """How to make one predictor; the fields are those of `Predictor`, and weights by the kind of row."""

    property: str
    blocks: tuple[str, ...] = ("fractions", "glass")
    conditions: bool = False
    n_folds: int = 5
    coverage: float = 0.9
    seed: int = 0
    memory_years: float = 0.0
    weights: Mapping[str, float] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)
    committee: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = isinstance(self.blocks, tuple) and all(block in tuple(BLOCKS) for block in self.blocks)
        blocks = known and self.blocks[:1] == ("fractions",) and self.blocks[-1:] == ("glass",)
        weights = isinstance(self.weights, Mapping) and all(
            name in WEIGHTS and type(value) in (int, float) and 0 <= value < 1e6 for name, value in self.weights.items()
        )
        of_conditions = {"melting_rule": False, "oxyhalide_rule": True}
        rule = weights and any(
            self.weights.get(name, 0) and self.conditions is not right for name, right in of_conditions.items()
        )
        for name, good, right in (
            ("blocks", blocks, f"a list of {', '.join(BLOCKS)}, fractions first, glass last"),
            ("conditions", isinstance(self.conditions, bool), "true or false"),
            ("n_folds", type(self.n_folds) is int and 2 <= self.n_folds <= 100, "a whole number from 2 to 100"),
            (
                "coverage",
                isinstance(self.coverage, float) and 0.5 <= self.coverage <= 0.99,
                "a number from 0.5 to 0.99",
            ),
            ("seed", type(self.seed) is int and 0 <= self.seed < 2**32, "a whole number from 0"),
            (
                "memory_years",
                type(self.memory_years) in (int, float) and 0 <= self.memory_years <= 1000,
                "a number of years, or 0 where all papers count alike",
            ),
            ("weights", weights, f"numbers of at least 0 for {' and '.join(WEIGHTS)}"),
            (
                "local",
                _is_local(self.local),
                f"a table of {', '.join(LOCAL)}; heard and shared two rising numbers from 0 to 1",
            ),
            ("committee", _is_committee(self.committee), f"a table of {', '.join(COMMITTEE)}, each in its range"),
            (
                "weights",
                not rule,
                "melting_rule only without conditions, oxyhalide_rule only with them",
            ),
        ):
            if not good:
                raise RecipeError(f"recipe {name} = {getattr(self, name)!r}; give {right}")

    @classmethod
    def named(cls, name: str) -> Recipe:
        """The recipe shipped for a property."""
        if name not in (*RANKED, *FURTHER):
            raise RecipeError(f"no recipe for {name!r}; there is one for each of {', '.join((*RANKED, *FURTHER))}")
        file = files("vitrion.experiments.recipes").joinpath("data", f"{name}.toml")
        if not file.is_file():
            raise RecipeError(
                f"{name} is to be predicted and has no recipe; write experiments/recipes/data/{name}.toml"
            )
        return cls.from_toml(file.read_text(encoding="utf-8"))

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """A recipe from a file."""
        try:
            return cls.from_toml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"{path.name} cannot be read ({error}); give a TOML file") from None

    @classmethod
    def from_toml(cls, text: str) -> Recipe:
        """A recipe from TOML, every field checked."""
        try:
            told = of_toml(text)
        except ValueError as error:
            raise RecipeError(f"the recipe is not TOML: {error}") from None
        unknown = set(told) - set(cls.__dataclass_fields__)
        if unknown or told.get("property") not in PROPERTIES:
            wrong = f"unknown {', '.join(sorted(unknown))}" if unknown else f"property {told.get('property')!r}"
            raise RecipeError(
                f"the recipe has {wrong}; its fields are {', '.join(cls.__dataclass_fields__)}, "
                f"its property one of {', '.join(PROPERTIES)}"
            )
        blocks = told.get("blocks", cls.blocks)
        fields: dict[str, Any] = told | {"blocks": tuple(blocks) if isinstance(blocks, list) else blocks}
        return cls(**fields)

    def to_toml(self) -> str:
        """Text of a recipe file; `from_toml` makes the same recipe of it."""
        told = asdict(self)
        tables = {name: told.pop(name) for name in ("weights", "local", "committee")}
        lines = [f"{name} = {json.dumps(value)}" for name, value in told.items()]
        for name, table in tables.items():
            if table:
                lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"

    def predictor(self, n_jobs: int = 1) -> Predictor:
        """The predictor of this recipe, not yet fitted."""
        return Predictor(
            self.property,
            self.blocks,
            self.conditions,
            n_folds=self.n_folds,
            coverage=self.coverage,
            random_state=self.seed,
            n_jobs=n_jobs,
            local=self.local,
            committee=self.committee,
            memory_years=self.memory_years or None,
        )

    def rows(self, data: Dataset | None = None) -> TrainingRows:
        """Everything the predictor learns from: by default all that is embedded."""
        return TrainingRows.of(self.weights, self.conditions, load(self.property) if data is None else data)

    def parameters(self) -> dict[str, Any]:
        """Flat names and values, as they are tracked."""
        told = asdict(self)
        weights = {f"weight_{name}": value for name, value in told.pop("weights").items()}
        local = {f"local_{name}": value for name, value in told.pop("local").items()}
        committee = {f"committee_{name}": value for name, value in told.pop("committee").items()}
        return told | weights | local | committee | {"blocks": "+".join(self.blocks)}


def _is_local(told: Any) -> bool:
    """Whether these can be settings of the local process."""
    if not isinstance(told, Mapping) or set(told) - set(LOCAL):
        return False
    capacity, weight = told.get("capacity", 1), told.get("least_weight", 0)
    trees = told.get("n_trees", 0)
    whole = type(capacity) is int and 1 <= capacity <= 5000 and type(trees) is int and 0 <= trees <= 1000
    part, limits = told.get("share", 0), [told.get(name, [0.0, 1.0]) for name in ("heard", "shared")]
    parted = type(part) in (int, float) and 0 <= part <= 1
    return whole and parted and type(weight) in (int, float) and all(map(_are_limits, limits))


def _are_limits(told: Any) -> bool:
    """Whether these are two rising numbers from 0 to 1."""
    numbers = isinstance(told, list | tuple) and len(told) == 2 and all(type(x) in (int, float) for x in told)
    return numbers and 0 <= told[0] < told[1] <= 1


def _is_committee(told: Any) -> bool:
    """Whether these can be settings of the committee."""
    return isinstance(told, Mapping) and all(
        name in COMMITTEE
        and type(value) in {COMMITTEE[name][0], int}
        and COMMITTEE[name][1] <= value <= COMMITTEE[name][2]
        for name, value in told.items()
    )
