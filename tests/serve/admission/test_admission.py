"""What is refused before it is read."""

import asyncio
import itertools
import json
import random

import pytest
from starlette.requests import Request
from vitrion.serve.admission import admission as door
from vitrion.serve.admission import bodies
from vitrion.serve.admission.admission import MB, Door
from vitrion.serve.admission.bodies import Bodies, unreadable
from vitrion.serve.admission.metrics import Metrics
from vitrion.serve.admission.places import NAME, AtWork, Places
from vitrion.serve.api.heads import Heads
from vitrion.serve.settings import Settings


def scope(path="/api/v1/rank", headers=(), name=""):
    return {"type": "http", "method": "POST", "path": path, "headers": list(headers), NAME: name}


async def asked(door, told, body=b""):
    """Status, headers and content of an answer, and how often the body was read before it was given."""
    sent, read, before = [], [], []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)
        before.append(len(read))

    await door(told, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    assert sent[-1].get("more_body", False) is False
    return sent[0]["status"], dict(sent[0]["headers"]), body, before[1]


def made(app, **settings):
    """The door before an application, with what stands between the two but access."""
    told, metrics = Settings(**settings), Metrics()
    work = Places(told.most_waiting)
    return Door(Bodies(AtWork(app, told, metrics, work), told), told, metrics, work)


async def never():
    await asyncio.sleep(60)


def test_too_much_work_is_refused_unread():
    async def slow(scope, receive, send):
        await asyncio.sleep(0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        door = made(slow, most_waiting=2)
        first = [asyncio.create_task(asked(door, scope())) for _ in range(2)]
        await asyncio.sleep(0.05)
        status, headers, body, reads = await asked(door, scope())
        assert (status, headers[b"retry-after"], reads) == (503, b"1", 0)
        assert json.loads(body)["detail"].startswith("2 requests are worked on")
        assert (await asked(door, scope("/health")))[0] == 200
        assert [one[0] for one in await asyncio.gather(*first)] == [200, 200]
        assert (await asked(door, scope()))[0] == 200

    asyncio.run(run())


def test_event_streams_have_a_limit_of_their_own():
    async def endless(scope, receive, send):
        await asyncio.sleep(0.2)

    async def run():
        door = made(endless, most_streams=1)
        task = asyncio.create_task(door(scope("/api/v1/jobs/1/events"), None, None))
        await asyncio.sleep(0.05)
        assert (await asked(door, scope("/api/v1/jobs/1/events")))[0] == 429
        await task

    asyncio.run(run())


def test_bodies_have_a_limit_told_or_not():
    async def reader(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        door = made(reader, most_body_mb=0.001)
        status, _, body, reads = await asked(door, scope(headers=[(b"content-length", b"1001")]))
        assert (status, reads) == (413, 0) and "larger than 0.001 MB" in json.loads(body)["detail"]
        assert (await asked(door, scope(), b"x" * 1001))[0] == 413
        assert (await asked(door, scope(), b"x" * 1000))[0] == 200
        form = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"5000")]
        upload = scope("/api/v1/data/file", headers=form)
        assert (await asked(door, upload, b"x"))[0] == 200

    asyncio.run(run())


def test_what_is_no_json_is_not_parsed():
    assert unreadable(rb'{"a": [1, "]]]", "\\", "[["]}', 2) == ""
    assert "deep" in unreadable(b"[" * 100_000 + b"]" * 100_000, 20)
    assert "deep" in unreadable(b"[" * 1_000_000, 20)
    assert "deep" in unreadable(b'{"a":' * 21 + b"1" + b"}" * 21, 20)
    assert unreadable(b"[]" * 1_000_000, 20) == "", "the parser tells what is wrong with it"
    assert "more than 100,000 entries" in unreadable(b"[" + b"1," * 100_001 + b"1]", 20)
    for half in (rb'["\ud800"]', rb'["\udc00\ud800"]', rb'["\\\ud83d"]', rb'["\ud83d\\\ude00"]', rb'["\ud83d\\ude00"]'):
        assert "lone surrogate" in unreadable(half, 20), half
    for whole in (rb'["\ud83d\ude00"]', rb'["\\ud800"]'):
        assert unreadable(whole, 20) == "", whole
    assert "UTF-8" in unreadable('{"a": 1}'.encode("utf-16"), 20)
    assert "UTF-8" in unreadable('{"a": 1}'.encode("utf-32-be"), 20)


def test_a_half_character_is_refused_wherever_the_parser_would_read_one():
    marks = [r"\ud83d", r"\ude00", r"\\", r"\"", "ude00", "a"]
    for parts in itertools.product(marks, repeat=4):
        text = '["' + "".join(parts) + '"]'
        half = any("\ud800" <= mark <= "\udfff" for mark in json.loads(text)[0])
        assert bool(unreadable(text.encode(), 20)) == half, text


def depth(text):
    """How deep brackets outside of texts are nested at most, mark by mark."""
    most = level = at = 0
    inside = False
    while at < len(text):
        mark = text[at]
        at += 2 if text[at : at + 2] in ("\\\\", '\\"') else 1
        inside ^= mark == '"'
        level += 0 if inside else (mark in "[{") - (mark in "]}")
        most = max(most, level)
    return most


def test_a_body_is_looked_at_in_pieces_as_if_it_were_whole(monkeypatch):
    """Wherever it is cut: within an escape, a text, or half of a character."""
    dice = random.Random(1)
    for _ in range(3_000):
        text = "".join(dice.choices(['"', "\\", "[", "]", "{", "}", "a", '\\"', "[[", "]]"], k=dice.randrange(40)))
        monkeypatch.setattr(bodies, "PIECE", dice.randrange(1, 12))
        assert bool(unreadable(text.encode(), 2)) == (depth(text) > 2), (text, bodies.PIECE)
    monkeypatch.setattr(bodies, "PIECE", 30)
    whole, halves = (
        "\\ud83d\\ude00",
        ("\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00", "\\\\\\ud83d\\\\ude00"),
    )
    texts = (whole, f"\\\\ud83d {whole}", "\\\\ud83d", "\\u0041", "\\uD83D\\uDE00")
    for text, right in (*((one, True) for one in texts), *((one, False) for one in halves)):
        body = ("[" + '"x",' * 7 + f'"{text}"]').encode()
        assert ("half of a character" not in unreadable(body, 20)) == right, text


def test_of_cookies_ours_alone_is_passed_on():
    """As a plain word: Python's readers of quoted cookies take the square of their length, and FastAPI asks one."""
    seen = []

    async def app(scope, receive, send):
        seen.append(Request(scope).cookies)

    for told in ("a=1; vitrion_session=abc; b=2", 'vitrion_session="abc"', 'x="\\"; vitrion_session=abc'):
        asyncio.run(Heads(app)(scope(headers=[(b"cookie", told.encode()), (b"host", b"x")]), None, None))
    assert seen == [{"vitrion_session": "abc"}] * 3
    for told in ("a=1", 'vitrion_session="a\\"b"', "vitrion_session", ""):
        asyncio.run(Heads(app)(scope(headers=[(b"cookie", told.encode())]), None, None))
    assert seen[3:] == [{}] * 4


def test_a_body_that_does_not_come_is_not_waited_for():
    async def run():
        sent = []

        async def send(message):
            sent.append(message)

        async def app(scope, receive, send):
            await receive()

        for kind in (b"application/json", b"multipart/form-data; boundary=x"):
            door = made(app, body_seconds=0.005)
            told = scope("/api/v1/jobs", headers=[(b"content-type", kind), (b"content-length", b"10")])
            sent.clear()
            await door(told, never, send)
            assert sent[0]["status"] == 408, kind

    asyncio.run(run())


def test_files_have_a_limit_of_their_own():
    async def slow(scope, receive, send):
        await asyncio.sleep(0.2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        door = made(slow, most_uploads=1)
        upload = scope("/api/v1/jobs", headers=[(b"content-type", b"multipart/form-data; boundary=x")])
        first = asyncio.create_task(asked(door, upload))
        await asyncio.sleep(0.05)
        assert (await asked(door, upload))[0] == 503
        assert (await first)[0] == 200

    asyncio.run(run())


def test_files_are_taken_only_where_they_belong():
    async def slow(scope, receive, send):
        raise AssertionError("it was let in")

    async def run():
        door = made(slow, most_uploads=1)
        for path in ("/login", "/logout", "/", "/health", "/api/v1/rank", "/api/v1/jobs/1/events", "/api/v1/jobs/1"):
            for kind in (b"multipart/form-data; boundary=x", b"Multipart/Mixed"):
                told = scope(path, headers=[(b"content-type", kind), (b"transfer-encoding", b"chunked")])
                status, headers, body, reads = await asked(door, told)
                assert (status, reads) == (415, 0), path
                assert b"content-security-policy" in headers
                assert "send it to /api/v1/jobs or /api/v1/data/file" in json.loads(body)["detail"]
        assert door.work.taken == 0

    asyncio.run(run())


def test_slow_forms_to_sign_in_shut_nobody_out(monkeypatch):
    """Only who has sent the form whole is signing in, and has a place for that."""
    monkeypatch.setattr(bodies, "SMALL_S", 0.3)
    form = [(b"content-type", b"application/x-www-form-urlencoded"), (b"content-length", b"100")]

    async def app(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        door, sent = made(app), []

        async def send(message):
            sent.append(message.get("status"))

        slow = [asyncio.create_task(door(scope("/login", form), never, send)) for _ in range(24)]
        await asyncio.sleep(0.05)
        for _ in range(26):
            assert (await asked(door, scope("/login", form), b"key=x"))[0] == 200
        await asyncio.gather(*slow)
        assert sent.count(408) == 24
        for told in ([], [(b"content-length", b"5000")]):
            status, _, body, _ = await asked(door, scope("/login", told), b"x" * 5_000)
            assert status == 413 and "larger than 4,000 bytes" in json.loads(body)["detail"]

    asyncio.run(run())


@pytest.mark.parametrize("path", ["/api/v1/rank", "/api/v1/jobs/1/events", "/login"])
def test_nobody_has_all_places(path):
    """Whatever one name asks for at a time, another finds a place."""

    async def slow(scope, receive, send):
        await asyncio.sleep(0.3)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def run():
        door = made(slow, most_waiting=16, most_streams=16)
        anna = [asyncio.create_task(asked(door, scope(path, name="anna"))) for _ in range(40)]
        await asyncio.sleep(0.05)
        assert (await asked(door, scope(path, name="ben")))[0] == 200
        statuses = [one[0] for one in await asyncio.gather(*anna)]
        assert 6 <= statuses.count(200) <= 12 and statuses.count(200) + statuses.count(503) + statuses.count(429) == 40

    asyncio.run(run())


def test_slow_bodies_hold_no_place_and_come_to_an_end(monkeypatch):
    monkeypatch.setattr(door, "STILL_S", 0.2)
    told = [(b"content-type", b"application/json"), (b"content-length", b"1000000")]

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def trickling():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def run():
        here, sent = made(app, most_waiting=4), []

        async def send(message):
            sent.append(message.get("status"))

        slow = [asyncio.create_task(here(scope(headers=told), trickling, send)) for _ in range(8)]
        await asyncio.sleep(0.05)
        assert (await asked(here, scope(), b"{}"))[0] == 200
        await asyncio.gather(*slow)
        assert sent.count(408) == 8 and here.work.taken == here.held.taken == 0

    asyncio.run(run())


def test_bodies_that_wait_have_a_bounded_memory():
    async def app(scope, receive, send):
        raise AssertionError("it was let in")

    def stalling(size):
        parts = [b"x" * size]

        async def receive():
            if not parts:
                await never()
            return {"type": "http.request", "body": parts.pop(), "more_body": True}

        return receive

    async def run():
        here, sent = made(app, most_waiting=4, most_body_mb=4.0), []  # 16 MB for all

        async def send(message):
            sent.append(message.get("status"))

        told = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
        tasks = [asyncio.create_task(here(scope(headers=told, name="anna"), stalling(3 * MB), send)) for _ in range(8)]
        await asyncio.sleep(0.1)
        assert sent.count(503) == 4 and here.held.taken == 12 * MB
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert here.held.taken == 0

    asyncio.run(run())
