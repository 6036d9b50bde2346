"""Habits of writing compositions, what each means, and what is suggested where one is not read.

- `parsing`: From text to exact amounts, with the advice that fits a text that cannot be read.
- `conventions`: Advice that was read back before it is given: habits of writing.
- `proportions`: Shares and ratios written beside compounds, and the mixture that they mean: ``LiCl-AlCl3 (1:1)``.
- `ion_lists`: Ions written one after the other with their charges, ``Li+1 Al3+1 Cl-4``.
- `words_beside`: Words beside the one formula of a text that cannot be read: ``sample 3: LiAlCl4``.
- `variables`: Variables and ranges typed into a formula, ``LiAlCl4-2xOx``.
- `component_columns`: Columns named by compounds or elements, ``SiO2, Na2O, CaO``.
"""
