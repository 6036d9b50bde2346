"""Lines: how many there are, how large a head may be, and how long each may take; for whom a proxy asks."""

import asyncio
import contextlib
import socket
import threading
import time
from functools import partial

import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.testclient import TestClient
from uvicorn import Config
from uvicorn.server import ServerState
from vitrion.serve.admission import connections as lines
from vitrion.serve.admission import listening
from vitrion.serve.admission.connections import Lines
from vitrion.serve.admission.listening import MOST_HEAD, MOST_HEADER, MOST_PATH, Line
from vitrion.serve.admission.places import Places
from vitrion.serve.admission.still import LINE
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.operations.ending import Ending
from vitrion.serve.settings import Settings

LARGE = 30_000_000  # bytes, more than the system takes for who does not read


async def app(scope, receive, send):
    """Answer with the name that a request gives itself, which counts as that of a key, or with much."""
    headers = dict(scope["headers"])
    scope[LINE].lines.protect(scope[LINE], headers.get(b"name", b"").decode())
    while (await receive()).get("more_body"):
        pass
    body = b"x" * LARGE if scope["path"] == "/large" else headers.get(b"name", b"nobody")
    if scope["path"] == "/slow":
        await asyncio.sleep(30)
    await Response(body)(scope, receive, send)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(lines, "LOOK_S", 0.05)


@contextlib.asynccontextmanager
async def listening_on(hurried=lambda: False, **settings):
    """A port with lines of ours."""
    config = Config(app, log_config=None, lifespan="off", access_log=False, proxy_headers=False)
    config.load()
    here = Lines(Settings(**settings), hurried)
    made = partial(Line, here, config=config, server_state=ServerState(), app_state={})
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    watch = asyncio.create_task(here.watch())
    try:
        yield here, server.sockets[0].getsockname()[1]
    finally:
        watch.cancel()
        server.close()


