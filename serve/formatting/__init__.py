"""Results as rows, words, tables and files.

- `user_columns`: The columns of a user that stand beside a ranking: their cells come back as they were given.
- `rows`: Tables as JSON: a row an object, null for what is not known; never NaN.
- `files`: Where results go: CSV, Parquet or a page in a file, written whole or not at all.
- `candidates`: The ranking joined with the list it came from: the user's own columns, duplicates.
- `measured`: What was measured of a candidate, in the words of the pages and the terminal.
- `summary`: The top of a ranking as a table that fits 100 columns of a terminal.
- `results_template`: An empty table of results for Excel: the headers that are read, and what each means.
- `scores`: The held-out scores of the models in use, as rows and as words, those that the program is for first.
- `campaign_tables`: What a campaign says, as tables for a terminal.
- `addresses`: Addresses of machines, in the one form in which they are compared.
"""
