"""What the models must reach, and what a run of the benchmark found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ...models.numerics import metrics
from ..holdout.headline import NEW, RECENT
from ..holdout.protocol import KNOWN
from ..holdout.unseen import OBELIX, TIME
from ..scores.calibration import NARROW, WIDE
from ..scores.file import Key, Score
from ..training.evaluate import OURS

if TYPE_CHECKING:
    from .results import Results


class Goal(NamedTuple):
    """One line of the table: a number that must lie from `least` to `most`."""

    what: str
    unit: str
    before: str
    least: float
    most: float
    reached: float
    note: str = ""

    @property
    def words(self) -> str:
        """The goal as text."""
        if np.isfinite(self.least) and np.isfinite(self.most):
            return f"{self.least:g} to {self.most:g}"
        return f"at least {self.least:,g}" if np.isfinite(self.least) else f"at most {self.most:,g}"

    @property
    def verdict(self) -> str:
        """``yes``, ``no`` with how much is missing, or a dash where nothing was measured."""
        if not np.isfinite(self.reached):
            return "-"
        short = max(self.least - self.reached, self.reached - self.most)
        return "yes" if short <= 0 else f"no, by {short:,.3g}"


FREE = float("inf")


def goals(results: Results) -> pd.DataFrame:
    """The table of goals: what, before, goal, reached and whether it is."""
    lines = [*_errors(results), *_of_series(results), *_coverage(results), *_reliance(results), *_speed(results)]
    return pd.DataFrame(
        [
            {
                "what": one.what + (f" ({one.unit})" if one.unit else ""),
                "before": one.before,
                "goal": one.words,
                "reached": f"{one.reached:,.4g}{one.note}" if np.isfinite(one.reached) else "not measured",
                "met": one.verdict,
            }
            for one in lines
        ]
    )


def _errors(results: Results) -> Iterator[Goal]:
    scores = results.table
    ours = {
        (row["property"], row["split"], row["subset"]): row
        for row in scores[scores["model"] == OURS].to_dict("records")
    }
    halides, oxyhalides = "Li-Na halides 15-45 C", "Li-Na oxyhalides 15-45 C"
    known, unknown = "papers unseen", "papers and compositions unseen"
    for what, unit, before, most, place in (
        (f"Tg, {unknown}, distinct compositions, MAE", "K", "26.9, 25.7", 23.0, ("tg", "paper", "all distinct")),
        (f"Tg, {unknown}, O+Cl, MAE", "K", "34.0, 32.2", 28.0, ("tg", "paper", "O and Cl distinct")),
        (f"log10 sigma, {unknown}, SciGlass, MAE", "", "0.82-1.06", 0.75, ("conductivity", "paper", "SciGlass")),
        (f"log10 sigma, {known}, halides 15-45 C, MAE", "", "0.57", 0.46, ("conductivity", KNOWN, halides)),
        (f"log10 sigma, {known}, oxyhalides 15-45 C, MAE", "", "0.67", 0.50, ("conductivity", KNOWN, oxyhalides)),
        (f"log10 sigma, {unknown}, halides 15-45 C, MAE", "", "", 0.46, ("conductivity", "paper", halides)),
        (f"log10 sigma, {unknown}, oxyhalides 15-45 C, MAE", "", "", 0.50, ("conductivity", "paper", oxyhalides)),
        ("log10 sigma, OBELiX official test, MAE", "", "1.79", 1.50, ("conductivity", OBELIX, "all")),
    ):
        found = ours.get(place)
        note = f" (n = {found['n']:,})" if found else ""
        limits = ours.get((*place[:2], "no upper limits"))
        if found and limits and place[1] == OBELIX:
            note = f" (n = {found['n']:,}; {limits['mae']:.3g} without the upper limits, which count as 1e-15)"
        yield Goal(what, unit, before, -FREE, most, found["mae"] if found else float("nan"), note)


def _of_series(results: Results) -> Iterator[Goal]:
    told = results.series.get(OURS)
    if not told:
        return
    *series, aluminium = told
    yield Goal("log10 sigma, Li-Al-O-Cl, every Al oxychloride left out, MAE", "", "2.2", -FREE, 0.35, aluminium.error)
    orders = [one.order for one in series if np.isfinite(one.order)]  # one is all within what repeats differ by
    low, high = metrics.bootstrap(orders)
    what = f"Spearman inside a series never seen, mean of {len(orders)}"
    yield Goal(what, "", "0.02-0.23", 0.35, FREE, float(np.mean(orders)), f" (90 %: {low:.2f} to {high:.2f})")
    ratio = sum(one.after.mean() for one in series) / sum(one.first.mean() for one in series)
    yield Goal("few-shot: MAE after 2 members over before", "", "1.0", -FREE, 0.6, float(ratio))


def _coverage(results: Results) -> Iterator[Goal]:
    scores = results.table
    whole = scores[(scores["model"] == OURS) & (scores["split"] == "paper") & (scores["subset"] == "all")]
    for row in whole.to_dict("records"):
        what = f"coverage of the 90 % interval, {row['property']}, overall"
        yield Goal(what, "", "0.80-0.91", 0.88, 0.92, float(row["coverage"]))
    for name, table in results.families.items():
        if len(table):
            worst = table.iloc[0]
            note = f" ({worst['subset']}, n = {int(worst['n'])})"
            what = f"coverage of the 90 % interval, {name}, worst family"
            yield Goal(what, "", "0.80-0.91", 0.80, FREE, float(worst["coverage"]), note)


def _reliance(results: Results) -> Iterator[Goal]:
    """Coverage by paper where intervals go wrong, and how many were predicted to meet a limit over how many do."""
    for name in ("tg", "conductivity"):
        for subset in ("all", NEW, RECENT, NARROW, WIDE):
            found = results.quoted.get(Key(name, "paper", subset, "coverage_by_paper"))
            yield Goal(f"coverage by paper, {name}, {subset}", "", "", 0.88, 0.92, *_of(found))
        later = results.quoted.get(Key(name, TIME, "all", "coverage_by_paper"))
        yield Goal(f"coverage by paper, {name}, later papers", "", "", 0.88, 0.92, *_of(later))
        whole = results.reliability.get(name, {"rows": []})["rows"][-1:]
        for one in whole:
            error = one["excess_error"] or float("nan")
            note = f" ({one['predicted']:.0f} of {one['rows']:,}, {one['observed']:.0f} do; in standard errors)"
            what = f"{results.reliability[name]['chance']}, like the candidates, predicted too often"
            yield Goal(what, "", "", -2.0, 2.0, one["excess"] / error, note)


def _of(score: Score | None) -> tuple[float, str]:
    """Value of a score, and its standard error as a note; NaN where there is none."""
    if score is None or score.value is None:
        return float("nan"), ""
    error = "" if score.standard_error is None else f" ± {score.standard_error:.2g}"
    return score.value, f"{error} ({score.papers:,} papers)"


def _speed(results: Results) -> Iterator[Goal]:
    minutes = sum(results.seconds.values()) / 60
    yield Goal("fits of one training, both properties", "min", "", -FREE, 6.0, minutes)
    yield Goal("peak memory of them, at most", "GB", "", -FREE, 6.0, results.memory)
    before = "27,000-35,000 (bare forest)"
    yield Goal("predictions of both properties a second", "", before, 30_000.0, FREE, results.rows_per_second)
