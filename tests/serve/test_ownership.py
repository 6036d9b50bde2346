"""What is made is its maker's from the beginning: of two at once one makes and owns, the other is refused."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner
from vitrion.experiments.campaign_log import owner as campaign_owner
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.serve.cli import commands as cli
from vitrion.serve.errors.refusals import ConflictError
from vitrion.serve.security.keys import Keyring
from vitrion.serve.security.owners import Owners, Who
from vitrion.serve.service.predictions import Ask
from vitrion.serve.storage.access_tables import CAMPAIGN, JOB, OWNERS
from vitrion.serve.storage.store import Job, Store, now

pytestmark = pytest.mark.filterwarnings("ignore")
FAMILY = {"name": "laco", "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}


@pytest.fixture
def asking(empty, kept_in, opened):
    """A service without models that asks for keys."""
    with opened(ready=False, require_keys=1, work=0) as http:
        yield http


def keys(http, *names):
    ring = http.app.state.desk.keys
    return {name: {"authorization": f"Bearer {ring.new(name, 'researcher', 1)[1]}"} for name in names}


def test_of_two_who_begin_a_campaign_at_once_the_maker_owns_it(asking, monkeypatch):
    """Both have seen that the name is free before either makes it; the one that comes first is held back after that."""
    bearers, both, usual = keys(asking, "anna", "ben"), threading.Barrier(2, timeout=30), campaign_store.create

    def create(state):
        both.wait()
        usual(state)

    monkeypatch.setattr(campaign_store, "create", create)
    with ThreadPoolExecutor(2) as pool:
        asked = {
            name: pool.submit(asking.post, "/api/v1/campaigns", json=FAMILY, headers=bearer)
            for name, bearer in bearers.items()
        }
        answers = {name: one.result() for name, one in asked.items()}
    assert sorted(one.status_code for one in answers.values()) == [201, 409], {n: a.text for n, a in answers.items()}
    maker, other = sorted(answers, key=lambda name: answers[name].status_code)
    assert asking.get("/api/v1/campaigns/laco", headers=bearers[maker]).status_code == 200
    assert asking.get("/api/v1/campaigns/laco", headers=bearers[other]).status_code == 404
    lists = [asking.get("/api/v1/campaigns", headers=bearers[name]).json()["rows"] for name in (maker, other)]
    assert [[row["name"] for row in rows] for rows in lists] == [["laco"], []]


def test_what_ended_on_the_way_leaves_no_owner(asking, monkeypatch):
    anna = keys(asking, "anna")["anna"]

    def killed(*told):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(campaign_store, "_write", killed)
        patched.setattr("vitrion.experiments.campaign_log.table._now", killed)
        asking.app.state.desk.campaigns.new("laco", ["LiAlCl4"], Ask.of(None), {}, 1, 0, "anna")
    Campaign.new("laco", ["LiAlCl4"])  # as the command line does: it is nobody's
    assert asking.get("/api/v1/campaigns/laco", headers=anna).status_code == 404
    assert campaign_owner.owner_of("laco") == "" and campaign_owner.owner_of("naco") is None


def test_an_owner_goes_with_no_export_and_stays_through_changes(asking, tmp_path):
    anna = keys(asking, "anna")["anna"]
    assert asking.post("/api/v1/campaigns", json=FAMILY, headers=anna).status_code == 201
    told = {"formula": "LiAlCl4", "tg_C": 20.0}
    assert asking.post("/api/v1/campaigns/laco/record", json=told, headers=anna).status_code == 201
    exported = asking.get("/api/v1/campaigns/laco/export", headers=anna).json()
    assert "owner" not in exported and len(exported["events"]) == 1
    assert asking.app.state.desk.owners.owned(CAMPAIGN, "anna") == {"laco"}
    path = tmp_path / "laco.json"
    path.write_text(Campaign.load("laco").to_json().replace('"format": 1,', '"format": 1, "owner": "ben",'))
    done = CliRunner().invoke(cli.app, ["campaign", "import", str(path), "--name", "naco"])
    assert done.exit_code == 0 and campaign_owner.owner_of("naco") == "", done.output
    done = CliRunner().invoke(cli.app, ["campaign", "import", str(path)])
    assert done.exit_code == 0 and campaign_owner.owner_of("laco") == "anna", "the same campaign stays as it is"


def test_what_can_be_no_name_is_not_there(asking):
    anna = keys(asking, "anna")["anna"]
    for name in ("a%20b", ".x", "%00", "a" * 300, "%2e%2e", "-a", "%F0%9F%98%80", "%FF"):
        for kind in ("campaigns", "jobs"):
            answer = asking.get(f"/api/v1/{kind}/{name}", headers=anna)
            assert answer.status_code == 404 and f"the list of {kind} shows" in answer.json()["detail"], (
                name,
                answer.text,
            )
        assert asking.post(f"/api/v1/campaigns/{name}/propose", json={}, headers=anna).status_code == 404
    owners = asking.app.state.desk.owners
    with owners.engine.begin() as connection:
        connection.execute(OWNERS.insert().values(kind=CAMPAIGN, name="no name", owner="anna"))
    owners.adopt()
    with owners.engine.connect() as connection:
        assert connection.execute(sa.select(OWNERS.c.name).where(OWNERS.c.kind == CAMPAIGN)).all() == []


def test_an_owned_campaign_is_of_a_format_that_earlier_releases_do_not_take(asking):
    anna = keys(asking, "anna")["anna"]
    assert asking.post("/api/v1/campaigns", json=FAMILY, headers=anna).status_code == 201
    Campaign.new("naco", ["LiAlCl4"])
    table = campaign_store.in_table()
    kept = {n: table.read(n) if table else campaign_store.path_of(n).read_text() for n in ("laco", "naco")}
    assert {name: json.loads(text)["format"] for name, text in kept.items()} == {"laco": 2, "naco": 1}
    assert asking.get("/api/v1/campaigns/laco/export", headers=anna).json()["format"] == 1, "it has no owner"
    before = kept["laco"].replace('"format": 2', '"format": 1')  # as it was kept for a while
    assert campaign_store.decode(before).owner == campaign_store.decode(kept["laco"]).owner == "anna"
    assert campaign_owner._told("laco", before) == campaign_owner._told("laco", kept["laco"]) == "anna"


def test_campaigns_of_earlier_releases_keep_their_owners(empty, kept_in, opened):
    Campaign.new("laco", ["LiAlCl4"])
    Campaign.new("naco", ["LiAlCl4"])
    campaign_owner.give("naco", "ben")
    with opened(ready=False, require_keys=1) as http:
        store = http.app.state.desk.store
        with store.engine.begin() as connection:
            for name in ("laco", "naco", "gone"):
                connection.execute(OWNERS.insert().values(kind=CAMPAIGN, name=name, owner="anna"))
    with opened(ready=False, require_keys=1) as http:
        assert http.app.state.desk.owners.owned(CAMPAIGN, "anna") == {"laco"}
        assert http.app.state.desk.owners.owned(CAMPAIGN, "ben") == {"naco"}
        Campaign.new("gone", ["LiAlCl4"])
        assert http.app.state.desk.owners.whose(CAMPAIGN, "gone") is None


@pytest.mark.parametrize("kept_in", ["sqlite"], indirect=True)
def test_an_owner_is_found_in_a_file_that_another_wrote(empty, kept_in):
    Campaign.new("laco", ["LiAlCl4"])
    campaign_owner.give("laco", "anna")
    path = campaign_store.path_of("laco")
    path.write_text(" " + path.read_text())
    assert campaign_owner.owner_of("laco") == "anna" and campaign_owner.owned_by("anna") == {"laco"}
    path.write_text("{")
    assert campaign_owner.owner_of("laco") == "" and campaign_owner.owned_by("anna") == set()


def test_a_job_and_its_owner_are_kept_together(database, monkeypatch):
    store = Store(database)
    owners, number = Owners(store.engine), "a" * 20
    monkeypatch.setattr(
        "vitrion.serve.storage.store.OWNERS", OWNERS.to_metadata(OWNERS.metadata.__class__(), name="missing")
    )
    with pytest.raises(Exception, match="missing"):
        store.add(Job(number, "rank", "mine", {}, now()), "anna")
    assert store.job(number) is None, "no owner, no job"
    monkeypatch.undo()
    store.add(Job(number, "rank", "mine", {}, now()), "anna")
    store.add(Job(number, "rank", "mine", {}, now()), "ben")
    assert owners.whose(JOB, number) == "anna"
    store.change(number, state="done")
    store.forget(number)
    assert owners.whose(JOB, number) is None and store.job(number) is None
    owners.give(JOB, number, Who(""))
    assert owners.whose(JOB, number) is None
    store.close()


def test_a_key_is_answered_and_given_back_by_who_has_it(database):
    store = Store(database)
    assert store.claim("k", "a", "me 1") is None
    store.forget_keys(-1)
    assert store.claim("k", "b", "me 2") is None
    store.release("k", "me 1")
    store.answer("k", 201, b"{}", "me 1")
    assert store.claim("k", "b", "me 3") == ("b", None, b"me 2")
    store.answer("k", 201, b"{}", "me 2")
    store.release("k", "me 2")
    assert store.claim("k", "b", "me 3") == ("b", 201, b"{}")
    store.close()


def test_a_name_has_keys_of_one_scope_whoever_makes_them_at_once(database, monkeypatch):
    """The second looks only when the first is done, though the first is held back between looking and keeping."""
    store, other = Store(database), Store(database)
    looked, held = threading.Event(), threading.Event()

    def seen(connection, cursor, statement, *more):
        if "SELECT access_keys" in statement:
            looked.set()
            held.wait(0.5)

    sa.event.listen(store.engine, "after_cursor_execute", seen)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(Keyring(store.engine).new, "anna", "viewer", 1)
        assert looked.wait(30)
        second = pool.submit(Keyring(other.engine).new, "anna", "admin", 1)
        assert first.result()[0].scope == "viewer"
        with pytest.raises(ConflictError, match="another scope"):
            second.result()
    assert [key.scope for key in Keyring(other.engine).all()] == ["viewer"]
    store.close()
    other.close()
