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
# # Screening a million candidates
#
# A space is not a list: `vitrion.screen` walks through it block by block, keeps the best and forgets the rest, so that
# memory stays flat. The family here has three dials, lithium for sodium, aluminium for gallium, chlorine for oxygen.

# %%
import os
import time

import vitrion
from vitrion import plots
from vitrion.features.space import Template

template = "Li{1-y}Na{y}Al{1-z}Ga{z}Cl{4-2x}O{x}"
steps = int(os.environ.get("VITRION_EXAMPLE_STEPS", "100"))  # 100 steps of each dial: a million
dials = {"x": f"0:1.5:{1.5 / steps:g}", "y": f"0:1:{1 / steps:g}", "z": f"0:1:{1 / steps:g}"}
f"{Template.parse(template).grid(**dials).size:,} candidates"

# %%
started = time.perf_counter()
best = vitrion.screen(template, top=1000, **dials)
seconds = time.perf_counter() - started
f"{best.attrs['candidates']:,} candidates in {seconds:.0f} s: {best.attrs['candidates'] / seconds:,.0f} a second"

# %%
best[["rank", "formula", "p_goal", "conductivity_S_cm", "tg_C", "verdict", "cost_usd_per_kg"]].head(10)

# %% [markdown]
# The first thousand of a million resemble each other: that is what a maximum looks like. The map shows them as a cloud in
# front of the corner that the goal asks for.

# %%
plots.picture(plots.conductivity_map(best, names=3))

# %% [markdown]
# Where in the family are they? Oxygen against gallium, the chance as colour:

# %%
plots.picture(plots.ternary_map(best, "p_goal", corners=("O", ("Al",), ("Ga",)), names=("O", "Al", "Ga")))

# %% [markdown]
# The same call takes a Parquet file or a folder of files (`vitrion.screen("candidates.parquet")`), keeps what is done beside
# `out="best.parquet"` and goes on there after a stop, and spreads over a Dask cluster (`scheduler="tcp://..."`).
