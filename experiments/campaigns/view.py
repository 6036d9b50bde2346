"""A campaign as it stands: what it was told, what came of it, and what its results say of any composition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...models.predictor import Predictor
from ..campaign_log import store
from ..campaign_log.events import standing
from ..campaign_log.store import State
from ..campaign_log.values import with_conditions
from ..ranking.rank import Predictors
from ..task.goal import Goal
from .history import history, why_retrain
from .learning import COLUMNS, Width, after_results, ranked, widths


class CampaignView:
    """What a campaign says of itself; nothing here changes it.

    Parameters
    ----------
    name
        Of a campaign that exists.
    """

    def __init__(self, name: str) -> None:
        self.name = store.read(name).name

    def __repr__(self) -> str:
        stands = standing(self.state.events)
        parts = (f"{len(stands.rounds)} rounds", f"{len(stands.results)} results", f"{len(stands.pending())} pending")
        return f"<Campaign {self.name}: {', '.join(parts)}>"

    @property
    def state(self) -> State:
        """All that the campaign is, as its file says now."""
        return store.read(self.name)

    @property
    def goal(self) -> Goal:
        """What to reach."""
        return Goal.kept(self.state.goal)

    def results(self) -> pd.DataFrame:
        """Results that stand, by composition and value, in the lab's columns and one for each condition."""
        return with_conditions(standing(self.state.events).ordered())

    def pending(self) -> list[str]:
        """Formulas proposed and neither measured, failed nor abandoned."""
        return standing(self.state.events).pending()

    def history(self) -> pd.DataFrame:
        """Predicted and measured, a row a proposal and a row an event: see `campaign_history.COLUMNS`."""
        return history(self.state)

    def rank(
        self,
        candidates: Any,
        goal: Goal | Mapping[str, Any] | Path | str | None = None,
        temperature_C: float | Iterable[float] | None = None,
        predictors: Predictors | None = None,
        also: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Rank any compositions, candidates of the campaign or not, after the results that stand.

        These correct and narrow what is predicted of compositions like them, in milliseconds and without a training:
        value, interval and `p_goal` are those of the posterior.

        Parameters
        ----------
        candidates, predictors, also
            As in `vitrion.rank`. The predictors stay as they are.
        goal, temperature_C
            As in `vitrion.rank`; by default those of the campaign.

        Returns
        -------
        DataFrame
            As `vitrion.rank` gives it. What was measured in the campaign has the source ``lab``.

        Examples
        --------
        >>> Campaign.load("laco").rank(["LiAlCl2.7O0.65"])[["p_goal", "tg_C"]]  # doctest: +SKIP
        """
        return ranked(self.state, candidates, goal, temperature_C, predictors, also)

    def intervals(self, predictors: Predictors | None = None) -> pd.DataFrame:
        """How much the results narrow the 90 % intervals of the campaign's candidates.

        Parameters
        ----------
        predictors
            By default the champions.

        Returns
        -------
        DataFrame
            A row for conductivity and one for Tg: ``property``, the median width ``before`` and ``after`` the results,
            in ``unit`` (decades, K), and how many ``results`` are on it. No row where there are no models yet.
        """
        told = pd.DataFrame([vars(one) for one in self.widths(predictors)], columns=list(COLUMNS))
        return told.rename(columns={"name": "property"})

    def widths(self, predictors: Predictors | None = None) -> list[Width]:
        """The same one by one, each with its `words`."""
        return widths(self.state, predictors)

    def predictor(self, name: str) -> Predictor:
        """Return a champion, ``"tg"`` or ``"conductivity"``, after learning the results that stand."""
        return after_results(self.state, [name])[name]

    @property
    def why_retrain(self) -> str:
        """One sentence on why and how to train the models again; empty when it is not worth it."""
        return why_retrain(self.state)

    @property
    def is_worth_retraining(self) -> bool:
        """Whether enough came in since the models were made, or they err by more than they say."""
        return bool(self.why_retrain)

    def to_json(self) -> str:
        """Everything, as JSON that `from_json` takes."""
        return store.encode(self.state)
