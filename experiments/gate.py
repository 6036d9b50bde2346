"""The gate before promotion: a challenger answers only if held-out papers, coverage, families and anchors say so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ..datasets import Dataset
from ..models.predictor import Predictor
from .decision import Check, Decision
from .gate_leaks import below_scatter, grouped, too_good
from .held_rows import now_known

CONFIDENCE = 0.9  # of the interval of a difference, two-sided
LOSS = 0.05  # of the champion's error: a challenger that may be worse by more, as far as one can tell, is refused
FAMILY_MARGIN = 0.15  # of the champion's error in a family, by which a challenger may be worse there
FAMILY_ROWS, FAMILY_PAPERS = 50, 5
LEAST_COVERAGE, LEAST_FAMILY_COVERAGE = 0.88, 0.80  # of 90 % intervals; a family may be as low as the champion's
FAMILY_COVERAGE_LOSS = 0.03
WIDEST = 1.25  # times the champion's median width
FEWEST_SHARED = 0.99  # share of the champion's rows that a challenger must be judged on, and of equal truths
FEWEST_OF_FAMILY = 0.9  # and half of a small one
MOST_GONE = 0.1  # share of the champion's measurements that the data may have lost
DRAWS = 2000


def judge(
    data: Dataset,
    challenger: pd.DataFrame,
    champion: pd.DataFrame | None,
    predictor: Predictor,
    lost: str = "",
) -> Decision:
    """Hold a challenger against the champion on the same measurements.

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
    checks = [_truths(mine), grouped(mine), *_coverage(mine), *anchors(predictor), *below_scatter(mine, unit)]
    if champion is None:
        return Decision(True, tuple(checks), first=True)
    both = mine.dropna(subset=["champion_mean"])
    checks = [*_complete(table, len(champion)), *checks]
    if both.empty:
        return Decision.of(*checks, Check("rows", False, "no measurement was predicted by the champion too"))
    need = [Check("champion", True, f"the champion cannot answer: {lost}")] if lost else []
    checks += [*need, _error(both, unit, _news(table), bool(lost)), *_families(both, unit), _width(both)]
    return Decision.of(*checks, *too_good(both, _large(both), unit))


def joined(data: Dataset, challenger: pd.DataFrame, champion: pd.DataFrame | None) -> pd.DataFrame:
    """A row a measurement known now, with both predictions, NaN where a version has none.

    ``miss`` and ``champion_miss`` are absolute errors in the unit of the regressor.
    """
    table = now_known(data).merge(challenger.drop(columns="paper"), on="key", how="left")
    names = ["truth", "mean", "lower", "upper"]
    before = pd.DataFrame(columns=["key", *names], dtype=float) if champion is None else champion[["key", *names]]
    before = before.rename(columns={name: f"champion_{name}" for name in names}).astype({"key": np.uint64})
    table = table.merge(before, on="key", how="left")
    table["miss"] = (table["value"] - table["mean"]).abs()
    table["champion_miss"] = (table["value"] - table["champion_mean"]).abs()
    return table


def anchors(predictor: Predictor) -> Iterator[Check]:
    """Whether the predictor keeps the order of glasses that everybody knows, and is near the values of VIGLAS."""
    told = tomllib.loads(files(__package__).joinpath("data", "anchors.toml").read_text(encoding="utf-8"))
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


def _coverage(mine: pd.DataFrame) -> Iterator[Check]:
    """Whether the 90 % intervals hold what they should, overall, and in each family beyond the noise of its papers."""
    held = (mine["value"] >= mine["lower"]) & (mine["value"] <= mine["upper"])
    told = mine["champion_mean"].notna()
    before = (mine["value"] >= mine["champion_lower"]) & (mine["value"] <= mine["champion_upper"])
    whole = float(held.mean()) if len(mine) else 0.0
    asked = f"asked: {100 * LEAST_COVERAGE:.0f} %"
    yield Check("coverage", whole >= LEAST_COVERAGE, f"intervals hold {100 * whole:.1f} % ({asked})")
    for name, rows in mine.groupby("family").groups.items():
        if len(rows) < FAMILY_ROWS or mine.loc[rows, "paper"].nunique() < FAMILY_PAPERS:
            continue
        here, old = float(held[rows].mean()), before[rows][told[rows]]
        least = min(LEAST_FAMILY_COVERAGE, float(old.mean()) - FAMILY_COVERAGE_LOSS if len(old) else 1.0)
        if here < least and _surely_below(held[rows], mine.loc[rows, "paper"], least):
            yield Check("coverage", False, f"{name}: intervals hold {100 * here:.0f} %, less than {100 * least:.0f} %")


