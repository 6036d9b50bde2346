"""Connections and requests before anything is answered: how many, how large, how late.

- `admission`: The door of the service: refuses what is too much before it is read, counts, and sets the headers.
- `bodies`: Bodies of requests: read within a time, and looked at before anything parses them.
- `places`: Places of which each has a share: what is worked on at a time, and for whom.
- `metrics`: What the service counts, as Prometheus reads it.
- `listening`: One line on which requests come: how large a head may be, how long it may take.
- `connections`: The lines on which requests come: how many there may be, which go where there are too many.
- `unread`: What a client has not read yet of its answers, and whether it reads too little of it.
- `still`: Whether a key still counts while its request is answered: else nothing more is taken.
"""
