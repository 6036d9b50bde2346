"""What a campaign believed, what it found, and how far it got."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from statistics import median
from typing import Any

import pandas as pd

from ...datasets.results import conditions
from ..campaign_log.beliefs import at, belief_of, miss, of_a_glass
from ..campaign_log.events import CONDITIONS, CORRECTED, PROPOSED, RECORDS, WITHDRAWN, Event, Result, Standing, standing
from ..campaign_log.store import State
from ..registry.record import NoChampionError
from ..registry.versions import champions
from ..task.goal import Goal

BELIEFS: Mapping[str, str] = {
    "p_goal": "p_goal",
    "believed_conductivity_S_cm": "conductivity_S_cm",
    "believed_conductivity_low_S_cm": "conductivity_low_S_cm",
    "believed_conductivity_high_S_cm": "conductivity_high_S_cm",
    "believed_tg_C": "tg_C",
    "believed_tg_low_C": "tg_low_C",
    "believed_tg_high_C": "tg_high_C",
}
FOUND: Mapping[str, str] = {
    "found_conductivity_S_cm": "conductivity_S_cm",
    "found_conductivity_error_S_cm": "conductivity_error_S_cm",
    "found_at_C": "temperature_C",
    "found_tg_C": "tg_C",
    "found_tg_error_C": "tg_error_C",
}
PROGRESS = ("best_conductivity_S_cm", "to_goal_decades", "regret_decades")
COLUMNS = (
    *("event", "at", "round", "kind", "formula", "reason"),
    *BELIEFS,
    *FOUND,
    *("outcome", "conductivity_held", "tg_held"),
    *PROGRESS,
    *("standing", "note", "sample", CONDITIONS),
)
ENOUGH_NEW = 8
FEWEST_MISSES = 3


def history(state: State) -> pd.DataFrame:
    """Predicted, measured and the regret so far, with `COLUMNS`: a row a proposal, a row an event else.

    ``conductivity_held`` and ``tg_held`` say whether the 90 % interval held what was found. ``best_conductivity_S_cm``
    is the best so far, at the temperature of the campaign, of glasses whose Tg is not known to miss the goal;
    ``to_goal_decades`` what it lacks of the goal, ``regret_decades`` what it lacks of the best that is known by now.
    """
    told, now = Goal.kept(state.goal), standing(state.events)
    best = best_conductivity(now.results.values(), state.temperature_C, told)
    rounds = {event.number: place for place, event in enumerate(now.rounds, start=1)}
    formulas = {event.number: str(event.told.get("formula", "")) for event in state.events}
    rows: list[dict[str, Any]] = []
    for event in state.events:
        then = standing(state.events[: event.number])
        reached = _progress(best_conductivity(then.results.values(), state.temperature_C, told), best, told)
        fate = str(now.fate.get(event.number, "stands"))
        base = {"event": event.number, "at": event.at, "kind": event.kind, "standing": fate, **reached}
        note = event.told.get("note", "")
        for row in _rows(event, then, now, state.temperature_C, formulas):
            rows.append({"note": note, **base, "round": rounds.get(event.number), **row})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [*BELIEFS, *FOUND, *PROGRESS]
    table[numbers] = table[numbers].astype(float)
    words = [name for name in ("formula", "reason", "outcome", "note", "sample", CONDITIONS) if len(table)]
    table[words] = table[words].astype(object).where(table[words].notna(), "")
    return table.astype({"round": "Int64", "conductivity_held": "boolean", "tg_held": "boolean"})


def _rows(
    event: Event, then: Standing, now: Standing, temperature_C: float, formulas: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """What an event says, without what is the same for all."""
    told = event.told
    if event.kind == PROPOSED:
        for one in told["proposals"]:
            yield {"formula": one["formula"], "reason": one.get("reason", ""), **_believed(one)}
    elif event.kind in (*RECORDS, CORRECTED):
        result = then.results.get(int(told.get("corrects", event.number))) or _as_told(event)
        belief = belief_of(result, now.rounds)
        found = {column: result.found.get(name) for column, name in FOUND.items()}
        words = {name: result.found.get(name, "") for name in ("outcome", "note", "sample")}
        words[CONDITIONS] = conditions.written(result.found.get(CONDITIONS, {}))
        words["reason"] = f"corrects event {told['corrects']}" if event.kind == CORRECTED else ""
        yield {"formula": result.formula, **_believed(belief), **found, **words, **_held(result, belief, temperature_C)}
    elif event.kind == WITHDRAWN:
        number = int(told["withdraws"])
        yield {"formula": formulas.get(number, ""), "reason": f"takes back event {number}"}
    else:
        yield {"formula": told.get("formula", "")}


def _as_told(event: Event) -> Result:
    """A result that is withdrawn, as its event told it."""
    formula = str(event.told.get("formula", ""))
    values = {name: value for name, value in event.told["values"].items() if value is not None}
    return Result(event.number, event.number, event.at, formula, values)


def _believed(proposal: Mapping[str, Any]) -> dict[str, Any]:
    return {column: proposal.get(name) for column, name in BELIEFS.items()}


def _held(result: Result, belief: Mapping[str, Any], temperature_C: float) -> dict[str, bool | None]:
    told = miss(result, belief, temperature_C)
    half_widths = {"conductivity_held": told.conductivity, "tg_held": told.tg}
    return {name: None if value is None else value <= 1.0 + 1e-12 for name, value in half_widths.items()}


def best_conductivity(results: Iterable[Result], temperature_C: float, goal: Goal) -> float | None:
    """Best conductivity of a glass at a temperature, in S/cm, of compositions none of whose Tg misses the goal."""
    listed = list(results)
    highest = math.inf if goal.tg_C is None else goal.tg_C
    hard = {one.composition for one in listed if one.found.get("tg_C", -math.inf) > highest}
    reached = [
        at(one.found["conductivity_S_cm"], one.found["temperature_C"], temperature_C)
        for one in listed
        if "conductivity_S_cm" in one.found and one.composition not in hard and of_a_glass(one)
    ]
    return max(reached, default=None)


def _progress(reached: float | None, best: float | None, goal: Goal) -> dict[str, float | None]:
    if reached is None or best is None:
        return dict.fromkeys(PROGRESS)
    aim = goal.conductivity_S_cm
    to_goal = None if aim is None else max(0.0, math.log10(aim / reached))
    return dict(zip(PROGRESS, (reached, to_goal, max(0.0, math.log10(best / reached))), strict=True))


def why_retrain(state: State) -> str:
    """One sentence on why and how to train again; empty when it is not worth it.

    It is when `ENOUGH_NEW` results came since the older champion was made, or when the median of their misses is
    larger than the half width of the intervals.
    """
    try:
        cards = champions()
    except NoChampionError:
        cards = {}
    made = min((card.created for name, card in cards.items() if name in ("tg", "conductivity")), default="")
    stands = standing(state.events)
    new = [result for result in stands.results.values() if result.at > made]
    how = f"'vitrion campaign export {state.name} -o results.csv', 'vitrion data add results.csv', then 'vitrion train'"
    if len(new) >= ENOUGH_NEW:
        since = "since the models were made" if made else "and there are no models yet"
        return f"{len(new)} results came {since}; train them in: {how}"
    told = (miss(result, belief_of(result, stands.rounds), state.temperature_C) for result in new)
    misses = [value for one in told for value in (one.conductivity, one.tg) if value is not None]
    if len(misses) >= FEWEST_MISSES and median(misses) > 1.0:
        return f"half of the last {len(misses)} values lie outside their predicted intervals; train them in: {how}"
    return ""
