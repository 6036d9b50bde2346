"""Scores of held-out probabilities of a glass: of all, and by what the mixtures hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from ...datasets import Dataset
from ...datasets.sources.glass_formation import GLASS
from ...datasets.splits import HALOGENS
from ...features.elements import INDEX
from ...features.fractions import Fractions
from ...models.fitting.glass_former import element_sets

Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BINS = 10  # of probability, for the calibration error


def glasses(data: Dataset) -> Mask:
    """Whether each outcome is a glass, shape (n,)."""
    return np.asarray(data.rows["value"] == GLASS)


def subsets(fractions: Fractions) -> dict[str, Mask]:
    """Masks of shape (n,) of the rows that are scored apart."""
    holds = {symbol: fractions.column(symbol) > 0 for symbol in ("O", "Cl", "Li", "Na")}
    halide = np.asarray(fractions.matrix[:, [INDEX[symbol] for symbol in HALOGENS]].any(axis=1))
    both = holds["O"] & holds["Cl"]
    return {
        "all": np.ones(len(fractions), dtype=bool),
        "halide": halide,
        "Cl": holds["Cl"],
        "O and Cl": both,
        "O and Cl with Li or Na": both & (holds["Li"] | holds["Na"]),
    }


def scores(data: Dataset, chance: Vector) -> pd.DataFrame:
    """Scores of probabilities of a glass, one row a subset.

    Returns
    -------
    DataFrame
        ``subset, n, sets, share, auc, brier, calibration_error``; the area under the ROC curve of glass against the
        rest. ``inside one halide set`` is the mean over sets of elements that hold both outcomes; its ``n`` counts
        sets. Rows without a prediction are left out.
    """
    known = np.isfinite(chance)
    glass, groups = glasses(data), element_sets(data.fractions)
    rows = []
    for name, mask in subsets(data.fractions).items():
        where = mask & known
        if where.any():
            rows.append({"subset": name, "sets": len(set(groups[where])), **scored(glass[where], chance[where])})
    inside = inside_sets(glass, chance, groups, subsets(data.fractions)["halide"] & known)
    rows.append({"subset": "inside one halide set", "n": len(inside), "sets": len(inside), "auc": np.mean(inside)})
    return pd.DataFrame(rows)


def scored(glass: Mask, chance: Vector) -> dict[str, float]:
    """Number, share of glasses, AUC, Brier score and calibration error of n probabilities."""
    both = 0 < glass.mean() < 1
    return {
        "n": len(glass),
        "share": float(glass.mean()),
        "auc": float(roc_auc_score(glass, chance)) if both else np.nan,
        "brier": float(np.mean((chance - glass) ** 2)),
        "calibration_error": calibration_error(glass, chance),
    }


def calibration_error(glass: Mask, chance: Vector) -> float:
    """Mean difference of predicted probability and share of glasses, over bins of equal width, by their rows."""
    return (
        float(np.average(abs(table["predicted"] - table["observed"]), weights=table["n"]))
        if len(table := reliability(glass, chance))
        else np.nan
    )


def reliability(glass: Mask, chance: Vector) -> pd.DataFrame:
    """The reliability diagram: ``predicted`` and ``observed`` share of glasses and ``n`` rows of each bin."""
    rows = pd.DataFrame({"predicted": chance, "observed": glass.astype(float)})
    made = rows.groupby(np.clip((chance * BINS).astype(int), 0, BINS - 1))
    return made.mean().assign(n=made.size())


def inside_sets(glass: Mask, chance: Vector, groups: npt.NDArray[np.object_], where: Mask) -> list[float]:
    """AUC inside each set of elements that holds both outcomes."""
    rows = pd.DataFrame({"glass": glass[where], "chance": chance[where]}).groupby(groups[where])
    return [float(roc_auc_score(part["glass"], part["chance"])) for _, part in rows if 0 < part["glass"].mean() < 1]
