"""Campaigns in MLflow: one run a campaign, found again by its tags, and below it one a round."""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...datasets.exchange.inert import inert_table
from ..campaign_log.events import Event, Standing, standing
from ..campaign_log.store import State, encode, read
from ..campaign_log.values import as_table
from ..task.goal import Goal
from ..tracking.model_card import markdown
from ..tracking.reach import MlflowAwayError, UntrackedWarning, conversation
from .history import best_conductivity, history
from .plot import progress_lines

if TYPE_CHECKING:
    from ..tracking.open_run import OpenRun

NAME, CREATED, EVENT = "campaign", "campaign_created", "event"
BEST, TO_GOAL, REGRET = "best_conductivity_S_cm", "to_goal_decades", "regret_decades"


def track_round(name: str, event: int) -> None:
    """Log the round of a campaign that an event proposed; whatever fails is a warning, the campaign has all of it.

    This is the one door from campaigns to MLflow.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of MLflow, about itself
            log_round(read(name), event)
    except Exception as error:
        away = isinstance(error, MlflowAwayError)
        told = str(error) if away else f"{type(error).__name__}: {error}".splitlines()[0][:300]
        said = f"and not tracked: {told}" if away else f"but MLflow did not take it ({told}); mend it"
        warnings.warn(
            f"event {event} of {name} is kept, {said}, or leave MLflow out with --no-track (track=False)",
            UntrackedWarning,
            stacklevel=3,
        )


def log_round(state: State, event: int) -> str:
    """Log a round below the run of its campaign, bring that up to date, and return the id of the round's run.

    Earlier rounds that have no finished run are logged too: what was proposed by a process that was killed before it
    came to MLflow, or that was told to leave MLflow out.
    """
    stands, last = standing(state.events), ""
    with conversation(), _campaign(state) as parent:
        _bring_up_to_date(parent, state, stands)
        known = _logged(parent) - {str(event)}
        for number, told in enumerate(stands.rounds, 1):
            if told.number <= event and str(told.number) not in known:
                last = _log_one(state, stands, told, number)
    return last


def _log_one(state: State, stands: Standing, told: Event, number: int) -> str:
    from ..tracking.log import CAMPAIGN, begun, log_versions

    tags = {NAME: state.name, "round": str(number), EVENT: str(told.number)}
    tags |= {f"model_{name}": str(version) for name, version in told.told.get("models", {}).items()}
    with begun(CAMPAIGN, f"{state.name} round {number}", tags) as run:
        run.params({"round": number, "seed": told.told["seed"], "temperature_C": state.temperature_C})
        run.params({"batch": len(told.told["proposals"])} | _models(told))
        log_versions(run)
        _log_proposals(run, told)
        _log_results(run, state, stands, told.number)
        run.figures({"progress": progress_lines(state)})
        run.note(_round_note(state, told, number))
    return run.id


def _logged(campaign: OpenRun) -> set[str]:
    """Events of the rounds below a campaign's run that are logged to their end."""
    place = campaign.client.get_run(campaign.id).info.experiment_id
    asked = f"tags.`mlflow.parentRunId` = '{campaign.id}' and attributes.status = 'FINISHED'"
    return {str(run.data.tags.get(EVENT)) for run in campaign.client.search_runs([place], asked, max_results=1000)}


def progress(state: State) -> list[dict[str, float | None]]:
    """What was known when each round was proposed: best conductivity, what it lacks of the goal, and the regret.

    Of the results that came before the round, with the values that stand now. The regret is what the best lacks of the
    best that is known by now.
    """
    stands, goal = standing(state.events), Goal.kept(state.goal)
    reached = [
        best_conductivity((r for r in stands.results.values() if r.event < one.number), state.temperature_C, goal)
        for one in stands.rounds
    ]
    best, aim = best_conductivity(stands.results.values(), state.temperature_C, goal), goal.conductivity_S_cm
    rows: list[dict[str, float | None]] = []
    for value in reached:
        to_goal = None if value is None or aim is None else max(0.0, math.log10(aim / value))
        regret = None if value is None or best is None else math.log10(best / value)
        rows.append({BEST: value, TO_GOAL: to_goal, REGRET: regret})
    return rows


@contextmanager
def _campaign(state: State) -> Iterator[OpenRun]:
    """The run of a campaign, found again by its tags or made; what is begun within stands below it."""
    from ..tracking.experiment_names import CAMPAIGN
    from ..tracking.store import again, begun

    found = _find(state)
    if found is not None:
        with again(found) as run:
            yield run
        return
    goal = Goal.kept(state.goal)
    with begun(CAMPAIGN, state.name, {NAME: state.name, CREATED: state.created}, gathers=True) as run:
        run.params({"batch": state.batch, "temperature_C": state.temperature_C, "seed": state.seed})
        run.params({f"goal_{name}": value for name, value in goal.to_dict().items()})
        run.text(goal.to_toml(), "goal.toml")
        yield run


