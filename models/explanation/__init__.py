"""Explanations of a prediction: what drives it, and which measured compositions it resembles.

- `shapley`: What drives a prediction: a few groups of descriptors with sign and size, told in words.
- `words`: What descriptors are called at the bench, in the groups in which a prediction is explained.
- `analogues`: The measured compositions that a candidate resembles most, with what was measured of them and by whom.
- `related`: Measured compositions with the anions of a candidate and one of its cations: the nearest.
- `same`: The measurements that a predictor has learnt of the very composition of a candidate.
- `slope`: How far a prediction tells compositions apart: the slope of what is measured on what was predicted.
- `glass_formation`: Why a mixture is predicted to become a glass or not, against one of the other outcome.
"""
