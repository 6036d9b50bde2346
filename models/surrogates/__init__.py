"""Surrogates of a campaign: priors from the predictor, corrected by the campaign's own results.

- `surrogate`: What a campaign believes of its candidates: a prior from the predictor, corrected.
- `joint`: What is left uncertain of all candidates together after results: draws, what they share.
- `random_features`: Draws of a process over any number of points: its covariance as a thousand random cosines.
"""
