"""The page of the benchmark: goals, splits by models, series, calibration, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...models.numerics import metrics
from ..holdout.protocol import KNOWN
from ..holdout.series import GIVEN, PAIRS, Told
from ..holdout.unseen import OBELIX, TIME, YEARS
from ..scores.calibration import NARROW, PROMISING, WIDE
from ..scores.run_facts import Facts
from ..training.evaluate import FAMILY_PAPERS, FAMILY_ROWS, OURS
from .goals import goals

if TYPE_CHECKING:
    from .results import Results

TITLES: Mapping[str, str] = {
    "paper": "Papers and compositions unseen",
    KNOWN: "Papers unseen, compositions perhaps known from other papers",
    "system": "Chemical systems unseen",
    "family": "Families unseen (each oxychloride family is left out whole)",
    TIME: "Later papers",
    OBELIX: "OBELiX's official test, composition only",
}
EXPLAINED: Mapping[str, str] = {
    "paper": "5 folds of whole papers; a composition of the test rows is not learnt from, whoever measured it.",
    KNOWN: "5 folds of whole papers; what other papers measured of the same composition stays in training.",
    "system": "5 folds of whole chemical systems (elements of at least 0.5 at.%); papers and compositions as above.",
    "family": "5 folds of whole families; papers and compositions as above. Oxides are learnt from all the others.",
    TIME: f"Papers before {YEARS['tg']} (Tg) or {YEARS['conductivity']} (conductivity) are learnt, later ones tested.",
    OBELIX: (
        "Learnt are the training part and our data, without papers and compositions of the test part; all of its rows "
        "are tested. An upper limit, such as <1E-10, counts as 1E-15 S/cm, as in OBELiX's package and published scores."
    ),
}
DIGITS: Mapping[str, int] = {"K": 1}
COLUMNS = (
    *("mae", "mae_by_paper", "rmse", "r2", "coverage", "coverage_by_paper", "width"),
    *("crps", "log_likelihood"),
)
OF_EACH_MODEL = (NARROW, WIDE, PROMISING)  # rows that hang on its predictions

PAGE = "benchmarks/models.md"  # in the folder of documentation


def page(results: Results, facts: Facts) -> str:
    """Text of the page in Markdown."""
    scores = results.table
    lines = ["# How good the models are", ""]
    lines += [
        f"Measured on {facts.day} with `{facts.command}` in {facts.minutes:.0f} minutes at commit {facts.commit}: "
        f"{facts.machine}.",
        "Written by that command; do not edit.",
    ]
    if facts.quick:
        lines += ["", "**A quick run on a sample of the papers: the numbers are not those of the models.**"]
    lines += ["", "What README quotes stands, by paper and with standard errors, on [a page of its own](scores.md)."]
    lines += ["", "## Goals", "", *as_table(goals(results)), ""]
    lines += [f"Not done: {text}." for text in results.skipped]
    lines += [f"Not run yet: {', '.join(results.waiting)}."] if results.waiting else []
    lines += ["", READING, ""]
    for name, text in (("parity-tg", "Tg"), ("parity-conductivity", "Conductivity"), ("reliability", "Reliability")):
        if name in results.drawings:
            lines += [f"![{text}](../images/bench-{name}.svg)", ""]
    lines += _series(results)
    for split, title in TITLES.items():
        for name in dict.fromkeys(scores["property"]):
            part = scores[(scores["split"] == split) & (scores["property"] == name)]
            if len(part):
                lines += [f"## {title}: {name}", "", EXPLAINED[split], "", *_by_model(part), ""]
    for name, table in results.families.items():
        if len(table):
            lines += [f"## Coverage by family, papers unseen: {name}", ""]
            lines += [f"Families of at least {FAMILY_ROWS} rows from {FAMILY_PAPERS} papers, worst first.", ""]
            shown = table.assign(family=table["subset"]).head(20)
            lines += [*as_table(_rounded(shown)[["family", "n", "mae", "coverage", "width"]]), ""]
    return "\n".join(lines).rstrip() + "\n"


def goals_text(results: Results) -> str:
    """The table of goals as lines for a terminal."""
    return "\n".join(as_table(goals(results)))


def write(text: str, drawings: Mapping[str, str], folder: Path) -> list[Path]:
    """Write page and figures into a folder of documentation and return the files."""
    content = {PAGE: text} | {f"images/bench-{name}.svg": svg for name, svg in drawings.items()}
    for name, part in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(part, encoding="utf-8")
    return [folder / name for name in content]


READING = (
    "Errors are in K (Tg) and in decades, log10 of S/cm (conductivity). Coverage and width (median) are of the 90 % "
    "intervals; under `by_paper` each paper weighs alike. "
    "The predictive distribution is judged by its continuous ranked probability score (crps, in the same "
    "unit, the lower the better) and by its mean log-likelihood in nats (the higher the better). A conformal "
    "distribution has steps and no density: for the likelihood 40 of its quantiles are smoothed by t kernels of 3 "
    "degrees of freedom, and the smoothing has a share in the number; the crps needs none. Baselines have "
    "split-conformal distributions from the errors of the other folds, one shape for all rows; they learn from the "
    "measured rows, all of one weight, and see the temperature of a conductivity."
)


def _series(results: Results) -> Iterator[str]:
    if OURS not in results.series:
        return
    ours = results.series[OURS]
    papers = len({told.series.paper for told in ours[:-1]})
    yield "## Series never seen"
    yield ""
    yield (
        f"{len(ours) - 1} series of 5 to 9 compositions from {papers} papers: all rows of the paper and of its set of "
        "elements are hidden. Means over the series, with 90 % intervals by bootstrap; measurements within 0.1 decades "
        "count as equal (a series that is all so has no order and is left out), and a model that gives all members one "
        "value has a Spearman of 0. Li-Al-O-Cl: the series of 10.1016/j.cclet.2025.111558 and LiAlCl2.5O0.75, with "
        f"everything that holds Al, O and Cl hidden. Few-shot: the error on the rest after {GIVEN} members were "
        f"measured over that before, means over {PAIRS} draws of them."
    )
    yield ""
    yield from as_table(pd.DataFrame([_of_series(name, told) for name, told in results.series.items()]))
    yield ""
    if "series" in results.drawings:
        yield from ("![Oxychloride series](../images/bench-series.svg)", "")
    each = [
        {
            "paper": told.series.paper + (" and VIGLAS, no Al oxychloride learnt" if told is ours[-1] else ""),
            "elements": told.series.system,
            "members": len(told.series),
            "Spearman": f"{told.order:.2f}",
            "MAE": f"{told.error:.2f}",
            "few-shot": f"{told.after.mean() / told.first.mean():.2f}" if len(told.first) else "",
        }
        for told in ours
    ]
    yield from as_table(pd.DataFrame(each))
    yield ""


def _of_series(name: str, told: Sequence[Told]) -> dict[str, str]:
    orders = [one.order for one in told[:-1] if np.isfinite(one.order)]
    errors = [one.error for one in told[:-1]]
    row = {"model": name}
    for title, values in (("Spearman", orders), ("MAE", errors)):
        row[title] = f"{np.mean(values):.2f} ({', '.join(f'{end:.2f}' for end in metrics.bootstrap(values))})"
    return row | {"Li-Al-O-Cl MAE": f"{told[-1].error:.2f}"} | {"few-shot": _few_shot(told[:-1])}


def _few_shot(told: Sequence[Told]) -> str:
    if not all(len(one.first) for one in told):
        return ""
    return f"{sum(one.after.mean() for one in told) / sum(one.first.mean() for one in told):.2f}"


def _by_model(part: pd.DataFrame) -> Iterator[str]:
    """All rows by model; our model by subset; the mean absolute errors of all models by subset."""
    shown = _rounded(part)
    yield from as_table(shown.loc[shown["subset"] == "all", ["model", "n", *COLUMNS]])
    ours = shown[shown["model"] == OURS]
    yield from ("", f"{OURS} by subset:", "", *as_table(ours[["subset", "n", *COLUMNS]]))
    if len(ours) < len(shown):
        errors = shown[~shown["subset"].str.startswith("verdict") & ~shown["subset"].isin(OF_EACH_MODEL)]
        wide = errors.pivot_table("mae", "subset", "model", aggfunc="first", sort=False).reset_index()
        yield from ("", "Mean absolute errors:", "", *as_table(wide))


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    digits = {unit: DIGITS.get(unit, 3) for unit in table["unit"].unique()}
    text = table.copy()
    for column in (name for name in COLUMNS if name in table):
        fixed = 3 if column in ("r2", "coverage", "coverage_by_paper", "log_likelihood") else 0
        text[column] = [
            "" if pd.isna(value) else f"{value:.{fixed or digits[unit]}f}"
            for value, unit in zip(table[column], table["unit"], strict=True)
        ]
    text["n"] = [f"{n:,}" for n in table["n"]]
    return text


def as_table(frame: pd.DataFrame) -> Iterator[str]:
    """Lines of a table in Markdown."""
    yield "| " + " | ".join(map(str, frame.columns)) + " |"
    yield "|" + "---|" * len(frame.columns)
    for row in frame.itertuples(index=False):
        yield "| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |"
