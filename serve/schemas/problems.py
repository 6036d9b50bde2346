"""Errors as problem details: what is wrong, in which row, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ..errors.refusals import visible
from ..formatting.rows import dumped
from .limits import CAMPAIGN_NAME, JOB_NUMBER
from .responses import Problem

MEDIA = "application/problem+json"
MOST_ERRORS = 50
FORMS = {  # what a text has to be like, by its pattern
    JOB_NUMBER: "no job has this number; the list of jobs shows those that there are",
    CAMPAIGN_NAME: "the name of a campaign has letters, digits, - and _, and 64 characters at most",
}
TITLES = {
    400: "Bad request",
    401: "Who are you",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    408: "Too slow",
    409: "Not possible now",
    413: "Too large",
    414: "Address too long",
    415: "Wrong kind of content",
    421: "Wrong address",
    422: "Bad input",
    429: "Too many requests",
    431: "Headers too large",
    500: "This should not have happened",
    503: "Not available now",
    507: "Nothing can be kept now",
}
_REFUSALS = (401, 403, 408, 414, 421, 422, 429, 431, 500, 503, 507)  # of every route


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals of a route for the documentation, bad input and unavailability among them."""
    codes = sorted({*statuses, *_REFUSALS})
    return {
        code: {"model": Problem, "description": TITLES[code], "content": {MEDIA: {"schema": _REFERENCE}}}
        for code in codes
    }


_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def problem(
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """A refusal, with members beside those of every problem where there are `more`."""
    told = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail}
    return Response(dumped(told | {"errors": list(errors)} | dict(more)), status, headers, MEDIA)


def of_validation(request: Request, error: Exception) -> Response:
    """What of a request does not fit, each with its row; what was given is not sent back, so NaN does no harm."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    fields = _fields(request)
    found = [_wrong(one, fields) for one in error.errors()[:MOST_ERRORS]]
    first = found[0]
    place = f"row {first['row']} of {first['where']}: " if first["row"] else f"{first['where']}: "
    place = "" if first["message"] in FORMS.values() else place  # which say what it is
    more = f" (and {len(error.errors()) - 1:,} more)" if len(error.errors()) > 1 else ""
    return problem(422, f"{place}{first['message']}{more}", found)


def nothing_at(path: str) -> str:
    """What is said of a path that leads nowhere: to a program of the interface, to others of the page.

    >>> nothing_at("/ranking")
    'there is nothing at /ranking; the page is at /'
    """
    interface = path.startswith("/api")
    where = "/api/v1/openapi.json lists what there is" if interface else "the page is at /"
    return f"there is nothing at {visible(path)}; {where}"


def of_http(request: Request, error: Exception) -> Response:
    """What the framework refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    detail = str(error.detail)
    if error.status_code == 404:
        detail = nothing_at(request.url.path)
    return problem(error.status_code, detail, headers=error.headers)


def _fields(request: Request) -> list[str]:
    """Names of the fields that the body of a route has; none where it has no body of fields."""
    body = getattr(request.scope.get("route"), "body_field", None)
    model = getattr(getattr(body, "field_info", None), "annotation", None)
    return list(getattr(model, "model_fields", ()))


def unknown_field(name: str, fields: Sequence[str]) -> str:
    """What is said of a field that a request does not have: which it may have meant, and which there are.

    >>> unknown_field("conductivity", ["formula", "conductivity_S_cm", "tg_C"])
    'there is no such field; did you mean conductivity_S_cm? The fields are formula, conductivity_S_cm, tg_C'
    """
    lower = {field.casefold(): field for field in fields}
    near = [lower[one] for one in difflib.get_close_matches(name.casefold(), lower, n=2)]
    near = near or [field for one, field in lower.items() if one.startswith(f"{name.casefold()}_")]
    hint = f"; did you mean {' or '.join(near)}? The" if near else "; the"
    return f"there is no such field{hint} fields are {', '.join(fields)}"


def _wrong(told: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Place, row and words of one complaint of pydantic about a body of some fields."""
    place = [part for part in told["loc"] if part not in ("body", "query", "path", "header")]
    row = next((part + 1 for part in place if isinstance(part, int)), None)
    if told["type"] == "json_invalid":
        return {"row": None, "where": "body", "message": f"it is not JSON: {told['ctx']['error']}"}
    names = [str(part) for part in place if isinstance(part, str) and "[" not in part]
    words = str(told["msg"]).removeprefix("Value error, ")
    if told["type"] == "extra_forbidden" and fields and len(place) == 1:
        words = unknown_field(str(place[0]), fields)
    if told["type"] == "string_pattern_mismatch":
        words = FORMS.get(str(told["ctx"]["pattern"]), "it is not written as it has to be; see the documentation")
    return {"row": row, "where": ".".join(names) or "body", "message": words}
