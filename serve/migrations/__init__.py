"""The tables of the service as they grew, one step a module; see `schema`."""
