"""What the service does, without HTTP.

- `predictions`: What the service does, without HTTP: rank, sweep and propose with the models that are loaded.
- `recipes`: Batch sheets, without HTTP.
- `quick`: Short lists of several requests ranked at once: predicted together, and put in order each for itself.
- `campaigns`: Campaigns as the service keeps and shows them, without HTTP.
- `library`: Data and models as the service shows them, without HTTP.
- `model_cache`: The models that answer: loaded once, through the guard, and again when others are promoted.
- `pools`: Where the work of requests is done: a thread that ranks short lists together, and small pools for the rest.
- `turns`: Who is next where several wait: owners in turn, and of each owner what is short first.
- `costs`: How long a request is expected to take, in seconds of a processor: roughly.
- `families`: Names that no variable of a family may have: those of the arguments beside it.
"""
