"""Numbers and numerals that are no amounts: ``(7Li)``, ``Fe(III)``, ``Li1+0.3Al0.3``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from ..elements import INDEX, states
from ..formula.grammar import Token
from ..formula.notation import choice
from ..formula.render import rendered
from ..formula.rewriting import rewritten, worn_out
from ..ions.oxidation import compound

NUMERAL = re.compile(r"II|IV|[(\[][IV]+[)\]]|I +I")
_NUMERALS = frozenset(["I", "II", "III", "IV", "V", "VI", "VII"])

Amounts = Mapping[str, Fraction]


def reject_isotopes(body: str, tokens: Sequence[Token], given: str) -> None:
    """Refuse ``[7Li]Cl``: the number may name an isotope or an amount."""
    for at, token in enumerate(tokens[:-3]):
        kinds = [piece.kind for piece in tokens[at : at + 4]]
        number, symbol = tokens[at + 1], tokens[at + 2]
        if kinds[:4] == ["open", "number", "symbol", "close"] and number.text.isdigit():
            before, after = body[: token.start], body[tokens[at + 3].start + 1 :]
            raise choice(
                given,
                f"{number.text}{symbol.text} in brackets may be an isotope or an amount",
                f"{before}({symbol.text}){after}",
                f"{before}({symbol.text}{number.text}){after}",
            )


def reject_numerals(body: str, tokens: Sequence[Token], given: str) -> None:
    """Refuse ``Fe(III)Cl3`` and ``FeIIICl3``: the numeral may be an oxidation state or iodine."""
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end].text in {"I", "V"}:
            end += 1
        numeral = "".join(token.text for token in tokens[at:end])
        if numeral in _NUMERALS and at > 0 and not (end < len(tokens) and tokens[end].kind == "number"):
            bracket = tokens[at - 1].kind == "open" and end < len(tokens) and tokens[end].kind == "close"
            numbered = bracket and end + 1 < len(tokens) and tokens[end + 1].kind == "number"
            if bracket and at > 1 and tokens[at - 2].kind == "symbol" and not numbered:
                _refuse_numeral(body, tokens[at - 1].start, tokens[end].start + 1, numeral, given)
            elif not bracket and numeral in {"II", "III", "IV"} and tokens[at - 1].kind == "symbol":
                _refuse_numeral(body, tokens[at].start, tokens[end - 1].start + 1, numeral, given)
        at = max(end, at + 1)


def _refuse_numeral(body: str, start: int, end: int, numeral: str, given: str) -> None:
    without = body[:start] + body[end:]
    amounts = "".join(f"{letter}{numeral.count(letter)}" for letter in dict.fromkeys(numeral))
    raise choice(
        given,
        f"{numeral} at column {start + 1} may be an oxidation state or an element",
        without,
        f"{body[:start]}{amounts}{body[end:]}",
    )


def reject_sums(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``Li1+0.3Al0.3Ti1.7P3O12`` and ``Li-1Cl``: the sign may belong to an amount or join two compounds.

    Only where a number follows the sign at once, the compound before it has no coefficient, and one of the two is a
    lone element, or only the sum makes a neutral formula.
    """
    neutral, doubts = compound(amounts, known=True), 0
    for at, sign in enumerate(tokens[:-1]):
        number = tokens[at + 1]
        if sign.text not in {"+", "-"} or number.kind != "number" or number.start != sign.start + 1:
            continue
        left, right = _before(tokens, at), _after(tokens, at)
        if left[0].kind == "number":
            continue
        lone = sum(t.kind == "symbol" for t in left) == 1 or sum(t.kind == "symbol" for t in right) == 1
        if neutral and not lone:
            continue
        doubts += 1
        if worn_out(body, doubts):
            return
        summed = _summed(body, tokens, at, amounts)
        if not (lone or summed):
            continue
        mixture = f"{body[: left[0].start]}1{body[left[0].start :]}"
        raise choice(
            given,
            f"the sign at column {sign.start + 1} may belong to an amount or join two compounds",
            *([mixture, summed] if summed else [mixture]),
        )


def reject_ions(body: str, tokens: Sequence[Token], amounts: Amounts, given: str) -> None:
    """Refuse ``Zr4+Cl4`` and ``LiAl3+Cl4``: only with a charge there are they neutral compounds."""
    doubts = 0
    for at, sign in enumerate(tokens[2:-1], start=2):
        number, symbol = tokens[at - 1], tokens[at - 2]
        if sign.text != "+" or number.kind != "number" or symbol.kind != "symbol":
            continue
        first = at == 2 or tokens[at - 3].kind == "separator"
        usual = number.text in _states(symbol.text, "common_states")
        possible = usual or (first and number.text in _states(symbol.text, "known_states"))
        if not possible or compound(amounts, known=not usual):
            continue
        doubts += 1
        if worn_out(body, doubts):
            return
        without = body[: number.start] + body[sign.start + 1 :].lstrip()
        other = rewritten(body, tokens, amounts, (at, number.start, tokens[at + 1].start), "")
        if other and compound(other):
            mixture = f"{body[: symbol.start]}{number.text}{symbol.text}{body[sign.start :]}"
            mixture = mixture if first else rendered(amounts)
            raise choice(
                given, f"{number.text}+ after {symbol.text} may be a charge, or an amount and a sign", without, mixture
            )


def _states(symbol: str, which: Literal["common_states", "known_states"]) -> list[str]:
    return [str(state) for state in states(which)[INDEX[symbol]]]


def _before(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    start, depth = at, 0
    while start > 0:
        kind = tokens[start - 1].kind
        depth += (kind == "close") - (kind == "open")
        if depth < 0 or (depth == 0 and kind == "separator"):
            break
        start -= 1
    return tokens[start:at]


def _after(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    end, depth = at + 1, 0
    while end < len(tokens):
        kind = tokens[end].kind
        depth += (kind == "open") - (kind == "close")
        if depth < 0 or (depth == 0 and kind == "separator"):
            break
        end += 1
    return tokens[at + 1 : end]


def _summed(body: str, tokens: Sequence[Token], at: int, amounts: Amounts) -> str:
    """The formula with the sum worked out, empty when it is not a neutral one: Li1.3Al0.3Ti1.7P3O12."""
    before, number = tokens[at - 1], tokens[at + 1]
    first = Fraction(before.text) if before.kind == "number" else Fraction(1)
    total = first + (1 if tokens[at].text == "+" else -1) * Fraction(number.text)
    start = before.start if before.kind == "number" else tokens[at].start
    digits = f"{float(total):.12g}"
    if total <= 0 or "e" in digits:
        return ""
    end = number.start + len(number.text)
    other = rewritten(body, tokens, amounts, (at, start, end), digits)
    return f"{body[:start]}{digits}{body[end:]}" if other and compound(other) else ""
