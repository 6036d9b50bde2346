"""Model files: written once, and read through guards.

- `artifact`: A predictor as one file: written once, hashed, and read only through the guard.
- `canonical`: The same file for the same predictor: skops names objects by their places in memory.
- `allowlist`: What a model file may hold: kinds of objects, and trees, looked at before anything is made of them.
- `skops`: The reader and writer of skops, without the walks through all modules that its import takes.
- `tree_check`: Whether the trees of a model file are trees.
- `validation`: Whether a loaded predictor can answer: its parts fit together, its numbers are numbers.
- `sandbox`: The first load of a model file, in a process of its own with limits.
"""
