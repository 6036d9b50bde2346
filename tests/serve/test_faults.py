"""A few of the faults, kills and minutes of load that `make prove` plays in full (docs/benchmarks/faults.md)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks" / "faults.md"
QUICK = (
    "model file truncated",
    "model file missing",
    "model with a wrong sha256",
    "record of the champions damaged",
    "campaign file damaged",
    "lab store damaged",
    "disk full",
    "folder read-only",
    "tables of a later release",
    "SIGTERM in a request",
)


def played(script, *arguments, trained):
    told = {name: value for name, value in os.environ.items() if name not in ("VITRION_DATABASE_URL", "VITRION_HOME")}
    command = [sys.executable, BENCH / script, *arguments, "--home", trained]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=told)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


@pytest.mark.slow
def test_faults_end_in_a_named_error_while_the_old_models_answer(trained):
    lines = played("faults.py", *QUICK, "--times", "1", trained=trained)
    assert [line.split(" | ")[0].strip("| ") for line in lines] == list(QUICK)


@pytest.mark.slow
def test_kills_lose_nothing_that_was_acknowledged(trained):
    (line,) = played("server_kills.py", "lists", "--times", "4", "--database", "sqlite", trained=trained)
    assert "all ranked, each one job with each of its rows once" in line


@pytest.mark.slow
def test_load_leaves_nothing_behind(trained):
    (line,) = played("soak.py", "--minutes", "0.1", trained=trained)
    assert "no 5xx" in line


def test_every_line_of_the_page_has_its_command():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [line for line in rows if not re.match(r"\| (fault|attack|killed in|load) \|", line)]
    assert len(rows) >= 14
    for line in rows:
        command = re.search(r"`python (tests/bench/\w+\.py)[^`]*`", line)
        assert command and (PAGE.parents[2] / command[1]).is_file(), line