def _news(table: pd.DataFrame) -> int:
    """How many measurements the challenger was told that the champion was not, or with another value."""
    told = table["mean"].notna()
    corrected = told & ~np.isclose(table["champion_truth"], table["truth"], rtol=1e-4, atol=1e-4)
    return int((corrected | (told & table["champion_mean"].isna())).sum())


def _error(both: pd.DataFrame, unit: str, news: int, lost: bool) -> Check:
    """Whether the challenger errs less, beyond the noise of folds, or no more and knows more."""
    old = float(both["champion_miss"].mean())
    change, low, high = difference(both)
    said = (
        f"mean error {float(both['miss'].mean()):.3g} {unit} instead of {old:.3g}, "
        f"difference {change:+.3g} ({low:+.3g} to {high:+.3g})"
    )
    if high < 0:
        return Check("error", True, f"better: {said}")
    if low > 0 or high > LOSS * old:
        how = "worse" if low > 0 else f"perhaps worse by more than {100 * LOSS:.0f} %"
        return Check("error", False, f"{how}: {said}")
    if not news and not lost:
        return Check("error", False, f"no better beyond noise, and it was told nothing more: {said}")
    return Check("error", True, f"as good within noise, and told {news:,} measurements more: {said}")


def difference(both: pd.DataFrame) -> tuple[float, float, float]:
    """Mean of the challenger's error less the champion's, and the ends of its interval, paired over the folds.

    The variance between folds counts 1/K + 1/(K - 1) times, since their training rows overlap (Nadeau and Bengio,
    doi:10.1023/A:1024068626366).
    """
    change = both["miss"] - both["champion_miss"]
    folds = change.groupby(both["fold"]).mean().to_numpy()
    middle, n = float(change.mean()), len(folds)
    if n < 2:
        return middle, float("-inf"), float("inf")
    error = float(np.sqrt((1 / n + 1 / (n - 1)) * folds.var(ddof=1)))
    reach = float(student.ppf(0.5 + CONFIDENCE / 2, n - 1)) * error
    return middle, middle - reach, middle + reach


def _families(both: pd.DataFrame, unit: str) -> Iterator[Check]:
    """Whether no family of enough papers is worse by more than the margin, beyond the noise of papers."""
    worst = 0.0
    for name, part in _large(both):
        old, new = float(part["champion_miss"].mean()), float(part["miss"].mean())
        worst = max(worst, new / old - 1) if old > 0 else worst
        if new > (1 + FAMILY_MARGIN) * old and _surely_worse(part):
            yield Check("families", False, f"{name}: mean error {new:.3g} {unit} instead of {old:.3g}")
    margin = f"margin: {100 * FAMILY_MARGIN:.0f} %"
    yield Check("families", True, f"the worst family errs by {100 * worst:+.0f} % ({margin})")


def _large(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Families of enough rows and papers; all oxychlorides together; and what is too small alone, together too."""
    oxychloride = table["family"].str.endswith("oxychloride")
    small = table.groupby("family")["family"].transform("size") < FAMILY_ROWS
    pools = (
        ("oxychlorides", table[oxychloride]),
        (f"oxychlorides of less than {FAMILY_ROWS} rows", table[oxychloride & small]),
        (f"families of less than {FAMILY_ROWS} rows", table[small]),
    )
    for name, part in [*table.groupby("family"), *pools]:
        if len(part) >= FAMILY_ROWS and part["paper"].nunique() >= FAMILY_PAPERS:
            yield str(name), part


def _surely_worse(part: pd.DataFrame) -> bool:
    """Whether the errors of a family are larger in 19 of 20 draws of its papers."""
    change = (part["miss"] - part["champion_miss"]).groupby(part["paper"]).sum().to_numpy()
    draws = np.random.default_rng(0).integers(len(change), size=(DRAWS, len(change)))
    return bool(np.mean(change[draws].sum(axis=1) > 0) >= 0.95)


def _surely_below(held: pd.Series[bool], papers: pd.Series[str], least: float) -> bool:
    """Whether less than a share is held in 19 of 20 draws of the papers."""
    told = held.groupby(papers).agg(["sum", "size"]).to_numpy(dtype=float)
    drawn = told[np.random.default_rng(0).integers(len(told), size=(DRAWS, len(told)))].sum(axis=1)
    return bool(np.mean(drawn[:, 0] < least * drawn[:, 1]) >= 0.95)


def _width(both: pd.DataFrame) -> Check:
    """Whether the intervals did not become uselessly wide."""
    new = float((both["upper"] - both["lower"]).median())
    old = float((both["champion_upper"] - both["champion_lower"]).median())
    return Check("width", new <= WIDEST * old, f"median width {new:.3g} instead of {old:.3g}")
