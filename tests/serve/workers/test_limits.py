"""A process beside the server ends where it takes more than it may, and takes nobody with it."""

import os
import subprocess
import sys

import pytest

LIMITED = """
from vitrion.serve.workers.limits import confine
confine(2 * 2**30, 2)
{}
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
@pytest.mark.parametrize("work", ["bytes(3 * 2**30)", "while True: pass"])
def test_limits_hold(work):
    done = subprocess.run([sys.executable, "-c", LIMITED.format(work)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "MemoryError" in done.stderr or done.returncode < 0
