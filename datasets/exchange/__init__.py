"""What comes from other programs and goes to them: lists of candidates, JSON and TOML, text for spreadsheets.

- `candidate_lists`: Lists of candidates as users keep them: text, Excel or Parquet; forgiving, bounded, no row lost.
- `candidate_table`: A list of candidates with what else its table holds: temperatures.
- `list_columns`: Which column of a list holds the formulas, which a temperature for each.
- `delimited`: Delimited text as a list: its header, and every row with its number in the file.
- `structured`: JSON and TOML that somebody else wrote, or that lay on a disk: what they hold.
- `inert`: Text for a spreadsheet that no spreadsheet takes for a formula, wherever it parts a line into cells.
"""
