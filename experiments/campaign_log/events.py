"""What happened in a campaign, in order, and what of it stands: pure functions of its events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...features.composition import Composition, FormulaError
from ...features.scalars import plain, shown

PROPOSED, MEASURED, FAILED, ABANDONED = "proposed", "measured", "failed", "abandoned"
CORRECTED, WITHDRAWN = "corrected", "withdrawn"
RECORDS = (MEASURED, FAILED)
NEEDED: Mapping[str, Mapping[str, type]] = {
    PROPOSED: {"proposals": list, "seed": int, "stop": str},
    MEASURED: {"formula": str, "values": dict},
    FAILED: {"formula": str, "values": dict},
    ABANDONED: {"formula": str},
    CORRECTED: {"corrects": int, "values": dict},
    WITHDRAWN: {"withdraws": int},
}
NUMBERS = ("conductivity_S_cm", "conductivity_error_S_cm", "temperature_C", "tg_C", "tg_error_C")
WORDS = ("phase", "outcome", "sample", "note")
FIELDS = (*NUMBERS, *WORDS)
CONDITIONS = "conditions"  # of the synthesis by name, beside `FIELDS`: kept, not learnt from
_NUMERIC = ("_S_cm", "_C", "p_goal")  # ends of the names of numbers in a proposal
NO_GLASS = ("no glass formed", "crystallised", "decomposed")


class CampaignError(ValueError):
    """What a campaign was told and cannot take."""


class TakenError(CampaignError):
    """A name that another campaign has already."""


@lru_cache(maxsize=4096)
def parsed(formula: str) -> Composition:
    """The composition that a formula writes, parsed once."""
    return Composition.parse(formula)


@dataclass(frozen=True)
class Event:
    """One thing that happened: its number from 1, what kind it is, when (UTC), and what was told."""

    number: int
    kind: str
    at: str
    told: Mapping[str, Any]

    def plain(self) -> dict[str, Any]:
        """The event as JSON holds it."""
        return {"event": self.number, "kind": self.kind, "at": self.at, **self.told}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Event:
        """The event that JSON holds; raises `CampaignError` where it is none."""
        told = dict(plain)
        number, kind, at = (told.pop(name, None) for name in ("event", "kind", "at"))
        if kind not in NEEDED or not isinstance(number, int) or isinstance(number, bool) or not isinstance(at, str):
            raise CampaignError(f"an event {str(plain)[:60]} without a number, a known kind and a time")
        for name, kind_of_value in NEEDED[kind].items():
            if not isinstance(told.get(name), kind_of_value):
                raise CampaignError(f"event {number}, {kind}, has no {name}")
        _check_contents(number, kind, told)
        return cls(number, str(kind), at, told)


def _check_contents(number: int, kind: str, told: Mapping[str, Any]) -> None:
    """Refuse formulas that cannot be read, numbers that are none, and what no result says."""
    proposals = told.get("proposals", [])
    if not all(isinstance(one, Mapping) and isinstance(one.get("formula"), str) for one in proposals):
        raise CampaignError(f"event {number} has a proposal without formula")
    try:
        for formula in [told["formula"]] if "formula" in told else [one["formula"] for one in proposals]:
            parsed(formula)
    except (FormulaError, TypeError, AttributeError) as error:
        raise CampaignError(f"event {number}: {error}") from None
    named = [(name, value) for one in proposals for name, value in one.items() if name.endswith(_NUMERIC)]
    values = told.get("values", {})
    if unknown := sorted(set(values) - {*FIELDS, CONDITIONS}):
        raise CampaignError(f"event {number} has {', '.join(unknown)[:60]}, which no result says")
    _check_conditions(number, values.get(CONDITIONS))
    for name, value in [*named, *((name, value) for name, value in values.items() if name != CONDITIONS)]:
        if value is None and (kind == CORRECTED or not values):
            continue
        word = name in WORDS and isinstance(value, str)
        if not word and (name in WORDS or isinstance(value, bool) or not _is_number(value)):
            raise CampaignError(f"event {number} has {name} = {value!r:.60}, which it cannot be")
    if "conductivity_S_cm" in values and kind in RECORDS and "temperature_C" not in values:
        raise CampaignError(f"event {number} has a conductivity without a temperature")
    if (values.get("conductivity_S_cm") or 1.0) <= 0:
        raise CampaignError(f"event {number} has a conductivity of {values['conductivity_S_cm']:g} S/cm")


def _check_conditions(number: int, made: Any) -> None:
    """Refuse conditions of a synthesis that are no numbers and texts by name; None where there are none."""
    if made is None:
        return
    fine = isinstance(made, Mapping) and all(
        isinstance(name, str) and not isinstance(value, bool) and (isinstance(value, str) or _is_number(value))
        for name, value in made.items()
    )
    if not fine:
        raise CampaignError(f"event {number} has conditions that are no numbers and texts by name")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


@dataclass(frozen=True)
class Result:
    """What stands of one record after all corrections.

    Parameters
    ----------
    event, last
        Number of the record, and of the event that said last what it says.
    at
        When that was.
    formula
        Composition that was melted.
    found
        What was found, by the names of `campaign_values.FIELDS`.
    """

    event: int
    last: int
    at: str
    formula: str
    found: Mapping[str, Any]

    @property
    def composition(self) -> Composition:
        """Composition of the sample."""
        return parsed(self.formula)


@dataclass(frozen=True)
class Fate:
    """What became of an event that does not stand as it was told; as text ``corrected by 7``.

    Parameters
    ----------
    kind
        `CORRECTED` or `WITHDRAWN`.
    how, event
        By an event of its own, or with the record that it corrects: ``by`` or ``with``, and the number of the event.
    """

    kind: str
    how: str
    event: int

    def __str__(self) -> str:
        """Return the words."""
        return f"{self.kind} {self.how} {self.event}"


@dataclass
class Standing:
    """What stands after some events.

    Parameters
    ----------
    results
        By the number of their record.
    rounds
        Proposals, in order.
    abandoned
        Formulas that were given up, by the number of the event.
    fate
        What became of an event that does not stand as it was told.
    """

    results: dict[int, Result] = field(default_factory=dict)
    rounds: list[Event] = field(default_factory=list)
    abandoned: dict[int, str] = field(default_factory=dict)
    fate: dict[int, Fate] = field(default_factory=dict)

    def pending(self) -> list[str]:
        """Formulas proposed and neither measured, failed nor abandoned, in the order of their proposals."""
        answered = {result.composition for result in self.results.values()} | self.given_up()
        proposed = (str(one["formula"]) for event in self.rounds for one in event.told["proposals"])
        return [text for text in dict.fromkeys(proposed) if parsed(text) not in answered]

    def given_up(self) -> set[Composition]:
        """Compositions that were abandoned."""
        return {parsed(formula) for formula in self.abandoned.values()}

    def ordered(self) -> list[Result]:
        """Results by composition and value, whatever the order and the detours in which they came."""
        return sorted(self.results.values(), key=_place)


def _place(result: Result) -> tuple[Any, ...]:
    values = sorted((name, str(type(value)), repr(value)) for name, value in result.found.items())
    return result.composition.counts, values, result.formula


def standing(events: Iterable[Event]) -> Standing:
    """What stands of events that `check` has let pass."""
    listed = list(events)
    withdrawn = {int(e.told["withdraws"]): e.number for e in listed if e.kind == WITHDRAWN}
    found = Standing(fate={number: Fate(WITHDRAWN, "by", by) for number, by in withdrawn.items()})
    for event in listed:
        if event.number in withdrawn or event.kind == WITHDRAWN:
            continue
        if event.kind == PROPOSED:
            found.rounds.append(event)
        elif event.kind == ABANDONED:
            found.abandoned[event.number] = str(event.told["formula"])
        elif event.kind in RECORDS:
            told = event.told
            found.results[event.number] = Result(event.number, event.number, event.at, told["formula"], told["values"])
        elif (old := found.results.get(int(event.told["corrects"]))) is not None:
            found.results[old.event] = corrected(old, event)
            found.fate[old.event] = found.fate[old.last] = Fate(CORRECTED, "by", event.number)
        else:
            found.fate[event.number] = Fate(WITHDRAWN, "with", int(event.told["corrects"]))
    return found


def corrected(result: Result, event: Event) -> Result:
    """The result as a correction leaves it: what the correction names replaces what was told, None removes it."""
    merged = {**result.found, **event.told["values"]}
    values = {name: value for name, value in merged.items() if value is not None}
    return Result(result.event, event.number, event.at, str(event.told.get("formula", result.formula)), values)


def kind_of(values: Mapping[str, Any]) -> str:
    """Whether values tell of a melt that failed or of one that was measured."""
    return FAILED if values.get("outcome") in NO_GLASS else MEASURED


def check(events: Sequence[Event], since: int = 0) -> None:
    """Raise `CampaignError` if events after the first so many are out of order, or change others that cannot be."""
    for place, event in enumerate(events[since:], start=since + 1):
        if event.number != place:
            raise CampaignError(f"event {event.number} stands where event {place} should; events count from 1")
        if event.kind == CORRECTED:
            check_target(events[: place - 1], int(event.told["corrects"]), RECORDS, "corrected")
        if event.kind == WITHDRAWN:
            kinds = (*RECORDS, PROPOSED, ABANDONED, CORRECTED)
            check_target(events[: place - 1], int(event.told["withdraws"]), kinds, "withdrawn")


def check_target(events: Sequence[Event], number: int, kinds: Sequence[str], verb: str) -> Event:
    """Return the event of that number if it can be corrected or withdrawn; say why it cannot be."""
    number = plain(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(events):
        have = f"events 1 to {len(events)}" if events else "no events yet"
        raise CampaignError(f"there is no event {shown(number)}; the campaign has {have}")
    event, fate = events[number - 1], standing(events).fate.get(number)
    if fate is not None and fate.kind == WITHDRAWN:
        raise CampaignError(f"event {number} is {fate}; record the result anew")
    if event.kind == CORRECTED and CORRECTED not in kinds:
        first = event.told["corrects"]
        raise CampaignError(f"event {number} is itself a correction of event {first}; correct event {first}")
    if event.kind not in kinds:
        raise CampaignError(f"event {number} is {event.kind} and cannot be {verb}; {' or '.join(kinds)} events can be")
    return event
