"""A server of its own, on loopback and under watch, and bad requests at it: many, large, and while others ask."""

import asyncio
import collections
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import bad_requests  # noqa: E402

FAMILY = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1:0.25"}}
LACO = "LiAlCl2.5O0.75"
MB = 1_000_000


class Server:
    """A server under watch, in a home of its own."""

    def __init__(self, home, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base, self.log, self.home = f"http://127.0.0.1:{self.port}", Path(log), Path(home)
        told = os.environ | {"VITRION_HOME": str(home), "VITRION_TRACK": "0", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, str(HERE / "audited_server.py"), str(log), str(self.port)]
        with Path(f"{log}.err").open("wb") as words:
            self.process = subprocess.Popen(command, env=told, stderr=words, stdout=words)
        until = time.monotonic() + 600
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.base}/ready").status_code == 200:
                    return
            time.sleep(0.2)
        self.end()
        raise SystemExit(f"the server did not get ready: {Path(f'{log}.err').read_text()[-2000:]}")

    @property
    def alive(self):
        with contextlib.suppress(httpx.HTTPError):
            return self.process.poll() is None and httpx.get(f"{self.base}/health", timeout=30).status_code == 200
        return False

    @property
    def memory(self):
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def seen(self):
        """What the watch noted."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


async def sent(port, content, patience=60.0):
    """Status of the answer to some bytes, and the time in seconds until it came; 0 where the line was closed."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(content)
                head = await reader.readline()
                words = head.split()
                return (int(words[1]) if len(words) > 1 and words[1].isdigit() else 0), time.perf_counter() - began
            finally:
                writer.close()
    except TimeoutError:
        return -1, patience
    except (OSError, ValueError):
        return 0, time.perf_counter() - began


async def volley(port, requests, at_once=8):
    """How often each status came, and the names of the requests that failed the server."""
    statuses, bad, slot = collections.Counter(), [], asyncio.Semaphore(at_once)

    async def one(name, content):
        async with slot:
            status, _ = await sent(port, content, 5.0 if "length of" in name or "chunk of" in name else 60.0)
            while status == 503 and b"multipart/" in content[:400]:
                await asyncio.sleep(0.2)
                status, _ = await sent(port, content)
        statuses[status] += 1
        if status >= 500 and status != 503:
            bad.append((name, status))

    await asyncio.gather(*(one(*told) for told in requests))
    return statuses, bad


def warmed(base):
    """One good request of each kind, so that what is loaded later is loaded."""
    with httpx.Client(base_url=f"{base}/api/v1", timeout=120) as http:
        http.post("campaigns", json={"name": "laco", **FAMILY, "batch": 2})
        for path, body in (
            ("rank?figure=true", {"candidates": [LACO] * 200}),
            ("sweep?figure=true", FAMILY),
            ("propose", {**FAMILY, "batch": 2}),
            ("campaigns/laco/propose", {"track": False}),
            ("campaigns/laco/record", {"formula": LACO, "tg_C": -16.8}),
            ("data", {"rows": [{"formula": LACO, "tg_C": -16.8}]}),
        ):
            http.post(path, json=body)
        http.get("campaigns/laco?figure=true")
        for name, content in (("x.csv", "formula,tg_C\nLiAlCl4,-5\n"), ("x.parquet", bad_requests.column(100))):
            http.post("data/file", files={"file": (name, content)})
            http.post("jobs", files={"file": (name, content)})
        for path in ("models", "data", "data/tg", "jobs", "openapi.json"):
            http.get(path)


async def oversized(port, times):
    """Times in seconds until a body that is too large is refused: told so beforehand, and in chunks."""
    told = []
    length = bad_requests.message(
        "POST", "/api/v1/rank", b"x" * 1000, [("content-type", "application/json"), ("content-length", 10**10)]
    )
    for _ in range(times):
        status, seconds = await sent(port, length)
        assert status == 413, status
        told.append(seconds)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            bad_requests.message(
                "POST", "/api/v1/rank", b"", [("content-type", "application/json"), ("transfer-encoding", "chunked")]
            )
        )
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(61):
            writer.write(chunk)
            await writer.drain()
        began = time.perf_counter()
        writer.write(chunk)
        head = await reader.readline()
        assert b"413" in head, head
        told.append(time.perf_counter() - began)
        writer.close()
    return told


async def hostile_load(port, seconds, a_second=20):
    """Times in seconds of /health while hostile bodies arrive."""
    names = ("nested", "200,000", "[1,1,", "bomb", "9999", "[null]", "long line", "many columns", "{")
    pool = [one for one in bad_requests.everything() if any(part in one[0] for part in names)][:400]
    pool += [("wrong entries", bad_requests.post("/api/v1/rank", b'{"candidates": [' + b"1," * 900_000 + b"1]}"))] * 20
    times, running, health = [], set(), bad_requests.message("GET", "/health")
    until, due, number = time.perf_counter() + seconds, time.perf_counter(), 0

    async def ask():
        while time.perf_counter() < until:
            status, took = await sent(port, health)
            assert status == 200, status
            times.append(took)
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    while time.perf_counter() < until:
        due += 1 / a_second
        task = asyncio.create_task(sent(port, pool[(number * 37) % len(pool)][1]))
        running.add(task)
        task.add_done_callback(running.discard)
        number += 1
        await asyncio.sleep(max(due - time.perf_counter(), 0))
    await asking
    await asyncio.gather(*running)
    return times, number


def quantile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


NAMES_OF_MACHINE = {("read", "/etc/machine-id"), ("started", "uname", "['uname', '-p']")}


def serious(seen):
    """What the watch noted, counted; without how a machine is named, and what dask does while it is imported.

    pandera imports dask where it is installed, and dask copies some functions by pickle then: nothing of a file.
    """
    at_import = "dask/tokenize.py"
    kept = [one for one in seen if not any(at_import in line for line in one["where"])]
    kept = [one for one in kept if (one["what"], *one["told"]) not in NAMES_OF_MACHINE]
    return collections.Counter(f"{one['what']} {' '.join(one['told'])[:80]}" for one in kept)
