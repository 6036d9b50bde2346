"""Numerics below the models: threads, exact matrix products, flat trees, scores of arrays.

- `threads`: How many threads the libraries below NumPy use, set for the time of one prediction at next to no cost.
- `panels`: Matrix products in panels of a fixed make, so that no row feels in its last bits who stands beside it.
- `parts`: Large batches in parts, side by side on all processors.
- `cache`: What is derived from a fitted estimator and kept for its next prediction, beside it: never in its file.
- `flat_forest`: A fitted forest as a few flat arrays: what its file holds, and what answers.
- `fitted`: What scikit-learn has fitted, as plain arrays: scales and networks.
- `rows`: Rows of a matrix that are the same.
- `grove`: Extremely randomised trees for few rows, grown often: what `ExtraTreesRegressor` grows.
- `covariance`: The covariance of a `FamilyProcess`: how alike compositions are, seen three ways.
- `metrics`: Scores of predictions against measurements: pure functions of arrays of shape (n,).
"""
