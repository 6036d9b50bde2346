"""Processes beside the server: long lists and the books.

- `subprocesses`: Processes that work for the server, by lines; none outlives it.
- `worker`: A process beside the server that ranks long lists or keeps the books: told what to do by lines.
- `limits`: Limits of such a process: so much memory, and so much processor time.
- `list_ranking`: One long list as a job: read once, predicted block by block, put in order and written; no row.
- `bookkeeping`: What a process beside the server does for it.
"""
