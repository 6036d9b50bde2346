"""Load on a server of its own, on loopback: how many, how fast, what it refuses, and how soon it recovers.

python tests/bench/serve_load.py [--seconds 60] [--write docs/benchmarks/service.md]

Everything is bounded in count and time. Formulas are drawn anew for every request, so that none repeats.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
CONNECTIONS = 40
VALENCES = {"Al": 3, "Ga": 3, "In": 3, "Y": 3, "Zr": 4, "Hf": 4, "Ta": 5, "Nb": 5}


def formula(rng):
    metal, alkali = rng.choice([*VALENCES]), rng.choice(["Li", "Na"])
    amount, oxygen = round(rng.uniform(0.5, 2.5), 3), round(rng.uniform(0.05, 1.2), 4)
    return f"{alkali}{amount}{metal}Cl{round(amount + VALENCES[metal] - 2 * oxygen, 4)}O{oxygen}"


def body(rng, count=1):
    return json.dumps({"candidates": [formula(rng) for _ in range(count)]}).encode()


class Client:
    """A few lines of HTTP over kept connections: the load is to cost less than what it measures."""

    def __init__(self, port):
        self.port = port

    async def worker(self, queue, done):
        reader = writer = None
        while (job := await queue.get()) is not None:
            due, content = job
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                began = time.perf_counter()
                writer.write(
                    b"POST /api/v1/rank HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                    b"content-length: %d\r\n\r\n%b" % (len(content), content)
                )
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(size)
                now = time.perf_counter()
                done.append((int(head.split(b" ", 2)[1]), now - due, now - began, b"retry-after" in head.lower()))
            except (OSError, asyncio.IncompleteReadError):
                done.append((0, 0.0, 0.0, False))
                writer = None
        if writer is not None:
            writer.close()

    async def run(self, rate, seconds, count=1, connections=CONNECTIONS, seed=0):
        """Requests at a fixed rate, due times kept: waiting for a free connection counts as latency."""
        rng, queue, done = random.Random(seed), asyncio.Queue(), []
        workers = [asyncio.create_task(self.worker(queue, done)) for _ in range(connections)]
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            queue.put_nowait((due, body(rng, count)))
        for _ in workers:
            queue.put_nowait(None)
        await asyncio.gather(*workers)
        return done, time.perf_counter() - began


def quantile(values, share):
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else float("nan")


def told(name, done, seconds):
    good = [one for one in done if one[0] == 200]
    refused = [one for one in done if one[0] in (429, 503)]
    errors = len(done) - len(good) - len(refused)
    late = [one[1] for one in good]
    line = (
        f"{name}: {len(done)} requests in {seconds:.1f} s, {len(good) / seconds:.0f} answered a second, "
        f"p50 {1e3 * quantile(late, 0.5):.0f} ms, p99 {1e3 * quantile(late, 0.99):.0f} ms, "
        f"{len(refused)} refused, {errors} errors"
    )
    if refused:
        times = [one[2] for one in refused]
        line += f"; refusals p50 {1e3 * quantile(times, 0.5):.1f} ms, p99 {1e3 * quantile(times, 0.99):.1f} ms, "
        line += f"{sum(one[3] for one in refused)} with Retry-After"
    return line


def started(port):
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "vitrion", "serve", "--port", str(port)], cwd=ROOT)
    base = f"http://127.0.0.1:{port}"
    while time.perf_counter() - began < 60:
        try:
            if httpx.get(f"{base}/ready").status_code == 200:
                return process, time.perf_counter() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    process.kill()
    raise SystemExit("the server did not get ready within 60 s; are there models? run 'vitrion train'")


def processor_s(process):
    """Processor seconds that the server took so far; NaN where the system does not tell."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def job(base, rows):
    rng = random.Random(7)
    text = "formula\n" + "\n".join(formula(rng) for _ in range(rows)) + "\n"
    began = time.perf_counter()
    number = httpx.post(f"{base}/api/v1/jobs", files={"file": ("list.csv", text)}).raise_for_status().json()["id"]
    while (now := httpx.get(f"{base}/api/v1/jobs/{number}").json())["state"] in ("queued", "running"):
        time.sleep(0.2)
    seconds = time.perf_counter() - began
    size = len(httpx.get(f"{base}/api/v1/jobs/{number}/result", params={"format": "csv"}).content)
    httpx.delete(f"{base}/api/v1/jobs/{number}")
    return f"job of {rows:,} rows: {now['state']} in {seconds:.1f} s, {size / 1e6:.1f} MB of CSV"


async def recovered(client):
    """Seconds after an overload until a single request takes less than 100 ms again."""
    began = time.perf_counter()
    while time.perf_counter() - began < 30:
        done, _ = await client.run(10, 0.5, connections=2, seed=9)
        if all(one[0] == 200 and one[1] < 0.1 for one in done):
            return time.perf_counter() - began
    return float("inf")


async def measure(port, asked, process):
    client = Client(port)
    lines = []
    await client.run(20, 2, seed=1)
    for name, rate, lasting, count, connections in (
        ("single formulas, 200 a second", 200, asked.seconds, 1, CONNECTIONS),
        ("lists of 1,000", 0.5, asked.seconds / 2, 1000, 2),
        ("five times the load", 1000, min(asked.seconds, 15), 1, 400),
    ):
        before = processor_s(process)
        done, seconds = await client.run(rate, lasting, count, connections, seed=int(rate * 10))
        spent = 1e3 * (processor_s(process) - before) / len(done)
        lines.append(told(name, done, seconds) + f"; {spent:.1f} ms of the server's processor for each")
        print(lines[-1], flush=True)
    lines.append(f"recovery: {await recovered(client):.1f} s after the overload until answers take less than 100 ms")
    print(lines[-1], flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process, ready = started(port)
    try:
        lines = [f"start to ready: {ready:.1f} s"]
        print(lines[0], flush=True)
        lines += asyncio.run(measure(port, asked, process))
        lines.append(job(f"http://127.0.0.1:{port}", asked.rows))
        print(lines[-1], flush=True)
    finally:
        process.terminate()
        process.wait(20)
    if asked.write:
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        words = f"{os.cpu_count()} cores, Python {platform.python_version()}, load of the machine {load}"
        head = (
            "# How fast the service is\n\nWritten by `make bench-serve`: one process, SQLite, loopback; the load comes"
        )
        head += f" from the same machine.\nMeasured on {time.strftime('%Y-%m-%d')} with {words}.\n\n"
        asked.write.write_text(head + "".join(f"- {line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
