"""Rows that a predictor learns from: measured ones by their weights, and those that a rule estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import Dataset, load
from ...features.fractions import Fractions
from .energies import measured_energies
from .melting_rule import MeltingRule
from .oxyhalide_rule import OxyhalideRule


@dataclass(frozen=True)
class TrainingRows:
    """Rows as `Predictor.fit` takes them: the measured ones of `data` first, then m that a rule estimates.

    `papers` holds the group of each estimate, shape (m,); `estimates_C` its temperature where there are conditions.
    """

    data: Dataset
    fractions: Fractions
    values: npt.NDArray[np.float64]
    sample_weight: npt.NDArray[np.float64]
    papers: npt.NDArray[Any]
    estimates_C: npt.NDArray[np.float64]
    conditional: bool = False

    @classmethod
    def of(cls, weights: Mapping[str, float], conditional: bool, data: Dataset) -> TrainingRows:
        """Weigh the measured rows and add the estimated ones; `weights` are those of a recipe."""
        curated = weights.get("literature", 1.0)
        weight = data.rows["weight"].to_numpy() * np.where(data.curated, curated, 1.0)
        none = np.empty(0, dtype=object), np.empty(0)
        rows = cls(data, data.fractions, data.values, weight, *none, conditional)
        if share := weights.get("melting_rule", 0.0):
            rows = rows._with_melting_rule(share)
        if share := weights.get("oxyhalide_rule", 0.0):
            rows = rows._with_oxyhalide_rule(share)
        return rows

    @property
    def estimated(self) -> npt.NDArray[np.bool_]:
        """Which rows a rule estimates, shape (n + m,)."""
        return np.repeat([False, True], [len(self.data), len(self.papers)])

    def keywords(self, groups: npt.NDArray[Any] | None = None) -> dict[str, Any]:
        """Arguments of `Predictor.fit` and `Predictor.cross_validate`; groups of the measured rows, else papers."""
        papers = self.data.groups if groups is None else groups
        whole = self.data.laboratories if groups is None else groups
        blank = np.full(len(self.papers), np.nan)
        told: dict[str, Any] = {
            "compositions": self.fractions,
            "values": self.values,
            "groups": np.concatenate([papers, self.papers]),
            "laboratories": np.concatenate([whole, self.papers]),
            "sample_weight": self.sample_weight,
            "estimated": self.estimated,
            "years": np.concatenate([self.data.rows["year"].to_numpy(dtype=float, na_value=np.nan), blank]),
        }
        if not self.conditional:
            return told
        estimates = pd.DataFrame({"temperature_C": self.estimates_C, "phase": "glass"})
        conditions = pd.concat([self.data.conditions, estimates], ignore_index=True)
        return told | {"conditions": conditions, "energies": np.concatenate([measured_energies(self.data), blank])}

    def names(self) -> dict[str, Any]:
        """Formula and reference (DOI, else the key of the paper) of each row, as `Predictor.fit` takes them."""
        rows = self.data.rows
        reference = np.where(rows["doi"].fillna("") != "", rows["doi"].fillna(""), rows["group"])
        blank = np.full(len(self.papers), "")
        return {
            "formulas": np.concatenate([rows["formula"].to_numpy(dtype=str), blank]),
            "references": np.concatenate([reference.astype(str), blank]),
        }

    def _with_melting_rule(self, weight: float) -> TrainingRows:
        """Add salts; each is a group of its own, for a shift of many in one would pass for the habit of a paper."""
        liquidus = load("liquidus", lab=False)
        salts, estimates = MeltingRule.learn(self.data, liquidus).apply(self.data, liquidus)
        papers = np.array([f"melting rule {number}" for number in range(len(salts))], dtype=object)
        return self._with(salts, estimates, weight, papers, np.full(len(salts), np.nan))

    def _with_oxyhalide_rule(self, weight: float) -> TrainingRows:
        """Add members of AMX2.5O0.75 that nobody has measured."""
        if (rule := OxyhalideRule.learn(self.data)) is None:
            return self
        members = rule.apply(self.data)
        papers = np.full(len(members), rule.paper, dtype=object)
        values, at = (np.full(len(members), value) for value in (rule.value, rule.temperature_C))
        return self._with(members, values, weight, papers, at)

    def _with(
        self,
        fractions: Fractions,
        values: npt.NDArray[np.float64],
        weight: float,
        papers: npt.NDArray[Any],
        at: npt.NDArray[np.float64],
    ) -> TrainingRows:
        return replace(
            self,
            fractions=Fractions.from_matrix(np.vstack([self.fractions.matrix, fractions.matrix])),
            values=np.concatenate([self.values, values]),
            sample_weight=np.concatenate([self.sample_weight, np.full(len(papers), weight)]),
            papers=np.concatenate([self.papers, papers]),
            estimates_C=np.concatenate([self.estimates_C, at]),
        )
