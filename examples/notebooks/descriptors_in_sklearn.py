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
# # The descriptors in your own scikit-learn pipeline
#
# `vitrion.features.Featurizer` is a scikit-learn transformer: formulas in, a matrix out. It goes into a `Pipeline`, into a
# `ColumnTransformer` and through `clone` and `GridSearchCV` like any other. No trained model is needed on this page.

# %%
import numpy as np
import pandas as pd
import vitrion
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GroupKFold, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from vitrion import plots
from vitrion.features import Featurizer

featurizer = Featurizer(blocks=("glass",)).set_output(transform="pandas")
featurizer.fit_transform(["LiAlCl2.5O0.75", "NaAlCl4", "Li2ZrCl4O"]).T.round(3).head(12)

# %% [markdown]
# The data: conductivities of halide electrolytes near room temperature. One row a composition and paper.

# %%
data = vitrion.datasets.load("conductivity", lab=False)
near = data.rows["temperature_C"].between(15, 45) & data.curated
halides = data.take(near.to_numpy())
formulas, y, papers = halides.rows["formula"].tolist(), np.log10(halides.values), halides.groups
len(formulas), len(set(papers))

# %% [markdown]
# The same forest on three sets of descriptors, with random folds and with whole papers held out. Random folds flatter: the
# same paper stands on both sides.


# %%
def error(blocks, folds, groups=None):
    model = make_pipeline(Featurizer(blocks), ExtraTreesRegressor(50, min_samples_leaf=2, random_state=0))
    return np.abs(cross_val_predict(model, formulas, y, cv=folds, groups=groups) - y).mean()


rows = {}
for name, blocks in {
    "fractions (103)": ("fractions",),
    "Magpie statistics (132)": ("magpie",),
    "glass (44)": ("glass",),
}.items():
    rows[name] = {
        "random folds": error(blocks, KFold(5, shuffle=True, random_state=0)),
        "papers held out": error(blocks, GroupKFold(5), papers),
    }
pd.DataFrame(rows).T.rename_axis("mean error, decades").round(2)

# %%
model = make_pipeline(Featurizer(("glass",)), ExtraTreesRegressor(50, min_samples_leaf=2, random_state=0))
held_out = cross_val_predict(model, formulas, y, cv=GroupKFold(5), groups=papers)
plots.picture(plots.parity(y, held_out, "Conductivity", "log10(S/cm)"))

# %% [markdown]
# Which descriptors does the forest lean on?

# %%
matrix = Featurizer(("glass",)).set_output(transform="pandas").fit_transform(formulas)
forest = ExtraTreesRegressor(50, min_samples_leaf=2, random_state=0).fit(matrix, y)
drop = permutation_importance(forest, matrix, y, n_repeats=3, random_state=0)
pd.Series(drop.importances_mean, matrix.columns, name="loss of R2 when shuffled").nlargest(8).round(3).to_frame()
