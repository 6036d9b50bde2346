"""The page of the bench of glass formation: goals, scores beside baselines, the known and the hidden, and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import Dataset
from ..scores.run_facts import Facts
from . import glass_figures

Vector = npt.NDArray[np.float64]

PAGE = "benchmarks/glass-formation.md"  # in the folder of documentation
FORMER = "former"
TITLES: Mapping[str, str] = {"elements": "sets of elements never seen", "system": "systems never seen"}
NAMES: Mapping[str, str] = {
    FORMER: "Vitrion",
    "share": "share of glasses",
    "neighbour": "nearest neighbour",
    "magpie_forest": "random forest on Magpie",
}
LIMITS = (
    "The tables hold no AlCl3, GaCl3, TaCl5, NbCl5 or ZrCl4: aluminium oxychlorides are `outside` but for those that "
    "the table of the literature measured.",
    "*Crystalline* is partly cooled too slowly or never molten: cooling rates are not in the tables, and a twin-roller "
    "or a ball mill may reach what these papers did not.",
    "*Partly crystalline* mixes glasses with some crystals, opalescent and phase-separated ones.",
    "Some papers report glasses alone and others follow a border: the share of glasses tells how authors sample. That "
    "bounds every score of all systems; the one inside a set of elements does not depend on it.",
)


@dataclass
class Found:
    """What the bench found.

    Parameters
    ----------
    data
        Outcomes.
    chances
        Held-out probability of a glass, each of shape (n,), by what was held out and by learner.
    scores
        Their scores, by the same.
    goals
        Scores of the predictor beside the goals.
    cases
        Named mixtures: ``case, formula, p_glass, verdict``.
    """

    data: Dataset
    chances: dict[tuple[str, str], Vector] = field(default_factory=dict)
    scores: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    goals: pd.DataFrame = field(default_factory=pd.DataFrame)
    cases: pd.DataFrame = field(default_factory=pd.DataFrame)


def write(folder: Path, found: Found, facts: Facts) -> list[Path]:
    """Write the page and its figures into a folder of documentation, and return their paths."""
    own = {TITLES[by]: chance for (by, learner), chance in found.chances.items() if learner == FORMER}
    drawn = {"reliability": glass_figures.reliability_diagram(found.data, own)} if own else {}
    if (unseen := found.chances.get(("elements", FORMER))) is not None:
        drawn["regions"] = glass_figures.regions(found.data, unseen)
    paths = {folder / f"images/bench-glass-{name}.svg": text for name, text in drawn.items()}
    paths[folder / PAGE] = page(found, facts, list(drawn))
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8")
    return [*paths]


def page(found: Found, facts: Facts, drawn: Sequence[str] = ()) -> str:
    """Text of the page in Markdown, with the figures that were drawn."""
    lines = ["# Will it be a glass?", ""]
    lines += [
        f"Measured on {facts.day} with `{facts.command}` in {facts.minutes:.0f} minutes at commit {facts.commit}: "
        f"{facts.machine}.",
        "Written by that command; do not edit.",
        "",
        f"{len(found.data):,} outcomes of {found.data.rows['place'].nunique():,} systems. What is predicted belongs to "
        "a set of elements, or to a system, of which nothing was learnt; never to points beside others of its own "
        "table. AUC is the area under the ROC curve of glass against the rest: the chance that of a glass and of none "
        "the glass has the larger probability.",
        "",
    ]
    if len(found.goals):
        lines += ["## Goals, sets of elements never seen", "", *_table(_of_goals(found.goals)), ""]
    if "reliability" in drawn:
        lines += ["## How often it happens", "", "![Reliability](../images/bench-glass-reliability.svg)", ""]
    if "regions" in drawn:
        lines += [
            "## Known systems",
            "",
            "Dots are what papers report; shaded is where a glass was predicted by trees that saw nothing of these "
            "elements together.",
            "",
            "![Regions](../images/bench-glass-regions.svg)",
            "",
        ]
    for by, title in TITLES.items():
        tables = {learner: table for (way, learner), table in found.scores.items() if way == by}
        if tables:
            lines += [f"## Scores, {title}", "", *_table(_beside(tables)), ""]
    if len(found.cases):
        lines += ["## Named mixtures", "", *_table(_of_cases(found.cases)), ""]
    lines += ["## What the tables are not", "", *(f"- {text}" for text in LIMITS), ""]
    return "\n".join(lines)


def _of_goals(goals: pd.DataFrame) -> pd.DataFrame:
    words = {"auc": "AUC", "brier": "Brier score", "calibration_error": "calibration error"}
    return pd.DataFrame(
        {
            "mixtures": goals["subset"],
            "score": goals["score"].map(words),
            "reached": goals["reached"].map("{:.3f}".format),
            "goal": goals["goal"].map("{:.3f}".format),
            "met": goals["met"].map({True: "yes", False: "no"}),
        }
    )


def _beside(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Scores of all learners, the subsets of one below each other."""
    rows = []
    for subset in next(iter(tables.values()))["subset"]:
        for learner, table in tables.items():
            for row in table[table["subset"] == subset].to_dict("records"):
                counts = {name: f"{row[name]:,.0f}" for name in ("n", "sets")}
                told = {title: _number(row.get(name)) for name, title in _SCORES.items()}
                rows.append({"mixtures": subset, "model": NAMES[learner], **counts, **told})
    return pd.DataFrame(rows)


_SCORES = {"share": "share of glasses", "auc": "AUC", "brier": "Brier", "calibration_error": "calibration error"}


def _number(value: float | None) -> str:
    return "" if value is None or not np.isfinite(value) else f"{value:.3f}"


def _of_cases(cases: pd.DataFrame) -> pd.DataFrame:
    return cases.assign(p_glass=cases["p_glass"].map("{:.2f}".format)).rename(columns={"p_glass": "P(glass)"})


def _table(table: pd.DataFrame) -> Iterable[str]:
    yield "| " + " | ".join(map(str, table.columns)) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.itertuples(index=False):
        yield "| " + " | ".join(map(str, row)) + " |"
