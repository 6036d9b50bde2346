"""Which scores are measured and kept: a list of what they are of, filled from held-out predictions once for each split.

A further score is one more line of `WANTED`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...datasets import Dataset, sources
from ...models.fitting.crossfit import HeldOut
from ..holdout.headline import HALIDES, NEW, OXYCHLORIDES, OXYHALIDES, RECENT
from ..holdout.held_frame import default_limit, held_frame, with_chances
from ..holdout.protocol import KNOWN
from ..holdout.series import Told
from ..holdout.subsets import closer, subsets
from ..holdout.unseen import OBELIX, TIME
from ..task.judgement import Threshold
from .calibration import BY_PAPER, LIKE, NARROW, PROMISING, RATIO, WIDE, WITH_UNIT, estimate, masks, reliability
from .file import Key, Score, ScoreFile
from .run_facts import Facts
from .standard_error import mean

SERIES, NEVER_SEEN, HIDDEN = "series", "series never seen", "Li-Al-O-Cl, every Al oxychloride hidden"
DIGITS = 6  # significant ones that are kept

USUAL = ("mae", "mae_by_paper", "coverage", "coverage_by_paper", "interval_score_by_paper", "width")
SIDES = ("coverage", "coverage_by_paper", "missed_low", "missed_high", "missed_low_by_paper", "missed_high_by_paper")
BOTH = ("coverage", "coverage_by_paper")


class Wanted(NamedTuple):
    """Scores of one subset of what was held out."""

    property: str
    split: str
    subset: str
    """One of `subsets`, `closer` or `calibration_bench.slices`, or ``verdict inside`` and so on."""
    measures: Sequence[str] = USUAL


WANTED = (
    Wanted("conductivity", "paper", OXYHALIDES),
    Wanted("tg", "paper", OXYCHLORIDES),
    Wanted("conductivity", "paper", HALIDES),
    *(Wanted("conductivity", "paper", f"first table: {name}") for name in (OXYHALIDES, HALIDES)),
    Wanted("conductivity", KNOWN, OXYHALIDES),
    Wanted("conductivity", KNOWN, HALIDES),
    *(Wanted(name, "paper", subset) for name in ("conductivity", "tg") for subset in (NEW, RECENT, "all")),
    Wanted("conductivity", "paper", "SciGlass"),
    *(Wanted(name, "paper", "O and Cl") for name in ("conductivity", "tg")),
    *(
        Wanted(name, "paper", f"verdict {one}")
        for name in ("conductivity", "tg")
        for one in ("inside", "edge", "outside")
    ),
    *(Wanted(name, "paper", subset, BOTH) for name in ("conductivity", "tg") for subset in (NARROW, WIDE)),
    *(Wanted(name, "paper", PROMISING, SIDES) for name in ("conductivity", "tg")),
    *(Wanted(name, "paper", LIKE, (*USUAL, RATIO)) for name in ("conductivity", "tg")),
    *(Wanted(name, TIME, "all") for name in ("conductivity", "tg")),
    Wanted("conductivity", OBELIX, "all"),
    Wanted("conductivity", OBELIX, "no upper limits"),
)


class Judgement(NamedTuple):
    """What one split shows of one property."""

    scores: list[Score]
    reliability: dict[str, dict[str, Any]]
    """The table of predicted chances, by property; empty where it has none."""
    frame: pd.DataFrame
    """The held-out predictions."""


def scores_of(data: Dataset, split: str, held_out: HeldOut) -> Judgement:
    """All scores of the list that one set of held-out predictions can fill.

    Parameters
    ----------
    data
        The rows that `row` of the predictions counts.
    split
        What was held out.
    held_out
        Predictions of our model.
    """
    name, unit = data.property.name, data.property.target_unit
    frame, limit = held_frame(data, held_out), default_limit(data.property.name)
    if limit is not None:
        frame = with_chances(frame, limit, held_out)
    chosen = masks(name, frame, {**subsets(data), **closer(data)})
    scores, wanted = [], [one for one in WANTED if (one.property, one.split) == (name, split)]
    for one in wanted:
        if one.subset in chosen and chosen[one.subset].any():
            part = frame[chosen[one.subset]]
            measures = [measure for measure in one.measures if measure != RATIO or "chance" in part]
            scores += [_score(Key(*one[:3], measure), part, unit) for measure in measures]
    table = {}
    if split == "paper" and limit is not None and "chance" in frame and LIKE in chosen:
        rows = _rows(reliability(frame[chosen[LIKE]]))
        table = {name: {"chance": in_words(limit, data.property.unit), "subset": LIKE, "rows": rows}}
    return Judgement(scores, table, frame)


def in_words(limit: Threshold, unit: str) -> str:
    """The chance to keep a limit, written as a probability.

    >>> in_words(Threshold("tg", below=25.0), "degC")
    'P(tg < 25 degC)'
    """
    sign, value = ("<", limit.below) if limit.above is None else (">", limit.above)
    return f"P({limit.property} {sign} {value:g} {unit})"


def _score(key: Key, part: pd.DataFrame, unit: str) -> Score:
    found = estimate(part, key.measure)
    papers, laboratories = (int(part[name].nunique()) for name in ("paper", "laboratory"))
    own = unit if key.measure.removesuffix(BY_PAPER) in WITH_UNIT else ""
    return Score(key, number(found.value), number(found.error), own, len(part), papers, laboratories)


def number(value: float) -> float | None:
    """A number as it is kept, with six digits; None where it is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): int(value) if name in ("rows", "papers") else number(value) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def scores_of_series(told: Sequence[Told]) -> Iterator[Score]:
    """Means over the series with errors by paper; the last one, Li-Al-O-Cl, has none, as its members err together."""
    *series, last = told
    unit, papers = "log10(S/cm)", np.array([one.series.paper for one in series])
    for measure, values in (("mae", [one.error for one in series]), ("spearman", [one.order for one in series])):
        known = np.isfinite(values)
        found = mean(np.array(values)[known], papers[known])
        counts = int(known.sum()), len(set(papers[known]))
        key = Key("conductivity", SERIES, NEVER_SEEN, measure)
        yield Score(key, number(found.value), number(found.error), unit if measure == "mae" else "", *counts)
    yield Score(Key("conductivity", SERIES, HIDDEN, "mae"), number(last.error), None, unit, len(last.truth))


