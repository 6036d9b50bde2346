"""A key that counts no longer ends what it was asked for with it, and a session that was closed does too."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from vitrion.serve.admission import still
from vitrion.serve.admission.metrics import Metrics
from vitrion.serve.api.access import COOKIE, Access
from vitrion.serve.security.keys import Keyring
from vitrion.serve.settings import Settings
from vitrion.serve.storage.retries import AwayError
from vitrion.serve.storage.store import Store

PATH = "/api/v1/data"
START = {"type": "http.response.start", "status": 200, "headers": []}


@pytest.fixture
def ring(empty, monkeypatch):
    monkeypatch.setattr(still, "LOOK_S", 0.05)
    empty.mkdir()
    store = Store(f"sqlite:///{empty / 'service.db'}")
    yield Keyring(store.engine)
    store.close()


class Asked:
    """A request with a key, what was sent of its answer, and how its line ended."""

    def __init__(self, ring, app, by="key", receive=None):
        key, secret = ring.new("anna", "admin", 1)
        self.word = ring.open_session(key, 1)
        header = (
            (b"authorization", f"Bearer {secret}".encode())
            if by == "key"
            else (b"cookie", f"{COOKIE}={self.word}".encode())
        )
        desk = SimpleNamespace(keys=ring, owners=None)
        table = SimpleNamespace(find=lambda method, path: (SimpleNamespace(scope="viewer", kind=""), {}))
        self.access = Access(app, Settings(require_keys=1), Metrics(), table)
        self.sent, self.cuts, self.receive = [], [], receive or self.nothing
        line = SimpleNamespace(cut=lambda: self.cuts.append(1), lines=SimpleNamespace(protect=lambda *told: None))
        self.scope = {
            **{"type": "http", "method": "GET", "path": PATH, "headers": [header], still.LINE: line},
            "app": SimpleNamespace(state=SimpleNamespace(desk=desk)),
        }

    async def nothing(self):
        await asyncio.sleep(60)

    async def send(self, message):
        self.sent.append(message)

    async def until_ended(self, end):
        """Ask, end the key after a while, and wait until the answer ends too."""
        task = asyncio.create_task(self.access(self.scope, self.receive, self.send))
        await asyncio.sleep(0.2)
        assert not task.done()
        end()
        await asyncio.wait_for(task, 10)
        return self.sent


ENDS = {
    "revoked": ("key", lambda ring, asked: ring.revoke("anna")),
    "revoked with a session": ("session", lambda ring, asked: ring.revoke("anna")),
    "signed out": ("session", lambda ring, asked: ring.close_session(asked.word)),
}


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("end", list(ENDS))
def test_a_stream_ends_with_its_key(ring, end, quiet):
    by, ends = ENDS[end]

    async def stream(scope, receive, send):
        await send(START)
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await asyncio.sleep(60 if quiet else 0.02)

    asked = Asked(ring, stream, by)
    sent = asyncio.run(asked.until_ended(lambda: ends(ring, asked)))
    assert sent[0]["status"] == 200 and sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert not asked.cuts


def test_a_download_that_is_not_read_is_cut_with_its_key(ring):
    async def download(scope, receive, send):
        await send({**START, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await asyncio.sleep(60)

    asked = Asked(ring, download)
    assert len(asyncio.run(asked.until_ended(lambda: ring.revoke("anna")))) == 2 and asked.cuts == [1]


def test_an_answer_that_took_long_is_not_told_to_a_key_that_ended_meanwhile(ring):
    done = []

    async def long(scope, receive, send):
        await asyncio.sleep(0.6)
        done.append(1)
        await send(START)
        await send({"type": "http.response.body", "body": b"secret"})

    sent = asyncio.run(Asked(ring, long).until_ended(lambda: ring.revoke("anna")))
    assert done, "what was begun is not broken off"
    assert sent[0]["status"] == 401 and b"secret" not in sent[1]["body"]
    assert "needs an access key" in json.loads(sent[1]["body"])["detail"]


def test_a_body_is_not_taken_of_a_key_that_ended_meanwhile(ring):
    taken = []

    async def receive():
        await asyncio.sleep(0.02)
        taken.append(1)
        return {"type": "http.request", "body": b"x", "more_body": len(taken) < 3000}

    async def upload(scope, receive, send):
        while (await receive())["more_body"]:
            pass
        raise AssertionError("it was taken")

    sent = asyncio.run(Asked(ring, upload, receive=receive).until_ended(lambda: ring.revoke("anna")))
    assert sent[0]["status"] == 401 and len(taken) < 3000


def test_what_ends_otherwise_ends_so(ring, monkeypatch):
    """An answer whose key counts, one whose database is away, and one that is broken off, as when the server ends."""

    async def long(scope, receive, send):
        await send(START)
        await asyncio.sleep(0.4)
        await send({"type": "http.response.body", "body": b"x"})

    async def run():
        fine = Asked(ring, long)
        await fine.access(fine.scope, fine.receive, fine.send)
        assert fine.sent[-1]["body"] == b"x"
        away = Asked(ring, long)
        task = asyncio.create_task(away.access(away.scope, away.receive, away.send))
        await asyncio.sleep(0.1)
        monkeypatch.setattr(ring, "known", lambda secret: (_ for _ in ()).throw(AwayError("away")))
        await task
        assert away.sent[-1]["body"] == b"x"
        monkeypatch.undo()
        broken = Asked(ring, long)
        task = asyncio.create_task(broken.access(broken.scope, broken.receive, broken.send))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    asyncio.run(run())
