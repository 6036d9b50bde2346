"""Chemistry that is known before a synthesis: limits, volatile and reducible halides, formation energies, flags.

- `possible`: What no glass and no solid can be: limits of conductivity and Tg that every prediction keeps.
- `volatility`: Halides that boil or sublime where a glass is made, and those that lithium reduces.
- `thermochemistry`: Formation energies and volumes of binary salts: what a salt resists, in volts.
- `melting_points`: Melting points of the binary compounds of which mixtures are made, measured or estimated.
- `redox`: Standard potentials by which one ion of a composition is oxidised before another.
- `atomic_weights`: Molar masses for the balance, by the abridged standard atomic weights of IUPAC.
- `handling`: How precursors and what leaves are handled: hazards, drying, vessels, hydrates.
- `flag_table`: The flags of `data/flags.toml`: labels, reasons, sources and the numbers of their rules.
- `flag_rules`: The rules behind the flags: which compositions of a batch each one marks.
- `flags`: Flags: what a chemist would say of a composition before it is made, each by a rule.
"""
