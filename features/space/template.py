"""Families of compositions: a formula with expressions in braces, and its members over a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from numpy.typing import NDArray

from ..composition import Composition
from ..conventions.parsing import parse
from ..formula.expressions import Polynomial
from ..formula.notation import FormulaError
from ..readings.templates import read_template
from .grid import Grid, axis, exact


@dataclass(frozen=True)
class Template:
    """A formula with expressions in braces for amounts or coefficients.

    Examples
    --------
    >>> family = Template.parse("LiAlCl{4-2x}O{x}")
    >>> family.variables
    ('x',)
    >>> [member.composition.formula for member in family.grid(x="0:1:0.5")]
    ['LiAlCl4', 'LiAlCl3O0.5', 'LiAlCl2O']
    >>> len(Template.parse("{x}Li2O-TaCl5").grid(x="0.5:2:0.1"))
    16
    """

    text: str
    amounts: Mapping[str, Polynomial]
    variables: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template; a formula without braces is a family of one."""
        read = read_template(text)
        if read is None:
            amounts, _ = parse(text)
            return cls(text, MappingProxyType({s: Polynomial.constant(n) for s, n in amounts.items()}), ())
        return cls(text, MappingProxyType(read[0]), read[1])

    def at(self, **values: Fraction | float) -> Composition:
        """The member at given values; elements whose amount is zero there are not in it."""
        self._check_names(values, "one number for each, such as {}=0.5")
        point = {name: exact(value, name) for name, value in values.items()}
        amounts = {symbol: amount(point) for symbol, amount in self.amounts.items()}
        for symbol, amount in amounts.items():
            if amount < 0:
                where = ", ".join(f"{name}={float(value):g}" for name, value in point.items())
                raise FormulaError(
                    f'"{self.text}": the amount of {symbol} is {float(amount):g} at {where}; narrow the range'
                )
        return Composition({symbol: amount for symbol, amount in amounts.items() if amount})

    def grid(self, **values: str | Sequence[float] | NDArray[Any] | float) -> Grid:
        """All members over the product of the values of each variable, given as "start:stop:step" or as a list.

        The size of the grid counts its points. A point at which an amount is negative is no member: iteration and
        blocks pass over it, and `Space.left_out` tells how many there are.

        Examples
        --------
        >>> family = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:3:0.5")
        >>> family.size, len(list(family)), family.left_out()
        (7, 5, 2)
        """
        self._check_names(values, 'one range for each, such as {}="0:1.5:0.05"')
        return Grid(self.text, self.amounts, {name: axis(values[name], name) for name in self.variables})

    def _check_names(self, values: Mapping[str, object], mend: str) -> None:
        missing = [name for name in self.variables if name not in values]
        extra = [name for name in values if name not in self.variables]
        if missing or extra:
            has = f"has the variables {', '.join(self.variables)}" if self.variables else "has no variables"
            wrong = [f"{', '.join(extra)} {'is' if len(extra) == 1 else 'are'} none of them"] if extra else []
            wrong += [f"values are missing for {', '.join(missing)}"] if missing else []
            give = f"give {mend.format(self.variables[0])}" if self.variables else "leave them out"
            raise FormulaError(f'"{self.text}": {has}; {", and ".join(wrong)}; {give}')