def _find(state: State) -> str | None:
    """Id of the run of a campaign, the same name begun at the same time."""
    from ..tracking.experiment_names import CAMPAIGN
    from ..tracking.store import store

    client = store()
    place = client.get_experiment_by_name(CAMPAIGN).experiment_id
    asked = f"tags.{NAME} = '{state.name}' and tags.{CREATED} = '{state.created}'"
    found = client.search_runs([place], asked, max_results=1, order_by=["attributes.start_time ASC"])
    return str(found[0].info.run_id) if found else None


def _bring_up_to_date(run: OpenRun, state: State, stands: Standing) -> None:
    """Log what is new or was corrected since, at the step of its round; and keep the campaign as it is now."""
    known = {name: _last(run, name) for name in (BEST, TO_GOAL, REGRET)}
    for step, row in enumerate(progress(state), 1):
        fresh = {name: value for name, value in row.items() if value is not None and known[name].get(step) != value}
        run.metrics(fresh, step)
    run.metrics({"results": len(stands.results), "pending": len(stands.pending())}, len(stands.rounds))
    run.text(encode(state), "campaign.json")
    run.table(history(state), "history.csv")
    run.figures({"progress": progress_lines(state)})
    run.note(_campaign_note(state, stands))


def _last(run: OpenRun, name: str) -> dict[int, float]:
    """What was logged last at each step of a metric."""
    told = sorted(run.client.get_metric_history(run.id, name), key=lambda one: one.timestamp)
    return {int(one.step): float(one.value) for one in told}


def _models(event: Event) -> dict[str, Any]:
    return {f"model_{name}": version for name, version in event.told.get("models", {}).items()}


def _log_proposals(run: OpenRun, event: Event) -> None:
    """What was proposed, as a table, and in numbers."""
    table = pd.DataFrame(event.told["proposals"])
    run.table(table, "proposals.csv")
    run.table(table, "proposals.json")
    best = {
        f"best_{name}": float(table[name].max())
        for name in ("p_goal", "conductivity_S_cm")
        if name in table.columns and table[name].notna().any()
    }
    run.metrics({"proposals": len(table), **best})


def _log_results(run: OpenRun, state: State, stands: Standing, event: int) -> None:
    """What was learnt before the round: all results that stand and came before it."""
    from ..tracking.log import log_dataset

    table = as_table([result for result in stands.ordered() if result.event < event])
    text = inert_table(table).to_csv(index=False)
    run.text(text, "results.csv")
    digest = hashlib.sha256(text.encode()).hexdigest()
    log_dataset(run, f"results of {state.name}", digest, len(table), f"vitrion campaign export {state.name}", "results")


def _round_note(state: State, event: Event, number: int) -> str:
    """What a round proposed, for its page."""
    heads = ["formula", "P(goal)", f"conductivity at {state.temperature_C:g} C, S/cm", "Tg, C", "why"]
    rows = []
    for one in event.told["proposals"]:
        numbers = [one.get(name) for name in ("p_goal", "conductivity_S_cm", "tg_C")]
        told = ["" if value is None else f"{value:.2g}" for value in numbers]
        rows.append([one["formula"], *told, str(one.get("reason", "")).replace("|", "/")])
    stop = f"\n\nYou may stop: {event.told['stop']}" if event.told.get("stop") else ""
    return f"## Round {number} of {state.name}\n\n{markdown(heads, rows)}{stop}"


def _campaign_note(state: State, stands: Standing) -> str:
    """How far a campaign is, for its page."""
    told = state.candidates
    over = str(told.get("template") or f"{len(told.get('formulas', []))} candidates")
    best = best_conductivity(stands.results.values(), state.temperature_C, Goal.kept(state.goal))
    reached = "no conductivity of a glass yet" if best is None else f"best {best:.3g} S/cm"
    return (
        f"## Campaign {state.name}\n\nOver `{over}`, begun {state.created}: {len(stands.rounds)} rounds, "
        f"{len(stands.results)} results, {len(stands.pending())} pending; {reached}.\n\n"
        f"The steps of the metrics are rounds: what was known when each was proposed. `{REGRET}` is against the best "
        "that is known by now: when a better one is found, earlier steps are logged again, and the latest counts."
    )
