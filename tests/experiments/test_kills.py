"""A few kills at random moments; `make prove` has a hundred of each (docs/benchmarks/kills.md)."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

KILLS = Path(__file__).parents[1] / "bench" / "kills.py"


def test_what_a_kill_leaves_is_whole():
    done = subprocess.run([sys.executable, KILLS, "--times", "2"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("kills") == 2
