"""The line to a service: requests that are sent again where that is safe, errors in its words, tables of its rows."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...features.notices import notice
from ...features.scalars import number, plain
from ..formatting.rows import records, table_of
from ..schemas.verbs import PURE

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.comparison.table import Comparison
    from ...experiments.synthesis.batch_sheet import BatchSheet

ROOT = "/api/v1/"
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 10.0
TIMEOUT_S = 120.0
FULL = 507  # status of what finds no room; earlier releases said that it should be sent again
TEXTS = (
    *("formula", "verdict", "tg_verdict", "conductivity_verdict", "glass_verdict", "nearest", "nearest_doi"),
    *("measured_phase", "measured_doi", "cost_route", "flags", "note", "error", "reason", "input"),
)


class ServiceError(RuntimeError):
    """What a service refused, in its words; `status` is that of HTTP, 0 where it did not answer.

    `errors` tells what is wrong, with ``row``, ``where`` and ``message`` each.
    """

    def __init__(self, message: str, status: int, errors: Iterable[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.status, self.errors = status, list(errors)


class Wire:
    """Requests to one service.

    Parameters
    ----------
    url, key, patience_s, transport
        As in `client.Client`.
    """

    def __init__(self, url: str, key: str | None, patience_s: float, transport: Any) -> None:
        try:
            import httpx
        except ImportError:
            raise ServiceError(
                "httpx is not installed; install it in the folder of the source: pip install '.[serve]'", 0
            ) from None

        headers = {"authorization": f"Bearer {key}"} if key else {}
        self.url, self.patience_s = url.rstrip("/") if "://" in url else f"http://{url.rstrip('/')}", patience_s
        self._http = httpx.Client(base_url=self.url, headers=headers, timeout=TIMEOUT_S, transport=transport)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Return what a path says."""
        return self._asked("GET", path, params=query).json()

    def bytes(self, path: str) -> bytes:
        """Return the file at a path."""
        return bytes(self._asked("GET", path).content)

    def post(self, path: str, body: Mapping[str, Any], once: bool = False) -> Any:
        """Send JSON, whatever scalars of NumPy and pandas it is made of; what is NaN is refused.

        With `once` under a key of its own, so that what is sent again is done once.
        """
        return self._asked("POST", path, once, json={name: sent(value, name) for name, value in body.items()}).json()

    def upload(self, path: str, file: Path, fields: Mapping[str, Any]) -> Any:
        """Send a file with fields beside it."""
        form = {
            name: value if isinstance(value, str) else json.dumps(sent(value, name))
            for name, value in fields.items()
            if value not in (None, False, "", [])
        }
        return self._asked("POST", path, True, files={"file": (file.name, file.read_bytes())}, data=form).json()

    def noticed(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Warn of what an answer wants to be noticed, and return it."""
        for note in answer.get("notes", []):
            notice(note, stacklevel=4)
        return answer

    def _asked(self, method: str, path: str, once: bool = False, **options: Any) -> Any:
        """The answer to a request, sent again with growing waits while the service is busy or away."""
        import httpx

        headers = {"idempotency-key": uuid.uuid4().hex} if once else {}
        until, wait = time.monotonic() + self.patience_s, FIRST_WAIT_S
        while True:
            try:
                answer = self._http.request(method, ROOT + path, headers=headers, **options)
                pause = answer.headers.get("retry-after")
                if answer.is_success:
                    return answer
                if pause is None or answer.status_code == FULL or time.monotonic() > until:
                    raise _refused(answer)
            except httpx.TransportError as error:
                if time.monotonic() > until or (method == "POST" and not once and path not in PURE):
                    raise ServiceError(
                        f"{self.url} does not answer ({error}); is 'vitrion serve' running?", 0
                    ) from None
                pause = None
            time.sleep(min(max(wait, float(pause or 0)), LONGEST_WAIT_S) * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            wait *= 2


def sent(value: Any, name: str) -> Any:
    """A value as JSON has it: arrays, Series and tuples as lists, scalars as numbers, which have to be finite.

    Parameters
    ----------
    value
        Of whatever kind.
    name
        What it is called, for the error.
    """
    value = plain(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): sent(one, str(key)) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [sent(one, name) for one in value]
    return number(value, name, "a number, or leave it out")


def spans(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Ranges of variables as the service takes them: a text, or a list of numbers."""
    listed = {name: span if isinstance(span, str) else sent(span, name) for name, span in variables.items()}
    return {name: span if isinstance(span, str | list) else [span] for name, span in listed.items()}


def _refused(answer: Any) -> ServiceError:
    try:
        problem = answer.json()
        return ServiceError(str(problem["detail"]), answer.status_code, problem.get("errors", []))
    except (ValueError, KeyError, TypeError):
        return ServiceError(f"the service answered {answer.status_code}", answer.status_code)


def fields_of(goal: Any) -> dict[str, Any] | None:
    """A goal as JSON has it: its fields by name, None for the default."""
    from ...experiments.task.goal import Goal

    return None if goal is None else dict(goal) if isinstance(goal, Mapping) else Goal.of(goal).to_dict()


def texts(candidates: Any) -> list[str | None]:
    """Candidates as formulas, None for what is missing; whatever `vitrion.rank` takes, without temperatures."""
    from ...experiments.task.candidates import listed

    return formulas(listed(candidates))


def formulas(cells: Iterable[Any]) -> list[str | None]:
    """Candidates one by one as formulas, None for what is missing."""
    from ...experiments.task.candidates import as_text

    return [one or None if isinstance(one, str) else _formula(one) or as_text(one) or None for one in cells]


def _formula(one: Any) -> str:
    """The formula of a composition, of pymatgen's and of a mapping too; what cannot be read stays unreadable."""
    from ...features.composition import Composition, FormulaError
    from ...features.formula.amounts import shortened

    if not isinstance(one, Composition | Mapping) and not hasattr(one, "composition"):
        return ""
    try:
        return Composition.of(one).formula
    except FormulaError:
        return shortened(dict(one) if isinstance(one, Mapping) else one)


def ranking_of(answer: Mapping[str, Any]) -> pd.DataFrame:
    """A ranking in the types that `vitrion.rank` gives; ``attrs["models"]`` tells the versions of the models."""
    import pandas as pd

    table = table_of(answer["rows"])
    known: dict[str, Any] = dict.fromkeys(TEXTS, object)
    known |= {"rank": "Int64", "n_measured": "Int64", "neutral": "boolean", "pareto": "boolean"}
    table = table.astype({name: known.get(str(name), float) for name in table.columns})
    if "places" in answer:
        table.index = pd.Index(answer["places"])
        table.attrs["repeats"] = tuple((int(place), str(note)) for place, note in answer.get("repeats") or ())
        if "same_as" in answer or not table.attrs["repeats"]:  # an earlier service tells no more than the first
            table.attrs["same_as"] = tuple((int(place), int(first)) for place, first in answer.get("same_as") or ())
    table.attrs["models"] = dict(answer["models"])
    return table


def comparison_of(answer: Mapping[str, Any]) -> Comparison:
    """A comparison as `vitrion.compare` gives it, with the versions of the models of the service."""
    from ...experiments.comparison.table import Comparison

    return Comparison.of(answer["rows"], answer["temperature_C"], answer["models"])


def sheet_of(answer: Mapping[str, Any]) -> BatchSheet:
    """A batch sheet as `vitrion.recipe` gives it."""
    from ...experiments.synthesis.batch_sheet import BatchSheet

    return BatchSheet.of(answer)


def bottles_of(stock: Any) -> list[dict[str, Any]] | None:
    """Bottles as JSON has them; what is not known is left out. None where no stock is given."""
    if stock is None:
        return None
    from dataclasses import asdict

    from ...experiments.synthesis.stock import bottles

    rows = [asdict(one) for one in bottles(stock)]
    return [{name: cell for name, cell in row.items() if cell != "" and cell == cell} for row in rows]  # noqa: PLR0124


def results_of(results: pd.DataFrame | Path | str | None) -> list[dict[str, Any]]:
    """A table of results as JSON has it; what is missing is left out."""
    if results is None:
        return []
    import pandas as pd

    from ...datasets.results.table import with_formulas

    table = with_formulas(results, "results") if isinstance(results, pd.DataFrame) else _read(Path(results))
    return [{name: value for name, value in row.items() if value not in (None, "")} for row in records(table)]


def _read(path: Path) -> pd.DataFrame:
    """A table of any kind that is read, its cells as they stand there."""
    import pandas as pd

    from ...datasets.tables.reader import read

    grid = read(path)
    return pd.DataFrame([cells for _, cells in grid.rows], columns=list(grid.header), dtype=object)
