"""Campaigns replayed on compositions whose values are known and hidden.

- `replay`: Campaigns replayed on compositions whose values are known and hidden.
- `probe`: What the search does on a small made-up pool, as a mark: replays stay valid as long as it does the same.
- `pools`: Pools of measured compositions on which campaigns are replayed, and what may be known of them beforehand.
- `truth`: What a replay is played against: a truth drawn around the recorded values, and measurements of it that err.
- `scores`: How well a replay went: regret in the truth, melts until it is small.
- `report`: The replays as a page of the documentation: a table by pool, and how the regret falls from melt to melt.
- `tracking`: Replays as runs of MLflow: one a kind of pool.
"""
