"""Ions: oxidation states, the charges that balance, sizes, and what each adds to a composition.

- `oxidation`: Oxidation states that elements take: the ordinary spans.
- `states`: Ions of an element in each of its oxidation states: radius, coordination.
- `polyatomic`: Ions of several atoms: pseudohalides (OH-, NH2-, BH4-, NO3-, SCN- ...), ammonium.
- `chlorides`: Melting points of the chlorides of the elements.
- `weights`: What each ion adds to the sums over a composition: a line.
- `valence`: The oxidation states that balance a composition: Sn2+ in SnO-P2O5, Cu2+ in CuCl2, Fe2+ and Fe3+ in Fe3O4.
"""
