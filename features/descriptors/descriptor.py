"""A glass descriptor: its formula, and beside it all that anything else asks of it, written once.

Names, order of columns, words of an explanation, page of the documentation and tests follow from `@descriptor`: a new
one is a decorated function in one of the modules that `glass` gathers, and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from types import MappingProxyType, ModuleType

from .ionic_sums import Matrix, Quantity, Sums

LAST = 100
DOI = re.compile(r"10\.\d{4,9}/\S+")


class Group(StrEnum):
    """Groups of descriptors in which a prediction is explained."""

    NETWORK = "network and bridges"
    IONS = "mobile ions"
    ANIONS = "anion mix"
    CATIONS = "other cations"
    PACKING = "packing and cohesion"


@dataclass(frozen=True)
class Descriptor:
    """One number a composition, never NaN; call it with the `Sums` of a batch.

    Parameters
    ----------
    formula
        The function from `Sums` to an array of shape (n,); its name is that of the descriptor, its docstring says what
        it is.
    unit
        Unit, ``"1"`` for a pure number.
    group
        Group in which an explanation counts it.
    words
        What it is called in an explanation, with ``{x}`` where the values stand and ``{M}`` for the network cation.
    examples
        Values worked out by hand, by formula; a test holds the function to them.
    doi
        DOI of the definition or of the data, where there is one.
    precedence
        Place among those of its group that changed alike, of which an explanation names the first ones.
    """

    formula: Quantity
    unit: str
    group: Group
    words: str
    examples: Mapping[str, float]
    doi: str = ""
    precedence: int = LAST

    def __post_init__(self) -> None:
        for wrong, mend in (
            (not self.name.isidentifier(), "a name of its own: define it by def"),
            (not self.unit, 'its unit, "1" for a pure number'),
            (self.group not in tuple(Group), f"a group, one of {', '.join(group.name for group in Group)} of Group"),
            (not _fields(self.words), 'words with {x} for its value, such as "bridging O per {M} {x}"'),
            (not self.examples, 'values worked out by hand, such as {"LiAlCl4": 1}'),
            (bool(self.doi) and not DOI.fullmatch(self.doi), "a DOI such as 10.1039/QR9561000283"),
            (not self.summary, "a docstring whose first line says what it is"),
        ):
            if wrong:
                raise ValueError(f"descriptor {self.name} lacks {mend}")
        object.__setattr__(self, "examples", MappingProxyType(dict(self.examples)))

    def __call__(self, sums: Sums) -> Matrix:
        """Values of a batch in the order of its slots, ndarray of shape (n,)."""
        return self.formula(sums)

    @property
    def name(self) -> str:
        """Name, as in the columns of `Featurizer`."""
        return str(getattr(self.formula, "__name__", ""))

    @property
    def summary(self) -> str:
        """What it is: the first line of the docstring."""
        return (self.formula.__doc__ or "").strip().partition("\n")[0]


def descriptor(
    *,
    unit: str,
    group: Group,
    words: str,
    examples: Mapping[str, float],
    doi: str = "",
    precedence: int = LAST,
) -> Callable[[Quantity], Descriptor]:
    """Register a function from `Sums` to an array of shape (n,) as a `Descriptor`; parameters as there.

    Examples
    --------
    >>> @descriptor(unit="1", group=Group.ANIONS, words="Cl per atom {x}", examples={"NaCl": 0.5})
    ... def chlorine(sums):
    ...     '''Chloride ions per atom.'''
    ...     return sums["cl"]
    >>> chlorine.name, chlorine.summary
    ('chlorine', 'Chloride ions per atom.')
    """

    def register(formula: Quantity) -> Descriptor:
        return Descriptor(formula, unit, group, words, examples, doi, precedence)

    return register


def defined_in(module: ModuleType) -> tuple[Descriptor, ...]:
    """Descriptors that a module defines, in the order of their definition."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, Descriptor) and value.formula.__module__ == module.__name__
    )


def _fields(words: str) -> bool:
    """Whether words name the values once, and nothing else but the network cation."""
    fields = [field for _, field, _, _ in Formatter().parse(words) if field is not None]
    return fields.count("x") == 1 and set(fields) <= {"x", "M"}
