# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Training on your own data
#
# Three ways, from the quickest to the most thorough: let a predictor that is trained learn your first results at once;
# train a predictor of your own on a table; add your table to the lab's data and train the champions anew.

# %% [markdown]
# ## 1. At once
#
# Four results of a gallium series (made up, for this page). The predictor learns them in well under a second.

# %%
import os
import tempfile
import warnings

import pandas as pd
import vitrion
from vitrion import Predictor, plots

warnings.simplefilter("ignore")

mine = pd.DataFrame(
    {
        "formula": ["LiGaCl4", "LiGaCl3O0.5", "LiGaCl2.5O0.75", "LiGaCl2O"],
        "conductivity_S_cm": [3e-6, 2e-4, 4e-4, 1e-4],
    }
)
sigma = vitrion.load_predictor("conductivity")
between = ["LiGaCl3.5O0.25", "LiGaCl2.7O0.65", "LiGaCl2.2O0.9"]
before = sigma.predict(between)
sigma.update(mine["formula"], mine["conductivity_S_cm"], {"temperature_C": 25.0})
after = sigma.predict(between)
pd.DataFrame(
    {
        "formula": between,
        "before, mS/cm": 1e3 * before.mean,
        "after, mS/cm": 1e3 * after.mean,
        "low": 1e3 * after.lower,
        "high": 1e3 * after.upper,
        "verdict": after.verdict,
    }
).round(4)

# %% [markdown]
# ## 2. A predictor of your own
#
# `Predictor` keeps to scikit-learn's contract: `fit` with compositions, values and groups. Groups (here papers) matter: rows of
# one paper err together, and an error counted on rows of the same paper flatters. The table here is the embedded one of halide
# electrolytes; yours would come from `pd.read_csv`.

# %%
known = vitrion.datasets.load("conductivity", lab=False)
table = known.take(known.curated)
own = Predictor("conductivity", conditions=True, n_folds=5)
own.fit(table.compositions, table.values, groups=table.groups, conditions=table.conditions)
held_out = own.held_out()
plots.picture(plots.parity(held_out.truth, held_out.mean, "Conductivity", "log10(S/cm)", held_out.verdict))

# %% [markdown]
# Every point was predicted by a model that had seen neither the paper nor the composition. Do the intervals hold what they promise?
# The curve should follow the dashed line; below it, intervals are too narrow.

# %%
plots.picture(plots.calibration({"halides, papers never seen": plots.coverage_curve(held_out)}))

# %% [markdown]
# ## 3. Into the lab's own data
#
# `vitrion data add results.csv` keeps your results, each with sample, method and date, failed syntheses too; the next
# `vitrion train` learns from them, and the gate lets the new version answer only if it is better on papers held out. From Python:

# %%
from vitrion.datasets import lab

os.environ["VITRION_HOME"] = tempfile.mkdtemp()  # a home of its own, so that made-up results are none of yours
results = pd.DataFrame(
    {
        "formula": mine["formula"],
        "conductivity (mS/cm)": 1e3 * mine["conductivity_S_cm"],
        "temperature (°C)": 25.0,
        "sample": ["G1", "G2", "G3", "G4"],
    }
)
added = lab.add(results)
added.facts[["formula", "quantity", "value", "unit", "temperature_C", "sample"]]

# %%
with_mine = vitrion.datasets.load("conductivity")
len(with_mine) - len(known)

# %% [markdown]
# Then, on the command line: `vitrion train -p conductivity`.
