"""Campaigns as the service keeps and shows them, without HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors.refusals import ConflictError, NotFoundError, nothing_called
from ..formatting.rows import cell, records
from ..schemas.limits import check_learnt
from ..workers.bookkeeping import added
from . import costs
from .model_cache import InUse
from .predictions import Answer, Ask, noticed, together

if TYPE_CHECKING:
    from ...experiments.campaigns.campaign import Campaign

Told = Mapping[str, Any]


_LOG = logging.getLogger(__name__)


class Campaigns:
    """Use cases of campaigns.

    Parameters
    ----------
    models
        Those in use.
    """

    def __init__(self, models: InUse) -> None:
        self.models = models

    def list(self, only: Collection[str] | None = None) -> list[dict[str, Any]]:
        """A row a campaign that can be read; `only` those of some names."""
        from ...experiments.campaign_log.store import CampaignFileError
        from ...experiments.campaigns.campaign import Campaign
        from ..formatting.campaign_tables import listing

        readable = []
        for name in Campaign.list():
            if only is not None and name not in only:
                continue
            try:
                readable.append(Campaign.load(name))
            except CampaignFileError as error:
                _LOG.warning("a campaign is left out of the list: %s", error)
        return records(listing(readable))

    def find(self, name: str) -> Campaign:
        """Return a campaign by its name."""
        from ...experiments.campaign_log.store import checked_name
        from ...experiments.campaigns.campaign import Campaign

        if checked_name(name) not in Campaign.list():
            raise NotFoundError(nothing_called("campaign", name))
        return Campaign.load(name)

    def checked(self, name: str, more: int = 0) -> Campaign:
        """Return a campaign, if its results and what is on its way, with so many more, are few enough to be learnt."""
        from ...experiments.campaign_log.events import standing

        campaign = self.find(name)
        stands = standing(campaign.state.events)
        check_learnt(len(stands.results) + (more or len(stands.pending())))
        return campaign

    def new(
        self, name: str, candidates: Any, ask: Ask, variables: Told, batch: int, seed: int, owner: str = ""
    ) -> dict[str, Any]:
        """Begin a campaign, its owner's from the first moment; of several at once that want a name one gets it."""
        from ...experiments.campaign_log.store import create
        from ...experiments.campaigns.campaign import Campaign
        from ...experiments.campaigns.round import begun

        if name in Campaign.list():
            raise ConflictError(f"there is a campaign called {name!r} already; choose another name")
        options: dict[str, Any] = {"goal": ask.goal, "batch": batch, "temperature_C": ask.temperature_C, "seed": seed}
        notes, state = noticed(lambda: begun(name, candidates, variables, **options))
        create(replace(state, owner=owner))
        return self.show(name) | {"notes": together(ask.notes, notes)}

    def show(self, name: str, figure: bool = False) -> dict[str, Any]:
        """All that a campaign is: its aim, its history, what is waited for, and whether to train again."""
        from ...datasets.results.conditions import in_columns
        from ...experiments.campaign_log.events import standing
        from ..formatting.campaign_tables import candidates_of, progress_of, rounds_of
        from ..pages.reports import goal_words

        campaign = self.find(name)
        state, history = campaign.state, campaign.history()
        stands = standing(state.events).results.values()
        recorded = [
            {"event": one.event, "last": one.last, "formula": one.formula, **cell(dict(one.found))} for one in stands
        ]
        fields = {
            "name": campaign.name,
            "created": state.created,
            "candidates": cell(dict(state.candidates)),
            "candidates_words": candidates_of(state.candidates),
            "goal": cell(dict(state.goal)),
            "goal_words": goal_words(campaign.goal, state.temperature_C),
            "batch": state.batch,
            "temperature_C": state.temperature_C,
            "seed": state.seed,
            "rounds": rounds_of(history),
            "results": len(recorded),
            "recorded": recorded,
            "progress_words": progress_of(history),
            "intervals": self.intervals(campaign),
            "pending": campaign.pending(),
            "conditions": [name for name in in_columns(history) if name not in history],
            "events": len(state.events),
            "history": records(in_columns(history)),
            "why_retrain": campaign.why_retrain,
        }
        if figure and state.events:
            from ..pages import figures as pictures

            fields["figure"] = pictures.of_campaign(state)
        return fields

    def intervals(self, campaign: Campaign) -> Sequence[Told]:
        """How much the results narrow the intervals of the candidates; nothing while there are no models."""
        if not self.models.ready:
            return []
        return [{**vars(one), "words": one.words} for one in campaign.widths(self.models.get())]

    def narrowing(self, name: str) -> dict[str, Any]:
        """A figure of how the intervals narrow with the results; none while there is no result or no model."""
        from ...experiments.campaigns.learning import narrowing
        from ..pages import figures as pictures

        state = self.find(name).state
        steps = narrowing(state, self.models.get() if self.models.ready else None) if state.events else None
        if steps is None or steps.empty or not steps["results"].any():
            return {"rows": [], "figure": None}
        return {"rows": records(steps), "figure": pictures.of_narrowing(steps)}

    def exported(self, name: str, form: str) -> bytes:
        """All of a campaign as JSON that another home imports, its results as CSV, or its page."""
        from ..formatting.campaign_tables import for_the_lab
        from ..formatting.files import to_csv
        from ..pages.campaign_page import campaign_page

        campaign = self.find(name)
        if form == "csv":
            return to_csv(for_the_lab(campaign))
        return campaign_page(campaign, campaign.history()).encode() if form == "html" else campaign.to_json().encode()

    def imported(self, told: Told, name: str | None, owner: str) -> dict[str, Any]:
        """Keep a campaign that another home exported, under its own or another name."""
        from ...experiments.campaign_log.store import create
        from ...experiments.campaigns.campaign import Campaign
        from ...experiments.campaigns.round import imported

        state = imported(json.dumps(told), name)
        if state.name in Campaign.list():
            raise ConflictError(f"there is a campaign called {state.name!r} already; give it another name")
        create(replace(state, owner=owner))
        return self.show(state.name)

    def counted(self, candidates: Any, variables: Told) -> dict[str, Any]:
        """How many different, neutral candidates a family or a list has, and what is left out of it and why."""
        from ...experiments.campaign_log.candidates import as_plain, restored
        from ...experiments.proposals.pool import Pool

        notes, pool = noticed(lambda: Pool.of(restored(as_plain(candidates, variables))))
        return {"candidates": len(pool), "notes": notes}

    def propose(self, name: str, batch: int | None) -> Answer:
        """Choose the next samples of a campaign, and keep the round."""
        campaign = self.checked(name)
        known = self.models.get(campaign.goal.properties)
        notes, table = noticed(lambda: campaign.propose(batch, known, track=False))  # see `workflows.remember`
        more = {"event": table.attrs["event"], "stop": cell(table.attrs.get("stop", "")), "notes": notes}
        return Answer(table, known.versions, more)

    def seconds(self, name: str, batch: int | None, most_s: float) -> float:
        """How long a round is expected to take; refuses more than one request may take."""
        from ...experiments.campaign_log.candidates import restored
        from ...experiments.campaign_log.events import standing

        state = self.checked(name).state
        stands, candidates = standing(state.events), restored(state.candidates)
        size = int(getattr(candidates, "size", 0)) or len(candidates)
        mend = f"make it a round as a job (POST /api/v1/campaigns/{name}/rounds), or ask for fewer"
        learnt = len(stands.results) + len(stands.pending())
        return costs.bounded(size, batch or state.batch, learnt, most_s, mend)

    def round(self, name: str, batch: int | None, seen: int) -> dict[str, Any]:
        """Make a round as a job does, once: one that came after `seen` events is not made again."""
        from ...experiments.campaign_log.events import PROPOSED

        for event in self.find(name).state.events[seen:]:
            if event.kind == PROPOSED:
                told = event.told
                return _round(len(told["proposals"]), told["models"], event.number, str(told["stop"]))
        answer = self.propose(name, batch)
        return _round(len(answer.table), answer.models, answer.more["event"], answer.more["stop"])

    def change(self, name: str, verb: str, *arguments: Any, **values: Any) -> dict[str, Any]:
        """Record, correct, withdraw or abandon; return the events it made and what is to be noticed."""
        campaign = self.checked(name, len(arguments[0])) if verb == "record_table" else self.find(name)
        notes, events = noticed(lambda: getattr(campaign, verb)(*arguments, **values))
        return {
            "events": events if isinstance(events, list) else [events],
            "notes": notes,
            "why_retrain": campaign.why_retrain,
        }

    def to_data(self, name: str) -> dict[str, Any]:
        """Add the results that stand to the lab's store; those that it holds already are left out."""
        from ..formatting.campaign_tables import for_the_lab

        table = for_the_lab(self.find(name))
        if table.empty:
            raise ConflictError(f"the campaign {name!r} has no result that stands; record one first")
        return added(table, keep_good=True, note=f"campaign {name}")


def _round(proposals: int, models: Told, event: int | None, stop: str) -> dict[str, Any]:
    words = f"{proposals} melts proposed as event {event}" if event is not None else "nothing is left to propose"
    return {
        "event": event,
        "proposals": proposals,
        "models": dict(models),
        "words": f"{words}; {stop}" if stop else words,
    }