async def line(port, content, source="127.0.0.1"):
    """A line on which something was sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0), limit=2**26)
    writer.write(content)
    return reader, writer


async def status(port, content, source="127.0.0.1"):
    """Status of the answer to some bytes; empty where the line was cut."""
    reader, writer = await line(port, content, source)
    try:
        return (await asyncio.wait_for(reader.readline(), 10))[9:12].decode()
    except ConnectionError:
        return ""
    finally:
        writer.close()


async def is_cut(reader, seconds=10.0):
    """Whether a line ends within a time."""
    try:
        await asyncio.wait_for(reader.read(), seconds)
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


async def trickle(writer, content):
    """Send something again and again."""
    with contextlib.suppress(ConnectionError):
        while True:
            writer.write(content)
            await writer.drain()
            await asyncio.sleep(0.05)


ASKED = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nhost: x\r\nx-half: "


def test_a_head_that_does_not_come_is_not_waited_for():
    async def run():
        async with listening_on(head_seconds=0.4) as (here, port):
            for first in (b"", HALF, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" + HALF, b"\r\n\r\n"):
                reader, writer = await line(port, first)

                task = asyncio.create_task(trickle(writer, first[-2:] if first.isspace() else b"x"))
                assert await is_cut(reader), first
                task.cancel()
            await asyncio.sleep(0.05)
            assert len(here) == 0

    asyncio.run(run())


def test_half_requests_shut_nobody_out():
    """Of one address, and of many: who comes later finds a place, and who is at work with a key keeps it."""

    async def run():
        async with listening_on(most_lines=20) as (here, port):
            working = await line(port, b"GET /slow HTTP/1.1\r\nhost: x\r\nname: anna\r\n\r\n")
            await asyncio.sleep(0.1)
            for sources in (["127.0.0.1"], [f"127.0.0.{n}" for n in range(2, 12)]):
                half = [await line(port, HALF, source) for source in sources for _ in range(60 // len(sources))]
                await asyncio.sleep(0.1)
                assert len(here) == (5 if len(sources) == 1 else 20)
                assert await status(port, ASKED) == await status(port, ASKED, "127.0.1.1") == "200"
                assert await is_cut(half[0][0], 1.0) and not await is_cut(half[-1][0], 0.1)
            assert not await is_cut(working[0], 0.1)

    asyncio.run(run())


def test_a_key_has_its_share_of_the_lines():
    async def run():
        async with listening_on(most_lines=20) as (here, port):
            slow = b"GET /slow HTTP/1.1\r\nhost: x\r\nname: anna\r\n\r\n"
            hers = [await line(port, slow, f"127.0.0.{n}") for n in range(2, 22)]
            await asyncio.sleep(0.1)
            assert here._keys == {"anna": 2}
            assert await status(port, ASKED) == "200" and len(here) <= 20
            kept = [not await is_cut(reader, 0.02) for reader, _ in hers]
            assert sum(kept) == 19
            for _, writer in hers:
                writer.close()
            await asyncio.sleep(0.1)
            assert len(here) == 0 and here._keys == {}

    asyncio.run(run())


def test_a_line_that_was_lost_meanwhile_counts_for_no_key():
    """A key is looked up beside the loop; its client may hang up before it is known."""

    class Stub:
        address, is_shared, key, waits = "192.0.2.7", False, "", True

    here, refused = Lines(Settings(most_lines=16), bool), Stub()
    for _ in range(4):
        gone = Stub()
        assert here.admit(gone)
        here.leave(gone)
        here.protect(gone, "anna")
    here.protect(refused, "anna")
    assert here._keys == {} and not refused.key
    here.admit(stays := Stub())
    here.protect(stays, "anna")
    assert here._keys == {"anna": 1} and stays.key == "anna"


def test_where_no_line_can_go_a_new_one_is_refused():
    async def run():
        async with listening_on(most_lines=1) as (_, port):
            working = await line(port, b"GET /slow HTTP/1.1\r\nhost: x\r\nname: anna\r\n\r\n")
            await asyncio.sleep(0.1)
            assert await status(port, b"") == "503" and not await is_cut(working[0], 0.1)

    asyncio.run(run())


def test_behind_a_proxy_there_are_many():
    async def run():
        async with listening_on(most_lines=20, proxy="127.0.0.0/30, 10.0.0.1") as (here, port):
            opened = [await line(port, HALF, source) for source in ("127.0.0.1", "127.0.0.9") for _ in range(10)]
            await asyncio.sleep(0.1)
            assert {address: len(them) for address, them in here._open.items()} == {"127.0.0.1": 10, "127.0.0.9": 5}
            assert len(opened) == 20

    asyncio.run(run())


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"GET /" + b"x" * (MOST_PATH - 1), "200"),
        (b"GET /" + b"x" * MOST_PATH, "414"),
        (b"GET /?" + b"x" * 100_000, "414"),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * (MOST_HEADER - 1), "200"),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * MOST_HEADER, "431"),
        (b"GET / HTTP/1.1" + b"\r\nx: y" * (MOST_HEAD // 2 + 1), "431"),
        (b"GET / HTTP/1.1\r\n" + b"x" * (MOST_HEADER + 1) + b": y", "431"),
    ],
)
def test_heads_have_a_limit(head, told):
    whole = head + (b"" if b"HTTP" in head else b" HTTP/1.1") + b"\r\nhost: x\r\nconnection: close\r\n\r\n"

    async def run():
        async with listening_on() as (_, port):
            assert await status(port, whole) == told
            assert await status(port, ASKED.replace(b"close", b"keep-alive") + whole) == "200", "the one before it"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("first", "more", "told"),
    [
        (b"GET /", b"x" * 65536, b"414"),
        (HALF, b"x" * 65536, b"431"),
        (HALF, b"y\r\nx: " * 10_000, b"431"),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx: ", b"x" * 65536, b""),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;x=", b"x" * 65536, b""),
        (b"\r\n", b"\r\n" * 30_000, b"431"),
        (b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 2000, b""),
    ],
)
def test_what_never_ends_is_not_collected(first, more, told, monkeypatch):
    """The answer comes while it is still being sent, and the line ends soon after; nothing of it is kept meanwhile."""
    monkeypatch.setattr(listening, "DRAIN_S", 0.2)

    async def run():
        async with listening_on() as (here, port):
            reader, writer = await line(port, first)
            answer, sent = asyncio.create_task(reader.readline()), 0
            with contextlib.suppress(ConnectionError):
                while sent < 200_000_000:
                    writer.write(more)
                    await writer.drain()
                    sent += len(more)
                    for one in [one for mine in here._open.values() for one in mine]:
                        assert len(one.url) <= 2**19 and len(one.pipeline) <= 20_000
            assert sent < 200_000_000
            got = b""
            with contextlib.suppress(ConnectionError):
                got = await answer
            assert got[9:12] == told
            await asyncio.sleep(0.05)
            assert len(here) == 0

    asyncio.run(run())


def test_a_body_in_small_chunks_is_taken():
    body = b"".join(b"1\r\nx\r\n" for _ in range(100_000)) + b"0\r\n\r\n"

    async def run():
        async with listening_on() as (_, port):
            head = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
            assert await status(port, head + body) == "200"

    asyncio.run(run())


@contextlib.asynccontextmanager
async def reading(port, a_second):
    """Local port of a line on which a large answer is read at a rate, and its bytes so far.

    The client's system tells of what was read in steps of some kB, as over a network.
    """
    loop, got = asyncio.get_running_loop(), [0]
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        one.setblocking(False)
        await loop.sock_connect(one, ("127.0.0.1", port))
        await loop.sock_sendall(one, ASKED.replace(b"/ ", b"/large ", 1))

        async def read():
            with contextlib.suppress(ConnectionError):
                while a_second and (part := await loop.sock_recv(one, a_second // 20)):
                    got[0] += len(part)
                    await asyncio.sleep(len(part) / a_second)

        task = asyncio.create_task(read())
        yield one.getsockname()[1], got
        task.cancel()


@pytest.mark.parametrize("hurried", [False, True])
def test_a_slow_line_is_read_to_its_end_and_an_unread_one_is_cut(hurried, monkeypatch):
    """The system takes megabytes at once, and nothing more for longer than an answer may stay unread."""
    cut, whole = [], Line.cut
    monkeypatch.setattr(Line, "cut", lambda self: (cut.append(self.client[1]), whole(self)))
    if hurried:
        monkeypatch.setattr(lines, "SOON_S", 2.0)

    async def run():
        async with (
            listening_on(lambda: hurried, send_seconds=60.0 if hurried else 2.0) as (here, port),
            reading(port, 20_000) as (slow, got),
            reading(port, 0) as (unread, _),
        ):
            for _ in range(400):
                await asyncio.sleep(0.05)
                if cut:
                    break
            assert cut == [unread], "after about 2 s"
            await asyncio.sleep(1.5)
            assert cut == [unread] and len(here) == 1 and slow != unread
            assert 20_000 < got[0] < 1_000_000, "so nothing more was taken by the system"

    asyncio.run(run())


def test_the_server_ends_though_nobody_reads(monkeypatch):
    """Unread answers and half bodies go soon, who reads on has until the last moment, and that comes when it is due."""
    monkeypatch.setattr(lines, "LAST_S", 1.5)
    whole = FastAPI(docs_url=None, openapi_url=None)
    whole.state.work = Places(8)
    whole.mount("/", app)
    server = Ending(whole, "127.0.0.1", 0, Settings(stop_s=5.0, send_seconds=120.0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]

    async def run():
        async with reading(port, 20_000) as (slow, _), reading(port, 0):
            half = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx"
            also = await line(port, half), await line(port, HALF), await line(port, b"")
            await asyncio.sleep(0.5)
            assert len(server.lines) == 2 + len(also)
            server.should_exit = True
            while len(server.lines) > 1 and thread.is_alive():
                await asyncio.sleep(0.05)
            left = [one.client[1] for mine in server.lines._open.values() for one in mine]
            assert left == [slow] and thread.is_alive(), "who reads goes on"
            for _ in range(400):
                await asyncio.sleep(0.05)
                if not thread.is_alive():
                    return
            pytest.fail("it waits for those who read slowly")

    asyncio.run(run())


@pytest.mark.parametrize("seen_as", ["127.0.0.1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize(
    ("proxy", "is_its"),
    [
        ("", False),
        ("10.0.0.1", False),
        ("127.0.0.1", True),
        ("10.0.0.1, 127.0.0.0/8", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:127.0.0.0/104", True),
    ],
)
def test_a_forwarded_address_is_believed_of_a_proxy_alone(proxy, is_its, seen_as):
    """However the proxy is written, and however a socket tells its address: one for both families tells it mapped."""
    seen, whole = [], FastAPI()

    async def root(scope, receive, send):
        seen.append((scope["client"][0], scope["scheme"]))
        await Response()(scope, receive, send)

    whole.mount("/", root)

    asked = {"x-forwarded-for": "10.9.9.9, 192.0.2.7", "x-forwarded-proto": "https"}
    server = Ending(whole, "127.0.0.1", 0, Settings(proxy=proxy))
    server.config.load()
    TestClient(server.config.loaded_app, client=(seen_as, 1)).get("/", headers=asked)
    assert seen == [("192.0.2.7", "https") if is_its else (seen_as, "http")]
    assert server.lines.is_proxy(seen_as) is is_its


def test_a_proxy_is_named_by_its_address():
    for wrong in ("*", "lab.example", "10.0.0.1/8", "127.0.0.1;10.0.0.1"):
        with pytest.raises(InputError, match="give addresses or networks"):
            Settings(proxy=wrong)
