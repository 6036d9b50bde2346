"""The gate before promotion: a challenger answers only if held-out papers, coverage, families and anchors say so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ..datasets import Dataset
from ..models.predictor import Predictor
from .held_rows import now_known

CONFIDENCE = 0.9  # of the interval of a difference, two-sided
TOLERANCE = 0.02  # of the champion's error, by which a challenger may be worse without being refused
FAMILY_MARGIN = 0.15  # of the champion's error in a family, by which a challenger may be worse there
FAMILY_ROWS, FAMILY_PAPERS = 50, 5
LEAST_COVERAGE, LEAST_FAMILY_COVERAGE = 0.88, 0.80  # of 90 % intervals; a family may be as low as the champion's
FAMILY_COVERAGE_LOSS = 0.03
WIDEST = 1.25  # times the champion's median width
FEWEST_SHARED = 0.99  # share of the champion's rows that a challenger must be judged on, and of equal truths
FEWEST_OF_FAMILY = 0.9
TOO_GOOD = 0.7  # of the champion's error: less is not believed
BELOW_SCATTER = 0.8  # of what other papers on the same composition miss by: less is not believed
FEWEST_REPEATS = 30
DRAWS = 2000


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, whether it passed, and what was found."""

    name: str
    passed: bool
    said: str


@dataclass(frozen=True)
class Decision:
    """Whether a challenger may answer, and all that was looked at."""

    passed: bool
    checks: tuple[Check, ...]
    first: bool = False

    @property
    def reason(self) -> str:
        """One sentence: what failed, else why it may answer."""
        failed = [check.said for check in self.checks if not check.passed]
        if self.first:
            return "the first of its kind" + (f", though {'; '.join(failed)}" if failed else "")
        if failed and not self.passed:
            return "; ".join(failed)
        return next((check.said for check in self.checks if check.name in ("hand", "error")), "as asked")


def judge(data: Dataset, challenger: pd.DataFrame, champion: pd.DataFrame | None, predictor: Predictor) -> Decision:
    """Hold a challenger against the champion on the same measurements.

    Parameters
    ----------
    data
        What is known now; its values are the truth, whatever the versions were told.
    challenger, champion
        Held-out predictions of both, as `held_rows.kept` makes them; None where there is no champion yet.
    predictor
        The challenger, for the anchors.
    """
    table = joined(data, challenger, champion)
    mine = table.dropna(subset=["mean"])
    checks = [_truths(mine), *_coverage(mine), *anchors(predictor)]
    if champion is None:
        return Decision(True, tuple(checks), first=True)
    both = mine.dropna(subset=["champion_mean"])
    unit = data.property.target_unit
    checks = [*_complete(table), *checks, _error(both, unit, _news(table)), *_families(both, unit), _width(both)]
    checks += _too_good(both, mine, unit)
    return Decision(all(check.passed for check in checks), tuple(checks))


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
    """Whether the predictor keeps the order of glasses that everybody knows."""
    told = tomllib.loads(files(__package__).joinpath("data", "anchors.toml").read_text(encoding="utf-8"))
    for pair in told["pair"]:
        if pair["property"] != predictor.property:
            continue
        where = {"temperature_C": 25.0, "phase": "glass"} if predictor.conditions else None
        high, low = predictor.predict([pair["higher"], pair["lower"]], where).mean
        said = f"{predictor.property} of {pair['higher']} {high:.3g}, of {pair['lower']} {low:.3g}"
        passed = bool(high > low)
        yield Check("anchors", passed, said if passed else f"{said}: the first must be higher")


def _truths(mine: pd.DataFrame) -> Check:
    """Whether the challenger was judged on the values that the data hold."""
    same = float(np.isclose(mine["truth"], mine["value"], rtol=1e-4, atol=1e-4).mean()) if len(mine) else 0.0
    passed = same >= FEWEST_SHARED
    return Check("truths", passed, f"{100 * same:.1f} % of its {len(mine):,} values are those of the data")


def _complete(table: pd.DataFrame) -> Iterator[Check]:
    """Whether the challenger was judged on what the champion was, family by family."""
    old = table.dropna(subset=["champion_mean"])
    share = float(old["mean"].notna().mean()) if len(old) else 1.0
    yield Check("rows", share >= FEWEST_SHARED, f"judged on {100 * share:.1f} % of the champion's {len(old):,} rows")
    for name, part in old.groupby("family"):
        here = float(part["mean"].notna().mean())
        if len(part) >= FAMILY_ROWS and here < FEWEST_OF_FAMILY:
            yield Check("rows", False, f"{name}: judged on {100 * here:.0f} % of the champion's {len(part):,} rows")


