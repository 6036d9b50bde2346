"""Mixed load on one server for a while: memory, file descriptors and the log must not grow with what was answered.

``python tests/bench/soak.py --minutes 30 --write docs/benchmarks/faults.md``
"""

import argparse
import contextlib
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import faults
import psutil
import stage
from stage import LIST, Stage

WARM = 0.25  # share of the time that counts as warming up
MOST_DRIFT, MOST_LOG = 0.05, 1000


def asked(here, draw, number):
    """One request of the mix; its status."""
    kind = draw.randrange(12)
    if kind < 5:
        return here.ask("POST", "/api/v1/rank", json={"candidates": draw.sample(LIST, 8)}).status_code
    if kind == 5:
        body = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.05"}}
        return here.ask("POST", "/api/v1/sweep?figure=true", json=body).status_code
    if kind == 6:
        told = {"formula": "LiAlCl2.5O0.75", "tg_C": -17 + number * 1e-4, "sample": f"s{number}"}
        return here.ask("POST", "/api/v1/campaigns/soak/record", json=told).status_code
    if kind == 7:
        return here.ask("POST", "/api/v1/rank", content=b'{"candidates": [' + b"[" * 500).status_code
    if kind == 8:
        return here.ask("GET", "/api/v1/jobs/" + "0" * 20).status_code
    if kind == 9:
        return here.ask("POST", "/api/v1/rank", json={"candidates": [None, "LiAlCl2..5", "x" * 900]}).status_code
    return here.ask("GET", draw.choice(["/", "/health", "/metrics", "/api/v1/jobs", "/api/v1/models"])).status_code


def worked(here, draw, ended, counts):
    """Ask on and on."""
    number = 0
    while not ended.is_set():
        number += 1
        status = asked(here, draw, number * 10 + draw.randrange(10))
        counts[status] = counts.get(status, 0) + 1
        time.sleep(0.02)


def jobs(here, ended, counts):
    """Rank a list as a job now and then, and leave it out again."""
    while not ended.is_set():
        number = here.ask("POST", "/api/v1/jobs", json={"candidates": LIST}).json()["id"]
        here.waited(number)
        counts["jobs"] = counts.get("jobs", 0) + 1
        here.ask("DELETE", f"/api/v1/jobs/{number}")
        ended.wait(5)


def soak(here, draw, seconds):
    """Load a server for some seconds; return what was seen, in words."""
    process, _ = here.serve()
    family = {"name": "soak", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.05"}}
    assert here.ask("POST", "/api/v1/campaigns", json=family).status_code == 201
    ended, counts, seen = threading.Event(), {}, psutil.Process(process.pid)
    threads = [threading.Thread(target=jobs, args=(here, ended, counts))]
    threads += [
        threading.Thread(target=worked, args=(here, random.Random(draw.random()), ended, counts)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    began, memory, descriptors = time.monotonic(), [], []
    while (at := time.monotonic() - began) < seconds:
        time.sleep(max(0.2, seconds / 300))
        if at > WARM * seconds:
            memory.append(seen.memory_info().rss)
            descriptors.append(seen.num_fds())
    ended.set()
    for thread in threads:
        thread.join()
    third = len(memory) // 3
    drift = statistics.median(memory[-third:]) / statistics.median(memory[:third]) - 1
    first, last = (statistics.median(part) for part in (descriptors[:third], descriptors[-third:]))
    requests = sum(count for status, count in counts.items() if status != "jobs")
    log = here.log.stat().st_size / max(requests, 1)
    wrong = {status: count for status, count in counts.items() if status != "jobs" and status >= 500}
    assert not wrong, wrong
    assert process.poll() is None and log < MOST_LOG, f"{log:.0f} bytes of log a request"
    assert last <= first + 8, f"file descriptors {first} -> {last}"
    words = (
        f"{requests:,} requests, {counts.get('jobs', 0)} jobs, no 5xx; {memory[-1] / 1e6:.0f} MB, drift {drift:+.1%}"
    )
    return drift, f"{words}; file descriptors {first:.0f} -> {last:.0f}; {log:.0f} bytes of log a request"


def main():
    """Load a server, and write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path, help="a home with versions 8 and 9 of small models; made if not given")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        template = given.home or Path(made) / "template"
        if given.home is None:
            stage.small_home(template)
        here = Stage(Path(made) / "stage", template, VITRION_LOG_LEVEL="info", VITRION_DATABASE_URL="")
        with contextlib.closing(here):
            drift, words = soak(here, random.Random(given.seed), 60 * given.minutes)
    row = f"| {given.minutes:g} minutes | {words} | `python tests/bench/soak.py --minutes {given.minutes:g}` |"
    print(row, flush=True)
    if given.write:
        faults.write(given.write, "soak", [row])
    assert given.minutes < 5 or drift < MOST_DRIFT, f"memory drifts by {drift:.1%}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
