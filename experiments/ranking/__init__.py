"""Ranking: candidates in the order in which they are worth making.

- `rank`: Candidates in the order in which they are worth making.
- `scoring`: What a ranking says of each candidate: predictions, the chance to meet the goal, verdict.
- `columns`: The columns of a ranking: their order, and how a column.
- `measured`: What was measured of the very composition of each candidate, in the literature and.
- `repeats`: Candidates that stand in a list more than once: predicted once, and noted.
- `blocks`: A long list ranked block by block: what is said of each block is kept.
- `references`: Which candidates are measured already, and which of these may serve a batch as its reference sample.
- `ready`: The predictors that a piece of work needs: those given, else the champions.
- `glass_formation`: What the syntheses of a campaign say of each candidate: how likely it is a glass.
- `tracking`: A ranking as a run of MLflow: the candidates, the goal, the order that came of it.
"""
