"""Proposals: the next melts, and why.

- `propose`: The next melts: which candidates of a space to make, and why.
- `pool`: The candidates of a proposal: members of a space or a list of formulas, as one batch.
- `search`: Which candidates of a pool to melt next: beliefs in, a batch of different picks out.
- `goal_search`: The search for the next samples: the goal's targets over the candidates.
- `reasons`: Why a candidate is proposed, what is expected of it and what its result would tell, in one line each.
- `plot`: A proposal as a picture: the family with its bands, what was measured and what is proposed.
"""
