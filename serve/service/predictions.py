"""What the service does, without HTTP: rank, sweep and propose with the models that are loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ...features.notices import collected
from ..errors.elsewhere import elsewhere
from ..errors.refusals import InputError, visible
from ..formatting.measured import counted_words
from ..formatting.rows import dumped, encoded, records
from ..settings import Settings
from .families import TAKEN
from .model_cache import InUse

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.campaigns.campaign import Campaign
    from ...experiments.task.goal import Goal

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """What candidates are asked for.

    Parameters
    ----------
    goal
        The goal.
    temperature_C
        Where the conductivity counts, in degC.
    also
        Further properties to predict.
    each_C
        Temperature of each candidate in degC, where they have their own.
    notes
        What is to be noticed of goal and temperature.
    """

    goal: Goal
    temperature_C: float = 25.0
    also: tuple[str, ...] = ()
    each_C: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, goal: Told | Goal | None, temperature_C: float | Sequence[float] = 25.0, also: Sequence[str] = ()
    ) -> Ask:
        """What is asked for, checked."""
        import numpy as np

        from ...datasets.readings import aiming, temperature, temperatures
        from ...experiments.task.goal import Goal

        further = tuple(dict.fromkeys(also))
        with collected() as said:
            several = isinstance(temperature_C, Sequence)
            at = (temperatures if several else temperature)(np.asarray(temperature_C, dtype=float), error=InputError)
            with aiming(at):
                aim = _usual() if goal is None else Goal.of(goal)
        if isinstance(at, float):
            return cls(aim, at, further, notes=tuple(said))
        return cls(aim, also=further, each_C=tuple(at.tolist()), notes=tuple(said))

    @property
    def common(self) -> float | None:
        """The temperature of all candidates in degC, None where each has its own."""
        return None if self.each_C is not None else self.temperature_C

    @property
    def further(self) -> tuple[str, ...]:
        """Properties beside Tg and conductivity."""
        return tuple(name for name in (*self.also, *self.goal.properties) if name not in ("tg", "conductivity"))


@cache
def _usual() -> Goal:
    """The goal of who tells none, checked once."""
    from ...experiments.task.goal import Goal

    return Goal.of(None)


@dataclass(frozen=True)
class Answer:
    """A table, the versions of the models that made it, and what else there is to say."""

    table: pd.DataFrame
    models: Mapping[str, int]
    more: Mapping[str, Any] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The answer as JSON."""
        return encoded(self.table, self.models, **self.more)


