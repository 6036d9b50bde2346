"""Readings of what the plain grammar does not know: labels, digits, numerals, runs, shares and templates.

- `ambiguities`: Spellings that read two ways and are therefore refused: ``CuSO4.5H2O`` and ``SIO2``.
- `digits`: Digits typed for letters: ``Al203`` for Al2O3, ``LiTaOC14`` for LiTaOCl4.
- `numerals`: Numbers and numerals that are no amounts: ``(7Li)``, ``Fe(III)``, ``Li1+0.3Al0.3``.
- `labels`: Labels beside a formula, which read as elements: ``LiAlCl4 S1`` holds no sulfur, ``Li3PS4-II`` no iodine.
- `joined_labels`: Labels joined to a formula by a sign or a bracket: ``S-LiAlCl4``, ``LiAlCl4·II``, ``LiAlCl4(B)``.
- `runs`: Compounds written without anything between them: ``40Li2O60B2O3`` may be one formula or a mixture of two.
- `run_search`: The search for compounds that follow each other in a run of units, within a bounded number of looks.
- `shares`: Shares behind their compounds: ``LiCl33-AlCl367`` for 33LiCl-67AlCl3, ``LiF50(Na2O)50``.
- `parser`: From text to exact amounts: notation, grammar, then the spellings that read two ways.
- `templates`: Formulas with expressions in braces, ``LiAlCl{4-2x}O{x}``: the amounts of their elements.
"""
