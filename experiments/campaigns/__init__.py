"""Campaigns: propose, melt, record, propose again.

- `campaign`: A campaign: propose, melt, record, propose again; the one object that changes, kept on disk.
- `round`: One round of a campaign: proposals from what stands, and what is kept of them.
- `history`: What a campaign believed, what it found, and how far it got.
- `learning`: What the results of a campaign teach: predictors after them, rankings by these.
- `view`: A campaign as it stands: what it was told, what came of it, and what its results say of any composition.
- `plot`: A campaign's progress as a picture: predicted and measured, sample by sample, and the best so far.
- `tracking`: Campaigns in MLflow: one run a campaign, found again by its tags, and below it one a round.
"""
