"""A campaign: propose, melt, record, propose again; the one object that changes, kept on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ...features.notices import notice
from ..campaign_log import store
from ..campaign_log.events import CampaignError
from ..campaign_log.steps import Step, with_abandonment, with_correction, with_records, with_withdrawal
from ..campaign_log.store import State
from ..campaign_log.values import of_table
from ..ranking.rank import Predictors
from ..task.goal import Goal
from . import tracking as campaign_runs
from .round import begun, imported, kept, proposed
from .view import CampaignView

MOST_TRIES = 20
_NOT_TOLD = ("self", "formula", "trust_units", "made")
Numbers: TypeAlias = list[int]  # in the class, list is a method


class Campaign(CampaignView):
    """A campaign that is kept under its name; every method reads what is on disk at that moment.

    Make one with `new`, find it again with `load`. Who corrects a wrong value gets, bit for bit, the proposals of a
    history in which it was right at once.

    Parameters
    ----------
    name
        Of a campaign that exists.
    """

    @classmethod
    def new(
        cls,
        name: str,
        candidates: Any,
        goal: Goal | Mapping[str, Any] | Path | str | None = None,
        batch: int = 4,
        temperature_C: float = 25.0,
        seed: int = 0,
        **variables: Any,
    ) -> Campaign:
        """Begin a campaign.

        Parameters
        ----------
        name
            Letters, digits, ``-`` and ``_``, at most 64.
        candidates
            A template such as ``"LiAlCl{4-2x}O{x}"``, a space, or a list of formulas.
        goal
            As in `rank`; it stays with the campaign.
        batch
            How many to propose in a round.
        temperature_C
            Where the conductivity counts, in degC.
        seed
            Of all draws of the campaign.
        **variables
            Range of each variable of a template: ``x="0:1.5:0.05"``.
        """
        told = begun(name, candidates, variables, goal=goal, batch=batch, temperature_C=temperature_C, seed=seed)
        store.create(told)
        return cls(name)

    @classmethod
    def load(cls, name: str) -> Campaign:
        """Find a campaign by its name."""
        return cls(name)

    @staticmethod
    def list() -> list[str]:
        """Names of all campaigns."""
        return store.names()

    def propose(
        self, batch: int | None = None, predictors: Predictors | None = None, track: bool = True
    ) -> pd.DataFrame:
        """Choose what to make next, and keep what is believed of it.

        Results that came since the last round are learnt at once. What was proposed and not answered is not proposed
        again and counts as on its way; what was abandoned is not proposed again and counts for nothing.

        Parameters
        ----------
        batch
            How many; by default as the campaign was made.
        predictors
            By default the champions.
        track
            Whether the round becomes a run of MLflow; where that fails, a warning says so.

        Returns
        -------
        DataFrame
            As `vitrion.propose` gives it; ``attrs["event"]`` is the number of the event, None when nothing was found.
        """
        for _ in range(MOST_TRIES):
            seen = self.state
            table, told = proposed(seen, batch, predictors)
            event = None if told is None else kept(seen, told)
            if told is None or event is not None:
                table.attrs["event"] = event
                if track and event is not None:
                    campaign_runs.track_round(self.name, event)
                return table
        raise CampaignError(f"{self.name} changes all the time while it proposes; stop the other processes first")

    def record(
        self,
        formula: str,
        *,
        conductivity_S_cm: float | None = None,
        tg_C: float | None = None,
        conductivity_error_S_cm: float | None = None,
        tg_error_C: float | None = None,
        temperature_C: float | None = None,
        phase: str | None = None,
        outcome: str | None = None,
        sample: str = "",
        note: str = "",
        trust_units: bool = False,
        conditions: Mapping[str, Any] | None = None,
        **made: Any,
    ) -> int:
        """Record a result, all of it or a part; return the number of the event.

        Parameters
        ----------
        formula
            Composition of the sample. A composition that is no candidate is taken with a warning.
        conductivity_S_cm, tg_C, conductivity_error_S_cm, tg_error_C
            What was measured, in S/cm and degC, and the standard errors of it in the same units.
        temperature_C
            Of the conductivity, in degC; by default that of the campaign.
        phase
            ``glass`` by default; ``glass-ceramic``, ``crystal``, ...
        outcome
            ``"no glass formed"``, ``"crystallised"`` or ``"decomposed"`` for a synthesis that failed.
        sample, note
            Name of the sample, which two melts with the same values need, and anything else.
        trust_units
            Whether values that look like another unit are taken.
        conditions, **made
            How the sample was made, kept and not learnt from: ``milling_h, milling_rpm, melt_C, anneal_C, anneal_h,
            atmosphere, pressure_MPa, operator, date``, and anything else under ``conditions``, by name.
        """
        told = {name: value for name, value in locals().items() if name not in _NOT_TOLD} | made
        return self._change(lambda state: with_records(state, [(formula, told)], trust_units))[0]

    def record_table(self, table: pd.DataFrame | Path | str, trust_units: bool = False) -> Numbers:
        """Record a table of results, all rows or none, as `vitrion data add` reads it; return the event numbers."""
        rows, notices = of_table(table, trust_units)
        return self._change(lambda state: with_records(state, rows, trust_units), notices)

    def correct(self, event: int, formula: str | None = None, trust_units: bool = False, **values: Any) -> int:
        """Correct a result: what is given replaces what was told, None takes it out; return the number of the event.

        Parameters
        ----------
        event
            Number of the record.
        formula
            The composition that was made indeed.
        trust_units, **values
            As in `record`.
        """
        return self._change(lambda state: with_correction(state, event, formula, values, trust_units))[0]

    def withdraw(self, event: int, note: str = "") -> int:
        """Take back a result, a correction, a round of proposals or an abandonment; return the number of the event."""
        return self._change(lambda state: with_withdrawal(state, event, note))[0]

    def abandon(self, formula: str, note: str = "") -> int:
        """Give up a proposal, which then is neither failed nor measured; return the number of the event."""
        return self._change(lambda state: with_abandonment(state, formula, note))[0]

    def _change(self, step: Callable[[State], Step], notices: Iterable[str] = ()) -> Numbers:
        """Apply a step to what is on disk; warn of what it notices, and return the numbers of the new events."""
        told, before = [*notices], 0

        def changed(state: State) -> State:
            nonlocal before
            before = len(state.events)
            new, more = step(state)
            told.extend(more)
            return new

        after = len(store.change(self.name, changed).events)
        for one in told:
            notice(one, stacklevel=3)
        return [*range(before + 1, after + 1)]

    @classmethod
    def from_json(cls, text: str, name: str | None = None) -> Campaign:
        """Keep a campaign that `to_json` wrote, under its own or another name; raises `CampaignError` if it is none."""
        state = imported(text, name)
        if state.name not in store.names() or store.read(state.name) != state:
            store.create(state)
        return cls(state.name)
