"""Fitting a predictor: rows, settings, held-out errors, and what these teach.

- `progress`: How far a training is, as data: a line of text for people, with its numbers for programmes.
- `inputs`: What a regressor learns from, made of compositions, values, papers and conditions.
- `settings`: Settings of a predictor, and the rows, regressors and domains that they make of measurements.
- `crossfit`: Held-out predictions: every row predicted by a regressor that saw neither its group nor its composition.
- `episodes`: Campaigns played on held-out papers: some results revealed, the others predicted from them.
- `learnt_errors`: What held-out errors teach: how those of one laboratory vary together.
- `answering`: What a fitted predictor says of rows of its design: regressor, difficulty, and what oneself measured.
- `outcome_stack`: Trees with two views of a mixture, and how probable an outcome is by both.
- `glass_former`: Will it be a glass? Probabilities of glass, partly crystalline and crystalline from composition.
"""
