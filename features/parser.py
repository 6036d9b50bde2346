"""From text to exact amounts: notation, grammar, then the spellings that read two ways."""

from __future__ import annotations

from fractions import Fraction

from .ambiguity import reject_capitals, reject_middle_dot, reject_point
from .grammar import Reader, tokenise
from .notation import plain, refusal, without_charge
from .oxidation import balanced


def parse(text: str) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """Exact amounts by symbol, and warnings.

    Examples
    --------
    >>> {symbol: str(amount) for symbol, amount in parse("1.6Li2O-TaCl5")[0].items()}
    {'Li': '16/5', 'O': '8/5', 'Ta': '1', 'Cl': '5'}
    """
    body, charge = without_charge(plain(text), text.strip() if isinstance(text, str) else "")
    tokens = tokenise(body, text)
    if charge and any(token.kind == "separator" for token in tokens):
        raise refusal(text, f"ends in {charge} after a mixture", "name the last component, or leave the sign out")
    if body == "NaN":
        raise refusal(text, "a missing value, or sodium and nitrogen", "write the formula, or Na1N for the elements")
    amounts = Reader(tokens, text).read()
    reject_capitals(body, tokens, text)
    reject_point(body, tokens, amounts, text)
    reject_middle_dot(body, tokens, amounts, text)
    if charge and balanced(amounts):
        raise refusal(text, f"ends in {charge} after a neutral compound", "name what follows, or leave the sign out")
    warnings = (f"the charge {charge.lstrip('^')} is left out: a composition counts atoms only",) if charge else ()
    return amounts, warnings
