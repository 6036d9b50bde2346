"""Training of the real kind on few rows, in a process of its own: what a job runs in these tests.

Every result in the lab's store is taken, with the same few rows of the embedded data as in `tests/conftest.py`.
"""

import dataclasses
import importlib.util
import threading
from pathlib import Path

import numpy as np
from vitrion.datasets import load
from vitrion.datasets.results import standing
from vitrion.experiments.gate import intervals as gate_intervals
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.models.design.nearness import nearness
from vitrion.serve.cli import attached as bound
from vitrion.serve.cli import main

spec = importlib.util.spec_from_file_location("shared", Path(__file__).parents[1] / "conftest.py")
shared = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shared)
WHOLE = Recipe.rows


def few(recipe, data=None):
    found = load(recipe.property)
    near = nearness(found.fractions) >= 1
    own = (found.rows["source"] == standing.NAME).to_numpy()
    viglas = (found.rows["doi"] == "10.1038/s41560-023-01356-y").to_numpy()
    draw = np.random.default_rng(0)
    rows = [np.flatnonzero(viglas | own)]
    rest = ~viglas & ~own
    rows += [
        draw.choice(np.flatnonzero(mask & rest), size, replace=False)
        for mask, size in ((near, shared.NEAR), (~near, shared.FAR))
    ]
    lean = dataclasses.replace(recipe, weights={"literature": 5.0})
    return WHOLE(lean, found.take(np.sort(np.concatenate(rows))))


Recipe.rows, Recipe.predictor = few, shared.modest
# Of 602 rows intervals hold 0.892 with a standard error of 0.013: whether that is above the 0.88 of the gate is chance.
gate_intervals.LEAST_COVERAGE = gate_intervals.LEAST_FAMILY_COVERAGE = 0.0
threading.Thread(target=bound.watch, daemon=True).start()
main()
