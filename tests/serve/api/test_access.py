"""Who may what: every route for everybody, on things of one's own and of others; keys, sessions, foreign pages."""

import itertools

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from typer.testing import CliRunner
from vitrion.serve.api.app import create_app
from vitrion.serve.api.heads import COOKIE
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.operations.server import guarded, is_loopback
from vitrion.serve.security import permissions as rules
from vitrion.serve.security.keys import SCOPES, Keyring
from vitrion.serve.security.owners import Owners, Who
from vitrion.serve.security.rate_limit import Pace
from vitrion.serve.settings import Settings
from vitrion.serve.storage.store import DONE, Job, Store, now

pytestmark = pytest.mark.filterwarnings("ignore")
FAMILY = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}
EVENTS = ("propose", "rounds", "record", "record-table", "correct", "withdraw", "abandon", "to-data")
# The least that a key has to allow, and what the path names; written here once more, beside the routes.
MATRIX = {
    ("GET", "/health"): ("anyone", None),
    ("GET", "/ready"): ("anyone", None),
    ("GET", "/login"): ("anyone", None),
    ("POST", "/login"): ("anyone", None),
    ("POST", "/logout"): ("anyone", None),
    ("GET", "/static/plotly.min.js"): ("anyone", None),
    ("GET", "/static/{name}"): ("anyone", None),
    ("GET", "/"): ("viewer", None),
    ("GET", "/metrics"): ("viewer", None),
    ("GET", "/api/v1/openapi.json"): ("viewer", None),
    ("HEAD", "/api/v1/openapi.json"): ("viewer", None),
    ("GET", "/api/v1/me"): ("viewer", None),
    ("POST", "/api/v1/rank"): ("viewer", None),
    ("POST", "/api/v1/compare"): ("viewer", None),
    ("POST", "/api/v1/explain"): ("viewer", None),
    ("POST", "/api/v1/recipe"): ("viewer", None),
    ("GET", "/api/v1/recipe"): ("viewer", None),
    ("POST", "/api/v1/sweep"): ("viewer", None),
    ("POST", "/api/v1/propose"): ("viewer", None),
    ("GET", "/api/v1/flags"): ("viewer", None),
    ("GET", "/api/v1/data"): ("viewer", None),
    ("GET", "/api/v1/data/template"): ("viewer", None),
    ("GET", "/api/v1/data/{name}"): ("viewer", None),
    ("POST", "/api/v1/data"): ("researcher", None),
    ("POST", "/api/v1/data/file"): ("researcher", None),
    ("POST", "/api/v1/data/preview"): ("researcher", None),
    ("GET", "/api/v1/jobs"): ("viewer", None),
    ("POST", "/api/v1/jobs"): ("researcher", None),
    ("GET", "/api/v1/jobs/{number}"): ("viewer", "job"),
    ("DELETE", "/api/v1/jobs/{number}"): ("researcher", "job"),
    ("GET", "/api/v1/jobs/{number}/events"): ("viewer", "job"),
    ("GET", "/api/v1/jobs/{number}/result"): ("viewer", "job"),
    ("GET", "/api/v1/rankings"): ("viewer", None),
    ("GET", "/api/v1/rankings/{number}"): ("viewer", "job"),
    ("POST", "/api/v1/jobs/{number}/cancel"): ("researcher", "job"),
    ("GET", "/api/v1/campaigns"): ("viewer", None),
    ("POST", "/api/v1/campaigns"): ("researcher", None),
    ("POST", "/api/v1/campaigns/candidates"): ("viewer", None),
    ("POST", "/api/v1/campaigns/import"): ("researcher", None),
    ("GET", "/api/v1/campaigns/{name}"): ("viewer", "campaign"),
    ("GET", "/api/v1/campaigns/{name}/export"): ("viewer", "campaign"),
    ("GET", "/api/v1/campaigns/{name}/narrowing"): ("viewer", "campaign"),
    **{("POST", f"/api/v1/campaigns/{{name}}/{verb}"): ("researcher", "campaign") for verb in EVENTS},
    ("GET", "/api/v1/models"): ("viewer", None),
    ("GET", "/api/v1/models/{name}"): ("viewer", None),
    ("GET", "/api/v1/models/{name}/{version}/compare"): ("viewer", None),
    ("POST", "/api/v1/models/retrain"): ("trainer", None),
    ("POST", "/api/v1/models/{name}/promote"): ("trainer", None),
    ("POST", "/api/v1/models/{name}/rollback"): ("trainer", None),
}
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def asking(empty, opened):
    """A service without models that asks for keys."""
    with opened(ready=False, require_keys=1, most_per_second=1e6, most_burst=1e6) as http:
        yield http


