"""What is refused before it is read."""

import asyncio
import json

from vitrion.serve.door import Door
from vitrion.serve.metrics import Metrics
from vitrion.serve.settings import Settings


def scope(path="/api/v1/rank", headers=()):
    return {"type": "http", "method": "POST", "path": path, "headers": list(headers)}


async def asked(door, told, body=b""):
    """Status, headers and content of an answer, and how often the body was read."""
    sent, read = [], []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    await door(told, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[-1].get("body", b""), len(read)


def made(app, **settings):
    return Door(app, Settings(**settings), Metrics())


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
        upload = scope(headers=[(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"5000")])
        assert (await asked(door, upload, b"x"))[0] == 200

    asyncio.run(run())
