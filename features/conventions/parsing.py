"""From text to exact amounts, with the advice that fits the habit of writing of a text that cannot be read."""

from __future__ import annotations

from fractions import Fraction

from ..formula.notation import FormulaError
from ..readings.parser import read
from .conventions import better


def parse(text: str) -> tuple[dict[str, Fraction], tuple[str, ...]]:
    """Exact amounts by symbol, and warnings.

    Examples
    --------
    >>> {symbol: str(amount) for symbol, amount in parse("1.6Li2O-TaCl5")[0].items()}
    {'Li': '16/5', 'O': '8/5', 'Ta': '1', 'Cl': '5'}
    >>> parse("LiCl-AlCl3 (1:1)")
    Traceback (most recent call last):
    vitrion.features.formula.notation.FormulaError: "LiCl-AlCl3 (1:1)": the ratio 1:1 beside its compounds; \
write LiCl-AlCl3
    """
    try:
        return read(text)
    except FormulaError as error:
        raise better(text, error) from None
