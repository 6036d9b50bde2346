"""What a key stands for when the server ends on the way, or its database does not answer at the end."""

import threading
import time

import pandas as pd
import pytest
import sqlalchemy as sa
from dbos._error import DBOSException
from vitrion.serve.api import dependencies as desks
from vitrion.serve.api.routes import library as routes_library
from vitrion.serve.errors.refusals import BusyError
from vitrion.serve.jobs import context as shop
from vitrion.serve.jobs import workflows
from vitrion.serve.jobs.leases import Presence
from vitrion.serve.service.predictions import Answer
from vitrion.serve.settings import Settings
from vitrion.serve.storage.retries import AwayError
from vitrion.serve.storage.store import Job, Store, now

FAMILY = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}
KEY = {"idempotency-key": "one"}


def made(http, **told):
    return http.post("/api/v1/campaigns", json=FAMILY | told, headers=KEY)


def begun_by(store, monkeypatch, http, claimant):
    """Have a request with a key be begun by another process, which never answers it."""
    usual, taken = store.claim, []

    def claim(key, request, by):
        if not taken:
            taken.append(usual(key, request, claimant))
        return usual(key, request, by)

    monkeypatch.setattr(store, "claim", claim)
    return made(http)


@pytest.mark.parametrize("claimant", ["0123456789abcdef0123 x", ""], ids=["it is gone", "an earlier release"])
def test_what_a_dead_process_began_is_not_known_and_not_done_again(empty, opened, monkeypatch, claimant):
    with opened(ready=False) as http:
        answer = begun_by(http.app.state.desk.store, monkeypatch, http, claimant)
        assert answer.status_code == 409 and "retry-after" not in answer.headers
        assert "whether it was done is not known; look for" in answer.json()["detail"]
        assert made(http).json() == answer.json()
        assert made(http, name="naco").status_code == 422, "another request under the same key"
        assert http.get("/api/v1/campaigns").json()["rows"] == []
        assert http.post("/api/v1/campaigns", json=FAMILY, headers={"idempotency-key": "two"}).status_code == 201


def test_what_a_living_process_works_on_is_waited_for(empty, opened, monkeypatch):
    with opened(ready=False) as http:
        other = Presence(http.app.state.desk.store, "server")
        other.enter()
        answer = begun_by(http.app.state.desk.store, monkeypatch, http, f"{other.id} x")
        assert answer.status_code == 409 and answer.headers["retry-after"] == "1"
        other._hold.give_back()  # as its end does
        until = time.monotonic() + 10
        while "not known" not in (answer := made(http)).text and time.monotonic() < until:
            time.sleep(0.1)
        assert answer.status_code == 409 and "retry-after" not in answer.headers


def test_what_is_answered_between_two_looks_is_given(empty, opened, monkeypatch):
    with opened(ready=False) as http:
        desk = http.app.state.desk
        first = made(http)
        usual, looks = desk.store.claim, []

        def claim(*told):
            looks.append(usual(*told))
            return looks[-1] if len(looks) > 1 else (looks[0][0], None, b"gone x")

        monkeypatch.setattr(desk.store, "claim", claim)
        assert made(http).json() == first.json() and len(looks) == 2


def test_an_answer_that_cannot_be_kept_is_given_and_kept_later(empty, opened, monkeypatch):
    with opened(ready=False) as http:
        desk, away = http.app.state.desk, threading.Event()
        monkeypatch.setattr(desks, "AGAIN_S", 0.05)
        usual = desk.store.answer

        def answer(*told):
            if not away.is_set():
                raise AwayError("the database of the service does not answer")
            usual(*told)

        monkeypatch.setattr(desk.store, "answer", answer)
        first = made(http)
        assert first.status_code == 201
        busy = made(http)
        assert busy.status_code == 409 and busy.headers["retry-after"] == "1"
        away.set()
        until = time.monotonic() + 10
        while (again := made(http)).status_code != 201 and time.monotonic() < until:
            time.sleep(0.05)
        assert again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
        assert not desk.begun and not desk.keeping


