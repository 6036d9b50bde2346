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
# # A first ranking
#
# Four hundred candidate glasses, or four: Vitrion predicts the ionic conductivity and the glass transition of each, with
# intervals that hold nine times in ten, and ranks them by their chance of meeting a goal. The goal here is the one that
# Vitrion assumes when you name none: at least 1 mS/cm at 25 °C, and a Tg of at most 25 °C.
#
# This needs trained predictors. `make rank` trains them once, in six to nine minutes.

# %%
import vitrion
from vitrion import plots

candidates = [
    *("LiAlCl2.5O0.75", "LiAlCl3O0.5", "LiAlCl2O", "LiAlCl4", "NaAlCl2.5O0.75", "NaAlCl3O0.5"),
    *("LiGaCl2.5O0.75", "LiAl0.8Ga0.2Cl2.5O0.75", "Li0.65AlCl2.15O0.75", "LiTaCl4O", "1.6Li2O-TaCl5", "LiNbCl4O"),
    *("Li2ZrCl4O", "Li2HfCl4O", "Li2ZrCl6", "Li0.5Na0.5AlCl2.5O0.75", "LiAlBr2.5O0.75", "LiAlCl2..5"),
]
ranking = vitrion.rank(candidates)
ranking[["rank", "formula", "p_goal", "conductivity_S_cm", "tg_C", "verdict", "cost_usd_per_kg", "error"]]

# %% [markdown]
# No row is lost: the formula that cannot be read stands at the end, with what would be right. `p_goal` is a calibrated
# chance; `verdict` says how far a candidate lies from anything that was measured. Where it says `outside`, believe it.

# %%
figure = plots.conductivity_map(ranking, names=8)
plots.picture(figure)

# %% [markdown]
# The shaded corner is the goal, the bars are 90 % intervals. For a talk, the same picture as a vector drawing:

# %%
plots.save(figure, "ranking.svg").name

# %% [markdown]
# ## Another goal
#
# A glass that softens below 60 °C, without tantalum, for less than 50 $/kg of raw materials, used at 60 °C:

# %%
goal = {"conductivity_S_cm": 1e-3, "tg_C": 60, "forbidden": ["Ta", "Nb"], "max_cost_usd_per_kg": 50}
warmer = vitrion.rank(candidates, goal=goal, temperature_C=60.0)
warmer[["rank", "formula", "p_goal", "conductivity_S_cm", "tg_C", "cost_usd_per_kg", "note"]].head(8)

# %% [markdown]
# ## Training data
#
# Most of what was ever measured is oxide glass. The map shows how many compositions with a conductivity hold each
# element: chlorine is common enough, oxychlorides are rare, and that is why the intervals are as wide as they are.

# %%
data = vitrion.datasets.load("conductivity")
plots.picture(plots.periodic_table(plots.element_counts(data), "compositions with a conductivity"))
