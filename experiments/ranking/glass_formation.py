"""How likely each candidate is a glass, by the predictor and by the syntheses of a campaign; what crystals conduct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...datasets.measurement import composition_keys
from ...features.elements import INDEX, SYMBOLS
from ...features.fractions import Fractions
from ...models.domain import VERDICTS
from ...models.fitting.glass_former import MEASURED, GlassFormer
from ..recipes.modifier_rule import MODIFIERS
from ..task.goal import Goal
from ..task.outcomes import NO_GLASS_PHASES, USUAL_SUCCESS, Outcomes, success
from ..task.own_results import Facts

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COUNTED = VERDICTS[:2]  # verdicts of its own with which the chance of a glass is a factor of that of a goal
SMALL = 0.2  # chance of a glass below which no sample is spent
NO_FORMER = "no network former: glass formation not expected"
_ANIONS, _CHALCOGENS = ("O", "F", "Cl", "Br", "I"), ("S", "Se", "Te")
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


def remarks(matrix: Matrix, outcomes: Outcomes | None, chance: Vector, counted: Mask | None = None) -> dict[int, str]:
    """Say of each composition that failed, or whose chance others that failed lower, which and by how much.

    Parameters
    ----------
    matrix, outcomes
        As in `relative_chance`.
    chance
        What that gives, shape (n,).
    counted
        Whether P(glass), which has learnt the same syntheses, is the factor instead, shape (n,); by default of none.

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
        effect = f"p_goal × {chance[row]:.2f}" if counted is None or not counted[row] else "counted in P(glass)"
        texts[row] = f"own synthesis{whose}: {', '.join(said)} ({effect})"
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


@dataclass(frozen=True)
class GlassChance:
    """Chance of a glass of n compositions, NaN where there is no predictor, and its verdict, empty there."""

    chance: Vector
    verdict: npt.NDArray[np.object_]

    @classmethod
    def of(cls, fractions: Fractions, former: GlassFormer | None) -> GlassChance:
        """What a predictor says of some compositions."""
        if former is None:
            return cls(np.full(len(fractions), np.nan), np.full(len(fractions), "", dtype=object))
        predicted = former.predict(fractions)
        return cls(predicted.glass, predicted.verdict.astype(object))

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of a ranking, by name."""
        return {"p_glass": self.chance, "glass_verdict": self.verdict}

    def below(self, least: float) -> Mask:
        """Whether each chance is known, by a measurement or inside or at the edge of the known, and smaller."""
        return np.isin(self.verdict, [MEASURED, *COUNTED]) & (self.chance < least)

    def refused(self, goal: Goal) -> Mask:
        """Whether the goal asks for a greater chance than each has, shape (n,)."""
        return self.below(goal.min_p_glass or 0.0)

    def counted(self, goal: Goal) -> Mask:
        """Whether each chance is a factor of that to meet the goal, shape (n,): none where it asks for no glass."""
        return np.isin(self.verdict, COUNTED) & (goal.min_p_glass is not None)

    def factor(self, goal: Goal, synthesis: Vector | float = 1.0) -> Vector:
        """What the chance to meet the goal is multiplied by, shape (n,).

        Parameters
        ----------
        goal
            It counts the chance of a glass where it asks for one.
        synthesis
            What `relative_chance` gives: the factor of the others. The chance of a glass has learnt the syntheses that
            failed, which count once.
        """
        return np.where(self.counted(goal), self.chance, synthesis)

    def remark(self, remarks: list[list[str]], fractions: Fractions, goal: Goal) -> None:
        """Add what is to be said of each to n lists."""
        unexpected = without_network_former(fractions) & (self.verdict != MEASURED) & ~(self.chance >= 0.5)
        for row in np.flatnonzero(unexpected).tolist():
            remarks[row].append(NO_FORMER)
        if goal.min_p_glass is None:
            return
        for row in np.flatnonzero(self.refused(goal)).tolist():
            remarks[row].append(f"P(glass) {self.chance[row]:.2f}: the goal asks for {goal.min_p_glass:g}")
        for row in np.flatnonzero(~np.isin(self.verdict, [MEASURED, *COUNTED])).tolist():
            why = "outside the known" if self.verdict[row] else "no predictor of glass formation"
            remarks[row].append(f"P(glass) not counted: {why}")


def without_network_former(fractions: Fractions) -> Mask:
    """Whether each holds alkali and alkaline earth ions alone beside oxide, halide or chalcogenide ions, shape (n,).

    Sulfur, selenium and tellurium beside oxygen make a network, and so do they without a cation.

    Examples
    --------
    >>> without_network_former(Fractions.of(["NaCl", "LiAlCl4", "Na2SO4", "Na2S", "Se"])).tolist()
    [True, False, False, True, False]
    """
    held = fractions.matrix > 0
    plain = np.isin(SYMBOLS, [*MODIFIERS, *_ANIONS, *_CHALCOGENS])
    cations, chalcogens = (held[:, [INDEX[symbol] for symbol in part]].any(axis=1) for part in (MODIFIERS, _CHALCOGENS))
    return np.asarray(~held[:, ~plain].any(axis=1) & cations & ~(chalcogens & held[:, INDEX["O"]]))
