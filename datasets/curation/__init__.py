"""Curation: what is kept of the measurements, what is not, and why.

- `curate`: What is kept of the measurements, what is not, and why: every dropped row carries its reason.
- `conduction`: Physics that a conductivity must obey to be the ionic conductivity of a glass.
- `arrhenius`: Arrhenius and Vogel-Fulcher-Tammann laws through series of conductivities.
- `consensus`: Measurements that stand alone against what other papers found on the same composition.
- `duplicates`: One measurement that several sources tell of: the first source keeps it.
- `neighbours`: Papers whose values are far from what other authors found on nearly the same compositions.
- `tellings`: One value that several papers tell of: the first keeps it, and papers that share values are one group.
- `laboratories`: Which measurements are of one laboratory: papers of one first author, and papers that share values.
- `plausibility`: Values that look as if they were written in another unit than they claim.
- `literature_checks`: What curated tables get wrong: slips of a whole paper, energies that no conductivity allows.
"""
