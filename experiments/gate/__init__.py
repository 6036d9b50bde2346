"""The gate before promotion: which challenger may answer.

- `gate`: The gate before promotion: a challenger answers only if held-out papers, coverage.
- `decision`: What a gate looked at, and what it decided.
- `held_out`: Held-out predictions as a table that is kept with a version, so that a later one can be held against it.
- `errors`: Whether a challenger errs no more than the champion: over all papers, where the candidates are.
- `intervals`: Whether the 90 % intervals of a challenger hold what they should, by row, by paper and in each family.
- `leaks`: Signs that held-out predictions have seen what they predict: folds that part a paper.
- `worth`: Whether a version is worth keeping in use at all, beside no other: better than one number for all.
- `glass_formation`: The gate of glass formation: whether a new version may answer.
- `paper_draws`: Papers drawn anew: how far a ratio may lie from where it is, given that the rows.
"""
