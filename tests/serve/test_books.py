"""A database that goes away while a job keeps its own books ends the work, never the job."""

import threading
import time

import psycopg
import pytest
import sqlalchemy as sa
from dbos import DBOS
from dbos._error import DBOSException
from vitrion.experiments.campaign_log import table as campaign_table
from vitrion.serve.errors.outcomes import explained
from vitrion.serve.errors.refusals import public
from vitrion.serve.jobs import queues
from vitrion.serve.jobs import recovery as keeper
from vitrion.serve.jobs.job_queue import Jobs
from vitrion.serve.settings import Settings
from vitrion.serve.storage.retries import AwayError, lost
from vitrion.serve.storage.store import Store

pytestmark = pytest.mark.filterwarnings("ignore")
SOCKET = (
    'connection failed: connection to server on socket "/srv/lab/pg/.s.PGSQL.5432" failed: No such file or directory'
    "\n\tIs the server running locally and accepting connections on that socket?"
)
ERRORS = [
    sa.exc.OperationalError("", {}, psycopg.OperationalError(SOCKET)),
    sa.exc.InterfaceError("", {}, psycopg.InterfaceError("the connection is closed")),
    sa.exc.PendingRollbackError("Can't reconnect until invalid transaction is rolled back."),
    psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
]


@pytest.fixture
def jobs(empty, monkeypatch):
    """Jobs of which the rounds propose nothing, with little time between two looks."""
    for module, name, seconds in ((keeper, "LOOK_S", 0.05), (keeper, "COUNT_S", 0.2), (queues, "_POLL_S", 0.05)):
        monkeypatch.setattr(module, name, seconds)
    empty.mkdir()
    store = Store(Settings().store_url)
    made = {"event": None, "proposals": 0, "models": {"tg": 8}, "words": "nothing is left to propose"}
    here = Jobs(store, Settings(track=0), lambda *told: made, lambda: None)
    here.launch()
    yield here
    here.close()
    store.close()


def done(jobs, number):
    until = time.monotonic() + 60
    while (job := jobs.store.job(number)).state in ("queued", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.02)
    return job


@pytest.fixture
def books(request):
    """What is written in the books of jobs, one statement each, and what fails when some of it is written next."""
    written, fails = [], {}

    def hook(connection, cursor, statement, *more):
        if threading.current_thread().name.startswith("dbos-executor") and DBOS.workflow_id:
            written.append(statement)
            if error := fails.pop(len(written), None):
                raise error

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", hook)
    yield written, fails
    sa.event.remove(sa.engine.Engine, "before_cursor_execute", hook)


def blocked(jobs):
    """Whether something keeps others waiting in its queue; so it seems too while the queues are opened anew."""
    try:
        return queues.begun(jobs.presence.id)
    except DBOSException:
        return True


def test_a_job_is_done_wherever_in_its_books_the_database_goes_away(jobs, books):
    written, fails = books
    job = jobs.round("laco", 1, 0)
    assert done(jobs, job.id).state == "done"
    time.sleep(0.2)  # its last word comes after that
    places = len(written)
    assert places > 6, "at its start, at its step, and at its end"
    for place in range(1, places + 1):
        written.clear()
        fails[place] = ERRORS[place % len(ERRORS)]
        job = jobs.round("laco", 1, 0)
        ended = done(jobs, job.id)
        assert (ended.state, ended.error, ended.models) == ("done", "", {"tg": 8}), (place, ended)
        until = time.monotonic() + 30
        while fails or blocked(jobs):
            assert time.monotonic() < until, f"it blocks its queue: {place}"
            time.sleep(0.02)


def test_a_server_goes_to_work_again_when_the_database_is_back(jobs, monkeypatch):
    """It goes away again and again while the queues are opened anew; what is asked for meanwhile is taken."""
    usual, tries = queues.open_all, []

    def away(*told):
        tries.append(told)
        if len(tries) < 3:
            raise ERRORS[0]
        usual(*told)

    before = jobs.presence.id
    monkeypatch.setattr(queues, "open_all", away)
    jobs.shop.dropped.add("a job")
    while len(tries) < 2:
        time.sleep(0.01)
    job = jobs.round("laco", 1, 0)
    assert done(jobs, job.id).state == "done" and len(tries) == 3 and jobs.presence.id != before


def test_a_job_is_taken_though_its_queue_cannot_be_reached(jobs, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(DBOS, "enqueue_workflow", lambda *told: (_ for _ in ()).throw(ERRORS[0]))
        job = jobs.round("laco", 1, 0)
        assert jobs.store.job(job.id).state == "queued"
    jobs.behind = True
    assert done(jobs, job.id).state == "done"


def test_what_fails_by_its_own_fault_fails_and_says_so(jobs, monkeypatch):
    monkeypatch.setattr(jobs.shop, "propose", lambda *told: (_ for _ in ()).throw(KeyError("no such thing")))
    job = jobs.round("laco", 1, 0)
    assert "no such thing" in done(jobs, job.id).error and jobs.store.job(job.id).state == "failed"


def test_what_is_a_lost_database_and_what_is_not():
    assert all(lost(error) for error in (*ERRORS, AwayError("x"), campaign_table.TableAwayError("x")))
    try:
        try:
            raise ERRORS[0]
        except sa.exc.OperationalError as error:
            raise RuntimeError("it came of that") from error
    except RuntimeError as error:
        assert lost(error)
    for error in (ValueError("x"), sa.exc.DataError("", {}, psycopg.DataError("x")), OSError(28, "no space"), None):
        assert not lost(error)


@pytest.mark.parametrize("error", ERRORS)
def test_nobody_is_told_where_the_database_is(error):
    said, code = explained(error)
    assert "does not answer" in said and code == 1
    for words in (said, public(str(error)), public(f"x: {error}"), campaign_table.reason(ERRORS[0])):
        assert "/srv" not in words and "PGSQL" not in words, words
