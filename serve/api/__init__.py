"""The service as an application.

- `app`: The service as an application: its parts, its routes, and which error becomes which status.
- `dependencies`: What the routes share: the parts of one server, and answers that are given once for a key.
- `access`: Who comes in: the address that was asked for, where a request comes from, whose key it has.
- `heads`: Heads of requests: of the cookies ours alone is passed on, as a name and a plain word.
"""
