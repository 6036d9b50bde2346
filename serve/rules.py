"""What each route asks of who comes: the one table of access. A route without a row is not served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from .access_tables import CAMPAIGN, JOB
from .keyring import ADMIN, RESEARCHER, TRAINER, VIEWER

ANYONE = "anyone"
API = "/api/v1"


@dataclass(frozen=True)
class Rule:
    """What a route asks for.

    Parameters
    ----------
    scope
        The least that a key has to allow, or `ANYONE`.
    kind, part
        Kind of the object that the path names, and the part of the path that does; it has to be the asker's own.
    """

    scope: str
    kind: str = ""
    part: str = ""


_JOB, _CAMPAIGN = (JOB, "number"), (CAMPAIGN, "name")
RULES: Mapping[tuple[str, str], Rule] = {
    ("GET", "/health"): Rule(ANYONE),
    ("GET", "/ready"): Rule(ANYONE),
    ("GET", "/login"): Rule(ANYONE),
    ("POST", "/login"): Rule(ANYONE),
    ("POST", "/logout"): Rule(ANYONE),
    ("GET", "/static/plotly.min.js"): Rule(ANYONE),
    ("GET", "/static/{name}"): Rule(ANYONE),
    ("GET", "/"): Rule(VIEWER),
    ("GET", "/metrics"): Rule(VIEWER),
    ("GET", f"{API}/openapi.json"): Rule(VIEWER),
    ("HEAD", f"{API}/openapi.json"): Rule(VIEWER),
    ("GET", f"{API}/me"): Rule(VIEWER),
    ("POST", f"{API}/rank"): Rule(VIEWER),
    ("POST", f"{API}/compare"): Rule(VIEWER),
    ("POST", f"{API}/sweep"): Rule(VIEWER),
    ("POST", f"{API}/propose"): Rule(VIEWER),
    ("GET", f"{API}/flags"): Rule(VIEWER),
    ("GET", f"{API}/data"): Rule(VIEWER),
    ("GET", f"{API}/data/{{name}}"): Rule(VIEWER),
    ("POST", f"{API}/data"): Rule(RESEARCHER),
    ("POST", f"{API}/data/file"): Rule(RESEARCHER),
    ("GET", f"{API}/jobs"): Rule(VIEWER),
    ("POST", f"{API}/jobs"): Rule(RESEARCHER),
    ("GET", f"{API}/jobs/{{number}}"): Rule(VIEWER, *_JOB),
    ("DELETE", f"{API}/jobs/{{number}}"): Rule(RESEARCHER, *_JOB),
    ("GET", f"{API}/jobs/{{number}}/events"): Rule(VIEWER, *_JOB),
    ("GET", f"{API}/jobs/{{number}}/result"): Rule(VIEWER, *_JOB),
    ("GET", f"{API}/jobs/{{number}}/view"): Rule(VIEWER, *_JOB),
    ("POST", f"{API}/jobs/{{number}}/cancel"): Rule(RESEARCHER, *_JOB),
    ("GET", f"{API}/campaigns"): Rule(VIEWER),
    ("POST", f"{API}/campaigns"): Rule(RESEARCHER),
    ("GET", f"{API}/campaigns/{{name}}"): Rule(VIEWER, *_CAMPAIGN),
    ("GET", f"{API}/campaigns/{{name}}/export"): Rule(VIEWER, *_CAMPAIGN),
    **{
        ("POST", f"{API}/campaigns/{{name}}/{verb}"): Rule(RESEARCHER, *_CAMPAIGN)
        for verb in ("propose", "rounds", "record", "record-table", "correct", "withdraw", "abandon", "to-data")
    },
    ("GET", f"{API}/models"): Rule(VIEWER),
    ("GET", f"{API}/models/{{name}}"): Rule(VIEWER),
    ("GET", f"{API}/models/{{name}}/{{version}}/compare"): Rule(VIEWER),
    ("POST", f"{API}/models/retrain"): Rule(TRAINER),
    ("POST", f"{API}/models/{{name}}/promote"): Rule(TRAINER),
    ("POST", f"{API}/models/{{name}}/rollback"): Rule(TRAINER),
}
FORCED = ADMIN  # what it takes to promote against the gate


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route of an application."""
    for context in iter_route_contexts(app.routes):
        route: Any = context
        for method in sorted(route.methods or ()):
            yield method, str(route.path)


class Table:
    """The rules by method and path of a request, for the routes of one application.

    Parameters
    ----------
    app
        Every route of it needs a row; one without is an error of whoever wrote it.
    """

    def __init__(self, app: FastAPI) -> None:
        without = [f"{method} {path}" for method, path in routes(app) if (method, path) not in RULES]
        if without:
            raise RuntimeError(f"no rule says who may {', '.join(without)}; add a row to RULES")
        self._exact: dict[tuple[str, str], Rule] = {key: rule for key, rule in RULES.items() if "{" not in key[1]}
        self._patterns = [(key[0], compile_path(key[1])[0], rule) for key, rule in RULES.items() if "{" in key[1]]

    def find(self, method: str, path: str) -> tuple[Rule, Mapping[str, str]] | None:
        """Return the rule of a request and the parts of its path; None where no route is meant."""
        if (exact := self._exact.get((method, path))) is not None:
            return exact, {}
        for verb, pattern, rule in self._patterns:
            if verb == method and (found := pattern.match(path)) is not None:
                return rule, found.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that some path takes."""
        return sorted({method for method, _ in RULES if self.find(method, path) is not None})
