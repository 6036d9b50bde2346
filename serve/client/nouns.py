"""What a service keeps, each noun with what one does with it: campaigns, data, jobs and models."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..formatting.rows import table_of
from .candidates import is_template
from .rankings import Progress, silent, waited
from .transport import Wire, fields_of, results_of, spans, texts

if TYPE_CHECKING:
    import pandas as pd

    from .campaign import RemoteCampaign

PAGE = 10_000  # rows of data that one request may ask for


def warn_moved(old: str, new: str, stacklevel: int = 3) -> None:
    """Warn of a name of earlier releases, which goes on for now."""
    warnings.warn(f"Client.{old} is called client.{new} now", DeprecationWarning, stacklevel=stacklevel + 1)


class Noun:
    """One kind of thing that a service keeps.

    Parameters
    ----------
    wire
        The line to the service.
    """

    name = ""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> pd.DataFrame:
        """Return a row each."""
        return table_of(self._wire.get(self.name)["rows"])

    def __call__(self) -> pd.DataFrame:
        """List them, as earlier releases did."""
        warn_moved(self.name, f"{self.name}.list", 2)
        return self.list()


class Models(Noun):
    """The versions of the models of a service; `list` marks in ``champion`` those in use."""

    name = "models"

    def compare(self, name: str, version: int) -> dict[str, Any]:
        """Hold a version against the one in use: whether it `passed` the gate, the `reason` and the `checks`."""
        return dict(self._wire.get(f"models/{name}/{version}/compare"))

    def promote(self, name: str, version: int, force: bool = False) -> dict[str, Any]:
        """Put a version into use, if the gate lets it through; return what that said, as `compare` does."""
        return dict(self._wire.post(f"models/{name}/promote", {"version": version, "force": force}, once=True))

    def rollback(self, name: str) -> int:
        """Put the version into use again that was before the present one; return its number."""
        return int(self._wire.post(f"models/{name}/rollback", {}, once=True)["version"])


class Data(Noun):
    """What a service knows; `list` has a row a property: rows, compositions, papers and range."""

    name = "data"

    def rows(self, name: str, formula: str | None = None, most: int = 1000, where: Sequence[str] = ()) -> pd.DataFrame:
        """Return rows of a property, or of the lab's store; of one composition alone where a formula is given.

        ``where`` keeps rows whose columns have a value, ``NAME=VALUE`` each, such as ``"anneal_C=150"``.
        """
        rows: Any = []
        chosen: dict[str, Any] = {} if formula is None else {"formula": formula}
        chosen |= {"where": list(where)} if where else {}
        while len(rows) < most:
            page = {"limit": min(PAGE, most - len(rows)), "offset": len(rows), **chosen}
            answer = self._wire.get(f"data/{name}", page)
            rows += answer["rows"]
            if len(rows) >= answer["of"]:
                break
        return table_of(rows)

    def add(
        self,
        results: pd.DataFrame | Path | str,
        note: str = "",
        again: bool = False,
        keep_good: bool = False,
        trust_units: bool = False,
    ) -> dict[str, Any]:
        """Add results to the lab's own store of the service, all rows or none, as `vitrion.datasets.add` does."""
        how = {"note": note, "again": again, "keep_good": keep_good, "trust_units": trust_units}
        if isinstance(results, Path | str):
            return dict(self._wire.upload("data/file", Path(results), how))
        return dict(self._wire.post("data", {"rows": results_of(results), **how}, once=True))


class Campaigns(Noun):
    """The campaigns that a service keeps."""

    name = "campaigns"

    def load(self, name: str) -> RemoteCampaign:
        """Return a campaign by its name; it has the verbs of `vitrion.Campaign`."""
        from .campaign import RemoteCampaign

        return RemoteCampaign(self._wire, name)

    def new(
        self,
        name: str,
        candidates: Any,
        goal: Any = None,
        batch: int = 4,
        temperature_C: float = 25.0,
        seed: int = 0,
        **variables: Any,
    ) -> RemoteCampaign:
        """Begin a campaign; parameters as in `vitrion.Campaign.new`."""
        body: dict[str, Any] = {"name": name, "goal": fields_of(goal), "batch": batch, "variables": spans(variables)}
        body |= {"temperature_C": temperature_C, "seed": seed}
        body |= {"template": candidates} if is_template(candidates) else {"candidates": texts(candidates)}
        self._wire.noticed(self._wire.post("campaigns", body, once=True))
        return self.load(name)


class Jobs(Noun):
    """The jobs of a service, the newest first."""

    name = "jobs"

    def wait(self, job: str, progress: Progress = silent) -> dict[str, Any]:
        """Wait for the end of a job and return it; raises `ServiceError` if it failed or was cancelled."""
        return waited(self._wire, job, progress)

    def cancel(self, job: str) -> None:
        """Cancel a job at once."""
        self._wire.post(f"jobs/{job}/cancel", {})
