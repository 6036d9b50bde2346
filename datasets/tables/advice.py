"""What helps where a table is wrong, in the words of the door at which it was given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """The ends of sentences on what is wrong with a table.

    Parameters
    ----------
    insist
        How values are taken that look as if they were in another unit.
    column
        How a column, `what`, is to be called, `name`.
    unit
        What helps where a value looks as if it were in another unit.
    empty
        What is wrong with a row without a value, and what helps.
    rows
        What comes of invalid rows, and what helps; `them` are these rows.
    further
        What becomes of `columns` that nothing is learnt from.
    keep_good
        Whether the others can be taken alone.
    """

    insist: str = "insist with --trust-units"
    column: str = "name {what} {name}"
    unit: str = "name the unit that was meant"
    empty: str = "nothing was measured: the cell is empty; give a value or an outcome, or delete the row"
    rows: str = ", so nothing was added; mend {them}"
    further: str = "kept, not learnt from: {columns}"
    keep_good: bool = True

    def rename(self, what: str, name: str) -> str:
        """Return what helps where a column is in another unit.

        >>> Advice().rename("it", "tg_K")
        'name it tg_K, or insist with --trust-units'
        """
        return f"{self.column.format(what=what, name=name)}, or {self.insist}"


LAB = Advice()  # for the lab's own tables
