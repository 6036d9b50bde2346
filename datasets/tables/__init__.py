"""Tables of users: any file as a grid of cells, within bounds, and what its columns and cells mean.

- `grid`: A user's file as a grid of cells, read within bounds whatever the file claims to be.
- `text`: Delimited text as records, and as a grid: comma, semicolon, tab or bar; quoted cells; any line ends.
- `excel`: One sheet of an Excel workbook as a grid.
- `parquet`: A Parquet file as a grid.
- `parquet_bounds`: What the footer of a Parquet file says of its columns, looked at before anything of them is read.
- `decoding`: The bytes of a file as text, bounded in size, or one sentence on why they are not text.
- `headers`: What the columns of a user's table are: names in many spellings, with the unit in the name.
- `cells`: One cell of a user's table as a number, a formula or a word.
- `advice`: What helps where a table is wrong, in the words of the door at which it was given.
- `reader`: A user's file as a grid of cells, by the reader of what it holds, whatever its name says.
"""
