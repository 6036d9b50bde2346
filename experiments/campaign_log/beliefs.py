"""What was predicted of a sample before it was measured, and which results deserve doubt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...datasets.properties import ZERO_CELSIUS_K
from ...features.composition import Composition
from ...models.temperature import ARRHENIUS
from ..task.outcomes import FAILURES, NO_GLASS_PHASES
from .events import Event, Result, Standing, kind_of, parsed, standing
from .store import State

FAR = 2.0  # half widths of its interval beyond which a value is doubted
APART = {
    "conductivity_S_cm": 1.0,
    "tg_C": 40.0,
}  # decades and K from which on two results on one composition are doubted: a decimal slip is
COMPARABLE_C = 10.0  # furthest from the temperature of the campaign at which its beliefs are held against a value


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


@dataclass(frozen=True)
class Miss:
    """How far a value lies from the middle of its interval, in half widths: above 1, the interval did not hold it."""

    conductivity: float | None
    tg: float | None


def miss(result: Result, belief: Mapping[str, Any], temperature_C: float) -> Miss:
    """The miss of each value that was believed and found.

    A conductivity is moved to the temperature of the belief, and compared where that lies within `COMPARABLE_C`. What
    was found of a melt that gave no glass says nothing of a belief about the glass.
    """
    values, sigma = result.found, None
    if not of_a_glass(result):
        return Miss(None, None)
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
            said.append(f"the {name} of {result.formula} lies far outside its predicted interval; {how}")
    told_else = (f"event {other} tells another {word} of {result.formula}" for other, word in _else(result, stands))
    return said + [f"{sentence}; both count; {how}" for sentence in told_else]


def contradictions(state: State) -> list[str]:
    """Sentences on results on one composition that contradict each other, each pair once."""
    stands = standing(state.events)
    return [
        f"events {result.event} and {other} contradict each other on the {word} of {result.formula}"
        for result in stands.results.values()
        for other, word in _else(result, stands)
        if other > result.event
    ]


def _else(result: Result, stands: Standing) -> Iterator[tuple[int, str]]:
    """Events that tell something else of the same composition, and of what."""
    for other in stands.results.values():
        if other.event == result.event or other.composition != result.composition:
            continue
        if kind_of(other.found) != kind_of(result.found):
            yield other.event, "outcome"
            continue
        for name, most in APART.items():
            if name in result.found and name in other.found and _difference(result, other, name) > most - 1e-9:
                yield other.event, "Tg" if name == "tg_C" else "conductivity"


def _difference(one: Result, other: Result, name: str) -> float:
    """How far two results lie apart, in K or, at the same temperature, in decades."""
    if name == "tg_C":
        return abs(float(one.found[name]) - float(other.found[name]))
    there = float(one.found["temperature_C"])
    return abs(math.log10(one.found[name] / at(other.found[name], other.found["temperature_C"], there)))


def of_a_glass(result: Result) -> bool:
    """Return whether the values of a result are those of a glass."""
    found = result.found
    return found.get("phase") not in NO_GLASS_PHASES and found.get("outcome") not in FAILURES
