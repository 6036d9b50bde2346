"""The flags of `data/flags.toml`: labels, reasons, sources and the numbers of their rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..cards import DATA


@lru_cache(maxsize=1)
def table() -> Mapping[str, Any]:
    """The content of the file, by the code of the flag."""
    with (DATA / "flags.toml").open("rb") as file:
        return tomllib.load(file)
