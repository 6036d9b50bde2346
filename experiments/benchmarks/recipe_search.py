"""Nested search of the recipes: what choosing among variants is worth on papers that had no say in the choice.

``python -m vitrion.experiments.benchmarks.recipe_search --write docs`` takes some forty minutes on two cores. The
laboratories are
dealt into outer folds, by a seed of their own; of those outside an outer fold inner folds are made, the variant that
does best on these is fitted on all of them, and scored once on the outer fold.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed

from ...datasets import load
from ...datasets.splits import folds
from ...models.fitting.crossfit import Design
from ..holdout.protocol import design
from ..holdout.subsets import Mask, closer, subsets
from ..recipes.recipe import RECIPES, Recipe
from ..recipes.rows import TrainingRows
from ..scores.run_facts import Facts
from ..tracking import log as tracking
from .bench import QUICK_ROWS, sample
from .report import as_table

Vector = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Progress = Callable[[str], None]

JUDGED: Mapping[str, tuple[str, ...]] = {
    "tg": ("all", "O and Cl"),
    "conductivity": ("SciGlass", "Li-Na halides 15-45 C"),
}
"""Rows that choose: the mean of their errors, each relative to that of the shipped recipe."""
SHIPPED = "shipped"
SEED = 1  # of the outer folds: the benchmark, on which the recipes were made, deals with 0
N_OUTER, N_INNER = 5, 2
SPOKEN = ("heard", "shared")  # settings of the blend that a fitted regressor can be asked under
PAGE = "benchmarks/recipes.md"


def variants(name: str) -> dict[str, Recipe]:
    """The shipped recipe of a property, and each variant of it."""
    shipped = Recipe.named(name)
    told = tomllib.loads(
        files("vitrion.experiments.recipes").joinpath("data", "variants.toml").read_text(encoding="utf-8")
    )[name]
    return {title: _varied(shipped, change) for title, change in told.items()}


def _varied(recipe: Recipe, change: Mapping[str, Any]) -> Recipe:
    fields: dict[str, Any] = {}
    for name, value in change.items():
        now = getattr(recipe, name)
        fields[name] = {**now, **value} if isinstance(value, Mapping) else tuple(value)
    return replace(recipe, **fields)


@dataclass(frozen=True)
class Found:
    """What the search of one property found: all by outer fold, errors as means over the rows of each subset.

    `inner` are the errors that chose, by variant; `chosen` the names; `truth`, `nested` and `shipped` measured values
    and predictions of every row by the variant chosen and by the shipped recipe, shape (n,); `cases` rows to score.
    """

    property: str
    inner: list[pd.DataFrame]
    chosen: list[str]
    truth: Vector
    nested: Vector
    shipped: Vector
    cases: Mapping[str, Mask]

    def scores(self) -> pd.DataFrame:
        """Mean absolute error of both on each subset."""
        errors = {"chosen inside": self.nested, "shipped": self.shipped}
        lines = [
            {"subset": name, "n": int(mask.sum())}
            | {title: float(np.abs(self.truth - told)[mask].mean()) for title, told in errors.items()}
            for name, mask in self.cases.items()
        ]
        return pd.DataFrame(lines)

    def choice(self) -> pd.DataFrame:
        """Inner error of each variant relative to the shipped recipe, a column an outer fold, the chosen marked."""
        relative = {f"fold {k + 1}": _relative(table) for k, table in enumerate(self.inner)}
        table = pd.DataFrame(relative).map("{:.3f}".format)
        for column, name in zip(table.columns, self.chosen, strict=True):
            table.loc[name, column] = f"{table.loc[name, column]} *"
        return table.rename_axis("variant").reset_index()


def search(
    name: str, rows: Mapping[str, TrainingRows], n_jobs: int, progress: Progress, tried: Mapping[str, Recipe]
) -> Found:
    """Search the variants of a property inside each outer fold; `rows` are those each variant learns, by its name."""
    data = rows[SHIPPED].data
    outer = folds(data.laboratories, N_OUTER, SEED)
    all_cases = {**subsets(data), **closer(data)}
    judged = {case: all_cases[case] for case in JUDGED[name] if case in all_cases}
    designs = {title: design(recipe.predictor(), rows[title]) for title, recipe in tried.items()}
    truth = designs[SHIPPED].y[: len(data)]
    nested, shipped, inner_tables, chosen = np.empty(len(data)), np.empty(len(data)), [], []
    for k in range(N_OUTER):
        test = outer == k
        inner = np.full(len(data), -1)
        inner[~test] = folds(data.laboratories[~test], N_INNER, SEED)
        work = [delayed(_told)(tried, group, designs, inner, test, j) for group in _fits(tried) for j in range(N_INNER)]
        guess = {title: np.full(len(data), np.nan) for title in tried}
        for where, told in Parallel(n_jobs=n_jobs)(work):
            for title, mean in told.items():
                guess[title][where] = mean
        table = pd.DataFrame(
            {
                case: {title: float(np.nanmean(np.abs(truth - one)[mask & ~test])) for title, one in guess.items()}
                for case, mask in judged.items()
            }
        )
        best = str(_relative(table).idxmin())
        inner_tables.append(table)
        chosen.append(best)
        finals = dict.fromkeys((best, SHIPPED))
        made = Parallel(n_jobs=n_jobs)(
            delayed(_told)(tried, [title], designs, np.where(test, 0, 1), np.zeros_like(test), 0) for title in finals
        )
        means = {title: mean for _, told in made for title, mean in told.items()}
        nested[test], shipped[test] = means[best], means[SHIPPED]
        progress(f"{name}: outer fold {k + 1} of {N_OUTER}: {best} chosen")
    return Found(name, inner_tables, chosen, truth, nested, shipped, all_cases)


def _relative(table: pd.DataFrame) -> pd.Series:
    return (table / table.loc[SHIPPED]).mean(axis=1)


def _fits(tried: Mapping[str, Recipe]) -> list[list[str]]:
    """Names of variants by the fit they share: how a blend is asked does not change what it learns."""
    shared: dict[str, list[str]] = {}
    for title, recipe in tried.items():
        told = asdict(recipe) | {"local": {k: v for k, v in recipe.local.items() if k not in SPOKEN}}
        shared.setdefault(repr(told), []).append(title)
    return list(shared.values())


def _told(
    tried: Mapping[str, Recipe],
    titles: Sequence[str],
    designs: Mapping[str, Design],
    fold: Any,
    gone: Mask,
    number: int,
) -> tuple[Rows, dict[str, Vector]]:
    """Predict the rows of one fold by variants that share a fit; `gone` are neither learnt nor predicted.

    Paper and composition of a row predicted are not learnt, nor are those of a row that is gone (`Design.apart`).
    """
    made = designs[titles[0]]
    n_rule = len(made.y) - len(fold)
    hidden = np.concatenate([(fold == number) | gone, np.zeros(n_rule, bool)])
    test = np.flatnonzero((fold == number) & ~gone)
    fitted = made.fit(tried[titles[0]].predictor()._regressor(), np.flatnonzero(made.apart(hidden)))
    told = {}
    for title in titles:
        asked = {name: tried[title].local[name] for name in SPOKEN if name in tried[title].local}
        told[title] = fitted.set_params(**{"shared": 0.0} | asked).predict(made.X[test])
    return test, told


def page(found: Sequence[Found], facts: Facts) -> str:
    """Text of the page in Markdown."""
    return "\n".join(_lines(found, facts)) + "\n"


def _lines(found: Sequence[Found], facts: Facts) -> Iterator[str]:
    yield from ("# How the recipes were chosen: a nested search", "")
    yield (
        f"Measured on {facts.day} with `{facts.command}` in {facts.minutes:.0f} minutes at commit {facts.commit}: "
        f"{facts.machine}."
    )
    yield "Written by that command; do not edit."
    if facts.quick:
        yield from ("", "**A quick run on a sample of the papers: the numbers are not those of the models.**")
    yield from (
        "",
        f"Papers are dealt into {N_OUTER} outer folds by a seed that no choice was made with. Inside each, {N_INNER} "
        "folds of the other papers choose among the variants (`experiments/recipes/data/variants.toml`); the choice is "
        "scored once on the outer fold, whose papers and compositions it has not seen. So `chosen inside` is the error "
        "of the search as a whole, `shipped` that of the recipe which came of it, under the same folds. The inner "
        "folds learn from two fifths of the papers. Errors: K, or decades.",
        "",
        "What the variants cannot undo: that there are a committee and a family process, and what they see, was found "
        "on the same papers (docs/models.md).",
    )
    for one in found:
        yield from ("", f"## {one.property}", "", f"Judged by: {', '.join(JUDGED[one.property])}.", "")
        table = one.scores()
        digits = "{:.2f}" if one.property == "tg" else "{:.3f}"
        shown = table.assign(**{name: table[name].map(digits.format) for name in ("chosen inside", "shipped")})
        yield from as_table(shown)
        yield from ("", "Inner errors relative to the shipped recipe; the chosen one is marked:", "")
        yield from as_table(one.choice())


def main(arguments: Sequence[str] | None = None) -> int:
    """Search, print the errors, and write the page where asked."""
    parser = argparse.ArgumentParser(
        prog="python -m vitrion.experiments.benchmarks.recipe_search", description="Search the recipes, nested."
    )
    parser.add_argument("--write", type=Path, metavar="DOCS", help="folder of documentation for the page")
    parser.add_argument("--quick", action="store_true", help="a sample of the papers")
    parser.add_argument("--jobs", type=int, default=2, help="fits side by side")
    parser.add_argument("--properties", nargs="+", choices=RECIPES, default=RECIPES)
    told = parser.parse_args(arguments)
    began = time.monotonic()

    def progress(text: str) -> None:
        print(f"[{time.monotonic() - began:6.0f} s] {text}", file=sys.stderr, flush=True)

    found = []
    with tracking.together(tracking.EVALUATION, "nested search of the recipes", told.properties):
        for name in told.properties:
            with tracking.begun(tracking.EVALUATION, f"search {name}", {"property": name}) as run:
                found.append(_searched(name, told.quick, told.jobs, progress))
                scores = found[-1].scores()
                run.metrics({f"{row['subset']}/mae": row["chosen inside"] for row in scores.to_dict("records")})
                run.table(scores, "scores.csv")
            print(scores.to_string(index=False))
            if told.write:
                command = " ".join(
                    ["python -m vitrion.experiments.benchmarks.recipe_search", *map(str, arguments or sys.argv[1:])]
                )
                text = page(found, Facts.now(command, (time.monotonic() - began) / 60, told.quick))
                (told.write / PAGE).write_text(text, encoding="utf-8")
    return 0


def _searched(name: str, quick: bool, n_jobs: int, progress: Progress) -> Found:
    data = load(name, lab=False)
    data = sample(data, QUICK_ROWS) if quick else data
    tried = variants(name)
    return search(name, {title: one.rows(data) for title, one in tried.items()}, n_jobs, progress, tried)


if __name__ == "__main__":
    sys.exit(main())
