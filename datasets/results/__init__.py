"""Results of a laboratory: its table checked row by row, and the store that keeps what it says.

- `table`: A user's own table of results: what of it are facts, and what is wrong with the rest, row by row.
- `rows`: One row of a user's table as facts: one for each value, and one for the outcome of the synthesis.
- `preview`: What a table would give before anything of it is kept: each column as it was understood.
- `conditions`: How a sample was made, and whatever else a table has: kept with the result, not learnt from.
- `column_checks`: Whole columns of a user's table that are not what their names say: swapped, or in kelvin.
- `store`: The append-only local store of a lab's own facts: SQLite through SQLAlchemy, one version for each addition.
- `ledger`: What a new addition may say, given what the store holds: no file twice, no fact twice, corrections.
- `standing`: The lab's own measurements and outcomes as they stand, and those that were corrected or withdrawn.
- `batch_sheet`: A filled batch sheet as a table of results, with what was weighed for each sample.
- `conductors`: Compositions that were measured to conduct, in the literature tables and by the laboratory itself.
"""
