"""A clock that can be moved while a process runs: the file named by VITRION_TEST_CLOCK holds the seconds it is off."""

import datetime
import importlib
import os
import time
from pathlib import Path

FILE = os.environ.get("VITRION_TEST_CLOCK")
USUAL, USUAL_NS, USUAL_DATE = time.time, time.time_ns, datetime.datetime


def off():
    """Seconds by which the clock is off, which is what the file says now."""
    try:
        return float(Path(FILE).read_text())
    except (OSError, ValueError):
        return 0.0


if FILE:
    for compiled in ("pandas", "pyarrow"):  # they want the class that they were built for, and would never end without
        importlib.import_module(compiled)

    class Moved(USUAL_DATE):
        """The time of day, moved."""

        @classmethod
        def now(cls, tz=None):
            return USUAL_DATE.fromtimestamp(time.time(), tz)

    time.time = lambda: USUAL() + off()
    time.time_ns = lambda: USUAL_NS() + int(off() * 1e9)
    datetime.datetime = Moved
