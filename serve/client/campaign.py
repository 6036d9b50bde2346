"""A campaign that a service keeps, with the verbs of one that is kept here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...experiments.campaign_log.store import State, decode
from ...experiments.campaigns.campaign import Campaign, Numbers
from ...experiments.campaigns.learning import COLUMNS, Width
from .rankings import ranked
from .transport import ServiceError, Wire, fields_of, ranking_of, results_of


class RemoteCampaign(Campaign):
    """A campaign of a service; what it shows is what stands there at that moment.

    Parameters
    ----------
    wire
        The line to the service.
    name
        Of a campaign that exists there.
    """

    def __init__(self, wire: Wire, name: str) -> None:
        self._wire, self.name = wire, name
        self.name = self.state.name

    @property
    def state(self) -> State:
        """All that the campaign is, as the service says now."""
        return decode(self._wire.bytes(f"campaigns/{self.name}/export").decode())

    @property
    def why_retrain(self) -> str:
        """One sentence on why and how to train the models of the service again; empty when it is not worth it."""
        return str(self._wire.get(f"campaigns/{self.name}")["why_retrain"])

    def propose(self, batch: int | None = None, predictors: Any = None, track: bool = True) -> pd.DataFrame:
        """Choose what to make next, and keep the round; by the models of the service."""
        if predictors is not None:
            raise ServiceError("a campaign of a service proposes with its models; leave predictors out", 0)
        answer = self._wire.post(f"campaigns/{self.name}/propose", {"batch": batch, "track": track}, once=True)
        table = ranking_of(self._wire.noticed(answer))
        table.attrs |= {"stop": answer["stop"], "event": answer["event"]}
        return table

    def record(self, formula: str, **values: Any) -> int:
        """Record a result, as `Campaign.record` does; return the number of the event."""
        given = {name: value for name, value in values.items() if value is not None and value is not False}
        return self._done("record", {"formula": formula, **given})[0]

    def record_table(self, table: pd.DataFrame | Path | str, trust_units: bool = False) -> Numbers:
        """Record a table of results, all rows or none; return the numbers of the events."""
        return self._done("record-table", {"rows": results_of(table)} | _insisting(trust_units))

    def correct(self, event: int, formula: str | None = None, trust_units: bool = False, **values: Any) -> int:
        """Correct a result; return the number of the event."""
        fields = {"event": event, "formula": formula, "values": values}
        return self._done("correct", fields | _insisting(trust_units))[0]

    def withdraw(self, event: int, note: str = "") -> int:
        """Take back what an event said; return the number of the event."""
        return self._done("withdraw", {"event": event, "note": note})[0]

    def abandon(self, formula: str, note: str = "") -> int:
        """Give up a proposal; return the number of the event."""
        return self._done("abandon", {"formula": formula, "note": note})[0]

    def rank(
        self,
        candidates: Any,
        goal: Any = None,
        temperature_C: float | Iterable[float] | None = None,
        predictors: Any = None,
        also: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Rank any compositions after the results that stand, as `Campaign.rank` does; by the models of the service."""
        if predictors is not None:
            raise ServiceError("a campaign of a service ranks with its models; leave predictors out", 0)
        at = self.state.temperature_C if temperature_C is None else temperature_C
        asked = {"goal": fields_of(goal), "also": list(also), "campaign": self.name}
        return ranked(self._wire, candidates, at, asked)

    def widths(self, predictors: Any = None) -> list[Width]:
        """Widths of the intervals before and after the results, by the models of the service."""
        if predictors is not None:
            raise ServiceError("the intervals are those of the models of the service; leave predictors out", 0)
        intervals = self._wire.get(f"campaigns/{self.name}").get("intervals", ())
        return [Width(**{name: one[name] for name in COLUMNS}) for one in intervals]

    def predictor(self, name: str) -> Any:
        """Refuse: models stay with the service."""
        raise ServiceError(f"the model of {name} stays with the service; predict with rank", 0)

    def _done(self, verb: str, body: Mapping[str, Any]) -> Numbers:
        answer = self._wire.noticed(self._wire.post(f"campaigns/{self.name}/{verb}", body, once=True))
        return [int(event) for event in answer["events"]]


def _insisting(trust_units: bool) -> dict[str, bool]:
    """The field of a request that insists on units, where it does: earlier services know none."""
    return {"trust_units": True} if trust_units else {}
