"""JSON and TOML that somebody else wrote, or that lay on a disk: what they hold, or one `ValueError` with the reason.

The readers of Python raise a `RecursionError` for what is nested some thousand deep, and speak of a setting of the
interpreter where a number has more digits than it converts: both are texts that cannot be read, and said so here.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from typing import Any, NoReturn

LONGEST_TOML = 16_000  # characters of a goal or a recipe, which have some hundred


class UnreadableError(ValueError):
    """A file of ours that cannot be read any more."""


def of_json(text: str | bytes, constant: Callable[[str], NoReturn] | None = None) -> Any:
    """What JSON holds.

    Parameters
    ----------
    text
        The JSON.
    constant
        Refuses ``NaN`` and ``Infinity``; taken as numbers when not given.

    Examples
    --------
    >>> of_json('{"tg_C": 25}')
    {'tg_C': 25}
    >>> of_json("[" * 100_000)
    Traceback (most recent call last):
        ...
    ValueError: it is nested too deep; write it flat
    """
    return _read(lambda: json.loads(text, parse_constant=constant))


def of_toml(text: str) -> dict[str, Any]:
    """What TOML holds.

    Examples
    --------
    >>> of_toml("seed = " + "9" * 5_000)
    Traceback (most recent call last):
        ...
    ValueError: it holds a whole number of more than 4,300 digits; write a shorter one
    """
    if len(text) > LONGEST_TOML:
        raise ValueError(f"it has {len(text):,} characters; write at most {LONGEST_TOML:,}")
    content: dict[str, Any] = _read(lambda: tomllib.loads(text))
    return content


def _read(load: Callable[[], Any]) -> Any:
    try:
        return load()
    except RecursionError:
        raise ValueError("it is nested too deep; write it flat") from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise
    except ValueError as error:
        if "integer string conversion" not in str(error):
            raise
        most = f"{sys.get_int_max_str_digits():,}"
        raise ValueError(f"it holds a whole number of more than {most} digits; write a shorter one") from None
