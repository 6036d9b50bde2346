"""What a person at a terminal gives and is told: candidates, progress, and what failed.

- `console`: What a person at the terminal sees: progress on standard error, tables on standard output.
- `failures`: How a command ends that cannot do its work: with a sentence on standard error and an exit code.
- `lists`: Candidates as a command names them: files, standard input, and formulas themselves, in any mixture.
"""
