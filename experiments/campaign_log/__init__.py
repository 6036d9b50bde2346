"""The log of a campaign: its events, what stands of them, and where they are kept.

- `events`: What happened in a campaign, in order, and what of it stands: pure functions of its events.
- `store`: Campaigns as they are kept: one JSON each, a file or a row of a database server.
- `table`: Campaigns in a database server, where ``VITRION_DATABASE_URL`` names one: a row each.
- `owner`: Whose a campaign is: a field of its own file or row, so that it is made and owned in one step.
- `values`: What a result may say, judged by the rules for the lab's own tables, and results as such a table.
- `candidates`: The candidates of a campaign as JSON: a template with ranges, a space, or a list of formulas.
- `beliefs`: What was predicted of a sample before it was measured, and which results deserve doubt.
- `steps`: The steps of a campaign, as functions from what it was to what it is.
"""
