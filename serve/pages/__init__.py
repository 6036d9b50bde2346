"""Results as pages that need nothing else.

- `page`: Results as one page that needs nothing else: figure, table, scores and how to read them.
- `reports`: The pages of a ranking and of a sweep: their words, figures and columns.
- `ranking_view`: What the page gets beside a ranking: the map, whom the goal excludes and why.
- `campaign_page`: The page of a campaign: its progress as a figure, and predicted and measured as a table.
- `compare_page`: A comparison as one page that needs nothing else.
- `figures`: Figures as JSON for the page: the browser draws them.
"""
