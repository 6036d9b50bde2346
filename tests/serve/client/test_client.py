"""The client by noun: what each asks of a service, and the flat names of earlier releases, which warn and go on."""

import json
import warnings

import httpx
import pytest
from vitrion.serve.client import Client
from vitrion.serve.client import client as module

ANSWERS = {  # of a service, by method and path
    ("GET", "models"): {"rows": [{"property": "tg", "version": 3}]},
    ("GET", "models/tg/3/compare"): {"passed": True, "reason": "better", "checks": []},
    ("POST", "models/tg/promote"): {"passed": True, "reason": "better", "checks": []},
    ("POST", "models/tg/rollback"): {"version": 2},
    ("GET", "data"): {"rows": [{"property": "tg", "rows": 9}]},
    ("GET", "data/tg"): {"rows": [{"formula": "LiAlCl4"}], "of": 1},
    ("POST", "data"): {"version": 1, "facts": [], "left_out": [], "notes": []},
    ("GET", "campaigns"): {"rows": [{"name": "laco"}]},
    ("GET", "jobs"): {"rows": [{"id": "a"}]},
    ("GET", "jobs/a"): {"state": "done", "progress": 1.0, "step": "", "models": {}, "error": ""},
    ("POST", "jobs/a/cancel"): {},
    ("POST", "compare"): {"rows": [], "models": {}, "temperature_C": 25.0, "notes": []},
}


@pytest.fixture
def asked():
    """Requests that a client sent: method, path below the root, and body."""
    return []


@pytest.fixture
def client(asked):
    def answer(request):
        path = request.url.path.removeprefix("/api/v1/")
        asked.append((request.method, path, json.loads(request.content or b"null")))
        return httpx.Response(200, json=ANSWERS[request.method, path])

    with Client("http://lab", transport=httpx.MockTransport(answer)) as known:
        yield known


NOUNS = [
    (lambda c: c.models.list(), ("GET", "models")),
    (lambda c: c.models.compare("tg", 3), ("GET", "models/tg/3/compare")),
    (lambda c: c.models.promote("tg", 3), ("POST", "models/tg/promote")),
    (lambda c: c.models.rollback("tg"), ("POST", "models/tg/rollback")),
    (lambda c: c.data.list(), ("GET", "data")),
    (lambda c: c.data.rows("tg"), ("GET", "data/tg")),
    (lambda c: c.campaigns.list(), ("GET", "campaigns")),
    (lambda c: c.jobs.list(), ("GET", "jobs")),
    (lambda c: c.jobs.wait("a"), ("GET", "jobs/a")),
    (lambda c: c.jobs.cancel("a"), ("POST", "jobs/a/cancel")),
]
FLAT = [
    (lambda c: c.models(), ("GET", "models"), "models.list"),
    (lambda c: c.data(), ("GET", "data"), "data.list"),
    (lambda c: c.campaigns(), ("GET", "campaigns"), "campaigns.list"),
    (lambda c: c.jobs(), ("GET", "jobs"), "jobs.list"),
    (lambda c: c.compare_versions("tg", 3), ("GET", "models/tg/3/compare"), "models.compare"),
    (lambda c: c.compare("tg", 3), ("GET", "models/tg/3/compare"), "models.compare"),
    (lambda c: c.compare("tg", version=3), ("GET", "models/tg/3/compare"), "models.compare"),
    (lambda c: c.compare(name="tg", version=3), ("GET", "models/tg/3/compare"), "models.compare"),
    (lambda c: c.promote("tg", 3), ("POST", "models/tg/promote"), "models.promote"),
    (lambda c: c.rollback("tg"), ("POST", "models/tg/rollback"), "models.rollback"),
    (lambda c: c.rows("tg"), ("GET", "data/tg"), "data.rows"),
    (lambda c: c.wait("a"), ("GET", "jobs/a"), "jobs.wait"),
    (lambda c: c.cancel("a"), ("POST", "jobs/a/cancel"), "jobs.cancel"),
]


@pytest.mark.parametrize(("call", "request_"), NOUNS, ids=lambda one: "/".join(one) if isinstance(one, tuple) else "")
def test_a_noun_asks_without_a_warning(call, request_, client, asked):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call(client)
    assert [entry[:2] for entry in asked] == [request_]


@pytest.mark.parametrize(("call", "request_", "name"), FLAT)
def test_a_flat_name_asks_the_same_and_warns_where_it_was_called(call, request_, name, client, asked):
    with pytest.warns(DeprecationWarning, match=f"client.{name} now") as told:
        call(client)
    assert [entry[:2] for entry in asked] == [request_]
    assert told[0].filename == __file__


def test_both_comparisons_are_told_apart_by_their_arguments(client, asked):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.compare(["LiAlCl4", "NaAlCl4"], 30)
        client.compare(["LiAlCl4"])
        client.compare("LiAlCl4", 30)
    assert asked[0] == ("POST", "compare", {"candidates": ["LiAlCl4", "NaAlCl4"], "temperature_C": 30})
    assert asked[1][2]["temperature_C"] == 25.0
    assert asked[2][2]["candidates"] == ["LiAlCl4"], "a formula is no model"


def test_every_moved_name_leads_to_what_there_is(client):
    for old in module._MOVED:
        with pytest.warns(DeprecationWarning):
            assert callable(getattr(client, old))
    with pytest.raises(AttributeError, match="'Client' object has no attribute 'melt'"):
        client.melt  # noqa: B018
