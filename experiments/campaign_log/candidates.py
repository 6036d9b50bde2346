"""The candidates of a campaign as JSON: a template with ranges, a space, or a list of formulas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from ...datasets.measurement import composition_keys
from ...features.composition import Composition, FormulaError
from ...features.fractions import Fractions
from ...features.notices import collected
from ...features.space.base import Space
from ...features.space.grid import Grid, axis
from ...features.space.simplex import Ions, Mixtures
from ...features.space.template import Template
from ..proposals.pool import Pool
from ..task.candidates import listed
from .events import CampaignError, parsed

MOST_LISTED = 200_000
_SHAPES = {"mixtures": Mixtures, "ions": Ions}


def as_plain(candidates: Any, variables: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON keeps of candidates and the ranges of their variables; raises `FormulaError` where none can be made.

    Examples
    --------
    >>> as_plain("LiAlCl{4-2x}O{x}", {"x": [0.5, 0.75]})
    {'template': 'LiAlCl{4-2x}O{x}', 'variables': {'x': '0.5,0.75'}}
    >>> as_plain(["LiAlCl4", "Li2Al2Cl5O1.5"], {})
    {'formulas': ['LiAlCl4', 'Li2Al2Cl5O1.5']}
    """
    if isinstance(candidates, str | Template):
        text = candidates if isinstance(candidates, str) else candidates.text
        Template.parse(text).grid(**variables)
        return {"template": text, "variables": {name: _span(values, name) for name, values in variables.items()}}
    if variables:
        raise FormulaError(f"{', '.join(variables)}: variables belong to a template; leave them out")
    if isinstance(candidates, Grid):
        spans = {name: _decimals(values) for name, values in candidates.axes.items()}
        return {"template": candidates.text, "variables": spans}
    if isinstance(candidates, Mixtures | Ions):
        return {type(candidates).__name__.lower(): asdict(candidates)}
    if isinstance(candidates, Space):
        if candidates.size > MOST_LISTED:
            raise FormulaError(f"a space of {candidates.size:,} points, which is written out; keep {MOST_LISTED:,}")
        return {"formulas": [member.composition.formula for member in candidates.members()]}
    return {"formulas": _formulas(candidates)}


def _formulas(candidates: Iterable[Any]) -> list[str]:
    """Each different composition once, in the order given."""
    told = listed(candidates)
    if not told:
        raise FormulaError("there are no candidates; give a list of formulas, such as ['LiAlCl2.5O0.75']")
    known: dict[str, Composition] = {}
    Fractions.of(told, known)
    different = dict.fromkeys(_composition(one, known) for one in told)
    return [one.formula for one in different]


def _composition(one: Any, known: Mapping[str, Composition]) -> Composition:
    if not isinstance(one, str):
        return Composition.of(one)
    return known[one] if one in known else parsed(one)


def _span(values: Any, name: str) -> str:
    return values if isinstance(values, str) else _decimals(axis(values, name))


def _decimals(values: Iterable[Any]) -> str:
    written = (f"{float(value):.12f}".rstrip("0").rstrip(".") for value in values)
    return ",".join("0" if text in ("-0", "") else text for text in written)


def restored(plain: Mapping[str, Any]) -> Space | list[Composition]:
    """The candidates that JSON keeps; raises `CampaignError` where it holds none."""
    try:
        if set(plain) == {"template", "variables"}:
            return Template.parse(str(plain["template"])).grid(**{k: str(v) for k, v in plain["variables"].items()})
        if set(plain) == {"formulas"} and plain["formulas"]:
            return [parsed(str(text)) for text in plain["formulas"]]
        if set(plain) == {"mixtures"}:
            fields = plain["mixtures"]
            return Mixtures(**fields | {"precursors": tuple(fields["precursors"])})
        if set(plain) == {"ions"}:
            return Ions(**plain["ions"])
    except (FormulaError, TypeError, AttributeError, KeyError) as error:
        raise CampaignError(f"its candidates cannot be made: {error}") from None
    raise CampaignError("its candidates are none; give a template with variables, or formulas")


def spelling(plain: Mapping[str, Any], composition: Composition) -> str | None:
    """The formula by which the candidates call a composition, or None where it is none of them."""
    pool, keys = _pool(json.dumps(plain))
    key = composition_keys(Fractions.of([composition]).matrix)[0]
    rows = np.flatnonzero(keys == key)
    return pool.formulas([int(rows[0])])[0] if len(rows) else None


def pool_of(plain: Mapping[str, Any]) -> Pool:
    """The candidates that JSON keeps as a pool; those left out were told of when the campaign began."""
    return _pool(json.dumps(plain))[0]


@lru_cache(maxsize=4)
def _pool(plain: str) -> tuple[Pool, Any]:
    with collected():  # and not said: of candidates left out, which is told when a campaign begins
        pool = Pool.of(restored(json.loads(plain)))
    return pool, pool.keys
