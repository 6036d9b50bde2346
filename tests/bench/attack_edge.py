"""Attacks on the edge of HTTP: lines that hold places, heads without end, forged addresses, keys that count no more."""

import asyncio
import contextlib
import http.client
import multiprocessing
import random
import re
import signal
import socket
import statistics
import threading
import time

import psutil

HALF = b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\nx-half: "
FORM = b"POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n"
MOST_S, LONG_S, MB = 0.25, 8.0, 1_000_000


def keyed(here, **environment):
    """Serve with keys; return the process and the secret of a researcher called anna."""
    secret = here.run("keys", "new", "anna", "--scope", "researcher").stdout.strip()
    return here.serve(VITRION_REQUIRE_KEYS="1", **environment)[0], secret


class Others:
    """Other people, who look at /health all the time and sign in every second; they raise where they are not served."""

    def __init__(self, here, secret):
        self._here, self._secret, self._stop = here, secret, threading.Event()
        self.took, self.seen, self.signed = [], [], []

    def __enter__(self):
        self._threads = [threading.Thread(target=self._look), threading.Thread(target=self._sign_in)]
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, kind, *told):
        self._stop.set()
        for one in self._threads:
            one.join()
        if kind is None:
            assert self.signed and set(self.signed) == {303}, f"signing in ended with {self.signed}"
            assert set(self.seen) == {200}, f"/health ended with {set(self.seen)}"
            assert self.p99 < MOST_S, f"/health took {1000 * self.p99:.0f} ms (p99 of {len(self.took)})"

    @property
    def p99(self):
        return statistics.quantiles(self.took, n=100)[-1]

    def __str__(self):
        return f"/health p99 {1000 * self.p99:.0f} ms of {len(self.took)}, all {len(self.signed)} signed in"

    def _look(self):
        while not self._stop.wait(0.02):
            began, line = time.perf_counter(), http.client.HTTPConnection("127.0.0.1", self._here.port, timeout=60)
            try:
                line.request("GET", "/health")
                self.seen.append(line.getresponse().status)
            except Exception as error:
                self.seen.append(repr(error))
            self.took.append(time.perf_counter() - began)
            line.close()

    def _sign_in(self):
        while not self._stop.wait(1.0):
            told = {"data": {"key": self._secret}, "headers": {"sec-fetch-site": "same-origin"}}
            try:
                self.signed.append(self._here.ask("POST", "/login", **told).status_code)
            except Exception as error:
                self.signed.append(repr(error))


async def holding(port, lines, first, more, seconds):
    """Hold lines open, each with a beginning and a byte a second after it, and open those anew that are closed."""
    until = time.monotonic() + seconds

    async def one():
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(first)
                while time.monotonic() < until and not writer.is_closing():
                    writer.write(more)
                    await writer.drain()
                    await asyncio.sleep(1.0)
                writer.transport.abort()
            await asyncio.sleep(random.uniform(0.5, 1.5))

    await asyncio.gather(*(one() for _ in range(lines)))


def attack(port, lines, first, seconds):
    """Hold lines, as a process of its own does."""
    asyncio.run(holding(port, lines, first, b"x", seconds))


def held(here, times, lines, first):
    """Others are served while lines are held."""
    _, secret = keyed(here)
    attacker = multiprocessing.Process(target=attack, args=(here.port, lines, first, LONG_S * times))
    attacker.start()
    with Others(here, secret) as others:
        attacker.join()
    return f"{lines:,} lines held for {LONG_S * times:.0f} s: {others}"


def half_requests(here, times):
    """A thousand heads that never end."""
    return held(here, times, 1000, HALF)


def slow_forms(here, times):
    """Forms to sign in that come a byte a second."""
    return held(here, times, 24, FORM + b"content-length: 100\r\n\r\n")


def unread(port, head, lines):
    """Lines on which something was asked for that nobody reads."""
    opened = []
    for _ in range(lines):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", port))
        one.sendall(head)
        opened.append(one)
    return opened


