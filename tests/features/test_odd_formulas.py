"""A table of odd strings in more than 30 classes: each reads as stated by hand, or is refused with the right words."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from vitrion.features import Composition, FormulaError, Template

TABLE = json.loads((Path(__file__).parent / "odd_formulas.json").read_text(encoding="ascii"))


def ratios(words):
    """Amounts such as ``Li 1 Cl 2.5`` as exact ratios to their sum, without the parser under test."""
    pairs = words.split()
    amounts = {symbol: Fraction(number) for symbol, number in zip(pairs[::2], pairs[1::2], strict=True)}
    total = sum(amounts.values())
    return {symbol: amount / total for symbol, amount in amounts.items()}


def test_the_table_is_as_large_as_promised():
    assert len(TABLE) >= 30
    assert sum(len(rows) for rows in TABLE.values()) >= 600


@pytest.mark.parametrize("name", TABLE)
def test_class(name):
    wrong = []
    for text, expected in TABLE[name]:
        try:
            found = Composition.parse(text)
        except FormulaError as error:
            if not expected.startswith("!") or expected[1:].strip() not in str(error):
                wrong.append(f"{text!r} should give {expected!r} but is refused: {error}")
            continue
        total = sum(found.amounts.values())
        read = {symbol: amount / total for symbol, amount in found.amounts.items()}
        if expected.startswith("!") or read != ratios(expected):
            wrong.append(f"{text!r} should give {expected!r} but reads as {found.formula}")
        elif ("charge" in name) != bool(found.warnings):
            wrong.append(f"{text!r} has the warnings {found.warnings}")
        elif Composition.parse(found.formula) != found:
            wrong.append(f"{text!r} renders as {found.formula}, which reads differently")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", TABLE)
def test_every_refusal_says_what_and_how_to_mend(name):
    for text, _ in TABLE[name]:
        try:
            Composition.parse(text)
        except FormulaError as error:
            assert ";" in str(error)
            assert str(error).isprintable()
            assert len(str(error)) < 400


def suggested(message):
    """The formulas and templates that a message tells the user to write."""
    mend = re.sub("type a plain . there", "", message.rsplit("; ", 1)[1])
    words = [word.strip(",") for word in mend.split()]
    return [word for word in words if re.match(r"(?:\{[^{}]*\}|[\d(\[])*[A-Z]", word) and "%" not in word]


@pytest.mark.parametrize("name", TABLE)
def test_every_suggestion_can_be_read_by_what_it_names(name):
    unread = []
    for text, _ in TABLE[name]:
        try:
            Composition.parse(text)
        except FormulaError as error:
            for written in suggested(str(error)):
                try:
                    Template.parse(written) if "{" in written else Composition.parse(written)
                except FormulaError as again:
                    unread.append(f"{text!r} is told to write {written!r}: {again}")
    assert not unread, "\n".join(unread)


def test_suggestions_are_found_in_messages():
    with pytest.raises(FormulaError) as error:
        Composition.parse("40Li2O60B2O3")
    assert suggested(str(error.value)) == ["40Li2O-60B2O3", "Li80B80O2520"]
    with pytest.raises(FormulaError) as error:
        Composition.parse("xLi2O-(1-x)B2O3")
    assert suggested(str(error.value)) == ["{x}Li2O-{1-x}B2O3"]