def bearer(http, scope, name=None):
    ring = http.app.state.desk.keys
    return {"authorization": f"Bearer {ring.new(name or scope, scope, 1)[1]}"}


def test_every_route_has_a_row():
    declared = rules.declared(create_app(Settings()))
    assert {key: (rule.scope, rule.kind or None) for key, rule in declared.items()} == MATRIX


def test_a_route_without_a_row_is_not_served():
    app = create_app(Settings())
    more = APIRouter()
    more.add_api_route("/api/v1/more", lambda: None)
    app.include_router(more)
    with pytest.raises(RuntimeError, match="no rule says who may GET /api/v1/more"):
        rules.Table(app)


def test_everybody_on_every_route(asking):
    """Every route, by nobody and by each scope, on what is theirs and what is another's."""
    desk = asking.app.state.desk
    who = {None: {}} | {scope: bearer(asking, scope) for scope in SCOPES}
    assert asking.post("/api/v1/campaigns", json=FAMILY, headers=who["admin"]).status_code == 201
    numbers, tried = itertools.count(), 0
    for (method, path), (least, kind) in MATRIX.items():
        for scope, own in itertools.product(who, (True, False) if kind else (None,)):
            owner = (scope or "nobody") if own else "another"
            number = f"{next(numbers):020x}"
            if kind == "job":
                desk.store.add(Job(number, "round", "laco", {}, now(), state=DONE, finished=now()))
                desk.owners.give("job", number, Who(owner))
            elif kind == "campaign":
                desk.owners.give("campaign", "laco", Who(owner))
            name = {"/static/{name}": "app.js"}.get(path, "laco" if kind else "tg")
            place = path.format(number=number, name=name, version=1)
            answer = asking.request(method, place, headers=who[scope], follow_redirects=False)
            told, tried = (method, place, scope, own, answer.status_code, answer.text[:200]), tried + 1
            if least != "anyone" and scope is None:
                assert answer.status_code == (303 if path == "/" else 401), told
            elif least != "anyone" and SCOPES.index(scope) < SCOPES.index(least):
                assert answer.status_code == 403, told
            elif own is False and scope != "admin":
                assert answer.status_code == 404, told
                assert "no job has the number" in answer.text or "no campaign is called" in answer.text, told
            elif path == "/login" and method == "POST":
                assert answer.status_code == 403 and "No valid key" in answer.text, told
            else:
                assert answer.status_code not in (401, 403, 405, 500), told
                assert answer.status_code != 404 or kind is None or path.endswith(("result", "view")), told
    assert tried > 250


def test_another_sees_nothing_that_is_not_hers(asking):
    anna, ben, boss = (
        bearer(asking, scope, name)
        for name, scope in (("anna", "researcher"), ("ben", "researcher"), ("boss", "admin"))
    )
    made = asking.post("/api/v1/campaigns", json=FAMILY, headers=anna | {"idempotency-key": "1"})
    assert made.status_code == 201
    names = [
        [row["name"] for row in asking.get("/api/v1/campaigns", headers=one).json()["rows"]]
        for one in (anna, ben, boss)
    ]
    assert names == [["laco"], [], ["laco"]]
    missing, hers = (asking.get(f"/api/v1/campaigns/{name}", headers=ben) for name in ("naco", "laco"))
    assert missing.status_code == hers.status_code == 404
    assert missing.json()["detail"].replace("naco", "laco") == hers.json()["detail"]
    again = asking.post("/api/v1/campaigns", json=FAMILY, headers=anna | {"idempotency-key": "1"})
    assert again.headers["idempotent-replayed"] == "true"
    other = asking.post("/api/v1/campaigns", json=FAMILY, headers=ben | {"idempotency-key": "1"})
    assert other.status_code == 409 and "idempotent-replayed" not in other.headers
    later = bearer(asking, "researcher", "anna")
    assert asking.get("/api/v1/campaigns/laco", headers=later).status_code == 200, "a later key of the same name"
    assert (
        asking.post(
            "/api/v1/models/tg/promote", json={"version": 1, "force": True}, headers=bearer(asking, "trainer")
        ).status_code
        == 403
    )


