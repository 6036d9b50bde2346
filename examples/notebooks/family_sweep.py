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
# # A family sweep with bands
#
# How much oxygen should an aluminium oxychloride hold? A template such as `LiAlCl{4-2x}O{x}` is a family: every member is
# charge-neutral, and `x` is the dial. The bands are 90 % intervals.

# %%
import vitrion
from vitrion import plots

family = vitrion.sweep("LiAlCl{4-2x}O{x}", x="0:1.5:0.05")
plots.picture(plots.sweep_lines(family, ["x"]))

# %% [markdown]
# The dotted lines are the goal. Circles lie inside what is known, diamonds at its edge, triangles outside: the bands
# widen where nobody has measured. The most promising members:

# %%
columns = ["x", "formula", "p_goal", "conductivity_S_cm", "tg_C", "tg_low_C", "tg_high_C", "verdict", "nearest"]
family.sort_values("p_goal", ascending=False)[columns].head(5)

# %% [markdown]
# ## Two dials
#
# Sodium for lithium as the second variable: one line for each share of sodium.

# %%
two = vitrion.sweep("Li{1-y}Na{y}AlCl{4-2x}O{x}", x="0:1.5:0.1", y="0,0.5,1")
plots.picture(plots.sweep_lines(two, ["x", "y"]))

# %% [markdown]
# ## The whole triangle
#
# Every neutral mixture of Li, Al, Cl and O on a grid, drawn over the shares of oxygen, chlorine and aluminium. The line of
# the family above runs through its yellow part: chlorine-rich, with some oxygen, and as much aluminium as lithium allows.

# %%
from vitrion.features.space import Ions

grid = Ions({"Li": 1, "Al": 3}, {"Cl": -1, "O": -2}, steps=18)
triangle = vitrion.rank([member.composition for member in grid])
plots.picture(plots.ternary_map(triangle, "conductivity_S_cm", corners=("O", "Cl", "Al")))

# %%
plots.picture(plots.ternary_map(triangle, "tg_C", corners=("O", "Cl", "Al")))
