"""Amounts that depend on variables: exact polynomials such as ``4-2x``, and the reader of such expressions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .notation import FormulaError

Monomial = tuple[tuple[str, int], ...]
_LONGEST = 64
_IMPLICIT = re.compile(r"(?<![A-Za-z_\d.])(\d+(?:\.\d+)?)\s*(?=[A-Za-z_(])")
_EXPONENT = re.compile(r"\d[eE][-+]?\d")
_ALLOWED = re.compile(r"[A-Za-z_0-9.+\-*/() ]+")


@dataclass(frozen=True)
class Polynomial:
    """A sum of monomials with exact coefficients; adds and multiplies with numbers and with its like."""

    terms: tuple[tuple[Monomial, Fraction], ...]

    @classmethod
    def of(cls, terms: Mapping[Monomial, Fraction]) -> Polynomial:
        """A polynomial without zero terms, in a fixed order."""
        return cls(tuple(sorted((monomial, value) for monomial, value in terms.items() if value)))

    @classmethod
    def constant(cls, value: Fraction | int) -> Polynomial:
        """A number as a polynomial."""
        return cls.of({(): Fraction(value)})

    @classmethod
    def variable(cls, name: str) -> Polynomial:
        """A variable as a polynomial."""
        return cls.of({((name, 1),): Fraction(1)})

    @property
    def variables(self) -> frozenset[str]:
        """Names of the variables in it."""
        return frozenset(name for monomial, _ in self.terms for name, _ in monomial)

    def __add__(self, other: Polynomial | Fraction | int) -> Polynomial:
        right = other if isinstance(other, Polynomial) else Polynomial.constant(other)
        terms = dict(self.terms)
        for monomial, value in right.terms:
            terms[monomial] = terms.get(monomial, Fraction(0)) + value
        return Polynomial.of(terms)

    def __mul__(self, other: Polynomial | Fraction | int) -> Polynomial:
        right = other if isinstance(other, Polynomial) else Polynomial.constant(other)
        terms: dict[Monomial, Fraction] = {}
        for first, a in self.terms:
            for second, b in right.terms:
                powers = dict(first)
                for name, power in second:
                    powers[name] = powers.get(name, 0) + power
                monomial = tuple(sorted(powers.items()))
                terms[monomial] = terms.get(monomial, Fraction(0)) + a * b
        return Polynomial.of(terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def __call__(self, values: Mapping[str, Fraction]) -> Fraction:
        """Its exact value."""
        total = Fraction(0)
        for monomial, coefficient in self.terms:
            term = coefficient
            for name, power in monomial:
                term *= values[name] ** power
            total += term
        return total


def read_expression(text: str, template: str) -> Polynomial:
    """The polynomial between two braces of a template.

    Examples
    --------
    >>> read_expression("4-2x", "AlCl{4-2x}")({"x": Fraction(3, 4)})
    Fraction(5, 2)
    """
    what = f'"{template}": {{{text}}} '
    if not text.strip():
        raise FormulaError(f"{what}is empty; write an expression such as 4-2x")
    if len(text) > _LONGEST or not _ALLOWED.fullmatch(text) or _EXPONENT.search(text):
        raise FormulaError(f"{what}is not a sum of numbers and variables; write one such as 4-2x")
    try:
        tree = ast.parse(_IMPLICIT.sub(r"\1*", text.strip()), mode="eval").body
        return _evaluated(tree)
    except (SyntaxError, KeyError, ZeroDivisionError, RecursionError, MemoryError):
        raise FormulaError(f"{what}is not a sum of numbers and variables; write one such as 4-2x") from None


def _evaluated(node: ast.expr) -> Polynomial:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Polynomial.constant(Fraction(repr(node.value)))
    if isinstance(node, ast.Name):
        return Polynomial.variable(node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _evaluated(node.operand) * (-1 if isinstance(node.op, ast.USub) else 1)
    if not isinstance(node, ast.BinOp):
        raise KeyError(type(node).__name__)
    return _combined(node.op, _evaluated(node.left), _evaluated(node.right))


def _combined(sign: ast.operator, left: Polynomial, right: Polynomial) -> Polynomial:
    if isinstance(sign, ast.Add):
        return left + right
    if isinstance(sign, ast.Sub):
        return left + right * -1
    if isinstance(sign, ast.Mult):
        return left * right
    if isinstance(sign, ast.Div) and not right.variables:
        return left * (1 / right({}))
    raise KeyError(type(sign).__name__)
