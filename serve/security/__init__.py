"""Who may do what, and how often: keys, owners, permissions, rate limits.

- `keys`: Access keys: who they stand for, what they allow, and until when; of each secret only a hash is kept.
- `owners`: Whose a job or a campaign is: its maker's, and nobody else's but the administrators'.
- `permissions`: What each route asks of who comes, declared at the route.
- `rate_limit`: How often somebody may ask: a store of turns that fills again with time.
"""
