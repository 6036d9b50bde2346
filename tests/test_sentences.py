"""Sentences are for people: no code reads the text of an error, a notice or a line of progress back.

What has to be known of one is a field of it: `FormulaError.refusal`, `RowsError.rows`, `Notice.code`, `Note.code`,
`Step.done`, `Fate.kind`, a row of `serve/errors/outcomes.py`.
"""

import ast
from pathlib import Path

import pytest
import vitrion

ROOT = Path(vitrion.__file__).parent
FLOORS = ("features", "datasets", "models", "experiments", "serve")
READING = {
    *("endswith", "find", "index", "partition", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit"),
    *("split", "splitlines", "startswith"),
}
MATCHING = {"findall", "finditer", "fullmatch", "match", "search", "split", "sub"}
FOREIGN = {  # errors of other libraries, which have no fields: where their text is looked at, and whose it is
    "datasets/tables/text.py": "csv of Python",
    "datasets/exchange/structured.py": "int of Python",
}


def sources():
    for floor in FLOORS:
        yield from sorted((ROOT / floor).glob("**/*.py"))


def of_errors(tree):
    """Names that stand for an error: of `except ... as`, and of parameters that are one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        if isinstance(node, ast.arg) and node.annotation is not None:
            kind = ast.unparse(node.annotation)
            if "Exception" in kind or "Error" in kind:
                yield node.arg


def is_text(node, names):
    """Whether an expression is the text of an error."""
    call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
    return call and len(node.args) == 1 and isinstance(node.args[0], ast.Name) and node.args[0].id in names


def readings(tree):
    """Numbers of lines on which the text of an error is taken apart, or the kind of one told by its name."""
    names = set(of_errors(tree))
    kinds = {f"type({name}).__{what}__" for name in names for what in ("name", "module")}
    if not names:
        return
    shown = {  # the first line alone, for people
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Call) and ast.unparse(node.slice) == "0"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = node.func.value
            if node.func.attr in READING and is_text(text, names) and id(node) not in shown:
                yield node.lineno
            if node.func.attr in MATCHING and any(is_text(argument, names) for argument in node.args):
                yield node.lineno
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            words = any(isinstance(side, ast.Constant | ast.JoinedStr) for side in sides)
            if any(is_text(side, names) for side in sides) and words:
                yield node.lineno
            if any(isinstance(side, ast.Attribute) and ast.unparse(side) in kinds for side in sides):
                yield node.lineno


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("what, mend = str(error).rsplit('; ', 1)", True),
        ("head, *rows = str(error).splitlines()", True),
        ("found = re.search('row (.+)', str(error))", True),
        ("if 'already' in str(error): pass", True),
        ("if type(error).__name__ == 'RefusedError': pass", True),
        ("if '.datasets.' in type(error).__module__: pass", True),
        ("say(str(error).splitlines()[0])", False),
        ("say(str(error))", False),
        ("if error.refusal.mend == 'x': pass", False),
    ],
)
def test_the_guard_sees_what_it_has_to(line, read):
    tree = ast.parse(f"try: pass\nexcept ValueError as error:\n    {line}")
    assert bool(list(readings(tree))) is read


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_of_an_error_is_read_back(path):
    lines = list(readings(ast.parse(path.read_text(encoding="utf-8"))))
    assert not lines or path.relative_to(ROOT).as_posix() in FOREIGN, (
        f"{path.name}:{lines[0]} reads the sentence of an error; give the error a field, and read that"
    )


def test_the_list_of_foreign_errors_is_not_longer_than_needed():
    needed = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if list(readings(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert set(FOREIGN) == needed


GONE = (  # what was read back before there were fields
    *("ranked above it$", "_SAID_OF_TABLES", 'startswith("not neutral', 'startswith("withdrawn', "fold (\\d+)"),
    *('startswith("columns', 'startswith("row ', 'unknown phase" not in', 'replace("the body"', "valid rows? alone"),
    *('split("; ")[0', '"left out" not in', 'version ", f"{name}: not', '"Cancelled" not in'),
)


@pytest.mark.parametrize("words", GONE)
def test_no_sentence_is_read_back_that_was(words):
    where = [path.name for path in sources() if words in path.read_text(encoding="utf-8")]
    assert not where, f"{', '.join(where)} reads a sentence back: {words}"