def unread_downloads(here, times):
    """Results that nobody reads, more than there are places; others go on, and the server ends soon."""
    ended = []
    for _ in range(times):
        server, secret = keyed(here)
        right = {"authorization": f"Bearer {secret}"}
        rows = "formula\n" + "\n".join(f"Li{1 + n / 7000:g}GaCl{4 + n / 7000:g}" for n in range(3000))
        number = here.ask("POST", "/api/v1/jobs", files={"file": ("x.csv", rows)}, headers=right).json()["id"]
        until = time.monotonic() + 120
        while here.ask("GET", f"/api/v1/jobs/{number}", headers=right).json()["state"] != "done":
            assert time.monotonic() < until
            time.sleep(0.2)
        path = f"/api/v1/jobs/{number}/result"
        head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {secret}\r\n\r\n".encode()
        other = here.run("keys", "new", "ben", "--scope", "viewer").stdout.strip()
        with Others(here, other) as others:
            lines = unread(here.port, head, 100)
            until = time.monotonic() + LONG_S
            while time.monotonic() < until:
                ranked = here.ask(
                    "POST",
                    "/api/v1/rank",
                    json={"candidates": ["LiAlCl4"]},
                    headers={"authorization": f"Bearer {other}"},
                )
                assert ranked.status_code == 200, ranked.text
                time.sleep(0.2)
        server.send_signal(signal.SIGTERM)
        began = time.monotonic()
        server.wait(60)
        ended.append(time.monotonic() - began)
        assert ended[-1] < 10, f"it took {ended[-1]:.1f} s to end"
        for one in lines:
            one.close()
    return f"100 unread results: {others}; another key ranked all the time; ended within {max(ended):.1f} s"


def forged_addresses(here, times):
    """Wrong keys, each from an address that its sender made up."""
    _, secret = keyed(here)
    told = [
        here.ask("GET", "/api/v1/me", headers={"authorization": "Bearer wrong", "x-forwarded-for": f"192.0.2.{n}"})
        for n in range(60 * times)
    ]
    tried = sum(one.status_code == 401 for one in told)
    assert tried < 10 + 0.2 * sum(one.elapsed.total_seconds() for one in told) + 10, f"{tried} wrong keys were tried"
    assert here.ask("GET", "/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    return f"{tried} of {len(told)} wrong keys were looked up, the rest got 429; the right one counts"


def endless_heads(here, times):
    """A path, a header, many headers and a trailer of 60 MB each."""
    server, secret = keyed(here)
    with Others(here, secret):
        time.sleep(3.0)
    before, piece, told = psutil.Process(server.pid).memory_info().rss, b"x" * 65536, []
    chunked = FORM + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-trailer: "
    with Others(here, secret) as others:
        for first, more, wanted in times * [
            (b"GET /", piece, b"414"),
            (HALF, piece, b"431"),
            (HALF, (b"\r\nx-y: " + b"y" * 1000) * 64, b"431"),
            (chunked, piece, b""),
        ]:
            with socket.create_connection(("127.0.0.1", here.port), timeout=10) as line:
                sent, answer = 0, b""
                with contextlib.suppress(OSError):
                    line.sendall(first)
                    for _ in range(60 * MB // len(more)):
                        line.sendall(more)
                        sent += len(more)
                with contextlib.suppress(OSError):
                    answer = line.recv(4096)
            assert re.match(rb"HTTP/1.1 %s" % wanted, answer) if wanted else sent < 60 * MB // 2, (sent, answer[:80])
            told.append(wanted.decode() or "cut")
        time.sleep(1.5)
    grew = psutil.Process(server.pid).memory_info().rss - before
    assert grew < 20 * MB, f"the server grew by {grew / MB:.0f} MB"
    return f"{', '.join(told)}; {grew / MB:.0f} MB more memory; {others}"


def revoked_on_a_stream(here, times):
    """A key is revoked while its holder listens to a job."""
    import httpx

    took = []
    server, _ = keyed(here, VITRION_WORK="0")
    for number in range(times):
        secret = here.run("keys", "new", f"eve{number}", "--scope", "researcher").stdout.strip()
        right = {"authorization": f"Bearer {secret}"}
        job = here.ask("POST", "/api/v1/jobs", json={"candidates": ["LiAlCl4"]}, headers=right).json()["id"]
        with httpx.stream("GET", f"{here.base}/api/v1/jobs/{job}/events", headers=right, timeout=60) as stream:
            heard = stream.iter_lines()
            next(heard)
            here.run("keys", "revoke", f"eve{number}")
            began = time.monotonic()
            with contextlib.suppress(httpx.HTTPError):
                for _ in heard:
                    pass
            took.append(time.monotonic() - began)
        assert took[-1] < 6, f"it was heard for {took[-1]:.0f} s more"
    assert server.poll() is None
    return f"the stream ended {max(took):.1f} s after the key was revoked"


ATTACKS = {
    "half requests": half_requests,
    "slow forms to sign in": slow_forms,
    "unread downloads": unread_downloads,
    "forged addresses": forged_addresses,
    "endless heads": endless_heads,
    "a revoked key on a stream": revoked_on_a_stream,
}
