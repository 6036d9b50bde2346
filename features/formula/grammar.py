"""The grammar of formulas: ``mixture = [n] unit+ (sep [n] unit+)*``, ``unit = symbol [n] | ( mixture ) [n]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from ..elements import INDEX
from .messages import bad_mark, unknown_symbol
from .notation import FormulaError, refusal

DEEPEST = 8
LONGEST_NUMBER = 24
_TOKEN = re.compile(r"([A-Z][a-z]?)|(\d+(?:\.\d+)?)|([(\[])|([)\]])|([-+·])|( +)|(.)", re.DOTALL)
_KINDS = ("", "symbol", "number", "open", "close", "separator", "space", "bad")
_PARTNER = {"(": ")", "[": "]"}


class Token(NamedTuple):
    """One piece of a formula: what it is, its text and where it starts."""

    kind: str
    text: str
    start: int


class Unit(NamedTuple):
    """An element or a bracket: its first token, what is in the bracket, the number after it, its last token."""

    token: Token
    inner: Mapping[str, Any]
    number: Token | None
    closing: Token

    @property
    def bracket(self) -> bool:
        """True for a bracket."""
        return bool(self.inner)

    @property
    def amounts(self) -> Mapping[str, Any]:
        """Amounts in it, the number after it left out."""
        return self.inner or {self.token.text: 1}


class Run(NamedTuple):
    """One component of two units or more: the coefficient before it, its units, where it starts and ends."""

    coefficient: Token | None
    units: list[Unit]
    start: int
    end: int


def read_part(text: str) -> dict[str, Fraction] | None:
    """Amounts of a piece of a plain formula, None when it is not a formula by itself."""
    try:
        tokens = tokenise(text, text)
        return Reader(tokens, text).read() if tokens else None
    except FormulaError:
        return None


def tokenise(body: str, given: str) -> list[Token]:
    """Tokens of a plain formula, blanks left out where they carry no meaning."""
    tokens: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(body):
        token = Token(_KINDS[match.lastindex or 0], match.group(), match.start())
        if token.kind == "space":
            spaced = True
            continue
        if token.kind == "bad":
            raise bad_mark(given, body, token.start)
        if token.kind == "symbol" and token.text not in INDEX:
            raise unknown_symbol(given, body, token.text, token.start)
        if token.kind == "number":
            if body[match.end() : match.end() + 1] != ".":
                _check_number(token, given)
            if spaced and tokens and tokens[-1].kind in {"symbol", "close", "number"}:
                raise refusal(
                    given,
                    f"a blank before the number {token.text} at column {token.start + 1}",
                    "join the number to its element, or write + between compounds",
                )
        tokens.append(token)
        spaced = False
    return tokens


def _check_number(token: Token, given: str) -> None:
    where = f"at column {token.start + 1}"
    if len(token.text) > LONGEST_NUMBER:
        raise refusal(given, f"a number of {len(token.text)} characters {where}", f"write at most {LONGEST_NUMBER}")
    if len(token.text) > 1 and token.text[0] == "0" and token.text[1] != ".":
        number = re.sub(r"^0+(?=\d)", "", token.text)
        mend = f"write {number if number.strip('0.') else '1'}, or O for oxygen"
        raise refusal(given, f"a number with a leading zero, {token.text}, {where}", mend)
    if not token.text.strip("0."):
        raise refusal(given, f"an amount of zero {where}", "leave that part out, or write its amount")


@dataclass
class Reader:
    """Recursive descent over the tokens of one formula; `symbolic` gives the amounts that stand for expressions.

    `runs`, when it is a list, collects the components as they were written.
    """

    tokens: list[Token]
    given: str
    symbolic: Mapping[int, Any] = field(default_factory=dict)
    at: int = 0
    depth: int = 0
    runs: list[Run] | None = None

    def read(self) -> dict[str, Any]:
        """Amounts by symbol: exact numbers, or expressions where the formula has them."""
        amounts = self._mixture()
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise refusal(
                self.given, f"{token.text} at column {token.start + 1} closes nothing", "open it, or leave it out"
            )
        return amounts

    def _kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def _number(self) -> Any:
        if self._kind() != "number":
            return 1
        token = self.tokens[self.at]
        self.at += 1
        if token.start in self.symbolic:
            return self.symbolic[token.start]
        whole, _, decimals = token.text.partition(".")
        return Fraction(int(whole + decimals), 10 ** len(decimals)) if decimals else int(whole)

    def _mixture(self) -> dict[str, Any]:
        total: dict[str, Any] = {}
        while True:
            self._component(total)
            if self._kind() != "separator":
                return total
            self.at += 1

    def _component(self, total: dict[str, Any]) -> None:
        first = self.at
        coefficient = self._number()
        if self._kind() not in {"symbol", "open"}:
            raise self._nothing()
        numbered = self.tokens[first] if self.at > first else None
        units: list[Unit] = []
        while (kind := self._kind()) in {"symbol", "open"}:
            token = self.tokens[self.at]
            self.at += 1
            inner: dict[str, Any] = {} if kind == "symbol" else self._group(token)
            after = self.at
            factor = self._number()
            if kind == "symbol":
                self._add(total, token.text, factor, coefficient)
            for symbol, amount in inner.items():
                self._add(total, symbol, amount * factor, coefficient)
            if self.runs is not None:
                units.append(
                    Unit(token, inner, self.tokens[after] if self.at > after else None, self.tokens[after - 1])
                )
        if self._kind() == "number":
            token = self.tokens[self.at]
            raise refusal(self.given, f"two numbers in a row at column {token.start + 1}", "write one")
        if self.runs is not None and len(units) > 1:
            last = self.tokens[self.at - 1]
            self.runs.append(Run(numbered, units, self.tokens[first].start, last.start + len(last.text)))

    @staticmethod
    def _add(total: dict[str, Any], symbol: str, amount: Any, coefficient: Any) -> None:
        more = amount if coefficient == 1 else coefficient * amount
        total[symbol] = total[symbol] + more if symbol in total else more

    def _group(self, opening: Token) -> dict[str, Any]:
        if self.depth == DEEPEST:
            raise refusal(self.given, f"brackets nested more than {DEEPEST} deep", "multiply the inner ones out")
        self.depth += 1
        inner = self._mixture()
        if self._kind() != "close" or self.tokens[self.at].text != _PARTNER[opening.text]:
            raise refusal(
                self.given,
                f"{opening.text} at column {opening.start + 1} is not closed",
                f"close it with {_PARTNER[opening.text]}",
            )
        self.at += 1
        self.depth -= 1
        return inner

    def _nothing(self) -> FormulaError:
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            return refusal(
                self.given, f"nothing to read before {token.text} at column {token.start + 1}", "name an element there"
            )
        last = self.tokens[-1]
        return refusal(
            self.given,
            f"nothing after {last.text} at column {last.start + 1}",
            "name an element there, or leave it out",
        )
