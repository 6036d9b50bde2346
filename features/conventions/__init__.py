"""Habits of writing compositions, what each means, and what is suggested where one is not read.

- `conventions`: Advice that was read back before it is given: habits of writing.
- `suggestions`: Suggestions for a formula with its capitals wrong: ``LIALCL4`` -> ``LiAlCl4``.
- `proportions`: Shares and ratios written beside compounds, and the mixture that they mean: ``LiCl-AlCl3 (1:1)``.
- `variables`: Variables and ranges typed into a formula, ``LiAlCl4-2xOx``.
- `component_columns`: Columns named by compounds or elements, ``SiO2, Na2O, CaO``.
"""
