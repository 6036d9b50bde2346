"""Screening: the best of any number of candidates, block by block, on one machine or many.

- `screen`: Screening: the best of any number of candidates, block by block, on this machine or on many.
- `streams`: Where the candidates of a screening come from, block by block: Parquet files, spaces, lists.
- `pruning`: What a screening must know of all candidates, and no more.
- `screened`: What a screening knows of one block: the rows that may be among the best, and, where asked, a table.
- `checkpoint`: What a screening keeps while it is not done: a file a block, beside the ranking to come.
- `executors`: Who works on the blocks of a screening: threads of this machine, or the workers of a Dask cluster.
- `dask`: The workers of a Dask cluster; only this module imports Dask.
- `model_files`: Predictors as guarded files, as they are sent to other machines.
"""