def test_a_key_whose_request_was_refused_is_free_again(empty, opened, monkeypatch):
    with opened(ready=False) as http:
        desk = http.app.state.desk
        usual = desk.campaigns.new
        monkeypatch.setattr(desk.campaigns, "new", lambda *told: (_ for _ in ()).throw(BusyError("come again")))
        assert made(http).status_code == 503
        monkeypatch.setattr(desk.campaigns, "new", usual)
        assert made(http).status_code == 201
        assert not desk.begun


def test_an_empty_key_is_none(empty, opened):
    with opened(ready=False) as http:
        answer = http.post("/api/v1/campaigns", json=FAMILY, headers={"idempotency-key": ""})
        assert answer.status_code == 422 and "at least 1 character" in answer.json()["detail"]


def test_a_job_that_is_told_again_has_its_place(empty, opened):
    with opened(ready=False, work=0) as http:
        told = [http.post("/api/v1/models/retrain", json={"properties": ["tg"]}, headers=KEY) for _ in range(2)]
        assert [one.status_code for one in told] == [202, 202] and told[1].headers["idempotent-replayed"] == "true"
        assert told[0].headers["location"] == told[1].headers["location"] == f"/api/v1/jobs/{told[0].json()['id']}"


def test_a_claim_that_the_database_took_as_it_went_away_is_ours(empty):
    empty.mkdir()
    store = Store(Settings().store_url)
    assert store.claim("k", "a", "me 1") is None and store.claim("k", "a", "me 1") is None
    assert store.claim("k", "a", "me 2") == ("a", None, b"me 1")
    store.answer("k", 201, b"me 1")
    assert store.claim("k", "a", "me 1") == ("a", 201, b"me 1")
    store.close()


@pytest.mark.parametrize("fault", ["queues laid down", "database away", "queues being opened"])
def test_what_stands_is_answered_though_it_cannot_be_put_into_the_queue_of_mlflow(empty, opened, monkeypatch, fault):
    with opened(ready=False, work=0, track=1) as http:
        desk, made_there = http.app.state.desk, []

        def propose(name, batch):
            made_there.append(name)
            return Answer(pd.DataFrame({"formula": ["LiCl"]}), {"tg": 1}, {"event": 1, "stop": "", "notes": []})

        def promote(clerk):
            made_there.append("tg")
            return {"property": "tg", "version": 2}

        def refused(*told):
            raise {
                "database away": sa.exc.OperationalError("enqueue", {}, Exception("connection refused")),
                "queues being opened": DBOSException("launch DBOS first"),
            }[fault]

        monkeypatch.setattr(desk.campaigns, "propose", propose)
        monkeypatch.setattr(desk.campaigns, "seconds", lambda *told: 1.0)
        with monkeypatch.context() as patch:
            if fault == "queues laid down":
                shop.set_up(None)
            else:
                patch.setattr(workflows.DBOS, "enqueue_workflow", refused)
            first = http.post("/api/v1/campaigns/laco/propose", json={}, headers=KEY)
            assert first.status_code == 200 and first.json()["event"] == 1, first.text
            assert routes_library._changed(desk, promote)["version"] == 2
        shop.set_up(desk.jobs.shop)
        again = http.post("/api/v1/campaigns/laco/propose", json={}, headers=KEY)
        assert again.json() == first.json() and made_there == ["laco", "tg"], "it is made once"


def test_what_a_job_cannot_put_into_the_queue_of_mlflow_is_laid_down_with_it(caplog):
    shop.set_up(None)
    with pytest.raises(shop.ServerEndsError):
        workflows.remember({"do": "log_ranking", "job": "1"})
    workflows.remember_after({"do": "follow", "name": "tg", "version": 2})
    assert "'version': 2" in caplog.text and "(ServerEndsError)" in caplog.text


def test_a_cancelled_job_whose_request_is_gone_is_cancelled(empty, opened):
    with opened(ready=False, work=0) as http:
        jobs = http.app.state.desk.jobs
        jobs.store.add(Job("1" * 20, "rank", "mine", {}, now()))
        jobs.shop.at_work["1" * 20] = "rank"
        answer = http.post(f"/api/v1/jobs/{'1' * 20}/cancel")
        jobs.shop.at_work.clear()
        assert answer.status_code == 200 and answer.json()["state"] == "cancelled", answer.text