def quote(
    path: Path,
    facts: Facts,
    scores: Iterable[Score],
    reliability: Mapping[str, Mapping[str, Any]],
    data: Mapping[str, Mapping[str, Any]],
) -> None:
    """Put the scores of a run into the file that documents quote, in place of earlier ones; what is off the list goes.

    Parameters
    ----------
    path
        The file; made where there is none.
    facts
        When, where and how the run was made.
    scores, reliability, data
        As `scores_of`, `scores_of_series` and `data_counts` give them, the latter by property.
    """
    file = ScoreFile.load(path)
    file.add(facts, scores, reliability)
    file.data |= {name: dict(counts) for name, counts in data.items()}
    order = {key: number for number, key in enumerate(listed())}
    kept = sorted((key for key in file.scores if key in order), key=order.__getitem__)
    file.scores = {key: file.scores[key] for key in kept}
    file.save(path)


def listed() -> Iterator[Key]:
    """What the scores of the list are of, in its order."""
    for one in WANTED:
        for measure in one.measures:
            yield Key(*one[:3], measure)
    for subset, measure in ((NEVER_SEEN, "mae"), (NEVER_SEEN, "spearman"), (HIDDEN, "mae")):
        yield Key("conductivity", SERIES, subset, measure)


def data_counts(data: Dataset) -> dict[str, Any]:
    """What a property stands on: numbers of measurements, papers and laboratories, and of those that matter most."""
    halogen = np.sum([data.fractions.column(symbol) for symbol in ("F", "Cl", "Br", "I")], axis=0) > 0
    embedded = ~data.curated
    sought: Mapping[str, Any] = subsets(data)
    none = np.zeros(len(data), dtype=bool)
    bulk = ((one.name, sources.count(data.rows, (one,))) for one in sources.all() if one.trust == "bulk")
    return {
        "fingerprint": data.fingerprint,
        "measurements": len(data),
        "papers": len(set(data.groups)),
        "laboratories": len(set(data.laboratories)),
        **{name: number for name, number in bulk if number},
        "halides of other sources": int((halogen & ~embedded).sum()),
        OXYCHLORIDES: int(sought.get(OXYCHLORIDES, none).sum()),
    }
