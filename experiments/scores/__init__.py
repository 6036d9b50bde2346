"""Scores of held-out predictions, and the file from which documents quote them.

- `wanted`: Which scores are measured and kept: a list of what they are of.
- `file`: The scores that README, documents and pages quote: one file, each score with the run that measured it.
- `run_facts`: When, where and how a benchmark ran.
- `standard_error`: Means over rows that err together, with standard errors by what they share.
- `calibration`: How far intervals and chances can be relied on, by row and by paper.
- `episodes`: How predictions of laboratories never seen narrow with some of their results.
- `text`: The scores of the file as sentences and as the table that stands first, in Markdown.
- `tables`: The scores of the file as whole tables in Markdown: every one, the chances, and the runs.
- `blocks`: Blocks of documents made from the file of scores, between ``<!-- scores.
"""
