"""What each route asks of who comes, declared at the route; a route that declares nothing is not served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from ..schemas.verbs import VERBS
from ..storage.access_tables import CAMPAIGN, JOB
from .keys import VIEWER

ANYONE = "anyone"
API = "/api/v1"
F = TypeVar("F", bound=Callable[..., Any])


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


_PART = {JOB: "number", CAMPAIGN: "name"}  # of the path, which names the object
_RULE = "__vitrion_rule__"  # attribute of the function of a route
_OF_FRAMEWORK = {f"{API}/openapi.json": Rule(VIEWER)}  # routes that FastAPI makes itself


def requires(scope: str, owns: str = "") -> Callable[[F], F]:
    """Declare what a route asks of who comes.

    Parameters
    ----------
    scope
        The least that a key has to allow, or `ANYONE`.
    owns
        Kind of the object that the path names, `JOB` or `CAMPAIGN`, which has to be the asker's own.
    """
    rule = Rule(scope, owns, _PART[owns]) if owns else Rule(scope)

    def declare(endpoint: F) -> F:
        setattr(endpoint, _RULE, rule)
        return endpoint

    return declare


def performs(verb: str) -> Callable[[F], F]:
    """Declare that a route is a verb of `verbs.VERBS`, whose row says what it asks for."""
    if verb not in VERBS:
        raise RuntimeError(f"serve/schemas/verbs.py has no row of the verb {verb}, which a route performs; add one")
    return requires(VERBS[verb].scope)


def declared(app: FastAPI) -> dict[tuple[str, str], Rule | None]:
    """The rule of every route of an application, by method and path; None where it declares none."""
    found: dict[tuple[str, str], Rule | None] = {}
    for context in iter_route_contexts(app.routes):
        route: Any = context
        path = str(route.path)
        rule = getattr(route.endpoint, _RULE, None) or _OF_FRAMEWORK.get(path)
        found |= {(method, path): rule for method in sorted(route.methods or ())}
    return found


class Table:
    """The rules by method and path of a request, for the routes of one application.

    Parameters
    ----------
    app
        Every route of it declares a rule; one without is an error of whoever wrote it.
    """

    def __init__(self, app: FastAPI) -> None:
        rules = declared(app)
        if without := [f"{method} {path}" for (method, path), rule in rules.items() if rule is None]:
            raise RuntimeError(f"no rule says who may {', '.join(without)}; put @requires(...) at the route")
        for verb in VERBS.values():
            if verb.path and ("POST", f"{API}/{verb.path}") not in rules:
                raise RuntimeError(f"the verb {verb.name} has no route POST {verb.path}; write one with @performs")
        self._rules = {key: rule for key, rule in rules.items() if rule is not None}
        self._exact = {key: rule for key, rule in self._rules.items() if "{" not in key[1]}
        self._patterns = [(key[0], compile_path(key[1])[0], rule) for key, rule in self._rules.items() if "{" in key[1]]

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
        return sorted({method for method, _ in self._rules if self.find(method, path) is not None})
