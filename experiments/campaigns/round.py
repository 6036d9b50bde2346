"""One round of a campaign: proposals from what stands, and what is kept of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...datasets.readings import aiming, temperature, trusting
from ...features.notices import collected, notice
from ...features.scalars import whole
from ..campaign_log.candidates import as_plain, restored
from ..campaign_log.events import PROPOSED, CampaignError, parsed, standing
from ..campaign_log.store import State, change, checked_name, decode, now
from ..campaign_log.values import as_table
from ..proposals.pool import Pool, few
from ..proposals.propose import propose
from ..ranking.rank import Predictors
from ..recipes.recipe import RECIPES
from ..registry.loading import Loaded
from ..registry.versions import champions
from ..task.goal import Goal


def begun(
    name: str,
    candidates: Any,
    variables: Mapping[str, Any],
    *,
    goal: Goal | Mapping[str, Any] | Path | str | None,
    batch: int,
    temperature_C: float,
    seed: int,
) -> State:
    """The state of a campaign in which nothing happened yet; the parameters are those of `Campaign.new`."""
    batch, at, seed = _checked(batch, temperature_C, seed)
    told = as_plain(candidates, variables)
    pool = Pool.of(restored(told))  # warns of candidates left out
    with aiming(at):
        aim = Goal.of(goal)
    if aim.refused(pool.fractions).all():
        raise CampaignError("the goal refuses every candidate: none has the elements that it asks for and allows")
    for lacking in sorted({*aim.properties} - {*RECIPES} - {*champions()}):
        how = f"train one before the first round: vitrion train -p {lacking}"
        notice(f"the goal limits {lacking}, and there is no model of it yet; {how}", stacklevel=3)
    return State(checked_name(name), now(), told, aim.to_dict(), batch, at, seed)


def seed_of(seed: int, rounds: int) -> int:
    """Seed of the round that follows so many that stand.

    >>> seed_of(0, 0) == seed_of(0, 0) != seed_of(0, 1)
    True
    """
    return int(np.random.SeedSequence([seed, rounds]).generate_state(1)[0])


def proposed(
    state: State, batch: int | None, predictors: Predictors | None
) -> tuple[pd.DataFrame, dict[str, Any] | None]:
    """Proposals, and what the event says of them; None where there are none."""
    stands = standing(state.events)
    seed, versions = seed_of(state.seed, len(stands.rounds)), _versions(predictors)
    batch = state.batch if batch is None else batch
    with collected(), trusting():  # and not said: of candidates left out, of the goal that was judged at its beginning
        table = propose(
            restored(state.candidates),
            batch=batch,
            goal=Goal.kept(state.goal),
            results=as_table(stands.ordered()),
            pending=sorted(stands.pending(), key=lambda text: parsed(text).counts),
            without=[one.formula for one in sorted(stands.given_up(), key=lambda one: one.counts)],
            temperature_C=state.temperature_C,
            predictors=predictors,
            seed=seed,
        )
    if table.empty:
        return table, None
    if len(table) < batch:
        notice(table.attrs.get("few") or few(len(table), batch), stacklevel=3)
    rows = [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict("records")]
    return table, {"proposals": rows, "seed": seed, "stop": str(table.attrs.get("stop", "")), "models": versions}


def kept(seen: State, told: Mapping[str, Any]) -> int | None:
    """Number of the event of a round, or None if something happened since it was begun and it is not kept."""
    numbers: list[int] = []

    def step(state: State) -> State:
        numbers.clear()
        if state.events != seen.events:
            return state
        numbers.append(len(state.events) + 1)
        return state.and_event(PROPOSED, **told)

    change(seen.name, step)
    return numbers[0] if numbers else None


def _versions(predictors: Predictors | None) -> dict[str, int]:
    """Version of each predictor, where it is known: of the champions, and of those that were loaded with theirs."""
    if isinstance(predictors, Loaded):
        return predictors.versions
    return {} if predictors else {name: card.version for name, card in champions().items()}


def _plain(cell: Any) -> Any:
    """A cell as JSON holds it; None for what is missing."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def imported(text: str, name: str | None = None) -> State:
    """The state in JSON of another home, under its own or another name; raises `CampaignError` if it is none."""
    try:
        state = decode(text)
        with trusting():
            _checked(state.batch, state.temperature_C, state.seed)
        Goal.kept(state.goal), Pool.of(restored(state.candidates))
    except ValueError as error:
        raise CampaignError(f"this cannot be imported: {error}") from None
    return replace(state, name=state.name if name is None else checked_name(name), owner="")


def _checked(batch: Any, temperature_C: Any, seed: Any) -> tuple[int, float, int]:
    """Size of a round, temperature in degC and seed, refused where no campaign can have them."""
    many = whole(batch, "batch", "a whole number from 1 to 100", 1, 100, CampaignError)
    start = whole(seed, "seed", f"a whole number from 0 to {2**32 - 1}", 0, 2**32 - 1, CampaignError)
    return many, temperature(temperature_C, error=CampaignError), start
