"""The service from a notebook: the verbs of the Python interface over HTTP, with tables in and out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .remote_ranking import Progress, ranked, silent, waited
from .rows import table_of
from .sent import is_template
from .wire import Wire, fields_of, ranking_of, results_of, spans, texts

if TYPE_CHECKING:
    import pandas as pd

    from ..experiments.comparison import Comparison
    from .remote_campaign import RemoteCampaign

PAGE = 10_000  # rows of data that one request may ask for


class Client:
    """A service at an address; its verbs are those of `vitrion`, and it asks again where the service is busy.

    Parameters
    ----------
    url
        Where the service is.
    key
        Access key, where the service asks for one; by default that of the environment variable ``VITRION_KEY``.
    patience_s
        Time in seconds for which a refused or lost request is sent again.
    transport
        A transport of httpx, for tests.

    Examples
    --------
    >>> Client("http://127.0.0.1:8000").rank(["LiAlCl2.5O0.75"])  # doctest: +SKIP
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        patience_s: float = 60.0,
        transport: Any = None,
    ) -> None:
        self.wire = Wire(url, key or os.environ.get("VITRION_KEY"), patience_s, transport)

    def __enter__(self) -> Client:
        """Use the client for the time of a block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close its connections."""
        self.wire.close()

    def rank(
        self,
        candidates: Any,
        goal: Any = None,
        temperature_C: float | Iterable[float] | None = None,
        also: Iterable[str] = (),
        progress: Progress = silent,
        campaign: str | None = None,
    ) -> pd.DataFrame:
        """Rank candidates as `vitrion.rank` does; a long list, or a file, is ranked as a job.

        Parameters
        ----------
        candidates
            As in `vitrion.rank`; a file is sent as it is, and its own columns come back.
        goal, temperature_C, also
            As in `vitrion.rank`; temperature in degC, by default 25.
        progress
            Called with the share that is done and words, for a job.
        campaign
            Name of a campaign of the service after whose results to rank, by its goal and at its temperature where no
            others are given; see `Campaign.rank`.

        Returns
        -------
        DataFrame
            As `vitrion.rank` gives it; ``attrs["models"]`` tells the version of each model.
        """
        if temperature_C is None:
            temperature_C = 25.0 if campaign is None else self.campaign(campaign).state.temperature_C
        body = {"goal": fields_of(goal), "also": list(also), "campaign": campaign}
        return ranked(self.wire, candidates, temperature_C, body, progress)

    def sweep(self, template: str, temperature_C: float = 25.0, goal: Any = None, **variables: Any) -> pd.DataFrame:
        """Predict every member of a family as `vitrion.sweep` does; ``attrs["left_out"]`` counts points left out."""
        body: dict[str, Any] = {"template": template, "variables": spans(variables), "goal": fields_of(goal)}
        body["temperature_C"] = temperature_C
        answer = self.wire.noticed(self.wire.post("sweep", body))
        table = ranking_of(answer)
        table.attrs |= {"left_out": answer["left_out"], "temperature_C": temperature_C}
        return table

    def compare(self, candidates: Any, temperature_C: float = 25.0) -> Comparison:
        """Put compositions side by side as `vitrion.compare` does."""
        from .wire import comparison_of

        return comparison_of(
            self.wire.post("compare", {"candidates": texts(candidates), "temperature_C": temperature_C})
        )

    def propose(
        self,
        candidates: Any,
        batch: int = 4,
        goal: Any = None,
        results: pd.DataFrame | Path | str | None = None,
        pending: Iterable[Any] = (),
        temperature_C: float = 25.0,
        acquisition: str | None = None,
        seed: int = 0,
        without: Iterable[Any] = (),
        **variables: Any,
    ) -> pd.DataFrame:
        """Choose the next melts as `vitrion.propose` does; ``attrs["stop"]`` says why to stop."""
        body: dict[str, Any] = {"batch": batch, "goal": fields_of(goal), "temperature_C": temperature_C}
        body |= {"pending": texts(pending), "without": texts(without), "seed": seed}
        body |= {} if acquisition is None else {"acquisition": acquisition}
        body |= {"results": results_of(results), "variables": spans(variables)}
        body |= {"template": candidates} if is_template(candidates) else {"candidates": texts(candidates)}
        answer = self.wire.noticed(self.wire.post("propose", body))
        table = ranking_of(answer)
        table.attrs |= {"stop": answer["stop"], "temperature_C": temperature_C}
        return table

    def train(
        self,
        properties: Iterable[str] = ("tg", "conductivity"),
        progress: Progress = silent,
        anew: bool = False,
        if_needed: bool = False,
    ) -> dict[str, int]:
        """Train models on all data of the service, and wait; return the version that answers then, by property.

        Parameters
        ----------
        properties, anew
            As in `vitrion.train`.
        progress
            Called with the share that is done and words; the last tell what became of each model.
        if_needed
            Train only what new results, or their misses, are reason enough for.
        """
        body = {"properties": list(properties), "anew": anew, "if_needed": if_needed}
        job = self.wire.post("models/retrain", body, once=True)
        return dict(self.wait(job["id"], progress)["models"])

    def campaign(self, name: str) -> RemoteCampaign:
        """Return a campaign of the service by its name; it has the verbs of `vitrion.Campaign`."""
        from .remote_campaign import RemoteCampaign

        return RemoteCampaign(self.wire, name)

    def new_campaign(
        self,
        name: str,
        candidates: Any,
        goal: Any = None,
        batch: int = 4,
        temperature_C: float = 25.0,
        seed: int = 0,
        **variables: Any,
    ) -> RemoteCampaign:
        """Begin a campaign on the service; parameters as in `vitrion.Campaign.new`."""
        body: dict[str, Any] = {"name": name, "goal": fields_of(goal), "batch": batch, "variables": spans(variables)}
        body |= {"temperature_C": temperature_C, "seed": seed}
        body |= {"template": candidates} if is_template(candidates) else {"candidates": texts(candidates)}
        self.wire.noticed(self.wire.post("campaigns", body, once=True))
        return self.campaign(name)

    def campaigns(self) -> pd.DataFrame:
        """Return a row a campaign of the service."""
        return table_of(self.wire.get("campaigns")["rows"])

    def models(self) -> pd.DataFrame:
        """Return every version of every model; ``champion`` marks those that answer."""
        return table_of(self.wire.get("models")["rows"])

    def compare_versions(self, name: str, version: int) -> dict[str, Any]:
        """Hold a version against the one that answers: whether it `passed` the gate, the `reason` and the `checks`."""
        return dict(self.wire.get(f"models/{name}/{version}/compare"))

    def promote(self, name: str, version: int, force: bool = False) -> dict[str, Any]:
        """Let a kept version answer, if the gate lets it through; return what that said, as `compare_versions` does."""
        return dict(self.wire.post(f"models/{name}/promote", {"version": version, "force": force}, once=True))

    def rollback(self, name: str) -> int:
        """Let the version answer again that did before the present one; return its number."""
        return int(self.wire.post(f"models/{name}/rollback", {}, once=True)["version"])

    def data(self) -> pd.DataFrame:
        """Return a row a property: rows, compositions, papers and range of what the service knows."""
        return table_of(self.wire.get("data")["rows"])

    def rows(self, name: str, formula: str | None = None, most: int = 1000) -> pd.DataFrame:
        """Return rows of a property, or of the lab's store; of one composition alone where a formula is told."""
        found: list[dict[str, Any]] = []
        told = {} if formula is None else {"formula": formula}
        while len(found) < most:
            asked = {"limit": min(PAGE, most - len(found)), "offset": len(found), **told}
            answer = self.wire.get(f"data/{name}", asked)
            found += answer["rows"]
            if len(found) >= answer["of"]:
                break
        return table_of(found)

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
            return dict(self.wire.upload("data/file", Path(results), how))
        return dict(self.wire.post("data", {"rows": results_of(results), **how}, once=True))

    def jobs(self) -> pd.DataFrame:
        """Return a row a job, the newest first."""
        return table_of(self.wire.get("jobs")["rows"])

    def wait(self, job: str, progress: Progress = silent) -> dict[str, Any]:
        """Wait for the end of a job and return it; raises `ServiceError` if it failed or was cancelled."""
        return waited(self.wire, job, progress)

    def cancel(self, job: str) -> None:
        """Cancel a job at once."""
        self.wire.post(f"jobs/{job}/cancel", {})
