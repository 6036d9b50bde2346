"""Strings up to 256 characters for the proof of latency: random pieces, and formulas mutated, joined and repeated."""

import csv
import json
import random
from pathlib import Path

from vitrion.features.elements import SYMBOLS
from vitrion.features.formula.notation import LONGEST

ODD = Path("tests/features/odd_formulas.json")
MEASURED = Path("datasets/data/halide_electrolytes.csv")
PIECES = [*SYMBOLS, *"0123456789" * 3, ".", "0.5", "1.5", "2.5", "(", ")", "-", "·", " ", "x", "l", "₂", "é"]
JOINTS = ["", "", "-", "+", "·", " ", "."]


def random_strings(count, seed=3):
    """Pieces of formulas at random, in six kinds."""
    rng = random.Random(seed)
    kinds = (PIECES, [*SYMBOLS, "1.5", "2"], ["(", ")", "Li", "2"], [*"cosin"], [*"COSI"], [*SYMBOLS])
    for number in range(count):
        yield "".join(rng.choices(kinds[number % len(kinds)], k=rng.randrange(1, LONGEST)))[:LONGEST]


def near_formulas(count, seed=5):
    """Formulas of the measured electrolytes and of the table of odd ones: one, some joined, or one repeated.

    Each is cut at random and has up to four marks changed, put in or left out.
    """
    rng = random.Random(seed)
    entries = [entry for kind in json.loads(ODD.read_text(encoding="utf-8")).values() for entry in kind]
    pool = [entry if isinstance(entry, str) else entry[0] for entry in entries]
    with MEASURED.open(encoding="utf-8", newline="") as file:
        pool += [line["formula"] for line in csv.DictReader(file)]
    pool = [text for text in pool if text and len(text) <= LONGEST]
    for number in range(count):
        whole = (
            rng.choice(pool),
            rng.choice(JOINTS).join(rng.choices(pool, k=rng.randrange(2, 12))),
            rng.choice(pool) * rng.randrange(2, 40),
        )[number % 3]
        yield _mutated(whole[: rng.randrange(1, LONGEST + 1)], rng)


def _mutated(text, rng):
    marks = list(text)
    for _ in range(rng.randrange(5)):
        at, way = rng.randrange(len(marks)), rng.randrange(3)
        if way == 0:
            marks[at] = rng.choice(PIECES)
        elif way == 1:
            marks.insert(at, rng.choice(PIECES))
        elif len(marks) > 1:
            del marks[at]
    return "".join(marks)[:LONGEST]
