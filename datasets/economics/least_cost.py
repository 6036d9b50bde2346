"""Small linear programmes whose first basis is known, by the primal simplex method on a tableau."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST_PIVOTS = 200
GREEDY = 50  # pivots after which the first column that helps is taken, which does not cycle (Bland)
_TINY = 1e-9


class Optimum(NamedTuple):
    """What ``min price x`` under ``block x = asked`` and ``x >= 0`` has for an answer."""

    x: Floats
    """Amounts, shape (k,)."""
    duals: Floats
    """What a little more of each right-hand side costs, shape (m,)."""


def least_cost(block: Floats, price: Floats, asked: Floats) -> Optimum | None:
    """Solve a programme whose last columns are the identity; None where rounding leaves that uncertain.

    A solver for large programmes takes longer to set one of six rows up than to solve it. By Dantzig's rule, and by
    that of Bland (Math. Oper. Res. 2, 103-107, 1977) where it lasts. Whoever uses the answer should check the reduced
    costs: they are not judged here.

    Parameters
    ----------
    block
        Coefficients, shape (m, k), the last m columns the identity.
    price
        Of each column, shape (k,), not negative.
    asked
        Right-hand side, shape (m,), not negative.

    Examples
    --------
    >>> block = np.array([[1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    >>> least_cost(block, np.array([3.0, 1.0, 50.0, 50.0]), np.array([2.0, 1.0])).x.tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    rows, columns = block.shape
    chosen = np.arange(columns - rows, columns)
    table = np.column_stack([block, asked])
    reduced = np.append(price, 0.0) - price[chosen] @ table
    enough = -_TINY * (1.0 + price)
    for pivot in range(MOST_PIVOTS):
        helps = reduced[:-1] < enough
        column = int(np.argmin(reduced[:-1])) if pivot < GREEDY else int(np.argmax(helps))
        if not helps[column]:
            if not helps.any():
                return _answer(block, price, asked, chosen)
            column = int(np.argmax(helps))
        entry = table[:, column]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(entry > _TINY, table[:, -1] / entry, np.inf)
        ties = np.flatnonzero(ratio <= ratio.min() + _TINY)
        row = int(ties[np.argmin(chosen[ties])])
        if not np.isfinite(ratio[row]):
            return None
        table[row] /= entry[row]
        others = table[:, column].copy()
        others[row] = 0.0
        table -= others[:, None] * table[row]
        reduced = reduced - reduced[column] * table[row]
        chosen[row] = column
    return None


def _answer(block: Floats, price: Floats, asked: Floats, chosen: npt.NDArray[np.intp]) -> Optimum | None:
    """Amounts and duals of a basis, from its columns as they were given; None where an amount is negative."""
    basis = block[:, chosen]
    try:
        amounts, duals = np.linalg.solve(basis, asked), np.linalg.solve(basis.T, price[chosen])
    except np.linalg.LinAlgError:  # rounding has made it no basis: who asked solves the programme otherwise
        return None
    if (amounts < -_TINY).any():
        return None
    x = np.zeros(len(price))
    x[chosen] = np.maximum(amounts, 0.0)
    return Optimum(x, np.asarray(duals, dtype=float))
