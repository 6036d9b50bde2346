"""Why there is no batch sheet, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable

from ...datasets.tables.grid import RowProblem


class SheetError(ValueError):
    """A batch sheet that cannot be made; the message says why and how to mend it.

    Parameters
    ----------
    field
        Of the request: ``mass_g``, ``purity.LiCl``, ``stock`` ...
    what
        What is wrong with it, and how to mend it.
    right
        What would be right, such as the precursors of the route.
    row
        Of a table of bottles, where one is meant.
    """

    def __init__(self, field: str, what: str, right: Iterable[str] = (), row: int | None = None) -> None:
        super().__init__(what)
        self.field, self.head, self.right = field, what, tuple(right)
        words = f"would be right: {', '.join(self.right)}" if self.right else what
        self.rows = (RowProblem(row, field, words),)
