"""The design matrix: its columns, the conditions of measurements, and what is near.

- `conditions`: The circumstances of a measurement as columns of a design matrix: temperature and phase.
- `nearness`: How much a composition resembles the candidates, or others: where the local model may speak.
- `layout`: Where the columns of a design matrix stand, and the three ways in which a `FamilyProcess` sees its rows.
- `descriptor_record`: The descriptors that a model was trained on, by name and fingerprint.
- `mixture`: What glass formation may depend on: a mixture as a sum of binary compounds that melt.
- `known`: The nearest known composition, one's own results among them.
"""
