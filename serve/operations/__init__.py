"""Commands that run the service: server, worker, keys, backup.

- `server`: `vitrion serve`: the service on this machine.
- `worker`: `vitrion worker`: a process that works on jobs, beside servers that share its database and home folder.
- `ending`: A server that ends in order: it takes nothing more, answers what it was asked, and lays its jobs down.
- `keys`: `vitrion keys`: who may use the service, and for what.
- `backup`: `vitrion backup` and `vitrion restore`: all that is kept, as one file or folder.
"""