def test_keys_are_kept_as_hashes_and_end(empty):
    empty.mkdir()
    store = Store(f"sqlite:///{empty / 'service.db'}")
    ring = Keyring(store.engine)
    key, secret = ring.new("anna", "viewer", 1)
    assert len(secret.split("_", 2)[2]) >= 43, "256 bits in base 64"
    assert ring.find(secret) == key
    for wrong in (
        "",
        secret[:-1],
        secret + "x",
        secret.replace(key.id, "0" * 12),
        secret.upper(),
        "\udc80",
        "vitrion_",
    ):
        assert ring.find(wrong) is None
    store.close()
    kept = b"".join(path.read_bytes() for path in empty.glob("service.db*"))
    assert key.id.encode() in kept and secret.split("_", 2)[2].encode() not in kept
    word = ring.open_session(key, 1)
    assert ring.find_session(word) == key and ring.find_session(word + "x") is None
    ring.revoke("anna")
    assert ring.find(secret) is None and ring.find_session(word) is None
    assert not ring.has_any
    short, its_secret = ring.new("ben", "viewer", 1e-9)
    assert ring.find(its_secret) is None and ring.all()[0].state == "expired" and short.name == "ben"


def test_keys_at_the_command_line(empty):
    def run(*words, code=0):
        done = CliRunner().invoke(cli.app, [*words])
        assert done.exit_code == code, done.output
        return done

    refused = run("serve", "--host", "0.0.0.0", code=2)
    assert "needs an access key; make one with: vitrion keys new" in refused.stderr
    secret = run("keys", "new", "anna", "--scope", "admin").stdout.strip()
    assert secret.startswith("vitrion_") and "anna" in run("keys", "list").stdout
    assert secret not in run("keys", "list").stdout
    assert "is no scope" in run("keys", "new", "ben", "--scope", "king", code=2).stderr
    assert "is no name" in run("keys", "new", "../ben", code=2).stderr
    assert "above 0" in run("keys", "new", "ben", "--days", "0", code=2).stderr
    assert guarded(Settings(), "0.0.0.0").require_keys == 1
    assert guarded(Settings(), "127.0.0.1").require_keys == 0
    run("keys", "revoke", "anna")
    run("keys", "revoke", "anna", code=1)
    with pytest.raises(InputError, match="on ::"):
        guarded(Settings(), "::")
    for one in ("localhost", "127.0.0.9", "::1", "[::1]", "::ffff:127.0.0.1"):
        assert is_loopback(one), one
    for one in ("0.0.0.0", "::", "::ffff:0.0.0.0", "lab.local"):
        assert not is_loopback(one), one


def test_the_client_sends_its_key(asking, monkeypatch):
    secret = bearer(asking, "viewer")["authorization"].partition(" ")[2]
    with Client("http://testserver", secret, transport=asking._transport) as client:
        assert client.models.list().empty
    with pytest.raises(ServiceError, match="needs an access key"):
        Client("http://testserver", transport=asking._transport).models.list()
    monkeypatch.setenv("VITRION_KEY", secret)
    assert Client("http://testserver", transport=asking._transport).models.list().empty


def test_a_browser_signs_in_and_out(asking):
    secret = bearer(asking, "researcher", "anna")["authorization"].partition(" ")[2]
    assert asking.get("/", follow_redirects=False).headers["location"] == "/login"
    assert "hidden" in asking.get("/login").text
    assert asking.post("/login", data={"key": "<script>"}).status_code == 403
    answer = asking.post("/login", data={"key": secret}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303 and "HttpOnly" in cookie and "SameSite=strict" in cookie and secret not in cookie
    assert asking.get("/api/v1/me").json() == {"name": "anna", "scope": "researcher", "session": True, "keys": True}
    assert asking.post("/api/v1/campaigns", json=FAMILY).status_code == 403, "no browser leaves out where it comes from"
    for foreign in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://testserver.evil.example"},
        {"sec-fetch-site": "same-site"},
    ):
        assert asking.post("/api/v1/campaigns", json=FAMILY, headers=foreign).status_code == 403, foreign
    assert asking.post("/api/v1/campaigns", json=FAMILY, headers={"origin": "http://testserver"}).status_code == 201
    word = asking.cookies[COOKIE]
    assert asking.post("/logout", headers=HERE, follow_redirects=False).status_code == 303
    assert asking.get("/api/v1/me", headers={"cookie": f"{COOKIE}={word}"}).status_code == 401, "the session has ended"


