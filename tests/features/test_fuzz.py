"""Two hundred thousand made-up strings: each reads or is refused; what reads renders to something that reads the same.

``VITRION_FUZZ=10000000 pytest tests/features/test_fuzz.py`` runs ten million.
"""

import os
import random

import pytest
from vitrion.features import Composition, FormulaError
from vitrion.features.elements import SYMBOLS

COUNT = int(os.environ.get("VITRION_FUZZ", "200000"))
SEEDS = [
    "LiAlCl2.5O0.75",
    "(LiCl)0.25((Li2O)0.6(P2O5)0.4)0.75",
    "1.6Li2O-TaCl5",
    "CuSO4·5H2O",
    "[AlCl4]^-",
    "40Li2O-60B2O3",
]
PIECES = [
    *SYMBOLS,
    *"0123456789" * 4,
    ".",
    ".",
    "0.5",
    "2.5",
    "(",
    ")",
    "[",
    "]",
    "-",
    "+",
    "·",
    " ",
    "^",
    "{",
    "}",
    ",",
    "x",
    "l",
    "₂",
    "²",
    "⁺",
    "é",
    "О",
    "e",
    "\n",
]


def made_up(count, seed):
    """Strings of formula pieces, and formulas with some marks changed."""
    rng = random.Random(seed)
    choice, randrange = rng.choice, rng.randrange
    for number in range(count):
        if number % 3:
            yield "".join(rng.choices(PIECES, k=randrange(1, 12)))
        else:
            text = list(choice(SEEDS))
            for _ in range(randrange(1, 4)):
                text[randrange(len(text))] = choice(PIECES)
            yield "".join(text)


@pytest.mark.slow
def test_made_up_strings():
    read = 0
    for text in made_up(COUNT, seed=COUNT):
        try:
            found = Composition.parse(text)
        except FormulaError:
            continue
        read += 1
        if read % 10 == 0:
            assert Composition.parse(found.formula) == found, text
    assert COUNT / 50 < read < COUNT * 0.9
