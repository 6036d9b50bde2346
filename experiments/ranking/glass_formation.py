"""What the syntheses of a campaign say of each candidate: how likely it is a glass, and what its crystals conduct."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ...datasets.measurement import composition_keys
from ...features.fractions import Fractions
from ..task.outcomes import NO_GLASS_PHASES, USUAL_SUCCESS, Outcomes, success
from ..task.own_results import Facts

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

UNCHANGED = 0.995  # from here on a chance is shown as it was, and nothing has to be explained


def relative_chance(matrix: Matrix, outcomes: Outcomes | None) -> Vector:
    """Chance that each composition comes out as a glass, over that of one of which nothing is known, shape (n,).

    It is 1 where no synthesis failed, and never more: predictions are those of a glass, and `p_goal` is their chance
    times this. See `success`.

    Parameters
    ----------
    matrix
        Atomic fractions, shape (n, 103).
    outcomes
        Results of the laboratory; None where there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> failed = Outcomes.of(pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "outcome": ["crystallised"]}))
    >>> relative_chance(Fractions.of(["LiAlCl2.5O0.75", "LiAlCl2.6O0.7", "NaAlCl4"]).matrix, failed).round(2).tolist()
    [0.5, 0.55, 1.0]
    """
    if outcomes is None or not outcomes.failed().any():
        return np.ones(len(matrix))
    return np.minimum(success(matrix, outcomes) / USUAL_SUCCESS, 1.0)


def remarks(matrix: Matrix, outcomes: Outcomes | None, chance: Vector) -> dict[int, str]:
    """Say of each composition that failed, or whose chance others that failed lower, which and by how much.

    Parameters
    ----------
    matrix, outcomes
        As in `relative_chance`.
    chance
        What that gives, shape (n,).

    Examples
    --------
    >>> import pandas as pd
    >>> failed = Outcomes.of(pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "outcome": ["crystallised"]}))
    >>> batch = Fractions.of(["LiAlCl2.5O0.75", "LiAlCl2.6O0.7"]).matrix
    >>> list(remarks(batch, failed, relative_chance(batch, failed)).values())
    ['own synthesis: crystallised (p_goal × 0.50)', 'own synthesis of LiAlCl2.5O0.75: crystallised (p_goal × 0.55)']
    """
    if outcomes is None or not (failed := outcomes.failed()).any():
        return {}
    facts = outcomes.facts[failed]
    tried, keys = outcomes.fractions.matrix[failed], composition_keys(matrix)
    tried_keys, texts = composition_keys(tried), {}
    lowered = (chance < UNCHANGED) | np.isin(keys, tried_keys)
    for row in np.flatnonzero(lowered).tolist():
        nearest = int(np.square(tried - matrix[row]).sum(axis=1).argmin())
        own = tried_keys[nearest] == keys[row]
        said = dict.fromkeys(facts["outcome"][tried_keys == tried_keys[nearest]])
        whose = "" if own else f" of {facts['formula'].iloc[nearest]}"
        texts[row] = f"own synthesis{whose}: {', '.join(said)} (p_goal × {chance[row]:.2f})"
    return texts


def of_crystals(outcomes: Outcomes | None) -> Mapping[str, Facts]:
    """Conductivities that the laboratory measured of crystals and melts, by property: of the glass they say nothing."""
    if outcomes is None:
        return {}
    facts = outcomes.facts
    rows = facts[(facts["quantity"] == "conductivity") & facts["phase"].isin(NO_GLASS_PHASES)]
    if rows.empty:
        return {}
    keys = composition_keys(Fractions.of(rows["formula"].tolist()).matrix)
    return {"conductivity": Facts.told("conductivity", keys, rows)}
