"""The service from a notebook: the verbs of the Python interface over HTTP.

- `client`: The service from a notebook: the verbs of the Python interface over HTTP, with tables in and out.
- `nouns`: What a service keeps, each noun with what one does with it: campaigns, data, jobs and models.
- `transport`: The line to a service: requests that are sent again where that is safe, errors in its words, tables.
- `campaign`: A campaign that a service keeps, with the verbs of one that is kept here.
- `rankings`: Rankings by a service: a short list at once, a long one and a file as a job that is waited for.
- `candidates`: What a client sends of candidates, and its answer under the names that they have there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .campaign import RemoteCampaign
    from .client import Client

__all__ = [
    "Client",
    "RemoteCampaign",
]
_HOMES = {
    "Client": ".client",
    "RemoteCampaign": ".campaign",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
