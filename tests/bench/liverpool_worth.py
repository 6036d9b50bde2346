"""Do oxide and sulfide crystals of Liverpool help on halides? ``python tests/bench/liverpool_worth.py``.

The conductivity recipe is trained with and without the rows of the Liverpool Ionics Dataset that hold no halogen (or
with those of one kind), on folds of whole laboratories, which are the same for all since a fold is a hash. Told are the
errors on the curated halides at 15-45 C, each paper weighing alike, and the ratio to the first, with its standard
error by drawing papers anew. Some four minutes a training on two idle cores; ``--write FILE`` keeps the table.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from vitrion.datasets import load
from vitrion.datasets.curation.conduction import share
from vitrion.datasets.sources import liverpool
from vitrion.experiments.holdout.protocol import cross_validate
from vitrion.experiments.holdout.subsets import HALIDES, OXYHALIDES, subsets
from vitrion.experiments.recipes.recipe import Recipe

ALL, NONE, OXIDES, SULFIDES = "all", "none", "oxides", "sulfides"
DRAWS = 2_000


def crystals(data):
    """Rows of Liverpool without halogen, mask of shape (n,), and which of all rows hold sulfur or selenium."""
    matrix = data.measured.matrix
    halogen = share(matrix, ("F", "Cl", "Br", "I")) > 0
    return (data.rows["source"] == liverpool.NAME).to_numpy() & ~halogen, share(matrix, ("S", "Se")) > 0


def kept(data, arm):
    """The data with what an arm keeps of those crystals."""
    foreign, sulfur = crystals(data)
    gone = {ALL: foreign & False, NONE: foreign, OXIDES: foreign & sulfur, SULFIDES: foreign & ~sulfur}[arm]
    return data.take(~gone)


def judged(data):
    """Rows on which the arms are compared, masks of shape (n,)."""
    matrix = data.measured.matrix
    halide = share(matrix, ("F", "Cl", "Br", "I")) > 0
    halide &= data.curated & data.rows["temperature_C"].between(15, 45).to_numpy()
    named = {name: subsets(data)[name] for name in (HALIDES, OXYHALIDES)}
    return {"halides 15-45 C": halide, **named, "sulfide halides 15-45 C": halide & (share(matrix, ("S", "Se")) > 0)}


def errors(recipe, data, n_jobs):
    """Absolute error of each curated halide near room temperature, in decades, by the place and paper of the row."""
    predictor, rows = recipe.predictor(n_jobs), recipe.rows(data)
    held = cross_validate(predictor, rows, "paper", lambda text: print(f"  {text}", file=sys.stderr, flush=True))
    table = data.rows.iloc[held.row][["formula", "paper", "temperature_C", "value", "source"]].reset_index(drop=True)
    for name, mask in judged(data).items():
        table[name] = mask[held.row]
    return table.assign(error=np.abs(held.truth - held.mean), fold=held.fold)


def told(arms):
    """One row an arm and subset: number of rows and papers, error by paper, ratio to the first arm and its error."""
    first = next(iter(arms.values()))
    names = [name for name in first.columns if name.endswith("halides 15-45 C")]
    draw = np.random.default_rng(0)
    table = []
    for name in names:
        base = first[first[name]].groupby("paper")["error"].mean()
        chosen = draw.integers(len(base), size=(DRAWS, len(base)))
        for arm, rows in arms.items():
            own = rows[rows[name]].groupby("paper")["error"].mean().reindex(base.index).to_numpy()
            ratio = own[chosen].mean(axis=1) / base.to_numpy()[chosen].mean(axis=1)
            table.append(
                {
                    "rows of": name,
                    "Liverpool crystals": arm,
                    "n": int(rows[name].sum()),
                    "papers": len(base),
                    "error, decades": own.mean(),
                    "ratio": own.mean() / base.mean(),
                    "se": ratio.std(),
                }
            )
    return pd.DataFrame(table)


def main():
    """Train each arm and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arms", nargs="+", default=[NONE, ALL], choices=[ALL, NONE, OXIDES, SULFIDES])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    recipe, data = Recipe.named("conductivity"), load("conductivity", lab=False)
    foreign, sulfur = crystals(data)
    print(f"{foreign.sum()} crystals of Liverpool without halogen, {(foreign & sulfur).sum()} with sulfur or selenium")
    arms = {}
    for arm in asked.arms:
        started = time.perf_counter()
        arms[arm] = errors(recipe, kept(data, arm), asked.jobs)
        print(f"{arm}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    table = told(arms).round(3)
    print(table.to_string(index=False))
    if asked.write:
        asked.write.write_text(table.to_csv(index=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
