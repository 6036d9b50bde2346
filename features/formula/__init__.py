"""The notation and grammar of formulas: from text to exact amounts, and back.

- `notation`: What researchers type, brought to one plain notation: subscripts, dashes, middle dots, charges.
- `names`: Words that stand where a formula should: short names of materials (``LACO``.
- `messages`: The words for a mark or a symbol that no formula has: what it is, where, and how to mend it.
- `suggestions`: Suggestions for a formula with its capitals wrong: ``LIALCL4`` -> ``LiAlCl4``.
- `grammar`: The grammar of formulas: ``mixture = [n] unit+ (sep [n] unit+)*``, ``unit = symbol [n] |.
- `render`: The canonical formula: elements in electronegativity order, amounts as decimals.
- `amounts`: Amounts that a formula can hold: exact and positive, none vanishing beside the others.
- `rewriting`: Amounts of a formula that was read, with a piece of it written in another way.
- `expressions`: Amounts that depend on variables: exact polynomials such as ``4-2x``, and the reader.
"""
