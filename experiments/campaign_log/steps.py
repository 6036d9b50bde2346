"""The steps of a campaign, as functions from what it was to what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...datasets.results.table import RowsError
from ...datasets.tables.grid import TableError
from ...datasets.tables.headers import condition
from ...features.composition import Composition
from ..task.outcomes import Outcomes
from .beliefs import doubts
from .candidates import spelling
from .events import (
    ABANDONED,
    CONDITIONS,
    CORRECTED,
    FIELDS,
    PROPOSED,
    RECORDS,
    WITHDRAWN,
    CampaignError,
    check_target,
    kind_of,
    parsed,
    standing,
)
from .store import State
from .values import as_table, judged, parted, refuse_repeat

Step = tuple[State, list[str]]


def with_records(state: State, rows: Iterable[tuple[Any, Mapping[str, Any]]], trust_units: bool = False) -> Step:
    """The state with results more, and what the user should know of them."""
    notices: list[str] = []
    for formula, told in rows:
        name, outside = _called(state, formula)
        values, told_notices = judged(name, told, state.temperature_C, trust_units)
        state = state.and_event(kind_of(values), formula=name, values=values)
        _refuse_repeat(state, state.events[-1].number)
        notices += [*outside, *told_notices, *doubts(state, state.events[-1].number)]
    _refuse_table(state)
    return state, list(dict.fromkeys(notices))


def with_correction(
    state: State, number: int, formula: Any, told: Mapping[str, Any], trust_units: bool = False
) -> Step:
    """The state with a result corrected: what is told replaces what was, None takes it out."""
    told, made = parted(told)
    number = check_target(state.events, number, RECORDS, "corrected").number
    old = standing(state.events).results[number]
    merged = {**old.found, **told}
    if "outcome" in told and "phase" not in told and merged["outcome"] != old.found.get("outcome"):
        merged["phase"] = None
    for value, error in (("conductivity_S_cm", "conductivity_error_S_cm"), ("tg_C", "tg_error_C")):
        if merged.get(value) is None and error not in told:
            merged[error] = None
    name, outside = (old.formula, []) if formula is None else _called(state, formula)
    if made:
        known = {**old.found.get(CONDITIONS, {}), **{condition(key) or key: value for key, value in made.items()}}
        told, merged = {**told, CONDITIONS: known}, {**merged, CONDITIONS: known}
    values, notices = judged(name, merged, state.temperature_C, trust_units)
    fields = (*FIELDS, CONDITIONS)
    changes = {key: values.get(key) for key in fields if values.get(key) != old.found.get(key)}
    if not changes and name == old.formula:
        raise CampaignError(f"event {number} says so already; give what is to be changed, such as a conductivity")
    named = {} if name == old.formula else {"formula": name}
    said = {
        key: values.get(key) for key in fields if key in changes or key in told
    }  # it stands if others are withdrawn
    state = state.and_event(CORRECTED, corrects=number, values=said, **named)
    _refuse_repeat(state, number)
    _refuse_table(state)
    return state, [*outside, *notices, *doubts(state, number), *_rounds_since(state, number)]


def with_withdrawal(state: State, number: int, note: str) -> Step:
    """The state without what an event said: a result, a correction, a round of proposals or an abandonment."""
    event = check_target(state.events, number, (*RECORDS, PROPOSED, ABANDONED, CORRECTED), "withdrawn")
    number = event.number
    state = state.and_event(WITHDRAWN, withdraws=number, **({"note": note} if note else {}))
    _refuse_table(state)
    target = int(event.told.get("corrects", number))
    return state, _rounds_since(state, target) if event.kind in (*RECORDS, CORRECTED) else []


def with_abandonment(state: State, formula: Any, note: str) -> Step:
    """The state with a proposal given up: neither a failure nor a result."""
    composition, stands = Composition.of(formula), standing(state.events)
    pending = stands.pending()
    name = next((text for text in pending if parsed(text) == composition), None)
    if name is None:
        if composition in stands.given_up():
            raise CampaignError(f"{formula} is abandoned already")
        waiting = ", ".join(pending[:8]) or "none is"
        raise CampaignError(f"{formula} is not waiting for a result, so it cannot be abandoned; waiting: {waiting}")
    return state.and_event(ABANDONED, formula=name, **({"note": note} if note else {})), []


def _called(state: State, formula: Any) -> tuple[str, list[str]]:
    """A composition as the candidates spell it, and a word if it is none of them."""
    composition = Composition.of(formula)
    name = spelling(state.candidates, composition)
    if name is not None:
        return name, []
    return composition.formula, [
        f"{composition.formula} is not among the candidates of {state.name}; taken all the same"
    ]


def _refuse_repeat(state: State, number: int) -> None:
    results = standing(state.events).results
    refuse_repeat(results[number], results.values())


def _refuse_table(state: State) -> None:
    """Refuse results that could not be learnt from together."""
    try:
        Outcomes.of(as_table(standing(state.events).ordered()))
    except TableError as error:
        why = error.rows[0] if isinstance(error, RowsError) else error
        raise CampaignError(f"with this, the results do not go together: {why}") from None


def _rounds_since(state: State, number: int) -> list[str]:
    """A word on the rounds that were proposed from a value which does not stand any more."""
    late = [event for event in standing(state.events).rounds if event.number > number]
    if not late:
        return []
    which = ", ".join(str(event.number) for event in late)
    return [
        f"event {which} was proposed before this correction; if its samples are not started, withdraw it and "
        "propose again"
    ]
