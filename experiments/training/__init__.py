"""Training and evaluation of predictors.

- `train`: Fit, score, track, register and promote a predictor of each property.
- `evaluate`: Held-out scores, overall and where it matters, of our models and of what they must beat.
- `retraining`: When to train again: new measurements, results that the intervals did not hold, or files.
"""
