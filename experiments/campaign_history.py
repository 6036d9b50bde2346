"""What a campaign believed, what it found, and how far it got."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from ..datasets.properties import ZERO_CELSIUS_K
from ..features.composition import Composition
from ..models.blend import ARRHENIUS
from .campaign_events import CORRECTED, PROPOSED, RECORDS, Event, Result, Standing, parsed, standing
from .campaign_store import State
from .goal import Goal
from .outcomes import FAILURES, NO_GLASS_PHASES
from .registry import NoChampionError, champions

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
    *("standing", "note"),
)
FAR = 2.0  # half widths of its interval beyond which a value is doubted
APART = {"conductivity_S_cm": 1.0, "tg_C": 40.0}  # decades and K by which two results on one composition may differ
COMPARABLE_C = 10.0  # furthest from the temperature of the campaign at which its beliefs are held against a value
ENOUGH_NEW = 8
FEWEST_MISSES = 3


def history(state: State) -> pd.DataFrame:
    """What was believed, what was found and the regret so far, with `COLUMNS`: a row a proposal, a row an event else.

    ``conductivity_held`` and ``tg_held`` say whether the 90 % interval held what was found. ``best_conductivity_S_cm``
    is the best so far, at the temperature of the campaign, of glasses whose Tg is not known to miss the goal;
    ``to_goal_decades`` what it lacks of the goal, ``regret_decades`` what it lacks of the best that is known by now.
    """
    told, now = Goal.of(dict(state.goal)), standing(state.events)
    best = best_conductivity(now.results.values(), state.temperature_C, told)
    rounds = {event.number: place for place, event in enumerate(now.rounds, start=1)}
    rows: list[dict[str, Any]] = []
    for event in state.events:
        then = standing(state.events[: event.number])
        reached = _progress(best_conductivity(then.results.values(), state.temperature_C, told), best, told)
        fate = now.fate.get(event.number, "stands")
        base = {"event": event.number, "at": event.at, "kind": event.kind, "standing": fate, **reached}
        note = event.told.get("note", "")
        for row in _rows(event, then, now, state.temperature_C):
            rows.append({"note": note, **base, "round": rounds.get(event.number), **row})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [*BELIEFS, *FOUND, *PROGRESS]
    table[numbers] = table[numbers].astype(float)
    words = [name for name in ("formula", "reason", "outcome", "note") if len(table)]
    table[words] = table[words].astype(object).where(table[words].notna(), "")
    return table.astype({"round": "Int64", "conductivity_held": "boolean", "tg_held": "boolean"})


def _rows(event: Event, then: Standing, now: Standing, temperature_C: float) -> Iterator[dict[str, Any]]:
    """What an event says, without what is the same for all."""
    told = event.told
    if event.kind == PROPOSED:
        for one in told["proposals"]:
            yield {"formula": one["formula"], "reason": one.get("reason", ""), **_believed(one)}
    elif event.kind in (*RECORDS, CORRECTED):
        result = then.results.get(int(told.get("corrects", event.number))) or _as_told(event)
        belief = belief_of(result, now.rounds)
        found = {column: result.found.get(name) for column, name in FOUND.items()}
        words = {name: result.found.get(name, "") for name in ("outcome", "note")}
        yield {"formula": result.formula, **_believed(belief), **found, **words, **_held(result, belief, temperature_C)}
    else:
        yield {"formula": told.get("formula", "")}


def _as_told(event: Event) -> Result:
    """A result that is withdrawn, as its event told it."""
    formula = str(event.told.get("formula", ""))
    values = {name: value for name, value in event.told["values"].items() if value is not None}
    return Result(event.number, event.number, event.at, formula, values)


def belief_of(result: Result, rounds: Iterable[Event]) -> Mapping[str, Any]:
    """The proposal of a composition in the last round before it was measured; empty where there is none."""
    found: Mapping[str, Any] = {}
    if not result.formula:
        return found
    for event in rounds:
        if event.number < result.event:
            same = (one for one in event.told["proposals"] if _is(one["formula"], result.composition))
            found = next(same, found)
    return found


def _is(formula: str, composition: Composition) -> bool:
    return parsed(formula) == composition


def _believed(proposal: Mapping[str, Any]) -> dict[str, Any]:
    return {column: proposal.get(name) for column, name in BELIEFS.items()}


@dataclass(frozen=True)
class Miss:
    """How far a value lies from the middle of its interval, in half widths: above 1, the interval did not hold it."""

    conductivity: float | None
    tg: float | None


def miss(result: Result, belief: Mapping[str, Any], temperature_C: float) -> Miss:
    """The miss of each value that was believed and found.

    A conductivity is moved to the temperature of the belief, and compared where that lies within `COMPARABLE_C`.
    """
    values, sigma = result.found, None
    if "conductivity_S_cm" in values and abs(values["temperature_C"] - temperature_C) <= COMPARABLE_C:
        ends = [belief.get(f"conductivity_{end}_S_cm") for end in ("low", "high")]
        found = math.log10(at(values["conductivity_S_cm"], values["temperature_C"], temperature_C))
        sigma = _half_widths(found, *(math.log10(end) if end else None for end in ends))
    tg = _half_widths(values["tg_C"], belief.get("tg_low_C"), belief.get("tg_high_C")) if "tg_C" in values else None
    return Miss(sigma, tg)


def _half_widths(found: float, low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None or not high > low else abs(found - (low + high) / 2) / ((high - low) / 2)


def at(conductivity: float, measured_C: float, wanted_C: float) -> float:
    """A conductivity moved from one temperature to another by the usual activation energy, in S/cm.

    >>> round(at(1.52e-3, 30.0, 25.0), 5)
    0.00121
    """
    shift = 1000.0 / (wanted_C + ZERO_CELSIUS_K) - 1000.0 / (measured_C + ZERO_CELSIUS_K)
    return float(conductivity * 10.0 ** (-ARRHENIUS * shift))


def doubts(state: State, number: int) -> list[str]:
    """Words on a result that lies far from what was believed of it, or from another on the same composition."""
    stands = standing(state.events)
    result, said = stands.results[number], list[str]()
    how = f"if it is wrong, correct event {number}"
    told = miss(result, belief_of(result, stands.rounds), state.temperature_C)
    for name, value in (("conductivity", told.conductivity), ("Tg", told.tg)):
        if value is not None and value > FAR:
            said.append(f"the {name} of {result.formula} lies far outside of what was believed of it; {how}")
    for other in stands.results.values():
        if other.event == number or other.composition != result.composition:
            continue
        for name, most in APART.items():
            if name in result.found and name in other.found and _difference(result, other, name) > most:
                word = "Tg" if name == "tg_C" else "conductivity"
                said.append(f"event {other.event} tells another {word} of {result.formula}; both count; {how}")
    return said


def _difference(one: Result, other: Result, name: str) -> float:
    """How far two results lie apart, in K or, at the same temperature, in decades."""
    if name == "tg_C":
        return abs(float(one.found[name]) - float(other.found[name]))
    there = float(one.found["temperature_C"])
    return abs(math.log10(one.found[name] / at(other.found[name], other.found["temperature_C"], there)))


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
        if "conductivity_S_cm" in one.found and one.composition not in hard and _of_a_glass(one)
    ]
    return max(reached, default=None)


def _of_a_glass(result: Result) -> bool:
    found = result.found
    return found.get("phase") not in NO_GLASS_PHASES and found.get("outcome") not in FAILURES


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
        return f"half of the last {len(misses)} values lie outside what was believed of them; train them in: {how}"
    return ""
