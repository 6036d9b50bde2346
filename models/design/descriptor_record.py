"""The descriptors that a model was trained on, by name and fingerprint, against those that there are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, zip_longest

from ...features.elements import DATA
from ...features.featurizer import BLOCKS
from ...features.fingerprint import fingerprints

Record = Mapping[str, str]  # fingerprint by name, in the order of the columns

MOST_NAMED = 5
PREFIXES = {"fraction ": "fractions", "MagpieData ": "magpie", "glass ": "glass"}  # of a name: its block


@dataclass(frozen=True)
class Difference:
    """Descriptors of a model that are not as they were when it was trained; false where there are none.

    Descriptors that were added since make no difference: a model goes on with its own columns.

    Parameters
    ----------
    missing
        Names of those that there are no more.
    changed
        Names of those that give other values, and of elements that the model has no column for.
    """

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed)

    def __str__(self) -> str:
        parts = ((self.missing, "removed"), (self.changed, "changed"))
        return "; ".join(f"{_listed(names)} {what}" for names, what in parts if names)


@lru_cache(maxsize=64)
def columns(blocks: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns of some blocks, as there are now."""
    return tuple(name for block in blocks for name in BLOCKS[block])


def record(names: Iterable[str]) -> dict[str, str]:
    """Names with the fingerprints that their descriptors have now."""
    return {name: fingerprints(block_of(name))[name] for name in names}


def of_format_5(blocks: Iterable[str]) -> dict[str, str]:
    """The record that model files of format 5 lack.

    Examples
    --------
    >>> [*of_format_5(("glass",))][:2]
    ['glass mobile_per_m', 'glass o_per_m']
    """
    wanted = set(blocks)
    return {name: known for name, known in _format_5().items() if block_of(name) in wanted}


def blocks_of(names: Iterable[str]) -> tuple[str, ...]:
    """Blocks that the names belong to, one for each stretch of names; empty text for names of none."""
    return tuple(block for block, _ in groupby(map(block_of, names)))


def block_of(name: str) -> str:
    """Block of `Featurizer` that a column belongs to by its name, whether or not there is such a column.

    Examples
    --------
    >>> block_of("glass o_per_m"), block_of("fraction Cl")
    ('glass', 'fractions')
    """
    return next((block for prefix, block in PREFIXES.items() if name.startswith(prefix)), "")


def difference(trained: Record) -> Difference:
    """What became of the descriptors of a model since it was trained.

    Examples
    --------
    >>> then = record(["glass o_per_m", "glass cohesion"])
    >>> difference(then)
    Difference(missing=(), changed=())
    >>> str(difference(then | {"glass cohesion": "0" * 12, "glass softness": "0" * 12}))
    'softness removed; cohesion changed'
    """
    blocks = {block for block in map(block_of, trained) if block}
    present = {name: known for block in blocks for name, known in fingerprints(block).items()}
    missing = tuple(name for name in trained if name not in present)
    changed = [name for name, known in trained.items() if name in present and present[name] != known]
    elements = [name for name in trained if block_of(name) == "fractions" and name in present]
    if elements:  # a model has a column for every element there is, in the order of the elements
        changed += [name for name, own in zip_longest(BLOCKS["fractions"], elements) if name != own and name]
    return Difference(missing, tuple(dict.fromkeys(changed)))


@lru_cache(maxsize=1)
def _format_5() -> dict[str, str]:
    with (DATA / "descriptors_format_5.csv").open(encoding="utf-8", newline="") as file:
        return {line["name"]: line["fingerprint"] for line in csv.DictReader(file)}


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(name.removeprefix("glass ")[:60] for name in names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
