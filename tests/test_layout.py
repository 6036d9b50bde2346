"""The house rules that a machine can check: packages, sizes, names and what is committed."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("features", "datasets", "models", "experiments", "serve")
LONGEST_MODULE, LONGEST_FUNCTION, LARGEST_FILE = 400, 60, 12_000_000
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}

MODULES = sorted([*ROOT.glob("*.py"), *(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))])
names = [path.relative_to(ROOT).as_posix() for path in MODULES]


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_data_of_every_package_is_shipped():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    for path in tracked():
        floor = path.relative_to(ROOT).parts[0]
        if floor in FLOORS and path.suffix != ".py":
            room = next(folder for folder in path.parents if (folder / "__init__.py").is_file())
            patterns = told.get(".".join(("vitrion", *room.relative_to(ROOT).parts)), [])
            assert any(path.relative_to(room).match(pattern) for pattern in patterns), (
                f"{path.name} of {floor} is not shipped"
            )


def test_root_has_two_modules_and_the_list_of_packages():
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py", "setup.py"}


def test_tests_are_no_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_functions_are_short(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_drawer_for_everything():
    assert not [path for path in tracked() if path.suffix == ".py" and path.stem in DRAWERS]


def test_no_large_file():
    assert not [path for path in tracked() if path.stat().st_size > LARGEST_FILE]


def test_no_registry_and_no_path_of_a_machine():
    """Written in pieces, so that this file does not hold what it looks for."""
    banned = re.compile(
        "|".join(
            (
                "(?:index" + r"-url|extra-index|find" + r"-links)[ =]+\S*(?:https?:|/)",
                r"https?://[^\s\"']*/" + "simple" + r"(?![\w-])",
                "files" + r"\.pythonhosted",
                r"(?<![\w.])/(?:" + "|".join(("home", "Users", "root", "work", "tmp")) + r")/\w",
                r"\b[A-Z]:\\Users",
            )
        )
    )
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{i}: {line[:120]}" for i, line in enumerate(lines, 1) if banned.search(line)
        ]
    assert not found, "\n".join(found)
