"""Held-out predictions: what is held out from what, and forecasts of it.

- `protocol`: What is held out from what: the folds that every model of a comparison is judged by.
- `subsets`: Rows of a data set on which scores are told: those like the candidates, and each oxychloride family.
- `headline`: The scores that stand first wherever scores are shown, and what they are called; light.
- `forecast`: Held-out predictions with their whole distributions, whatever made them.
- `held_frame`: Held-out predictions as a table, each row with its paper.
- `baselines`: What a model must beat: regressors of scikit-learn under the same folds as ours.
- `series`: Composition series of one paper, and what is predicted of them when they are held out whole.
- `glass_formation`: Scores of held-out probabilities of a glass: of all, and by what the mixtures hold.
- `unseen`: Models judged on what is held out whole for them: series of compositions, later papers.
"""
