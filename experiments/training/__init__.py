"""Training and evaluation of predictors.

- `train`: Fit, score, track, register and promote a predictor of each property.
- `fit`: A recipe fitted and scored on what was held out: all that a version consists of.
- `champions`: The predictors that are shipped: made from the data of the package, and compared again.
- `glass_formation`: Training of the predictor of glass formation, scored on sets of elements held out.
- `evaluate`: Held-out scores, overall and where it matters, of our models and of what they must beat.
- `retraining`: When to train again: new measurements, results that the intervals did not hold, or files.
"""
