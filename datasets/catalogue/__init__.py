"""The catalogue: what data there are, where papers disagree, and all of it as files.

- `contents`: What there is: data sets with their extent, sources with their licence, and the rows of one composition.
- `conflicts`: Compositions on which papers disagree.
- `export`: Everything as files: each data set and the lab's store as Parquet with a card.
"""
