"""What the results of a campaign teach: predictors after them, rankings by these, and how much narrower intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...datasets.measurement import composition_keys
from ...datasets.properties import find
from ...datasets.readings import trusting
from ...features.fractions import Fractions
from ...features.notices import collected
from ...models.artifacts.artifact import ArtifactError
from ...models.predictor import Predictor
from ..campaign_log.candidates import pool_of
from ..campaign_log.events import standing
from ..campaign_log.store import State
from ..campaign_log.values import as_table
from ..proposals.propose import taught
from ..ranking.rank import Predictors, rank
from ..ranking.ready import Informed, ready
from ..ranking.scoring import predicted
from ..recipes.recipe import RECIPES
from ..registry import glass_former
from ..registry.record import NoChampionError
from ..registry.versions import load_predictor
from ..task.goal import Goal
from ..task.outcomes import Outcomes
from ..task.own_results import Facts, informed

MOST_STEPS = 8  # counts of results at which the narrowing is shown
MOST_JUDGED = 200  # candidates of a campaign whose intervals are looked at, evenly over all
COLUMNS = ("name", "before", "after", "unit", "results")  # of widths as a table
TITLES = {"tg": "Tg"}
UNITS = {"log10": "decades"}


def outcomes_of(state: State) -> Outcomes:
    """The results that stand."""
    with collected():  # what there is to notice was said when they were recorded
        return Outcomes.of(as_table(standing(state.events).ordered()))


def after_results(state: State, names: Iterable[str], predictors: Predictors | None = None) -> Informed:
    """Predictors of some properties that know the laboratory's own results, and those that stand in the campaign.

    Parameters
    ----------
    state
        Of the campaign.
    names, predictors
        As in `ready`.
    """
    return after(outcomes_of(state), names, predictors)


def after(outcomes: Outcomes, names: Iterable[str], predictors: Predictors | None = None) -> Informed:
    """The same after any results; see `after_results`."""
    with collected():  # of values that deserve doubt, which was said when they were recorded
        known = ready(names, predictors)
        former = glass_former.taught(known.former, outcomes)
        return Informed({name: taught(one, outcomes) for name, one in known.items()}, outcomes, former)


def ranked(
    state: State,
    candidates: Any,
    goal: Goal | Mapping[str, Any] | Path | str | None,
    temperature_C: float | Iterable[float] | None,
    predictors: Predictors | None,
    also: Sequence[str],
) -> pd.DataFrame:
    """The ranking of any candidates after the results of a campaign; see `CampaignView.rank`."""
    at = state.temperature_C if temperature_C is None else temperature_C
    with trusting():  # the ranking judges what is given here; what the campaign has was judged at its beginning
        aim = Goal.kept(state.goal) if goal is None else Goal.of(goal)
    known = after_results(state, dict.fromkeys((*RECIPES, *also, *aim.properties)), predictors)
    if temperature_C is None and goal is None:
        with trusting():
            return rank(candidates, aim, at, known, also)
    return rank(candidates, aim if goal is None else goal, at, known, also)


@dataclass(frozen=True)
class Width:
    """Median width of the 90 % interval of one property over the candidates of a campaign.

    Parameters
    ----------
    name
        Of the property.
    before, after
        Without and with the results of the campaign, in `unit`.
    unit
        ``decades`` or ``K``.
    results
        How many of them are on it.
    """

    name: str
    before: float
    after: float
    unit: str
    results: int

    @property
    def words(self) -> str:
        """Say it in a sentence.

        >>> Width("conductivity", 1.92, 1.1, "decades", 8).words
        'interval of conductivity: 1.9 to 1.1 decades after 8 results'
        >>> Width("tg", 184.2, 184.2, "K", 0).words
        'interval of Tg: 184 K'
        """
        written = "{:.1f}" if self.unit == "decades" else "{:.0f}"
        title = TITLES.get(self.name, self.name.replace("_", " "))
        if not self.results:
            return f"interval of {title}: {written.format(self.before)} {self.unit}"
        told = f"{written.format(self.before)} to {written.format(self.after)} {self.unit}"
        return f"interval of {title}: {told} after {self.results} result{'' if self.results == 1 else 's'}"


def widths(state: State, predictors: Predictors | None = None) -> list[Width]:
    """Widths of the intervals over the candidates, before and after the results; none where there are no models.

    Before them, the predictors know what else the laboratory added to its store, and not what of it came from here.

    Parameters
    ----------
    state
        Of the campaign.
    predictors
        Of ``tg`` and ``conductivity``; by default the champions.
    """
    some, outcomes, found = _judged(state), outcomes_of(state), list[Width]()
    for name in ("conductivity", "tg"):
        known = _known(name, predictors)
        if known is None:
            continue
        told, before = outcomes.of_glasses(name), _without(name, known, outcomes)
        with collected(), trusting():
            wide, narrow = (_width(name, one, some, state.temperature_C) for one in (before, taught(before, outcomes)))
        quantity = find(name)
        if np.isfinite([wide, narrow]).all():
            found.append(Width(name, wide, narrow, UNITS.get(quantity.scale, quantity.target_unit), len(told)))
    return found


def narrowing(state: State, predictors: Predictors | None = None) -> pd.DataFrame:
    """How the intervals over the candidates narrow with the results, in the order in which they were recorded.

    Parameters
    ----------
    state
        Of the campaign.
    predictors
        Of ``tg`` and ``conductivity``; by default the champions.

    Returns
    -------
    DataFrame
        ``property``, ``results`` (how many were learnt), ``formula`` (the last of them), ``width`` (median of the 90 %
        intervals, in ``unit``); at most `MOST_STEPS` + 1 rows a property, none where there is no model of it.
    """
    some = _judged(state)
    results = sorted(standing(state.events).results.values(), key=lambda one: one.event)
    counts = np.unique(np.linspace(0, len(results), min(len(results), MOST_STEPS) + 1).round().astype(int))
    rows: list[dict[str, Any]] = []
    for name in ("conductivity", "tg"):
        known = _known(name, predictors)
        if known is None:
            continue
        quantity = find(name)
        before = _without(name, known, outcomes_of(state))
        for count in counts.tolist():
            with collected(), trusting():
                after_some = taught(before, Outcomes.of(as_table(results[:count]))) if count else before
                width = _width(name, after_some, some, state.temperature_C)
            last = results[count - 1].formula if count else ""
            unit = UNITS.get(quantity.scale, quantity.target_unit)
            rows.append({"property": name, "results": count, "formula": last, "width": width, "unit": unit})
    return pd.DataFrame(rows, columns=["property", "results", "formula", "width", "unit"])


def _judged(state: State) -> Fractions:
    """Candidates of a campaign whose intervals are looked at."""
    pool = pool_of(state.candidates).fractions
    return pool.take(np.unique(np.linspace(0, len(pool) - 1, min(len(pool), MOST_JUDGED)).round().astype(np.intp)))


def _known(name: str, predictors: Predictors | None) -> Predictor | None:
    """The predictor of a property; None where there is no model, for a campaign can be looked at without."""
    try:
        return predictors[name] if predictors and name in predictors else load_predictor(name)
    except (NoChampionError, ArtifactError):
        return None


def _without(name: str, known: Predictor, outcomes: Outcomes) -> Predictor:
    """The predictor as it is without the results of a campaign, which the lab's store may hold as well."""
    told = outcomes.of_glasses(name)
    keys = composition_keys(Fractions.of(told["formula"].tolist()).matrix)
    with collected(), trusting():
        return informed(known, without=Facts.told(name, keys, told))


def _width(name: str, predictor: Predictor, fractions: Fractions, temperature_C: float) -> float:
    told, to_target = predicted(name, predictor, fractions, temperature_C), find(name).to_target
    width = to_target(told.upper) - to_target(told.lower)
    known = width[~np.isnan(width)]  # a molecular liquid has no Tg
    return float(np.median(known)) if len(known) else float("nan")
