"""What the service stands: bad requests, hostile texts, paths and addresses, on a server of its own under watch.

python tests/bench/http_proofs.py [--full] [--write docs/benchmarks/faults-http.md]

The server gets a copy of the home folder, which needs models. Without --full a few minutes.
"""

import argparse
import asyncio
import collections
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import bad_requests
import http_schema
import http_texts
from http_faults import MB, Server, hostile_load, oversized, quantile, serious, volley, warmed
from payloads import PATHS, TEXTS
from vitrion.datasets.home import home as usual_home


def told(statuses):
    return ", ".join(f"{count:,} of {status}" for status, count in sorted(statuses.items()))


def prove(home, log, full):
    """Lines of the report; raises where something fails."""
    server = Server(home, log)
    try:
        warmed(server.base)
        warmed(server.base)
        began, before = server.memory, len(server.seen())
        print(f"ready; {began / MB:.0f} MB", flush=True)
        parts = {
            "the bad requests": requests(server, full),
            "paths and texts": hostile(server),
            "schemathesis": described(server, 300 if full else 15),
            "the large bodies": quick(server, full),
        }
        grown = []
        for name, part in parts.items():
            yield from part
            grown.append(f"{(server.memory - began) / MB:+.0f} MB after {name}")
        yield f"memory of the server: {began / MB:.0f} MB before, {', '.join(grown)}"
        yield f"the same process answers at the end: {'yes' if server.alive else 'NO'}"
        seen = serious(server.seen())
        yield f"seen by the watch while it started: {before}; in all: {dict(seen) or 'nothing'}"
    finally:
        server.end()


def requests(server, full):
    every = bad_requests.everything()
    chosen = every if full else every[:: max(len(every) // 300, 1)]
    began = time.monotonic()
    statuses, bad = asyncio.run(volley(server.port, chosen))
    yield f"{len(chosen):,} bad requests in {time.monotonic() - began:.0f} s: {told(statuses)} "
    yield "    (0: the line was closed, -1: no answer was waited for)"
    yield f"server errors among them: {len(bad)} {bad[:5] or ''}"


def hostile(server):
    statuses = collections.Counter(http_texts.paths(server.base))
    yield f"{len(PATHS)} paths and addresses in every place: {told(statuses)}"
    complaints = http_texts.texts(server.base)
    yield f"{len(TEXTS)} live texts in every place, looked for in exports, pages, answers: {complaints or 'none live'}"
    lines = http_texts.logs(Path(f"{server.log}.err").read_text(errors="replace"))
    yield f"live lines in the log: {lines or 'none'}"


def described(server, examples):
    began = time.monotonic()
    statuses, bad = http_schema.run(server.base, examples)
    total = sum(statuses.values(), collections.Counter())
    each = {name: sum(one.values()) for name, one in statuses.items()}
    most = max(each.values())
    fewer = ", ".join(f"{name} {count}" for name, count in each.items() if count < most)
    yield (
        f"schemathesis: {sum(total.values()):,} requests to {len(statuses)} operations, {most} to each but those "
        f"of which no more can be drawn ({fewer}), in {time.monotonic() - began:.0f} s: {told(total)}"
    )
    yield f"server errors among them: {len(bad)} {bad[:3] or ''}"


def quick(server, full):
    times = asyncio.run(oversized(server.port, 200 if full else 20))
    yield f"{len(times)} bodies that are too large, half of them told, half in chunks, refused after: {spread(times)}"
    times, sent = asyncio.run(hostile_load(server.port, 60 if full else 10))
    yield f"/health while {sent} hostile bodies came, 20 a second: {spread(times)}"


def spread(times):
    p50, p99 = (1e3 * quantile(times, share) for share in (0.5, 0.99))
    return f"{p50:.1f} ms (p50), {p99:.1f} ms (p99), {1e3 * max(times):.1f} ms at most, of {len(times)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        shutil.copytree(usual_home(), home)
        for line in prove(home, Path(scratch) / "watch.jsonl", asked.full):
            print(line, flush=True)
            lines.append(line)
        shutil.copy(Path(scratch) / "watch.jsonl", Path(tempfile.gettempdir()) / "vitrion-watch.jsonl")
    if asked.write:
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        words = f"{os.cpu_count()} cores, Python {platform.python_version()}, load of the machine {load}"
        kind = "--full " if asked.full else ""
        head = (
            "# What the service stands\n\nWritten by `python tests/bench/http_proofs.py "
            f"{kind}--write docs/benchmarks/faults-http.md`: one process, SQLite, loopback; "
            "the requests come from the same machine.\n"
            f"Measured on {time.strftime('%Y-%m-%d')} with {words}.\n\n"
        )
        asked.write.write_text(head + "".join(f"- {line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