def test_who_still_has_the_cookie_of_a_session_that_ended_signs_in_again(asking):
    secret = bearer(asking, "viewer")["authorization"].partition(" ")[2]
    stale = {"cookie": f"{COOKIE}=stale", **HERE}
    codes = {asking.get(path, headers=stale).status_code for path in ("/login", "/static/login.js") for _ in range(12)}
    assert codes == {200}
    assert asking.post("/login", data={"key": secret}, headers=stale, follow_redirects=False).status_code == 303
    assert {asking.get("/api/v1/me", headers=stale).status_code for _ in range(12)} == {401, 429}


def test_what_a_browser_is_refused_comes_as_a_page(asking):
    html = {"accept": "text/html,*/*;q=0.8"}
    for path, told, status in (
        ("/login", {"data": {"key": "x"}, "headers": html | {"origin": "http://evil.example"}}, 403),
        ("/login", {"data": {"key": "x" * 101}, "headers": html | HERE}, 422),
        ("/login", {"data": {"key": "x" * 5000}, "headers": html | HERE}, 413),
        ("/login", {"files": {"key": b"x"}, "headers": html | HERE}, 415),
        ("/logout", {"headers": html | {"origin": "null"}}, 403),
    ):
        answer = asking.post(path, **told)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), path
        assert 'role="alert" >' in answer.text and "evil" not in answer.text and "{{" not in answer.text
        assert "default-src" in answer.headers["content-security-policy"]
        assert asking.post(path, **told | {"headers": told["headers"] | {"accept": "*/*"}}).json()["status"] == status
    assert asking.post("/logout", headers=HERE | {"origin": "null"}, follow_redirects=False).status_code == 303


def test_the_way_back_leads_nowhere_else(asking):
    secret = bearer(asking, "viewer")["authorization"].partition(" ")[2]
    for at, place in (
        ("campaigns/laco", "/#campaigns/laco"),
        ("jobs/%31", "/#jobs/%31"),
        ("//evil.example/", "/#//evil.example/"),
        ("x\r\nset-cookie: a=b", "/"),
        ('"><script>', "/"),
        ("x" * 201, "/"),
        ("", "/"),
    ):
        told = asking.post("/login", data={"key": secret, "at": at}, headers=HERE, follow_redirects=False)
        assert (told.status_code, told.headers["location"]) == (303, place)
        again = asking.post("/login", data={"key": "wrong", "at": at}, headers=HERE)
        assert again.status_code == 403 and f'name="at" value="{place[2:]}"' in again.text


def test_without_keys_only_this_machine_and_its_own_page(empty, opened):
    with opened(ready=False, hosts="") as http:
        for host in ("127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000", "127.0.0.1"):
            assert http.get("/api/v1/me", headers={"host": host}).json()["scope"] == "admin", host
        for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "localhost@evil", "[::2]"):
            assert http.get("/health", headers={"host": host}).status_code == 421, host
        ours = {"host": "127.0.0.1:8000"}
        for origin in ("http://evil.example", "null", "http://127.0.0.1:9000", "file://"):
            told = http.post("/api/v1/rank", json={}, headers={**ours, "origin": origin})
            assert told.status_code == 403, origin
        assert (
            http.post("/api/v1/rank", json={}, headers={**ours, "origin": f"http://{ours['host']}"}).status_code == 422
        )


def test_without_keys_nothing_is_served_beyond_loopback(empty, opened):
    from starlette.testclient import TestClient

    with opened(ready=False) as http:
        outside = TestClient(http.app, base_url="http://192.0.2.7:8000")
        assert outside.get("/health", headers={"host": "localhost"}).status_code == 421