class Service:
    """Use cases that need the models.

    Parameters
    ----------
    models
        Those in use.
    settings
        Of the service.
    """

    def __init__(self, models: InUse, settings: Settings) -> None:
        self.models, self.settings = models, settings

    def rank(
        self, candidates: Sequence[Any], ask: Ask, figure: bool = False, campaign: Campaign | None = None
    ) -> Answer:
        """Rank a list, as `vitrion.rank` does, or as `Campaign.rank` does after the results of a campaign."""
        from ...experiments.ranking import rank as ranking
        from ...experiments.ranking.repeats import REPEATS, SAME_AS

        known = self.models.get(ask.further)
        with collected():  # and not said again: of a temperature that may be kelvin
            asked = candidates, ask.goal, ask.each_C or ask.temperature_C, known, ask.also
            table = ranking.rank(*asked) if campaign is None else campaign.rank(*asked)
        more: dict[str, Any] = {"places": table.index.tolist(), "notes": [*ask.notes]}
        if repeats := table.attrs.get(REPEATS):
            more |= {"repeats": repeats, "same_as": table.attrs[SAME_AS]}
        if figure:
            more |= _view().beside(table, ask.goal, ask.common)
        return Answer(table, known.versions, more)

    def compare(self, candidates: Sequence[str], ask: Ask) -> Answer:
        """Put compositions side by side, as `vitrion.compare` does; melting too where its model is there."""
        from ...experiments.comparison.table import LIQUIDUS, compare
        from ...experiments.registry.record import NoChampionError

        known = self.models.get()
        with suppress(NoChampionError):
            known = self.models.get((LIQUIDUS,))
        found = compare(list(candidates), ask.temperature_C, known)
        more = {"temperature_C": found.temperature_C, "notes": [*ask.notes]}
        return Answer(found.cells, found.models, more)

    def explain(self, candidates: Sequence[str], ask: Ask, against: str | None, nearest: int) -> bytes:
        """Say what stands behind the predictions of compositions, as `vitrion.explain` does."""
        from ...experiments.comparison.reasons import explain

        found = explain(list(candidates), ask.temperature_C, against, nearest, self.models.get())
        tables = {"drivers": found.drivers, "measured": found.measured, "nearest": found.nearest}
        rows = {name: records(table) for name, table in tables.items()}
        more = {"temperature_C": found.temperature_C, "models": dict(found.models), "notes": [*ask.notes]}
        return dumped(rows | more)

    def sweep(self, template: str, variables: Told, ask: Ask, figure: bool = False) -> Answer:
        """Predict every member of a family, as `vitrion.sweep` does; its measured members are told too."""
        from ...experiments.ranking import rank as ranking
        from ...experiments.ranking.ready import ready

        self.check_family(template, variables)
        known = self.models.get(ask.further)
        with collected():  # and not said: of points left out, which the answer counts
            table = ranking.sweep(template, ask.temperature_C, ask.goal, known, **variables)
        more: dict[str, Any] = {"left_out": int(table.attrs.get("left_out", 0)), "notes": [*ask.notes]}
        if figure and variables:
            pictures = _pictures()
            measured = pictures.measured(
                table, list(variables), ready(("tg", "conductivity"), known), ask.temperature_C
            )
            more |= {"measured": records(measured), "known": counted_words(table, ask.goal)}
            more["figure"] = pictures.of_sweep(table, list(variables), measured, ask.goal, ask.temperature_C)
        return Answer(table, known.versions, more)

    def propose(self, candidates: Any, ask: Ask, variables: Told, options: Told) -> Answer:
        """Choose the next melts, as `vitrion.propose` does."""
        from ...experiments.proposals import propose as proposal
        from ...features import Template
        from ..formatting.rows import cell

        if isinstance(candidates, str):
            self.check_family(candidates, variables)
            candidates = Template.parse(candidates)  # and never the name of a file
        known = self.models.get(ask.goal.properties)
        notes, table = noticed(
            lambda: proposal.propose(
                candidates,
                goal=ask.goal,
                temperature_C=ask.temperature_C,
                predictors=known,
                **options,
                **variables,
            )
        )
        return Answer(
            table, known.versions, {"stop": cell(table.attrs.get("stop", "")), "notes": together(ask.notes, notes)}
        )

    def check_family(self, template: str, variables: Told) -> int:
        """Number of members that ranges lay out; refuses more than one request may have, before they are laid out."""
        from ...features import Template

        most = self.settings.most_candidates
        parsed = Template.parse(template)
        for name, span in variables.items():
            if name in TAKEN:
                raise InputError(f"the variable {name}: that name is taken; use another letter in the template")
            if isinstance(span, str) and (count := _steps(span)) is not None and not count <= most:
                raise InputError(f"{name} = {visible(span)} has more than {most:,} values; take larger steps")
        size = parsed.grid(**variables).size
        if size > most:
            raise InputError(f"{size:,} members, more than {most:,}; take larger steps or narrower ranges")
        return int(size)


def _steps(span: str) -> float | None:
    """Number of values in a range; None for what is no range, which the template tells."""
    try:
        start, stop, step = map(float, span.split(":"))
        return abs((stop - start) / step)
    except (ValueError, ZeroDivisionError):
        return None


def together(*notes: Sequence[str]) -> list[str]:
    """Notes of several kinds, each sentence once."""
    return list(dict.fromkeys(sentence for some in notes for sentence in some))


def noticed(work: Any) -> tuple[list[str], Any]:
    """What a piece of work had to say, whatever others say at the same time, and what it returned."""
    with collected() as said:
        done = work()
    return [elsewhere(sentence) for sentence in said], done


def _pictures() -> Any:
    from ..pages import figures as pictures

    return pictures


def _view() -> Any:
    from ..pages import ranking_view

    return ranking_view
