"""The command line: `vitrion train`, `rank`, `screen`, `sweep`, `propose`, `campaign`, `models`, `data`, ...

- `commands`: The command line: `vitrion train`, `rank`, `screen`, `sweep`, `propose`, `campaign`, `models`, `data`.
- `rank`: `vitrion rank`, and the options that it shares with others.
- `screen`: `vitrion screen`: the best of any number of candidates, from Parquet files or a family.
- `sweep`: `vitrion sweep`.
- `propose`: `vitrion propose`.
- `explain`: `vitrion explain`: why a prediction is what it is, and what was measured that is most like it.
- `compare`: `vitrion compare`: compositions side by side.
- `recipe`: `vitrion recipe`: the batch sheet by which samples are weighed and made.
- `flags`: `vitrion flags`: what a chemist would say of a composition, and all that can be said.
- `campaign`: `vitrion campaign`: propose, melt, record, propose again.
- `campaign_views`: `vitrion campaign show`, `list`, `export` and `import`.
- `backtest`: `vitrion backtest`.
- `models`: `vitrion train`, `vitrion evaluate` and `vitrion models`.
- `versions`: `vitrion models`: what answers, what waits, and how to change that; here, or at a service.
- `data`: The command line of the data room: `vitrion data list`, `show`, `add`, `conflicts`, `cost`, `export`.
- `answers`: What the command line asks for, by the models of this machine or by a service.
- `attached`: The command line bound to its parent process.
- `options`: Options that commands share, and how what they say is read and delivered.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .commands import app, main

__all__ = [
    "app",
    "main",
]
_HOMES = {
    "app": ".commands",
    "main": ".commands",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