def test_who_asks_too_often_waits(empty, opened):
    with opened(ready=False, require_keys=1, most_per_second=0.5, most_burst=3) as http:
        anna, ben = bearer(http, "viewer", "anna"), bearer(http, "viewer", "ben")
        codes = [http.get("/api/v1/me", headers=anna).status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        late = http.get("/api/v1/me", headers=anna)
        assert 1 <= int(late.headers["retry-after"]) <= 2
        assert http.get("/api/v1/me", headers=ben).status_code == 200


def test_wrong_keys_are_slowed_down_and_right_ones_are_not(asking):
    right = bearer(asking, "viewer")
    codes = {asking.get("/api/v1/me", headers={"authorization": f"Bearer wrong{n}"}).status_code for n in range(15)}
    assert codes == {401, 429}
    assert asking.get("/api/v1/me", headers=right).status_code == 200


def test_turns_come_back_with_time():
    clock = [0.0]
    pace = Pace(2.0, 4.0, lambda: clock[0])
    assert [pace.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    clock[0] = 1.0
    assert [pace.take("a") for _ in range(3)] == [0, 0, 0.5]
    for number in range(20_000):
        pace.take(str(number))
    assert len(pace._known) == 10_000


def test_a_session_counts_beside_other_words_of_authorization(asking):
    secret = bearer(asking, "viewer", "anna")["authorization"].partition(" ")[2]
    assert asking.post("/login", data={"key": secret}, follow_redirects=False).status_code == 303
    for words in ("Basic YTpi", "Bearer", "Bearer ", "Digest x", "x"):
        codes = {asking.get("/api/v1/me", headers={"authorization": words}).status_code for _ in range(12)}
        assert codes == {200}, words
    assert asking.get("/api/v1/me", headers={"authorization": "Bearer wrong"}).status_code == 401
    told = asking.post("/api/v1/rank", json={}, headers={"authorization": "Basic YTpi"})
    assert told.status_code == 403 and "did not come from the page of this service" in told.json()["detail"], (
        "browsers add Basic themselves"
    )


def test_wrong_keys_at_the_page_are_slowed_down_with_those_of_the_api(asking):
    secret = bearer(asking, "viewer")["authorization"].partition(" ")[2]
    codes = [asking.post("/login", data={"key": f"wrong{n}"}).status_code for n in range(9)]
    assert codes == [403] * 9
    assert asking.get("/api/v1/me", headers={"authorization": "Bearer wrong"}).status_code == 401
    slow = asking.post("/login", data={"key": "wrong"})
    assert slow.status_code == 429 and 1 <= int(slow.headers["retry-after"]) <= 5
    assert "Too many wrong keys came from your address" in slow.text
    assert asking.get("/api/v1/me", headers={"authorization": "Bearer wrong"}).status_code == 429
    assert asking.post("/login", data={"key": secret}, follow_redirects=False).status_code == 303


def test_without_its_database_keys_are_answered_for_in_fixed_words(asking, monkeypatch):
    desk, anna = asking.app.state.desk, bearer(asking, "researcher", "anna")
    desk.store.add(Job("0" * 20, "round", "laco", {}, now()))

    def away(*told):
        raise sa.exc.OperationalError(
            "select", {}, RuntimeError('connection to server at "10.1.2.3", port 5432 failed')
        )

    def refused():
        told = (
            asking.get("/api/v1/me", headers=anna),
            asking.get("/", headers={"cookie": f"{COOKIE}=x"}),
            asking.post("/login", data={"key": f"vitrion_{'0' * 12}_{'x' * 43}"}),
        )
        for one in told:
            assert one.status_code == 503 and one.headers["retry-after"] == "1", one.text
            assert "does not answer" in one.json()["detail"] and "10.1.2.3" not in one.text
            assert "default-src" in one.headers["content-security-policy"]
        assert asking.get("/health").status_code == asking.get("/login").status_code == 200

    with monkeypatch.context() as patched:
        patched.setattr(desk.keys.engine, "connect", away)
        refused()
    with monkeypatch.context() as patched:
        for method in ("find", "find_session"):
            patched.setattr(desk.keys, method, lambda told: away())
        assert asking.get("/api/v1/me", headers=anna).status_code == 503, "without patience too"
    with monkeypatch.context() as patched:
        patched.setattr(desk.owners, "whose", away)
        told = asking.get(f"/api/v1/jobs/{'0' * 20}", headers=anna)
        assert told.status_code == 503 and "10.1.2.3" not in told.text
    assert asking.get("/api/v1/me", headers=anna).status_code == 200


@pytest.mark.parametrize("kind", ["keys", "owners"])
def test_keys_and_owners_wait_for_a_database_server(empty, monkeypatch, kind):
    """What fails at first is asked again, as everything else is."""
    empty.mkdir()
    store = Store(f"sqlite:///{empty / 'service.db'}")
    thing = Keyring(store.engine) if kind == "keys" else Owners(store.engine)
    usual, tries = store.engine.connect, []

    def away():
        tries.append(1)
        if len(tries) < 3:
            raise sa.exc.OperationalError("", {}, RuntimeError("gone"))
        return usual()

    monkeypatch.setattr(store.engine, "connect", away)
    monkeypatch.setattr(store.engine.dialect, "name", "postgresql")
    assert (thing.all() if kind == "keys" else sorted(thing.owned("job", "anna"))) == [] and len(tries) == 3
    monkeypatch.undo()
    store.close()
