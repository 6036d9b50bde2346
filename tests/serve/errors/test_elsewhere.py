"""No answer of the service helps with an option or a command of the command line, whichever floor wrote it."""

import ast
import re
from pathlib import Path

import pytest
import vitrion
from vitrion.serve.errors.elsewhere import elsewhere

ROOT = Path(vitrion.__file__).parent
PROGRAMS = ("bench", "export", "recipe_search", "report", "replay", "unseen")  # no server calls
AT_A_TERMINAL = re.compile(r"(?<![\w-])--[a-z]|'vitrion (?!train'$)|: vitrion ")
ASIDE = {  # what is cut from a sentence where it is shown, or no sentence
    "'vitrion campaign export 3 -o results.csv', 'vitrion data add results.csv', then 'vitrion train'",
    " or take the 3 valid row3 with --keep-good",
    "vitrion train --property 3",
    "vitrion evaluate --property 3 --split 3",
}


def texts(tree):
    """Texts of a module but its docstrings; a value in one is a 3."""
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docs = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "3" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts | docs:
            yield node.value


def written():
    """Texts of the floors below that help at a command line."""
    for floor in ("features", "datasets", "models", "experiments"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            if path.stem in PROGRAMS or path.parent.name == "builders" or path.stem.endswith("_build"):
                continue
            for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
                if AT_A_TERMINAL.search(text) and text not in ASIDE and "\\" not in text:
                    yield text


@pytest.mark.parametrize("text", sorted(set(written())))
def test_every_text_of_the_floors_below_loses_its_options_and_commands(text):
    said = elsewhere(text)
    assert said != text
    assert not re.search(r"(?<![\w-])--[a-z]|vitrion [a-z]|VITRION_DEBUG", said)
    assert not re.search(r"  |[;:,]$|[;,:] ?[;,:.]", said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.csv: 1 of 3 rows cannot be taken; mend it or take the 2 valid rows with --keep-good", "2 valid rows alone"),
        ("nothing was added: if these are new, use --again", "if these are new, add it again"),
        ("name it tg_K, or insist with --trust-units", "name it tg_K, or insist: trust the units"),
        ("there is no predictor of tg in /x; make one with 'vitrion train'", "of tg in /x; train one"),
        ("LiAlCl2.5O0.75 -- a dash", "LiAlCl2.5O0.75 -- a dash"),
    ],
)
def test_words_instead(text, said):
    assert elsewhere(text).endswith(said)
