"""The service from a notebook: the verbs of the Python interface over HTTP, with tables in and out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from .candidates import is_template
from .nouns import Campaigns, Data, Jobs, Models, warn_moved
from .rankings import Progress, ranked, silent
from .transport import Wire, fields_of, ranking_of, results_of, spans, texts

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.comparison.reasons import Reasons
    from ...experiments.comparison.table import Comparison
    from ...experiments.synthesis.batch_sheet import BatchSheet

_MOVED = {  # names of earlier releases, by the present ones
    "add": "data.add",
    "campaign": "campaigns.load",
    "cancel": "jobs.cancel",
    "compare_versions": "models.compare",
    "new_campaign": "campaigns.new",
    "promote": "models.promote",
    "rollback": "models.rollback",
    "rows": "data.rows",
    "wait": "jobs.wait",
}


class Client:
    """A service at an address; its verbs are those of `vitrion`, and it asks again where the service is busy.

    What the service keeps are its nouns: ``client.models``, ``client.data``, ``client.campaigns`` and ``client.jobs``,
    with ``list`` and what else one does with each.

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
        self.models, self.data = Models(self.wire), Data(self.wire)
        self.campaigns, self.jobs = Campaigns(self.wire), Jobs(self.wire)

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
            temperature_C = 25.0 if campaign is None else self.campaigns.load(campaign).state.temperature_C
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

    @overload
    def compare(self, candidates: Any, temperature_C: float = 25.0) -> Comparison: ...
    @overload
    def compare(self, *, name: str, version: int) -> dict[str, Any]: ...
    def compare(
        self, candidates: Any = None, temperature_C: float = 25.0, *, name: str = "", version: int | None = None
    ) -> Comparison | dict[str, Any]:
        """Put compositions side by side as `vitrion.compare` does.

        The name of a property and the number of a version hold that version against the one in use, as earlier releases
        did, with a warning: that is ``client.models.compare`` now.
        """
        from ...datasets.properties import PROPERTIES
        from .transport import comparison_of

        if isinstance(candidates, str) and candidates in PROPERTIES and isinstance(version or temperature_C, Integral):
            name, version = candidates, int(version or temperature_C)
        if name and version is not None:
            warn_moved("compare(name, version)", "models.compare", 2)
            return self.models.compare(name, version)
        return comparison_of(
            self.wire.post("compare", {"candidates": texts(candidates), "temperature_C": temperature_C})
        )

    def explain(self, candidates: Any, temperature_C: float = 25.0, against: Any = None, nearest: int = 5) -> Reasons:
        """Say what stands behind predictions, as `vitrion.explain` does."""
        from ...experiments.comparison.reasons import Reasons

        body: dict[str, Any] = {"candidates": texts([candidates] if isinstance(candidates, str) else candidates)}
        body |= {"temperature_C": temperature_C, "nearest": nearest}
        answer = self.wire.post("explain", body | ({} if against is None else {"against": texts([against])[0]}))
        return Reasons.of(answer, answer["temperature_C"], answer["models"])

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

    def recipe(
        self,
        candidates: Any,
        mass_g: float = 1.0,
        *,
        purity: Mapping[str, Any] | None = None,
        stock: Any = None,
        without: Iterable[str] = (),
        using: Iterable[str] = (),
        route: str | None = None,
        excess: Mapping[str, float] | None = None,
        year: int | None = None,
    ) -> BatchSheet:
        """Weigh up to 20 compositions as `vitrion.recipe` does; arguments and sheet are as there."""
        from .transport import bottles_of, sheet_of

        body: dict[str, Any] = {"candidates": texts(candidates), "mass_g": mass_g, "purity": dict(purity or {})}
        body |= {"stock": bottles_of(stock), "without": list(without), "using": list(using), "route": route}
        body |= {"excess": dict(excess or {}), "year": year}
        return sheet_of(self.wire.post("recipe", body))

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
        return dict(self.jobs.wait(job["id"], progress)["models"])

    def __getattr__(self, name: str) -> Any:
        """Return what earlier releases called by a name of its own, with a warning."""
        if name not in _MOVED:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        warn_moved(name, _MOVED[name], 2)
        return attrgetter(_MOVED[name])(self)