def _coverage(mine: pd.DataFrame) -> Iterator[Check]:
    """Whether the 90 % intervals hold what they should, overall and in each family."""
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
        if here < least:
            yield Check("coverage", False, f"{name}: intervals hold {100 * here:.0f} %, less than {100 * least:.0f} %")


def _news(table: pd.DataFrame) -> int:
    """How many measurements the challenger was told that the champion was not, or with another value."""
    told = table["mean"].notna()
    corrected = told & ~np.isclose(table["champion_truth"], table["truth"], rtol=1e-4, atol=1e-4)
    return int((corrected | (told & table["champion_mean"].isna())).sum())


def _error(both: pd.DataFrame, unit: str, news: int) -> Check:
    """Whether the challenger errs less, beyond the noise of folds, or no more and knows more."""
    old = float(both["champion_miss"].mean())
    change, low, high = difference(both)
    said = (
        f"mean error {float(both['miss'].mean()):.3g} {unit} instead of {old:.3g}, "
        f"difference {change:+.3g} ({low:+.3g} to {high:+.3g})"
    )
    if high < 0:
        return Check("error", True, f"better: {said}")
    if low > 0 or change > TOLERANCE * old:
        return Check("error", False, f"worse: {said}")
    if not news:
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
    for name, part in both.groupby("family"):
        papers = part.groupby("paper")[["miss", "champion_miss"]].agg(["sum", "size"])
        if len(part) < FAMILY_ROWS or len(papers) < FAMILY_PAPERS:
            continue
        old, new = float(part["champion_miss"].mean()), float(part["miss"].mean())
        worst = max(worst, new / old - 1) if old > 0 else worst
        if new > (1 + FAMILY_MARGIN) * old and _surely_worse(part):
            yield Check("families", False, f"{name}: mean error {new:.3g} {unit} instead of {old:.3g}")
    margin = f"margin: {100 * FAMILY_MARGIN:.0f} %"
    yield Check("families", True, f"the worst family errs by {100 * worst:+.0f} % ({margin})")


def _surely_worse(part: pd.DataFrame) -> bool:
    """Whether the errors of a family are larger in 19 of 20 draws of its papers."""
    change = (part["miss"] - part["champion_miss"]).groupby(part["paper"]).sum().to_numpy()
    draws = np.random.default_rng(0).integers(len(change), size=(DRAWS, len(change)))
    return bool(np.mean(change[draws].sum(axis=1) > 0) >= 0.95)


def _width(both: pd.DataFrame) -> Check:
    """Whether the intervals did not become uselessly wide."""
    new = float((both["upper"] - both["lower"]).median())
    old = float((both["champion_upper"] - both["champion_lower"]).median())
    return Check("width", new <= WIDEST * old, f"median width {new:.3g} instead of {old:.3g}")


def _too_good(both: pd.DataFrame, mine: pd.DataFrame, unit: str) -> Iterator[Check]:
    """Whether the challenger is not better than can be: such a score has seen what it should predict."""
    old, new = float(both["champion_miss"].mean()), float(both["miss"].mean())
    said = f"mean error {new:.3g} {unit} instead of {old:.3g}"
    believed = new >= TOO_GOOD * old
    yield Check("leak", believed, said if believed else f"too good to be true: {said}; look for a leak")
    floor, reached, n = scatter(mine)
    if n >= FEWEST_REPEATS:
        believed = reached >= BELOW_SCATTER * floor
        said = (
            f"on {n:,} compositions that other papers measured too it errs by {reached:.3g} {unit}, they by {floor:.3g}"
        )
        yield Check("leak", believed, said if believed else f"too good to be true: {said}; look for a leak")


def scatter(mine: pd.DataFrame) -> tuple[float, float, int]:
    """What the mean of other papers on a composition misses by, what the challenger does there, and how many rows.

    Rows of conductivities at several temperatures are compared within a paper's mean: only compositions of one value a
    paper count.
    """
    each = mine.groupby(["composition", "paper"], as_index=False).agg(
        value=("value", "mean"), mean=("mean", "mean"), n=("value", "size")
    )
    each = each[each["n"] == 1]
    by_composition = each.groupby("composition")["value"]
    count, total = by_composition.transform("size"), by_composition.transform("sum")
    repeated = each[count > 1]
    others = (total - each["value"])[count > 1] / (count[count > 1] - 1)
    if repeated.empty:
        return float("nan"), float("nan"), 0
    floor = float((repeated["value"] - others).abs().mean())
    return floor, float((repeated["value"] - repeated["mean"]).abs().mean()), len(repeated)
