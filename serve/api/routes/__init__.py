"""The routes.

- `predictions`: Routes that predict at once: rank, compare, sweep and propose.
- `recipes`: Routes of batch sheets: as JSON, and as a page to print or a table to fill in.
- `jobs`: Routes of jobs: long lists and files, their progress and results.
- `rankings`: Routes of rankings and sweeps that are kept under an address.
- `campaigns`: Routes of campaigns: begin, propose, record, show.
- `library`: Routes of data and models: list, show, add; train, promote, roll back.
- `access`: Routes of access: sign in with a key at a browser, sign out, and who one is.
- `state`: Routes that say how the service is: health, readiness, metrics.
- `pages`: The page and its files: plain HTML, CSS and JavaScript, and plotly.js out of the plotly package.
"""
