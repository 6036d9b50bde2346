"""What each target of the Makefile installs, and when again: pip itself is left out, all else is done."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READ = (
    "Makefile",
    "pyproject.toml",
    "setup.py",
    "requirements.lock",
    "requirements/serve.lock",
    "requirements/build.lock",
)


@pytest.fixture
def clone(tmp_path):
    """A folder with what the set-up reads, and an environment without a package."""
    for name in READ:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "lib").mkdir()
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return tmp_path


def make(clone, *arguments):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", *arguments, "PIP=echo pip"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=kept,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def installed(clone, *arguments):
    """The locks that a target would install, in order; "." is the package itself."""
    return named(make(clone, "--dry-run", *arguments))


def named(printed):
    """The locks in the commands of pip that make printed."""
    words = [word for line in printed.splitlines() if line.startswith("echo pip") for word in line.split()]
    return [words[place + 1] for place, word in enumerate(words) if word in ("--requirement", "--editable")]


SERVING = ["requirements/serve.lock", "requirements/build.lock", "."]


def test_a_ranking_installs_what_ranking_and_serving_need(clone):
    assert installed(clone, "rank") == SERVING


@pytest.mark.parametrize("target", ["setup", "test", "quick", "check", "docs", "package"])
def test_all_else_installs_the_whole_lock_once(clone, target):
    assert installed(clone, target)[0] == "requirements.lock"
    assert named(make(clone, "setup")) == ["requirements.lock", "."]
    assert installed(clone, target) == []
    assert installed(clone, "rank") == []


def test_tests_after_a_ranking_install_the_rest(clone):
    commands = "include Makefile\nranks: $(SERVES) $(LINKED)\n"
    (clone / "ranks.mk").write_text(commands, encoding="utf-8")
    make(clone, "-f", "ranks.mk", "ranks")
    assert installed(clone, "rank") == []
    assert installed(clone, "test") == ["requirements.lock"]


def test_only_another_content_installs_again(clone):
    make(clone, "setup")
    for name in READ:
        os.utime(clone / name)
    assert installed(clone, "check") == installed(clone, "rank") == []
    for name, expected in [
        ("requirements.lock", ["requirements.lock"]),
        ("requirements/serve.lock", ["requirements/serve.lock", "requirements/build.lock"]),
        ("pyproject.toml", ["."]),
    ]:
        before = (clone / name).read_bytes()
        (clone / name).write_bytes(before + b"\n# more\n")
        assert installed(clone, "test") == expected
        (clone / name).write_bytes(before)
        assert installed(clone, "test") == []
    (clone / "requirements/serve.lock").write_bytes(before)
    assert installed(clone, "rank")[0] == "requirements/serve.lock"


def test_an_installation_that_fails_is_tried_again(clone):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "setup", "PIP=false"]
    assert subprocess.run(command, cwd=clone, capture_output=True, check=False, env=kept).returncode
    assert named(make(clone, "setup")) == ["requirements.lock", "."]
