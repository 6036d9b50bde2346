"""The gate before promotion: a challenger answers only if held-out papers, coverage, families and anchors say so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import pandas as pd

from ...datasets import Dataset
from ...models.predictor import Predictor
from ..holdout.subsets import region
from . import errors as gate_errors
from . import intervals as gate_intervals
from .decision import Check, Decision
from .errors import FAMILY_ROWS, interval_score
from .held_out import now_known
from .leaks import below_scatter, grouped, too_good
from .worth import baseline, has_width

FEWEST_SHARED = 0.99  # share of the champion's rows that a challenger must be judged on, and of equal truths
FEWEST_OF_FAMILY = 0.9  # and half of a small one
MOST_GONE = 0.1  # share of the champion's measurements that the data may have lost


def judge(
    data: Dataset,
    challenger: pd.DataFrame,
    champion: pd.DataFrame | None,
    predictor: Predictor,
    lost: str = "",
) -> Decision:
    """Hold a challenger against the champion on the same measurements.

    The first of its kind must be better than one number for all, and its intervals must have a width; all else is told.

    Parameters
    ----------
    data
        What is known now; its values are the truth, whatever the versions were told.
    challenger, champion
        Held-out predictions of both, as `held_rows.kept` makes them; None where there is no champion yet.
    predictor
        The challenger, for the anchors.
    lost
        Why the champion cannot answer any more, where that is so: then a challenger need not be better than it.
    """
    table, unit = joined(data, challenger, champion), data.property.target_unit
    mine = table.dropna(subset=["mean"])
    checks = [baseline(mine, unit), has_width(mine), _truths(mine), grouped(mine), *gate_intervals.coverage(mine)]
    checks += [*anchors(predictor), *below_scatter(mine, unit)]
    if champion is None:
        return Decision.of_first(*checks)
    both = mine.dropna(subset=["champion_mean"])
    checks = [*_complete(table, len(champion)), *checks]
    if both.empty:
        return Decision.of(*checks, Check("rows", False, "no measurement was predicted by the champion too"))
    need = [Check("champion", True, f"the champion cannot answer: {lost}")] if lost else []
    checks += [*need, *gate_errors.overall(both, unit, _news(table), bool(lost))]
    checks += [*gate_errors.in_region(both, region(data)[0], unit), *gate_errors.families(both, unit)]
    return Decision.of(*checks, gate_intervals.width(both), *too_good(both, gate_errors.large(both), unit))


def joined(data: Dataset, challenger: pd.DataFrame, champion: pd.DataFrame | None) -> pd.DataFrame:
    """A row a measurement known now, with both predictions, NaN where a version has none.

    ``miss`` and ``champion_miss`` are absolute errors in the unit of the regressor, ``cost`` and ``champion_cost`` the
    interval scores, NaN where an end is infinite.
    """
    table = now_known(data).merge(challenger.drop(columns="paper"), on="key", how="left")
    names = ["truth", "mean", "lower", "upper"]
    before = pd.DataFrame(columns=["key", *names], dtype=float) if champion is None else champion[["key", *names]]
    before = before.rename(columns={name: f"champion_{name}" for name in names}).astype({"key": np.uint64})
    table = table.merge(before, on="key", how="left")
    for whose in ("", "champion_"):
        mean, lower, upper = (table[f"{whose}{name}"] for name in ("mean", "lower", "upper"))
        table[f"{whose}miss"] = (table["value"] - mean).abs()
        table[f"{whose}cost"] = interval_score(table["value"], lower, upper)
    return table


def anchors(predictor: Predictor) -> Iterator[Check]:
    """Whether the predictor keeps the order of glasses that everybody knows, and is near the values of VIGLAS."""
    told = tomllib.loads(
        files("vitrion.experiments.recipes").joinpath("data", "anchors.toml").read_text(encoding="utf-8")
    )
    where = {"temperature_C": 25.0, "phase": "glass"} if predictor.conditions else None
    for pair in (one for one in told["pair"] if one["property"] == predictor.property):
        high, low = predictor.predict([pair["higher"], pair["lower"]], where).mean
        said = f"{predictor.property} of {pair['higher']} {high:.3g}, of {pair['lower']} {low:.3g}"
        passed = bool(high > low)
        yield Check("anchors", passed, said if passed else f"{said}: the first must be higher")
    for band in (one for one in told["band"] if one["property"] == predictor.property):
        value = float(predictor.predict([band["formula"]], where).mean[0])
        said = f"{predictor.property} of {band['formula']} {value:.3g}, measured {band['measured']:g}"
        passed = bool(band["least"] <= value <= band["most"])
        asked = f": it must lie from {band['least']:g} to {band['most']:g}"
        yield Check("anchors", passed, said if passed else said + asked)


def _truths(mine: pd.DataFrame) -> Check:
    """Whether the challenger was judged on the values that the data hold."""
    same = float(np.isclose(mine["truth"], mine["value"], rtol=1e-4, atol=1e-4).mean()) if len(mine) else 0.0
    passed = same >= FEWEST_SHARED
    return Check("truths", passed, f"{100 * same:.1f} % of its {len(mine):,} values are those of the data")


def _complete(table: pd.DataFrame, before: int) -> Iterator[Check]:
    """Whether the challenger was judged on what the champion was, family by family, and the data still hold that."""
    old = table.dropna(subset=["champion_mean"])
    gone = 1.0 - len(old) / before if before else 0.0
    said = f"the data hold {100 * (1 - gone):.1f} % of the {before:,} measurements that the champion was judged on"
    yield Check("rows", gone <= MOST_GONE, said)
    share = float(old["mean"].notna().mean()) if len(old) else 1.0
    yield Check("rows", share >= FEWEST_SHARED, f"judged on {100 * share:.1f} % of the champion's {len(old):,} rows")
    for name, part in old.groupby("family"):
        here = float(part["mean"].notna().mean())
        if here < (FEWEST_OF_FAMILY if len(part) >= FAMILY_ROWS else 0.5):
            yield Check("rows", False, f"{name}: judged on {100 * here:.0f} % of the champion's {len(part):,} rows")


def _news(table: pd.DataFrame) -> int:
    """How many measurements the challenger was told that the champion was not, or with another value."""
    told = table["mean"].notna()
    corrected = told & ~np.isclose(table["champion_truth"], table["truth"], rtol=1e-4, atol=1e-4)
    return int((corrected | (told & table["champion_mean"].isna())).sum())
