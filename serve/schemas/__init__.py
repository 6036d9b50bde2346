"""What comes in and goes out over HTTP, within which limits, and errors as problem details.

- `verbs`: The verbs of Vitrion, a row each.
- `recipe`: What comes in and goes out where batches are weighed.
- `requests`: What comes in and goes out over HTTP, with the examples that the documentation shows.
- `responses`: What the service answers, as its documentation describes it.
- `library`: What the service answers of data and models, as its documentation describes it.
- `compare`: What comes in and goes out where compositions are compared.
- `limits`: How much one request may hold once it is read: numbers that are numbers, few columns, short cells.
- `problems`: Errors as problem details: what is wrong, in which row, and how to mend it.
"""
