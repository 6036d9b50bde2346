"""Descriptors: the Magpie statistics, and quantities of the chemistry of glasses.

- `descriptor`: A glass descriptor: its formula, and beside it all that anything else asks of it, written once.
- `magpie`: The 132 Magpie statistics of a batch, as matrix work: the numbers.
- `glass`: The glass descriptors of a batch: all that are registered by `@descriptor`, in the order.
- `ionic_sums`: Who is what in a glass: linear sums over anions, mobile ions, network cations and formers of a batch.
- `ratios`: Plain ratios that carry across families of glasses: mobile ion, oxygen and halide per network cation.
- `ions`: Charge, size and attraction of the ions: field strength, optical basicity, cohesion, volume.
- `network`: Bridges and ends of the M-O-M network, by counting bonds.
- `melting`: Melting of the parent chlorides and mixing of the cations: what a halide glass softens near.
- `matminer`: Any matminer composition featurizer as a scikit-learn transformer.
"""
