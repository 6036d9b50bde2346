"""One who asks for much keeps no other waiting: owners take turns, what is short goes first, shares are bounded."""

import asyncio
import gzip
import io
import threading

import httpx
import pandas as pd
import pytest
import sqlalchemy as sa
from vitrion.serve.api.app import _of_error
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError
from vitrion.serve.errors.refusals import BusyError, InputError
from vitrion.serve.jobs import sweeping
from vitrion.serve.jobs.lengths import QUICK_BYTES, Length, length_of
from vitrion.serve.service import costs
from vitrion.serve.service.pools import ASKING, Pool
from vitrion.serve.service.turns import Turns
from vitrion.serve.storage.shares import TURNS, Need, OpenJobsError, RoomError, ShareError, Shares
from vitrion.serve.storage.store import DONE, Job, Store, now

pytestmark = pytest.mark.filterwarnings("ignore")
MUCH = Shares(1000, 1000.0)


def taken(turns, *most):
    found = []
    while (one := turns.next(*most)) is not None:
        found.append(one)
    return found


def test_owners_take_turns_and_newcomers_are_next():
    turns = Turns(clock=lambda: 0.0)
    for number in range(5):
        turns.add("anna", 1.0, f"a{number}")
    assert turns.next() == "a0"
    turns.add("ben", 100.0, "b0")
    turns.add("cleo", 1.0, "c0")
    turns.add("cleo", 1.0, "c1")
    assert taken(turns) == ["b0", "c0", "a1", "c1", "a2", "a3", "a4"]


def test_what_is_short_goes_first_and_nothing_waits_for_ever():
    clock = [0.0]
    turns = Turns(clock=lambda: clock[0])
    turns.add("", 60.0, "long")
    order = []
    for number in range(100):
        clock[0] = float(number)
        turns.add("", 1.0, f"short {number}")
        order.append(turns.next())
    assert order.index("long") == 59 and order[:2] == ["short 0", "short 1"]


def test_only_what_is_short_is_taken_where_that_is_asked_for():
    turns = Turns(clock=lambda: 0.0)
    turns.add("anna", 60.0, "long")
    turns.add("ben", 60.0, "long too")
    turns.add("anna", 1.0, "short")
    assert taken(turns, 2.0) == ["short"] and len(turns) == 2 and turns.of("anna") == 1
    assert taken(turns) == ["long too", "long"], "anna had her turn"


async def asked(pool, owner, seconds, begun, gate):
    """Ask as somebody for work that waits at a gate."""
    ASKING.set(owner)

    def work():
        begun.append((owner, seconds))
        assert gate.wait(30)
        return owner

    return await pool.run(work, seconds=seconds)


async def settled(begun, count):
    while len(begun) < count:
        await asyncio.sleep(0.005)


def test_three_long_proposals_keep_no_sweep_of_another_waiting():
    async def play():
        pool, begun, gate, short = Pool("long", 2, 8), [], threading.Event(), threading.Event()
        short.set()
        try:
            long = [asyncio.create_task(asked(pool, "anna", 100.0, begun, gate)) for _ in range(3)]
            await settled(begun, 1)
            other = await asyncio.wait_for(asked(pool, "ben", 0.1, begun, short), 30)
            assert other == "ben" and begun == [("anna", 100.0), ("ben", 0.1)], "a thread is left to what is short"
            late = asyncio.create_task(asked(pool, "ben", 90.0, begun, gate))
            await asyncio.sleep(0.02)
            gate.set()
            await asyncio.gather(*long, late)
            assert begun[2:] == [("anna", 100.0), ("ben", 90.0), ("anna", 100.0)], "in turn: ben had one later"
        finally:
            gate.set()
            pool.stop()

    asyncio.run(play())


def test_half_of_all_places_is_an_owners_share_and_without_keys_there_is_none():
    async def play():
        pool, begun, gate = Pool("long", 2, 6), [], threading.Event()
        try:
            tasks = [asyncio.create_task(asked(pool, "anna", 1.0, begun, gate)) for _ in range(4)]
            await settled(begun, 2)
            with pytest.raises(ShareError, match=r"4 requests of yours like this .* come again when one is answered"):
                await asked(pool, "anna", 1.0, begun, gate)
            tasks += [asyncio.create_task(asked(pool, "", 1.0, begun, gate)) for _ in range(4)]
            await asyncio.sleep(0.02)
            gate.set()
            assert await asyncio.gather(*tasks) == ["anna"] * 4 + [""] * 4
        finally:
            gate.set()
            pool.stop()

    asyncio.run(play())


def test_a_pool_goes_on_after_an_error_and_without_who_went_away():
    async def play():
        pool, begun, gate = Pool("data", 1, 8), [], threading.Event()
        try:
            first = asyncio.create_task(asked(pool, "anna", 1.0, begun, gate))
            await settled(begun, 1)
            gone = asyncio.create_task(asked(pool, "ben", 1.0, begun, gate))
            failing = asyncio.create_task(pool.run(lambda: 1 // 0))
            await asyncio.sleep(0.02)
            gone.cancel()
            gate.set()
            with pytest.raises(ZeroDivisionError):
                await failing
            assert await first == "anna" and [owner for owner, _ in begun] == ["anna"]
            assert await pool.run(lambda: 7) == 7
        finally:
            pool.stop()

    asyncio.run(play())


def kept(store, number, owner, need, shares=MUCH):
    name = f"{number:020x}"
    store.add(Job(name, "rank", "mine", {}, now()), owner, need, shares)
    return name


def due(store, *names):
    return [store.turn(name)[1] for name in names]


def test_who_has_forty_lists_waits_after_each_for_one_of_every_other(database):
    store = Store(database)
    annas = [kept(store, number, "anna", Need("quick")) for number in range(40)]
    assert due(store, *annas) == list(range(40)), "one after the other"
    for name in annas[:5]:
        store.start(name)
    bens = [kept(store, 100 + number, "ben", Need("quick")) for number in range(2)]
    assert due(store, *bens) == [4, 5], "beside the present one of anna, not behind her fortieth"
    other = kept(store, 200, "ben", Need("rank", 500))
    assert store.turn(other) == ("rank", 0), "every queue counts for itself"
    dear, next_one = kept(store, 201, "ben", Need("rank", 10)), kept(store, 202, "cleo", Need("rank", 1))
    assert due(store, dear, next_one) == [500, 0], "what costs much is paid for"
    for name in annas:
        store.change(name, state=DONE)
        store.forget(name)
    assert store.turn(annas[0]) is None
    assert due(store, kept(store, 300, "dora", Need("quick"))) == [4], "none overtakes those that wait"
    store.close()


@pytest.mark.parametrize("how", ["deleted", "cancelled", "cancelled and deleted"])
def test_who_deletes_or_cancels_as_he_goes_has_had_his_turns(database, how):
    store = Store(database)
    for number in range(10):
        name = kept(store, number, "anna", Need("rank", 5))
        assert due(store, name) == [5 * number]
        store.start(name)
        store.change(name, state=DONE if how == "deleted" else "cancelled")
        if "deleted" in how:
            store.forget(name)
    ben = kept(store, 100, "ben", Need("rank", 1))
    assert due(store, ben, kept(store, 101, "anna", Need("rank", 5))) == [45, 50]
    unbegun = kept(store, 102, "anna", Need("rank", 500))
    store.change(unbegun, state="cancelled")
    store.forget(unbegun)
    assert due(store, kept(store, 103, "anna", Need("rank", 5))) == [55], "what was not begun was no turn"
    with store.engine.connect() as connection:
        rows = connection.execute(
            sa.select(TURNS.c.owner, TURNS.c.bytes).where(sa.func.length(TURNS.c.job) == 40)
        ).all()
    assert rows == ([("anna", 0)] if "deleted" in how else []), "one row, however many were deleted"
    store.close()


def test_what_the_queue_has_passed_is_forgotten_and_no_sooner(database):
    store = Store(database)

    def swept():
        sweeping._Rows(store.engine).sweep()
        with store.engine.connect() as connection:
            return set(connection.execute(sa.select(TURNS.c.queue).where(TURNS.c.owner == "anna")).scalars())

    for number, queue in enumerate(("rank", "quick")):
        name = kept(store, number, "anna", Need(queue, 10))
        store.start(name)
        store.change(name, state=DONE)
        store.forget(name)
    waits = kept(store, 99, "ben", Need("quick"))
    cheap = kept(store, 100, "ben", Need("rank", 10))
    store.start(cheap)
    assert swept() == {"rank", "quick"}
    store.start(kept(store, 101, "ben", Need("rank", 10)))
    assert swept() == {"quick"}, "the queue for long lists is beyond it"
    store.change(waits, state="cancelled")
    store.forget(waits)
    assert swept() == set(), "a queue without jobs begins anew"
    assert due(store, kept(store, 102, "anna", Need("rank"))) == [10]
    store.close()


def test_a_key_has_its_share_of_open_jobs_and_of_the_disk(database):
    store, shares = Store(database), Shares(2, 1.0)
    first, _ = (kept(store, number, "anna", Need("rank", 1, 300_000), shares) for number in range(2))
    with pytest.raises(
        ShareError, match=r"2 jobs of anna wait or are worked on, and 2 are a key's share; wait .* cancel"
    ):
        kept(store, 2, "anna", Need("rank"), shares)
    assert store.job(f"{2:020x}") is None, "it is not kept"
    kept(store, 3, "ben", Need("rank", 1, 900_000), shares)
    for number in range(10, 20):
        kept(store, number, "", Need("rank", 1, 900_000), shares)
    store.change(first, state=DONE)
    store.weigh(first, 600_000)
    with pytest.raises(RoomError, match=r"keep 0\.9 MB, and with 0\.2 MB more .* share of 1 MB; delete some"):
        kept(store, 4, "anna", Need("rank", 1, 200_000), shares)
    store.forget(first)
    kept(store, 4, "anna", Need("rank", 1, 200_000), shares)
    store.close()


def test_what_a_proposal_may_cost_is_bounded_and_the_sentence_says_how_to_mend():
    assert 0 < costs.bounded(500, 4, 10, 90.0, "") < 1.0
    assert costs.bounded(10_000, 4, 1_000, 90.0, "") < 90.0, "as much as one proposal learns"
    with pytest.raises(
        InputError, match=r"choosing 100 of 10,000 .* 1,000 results would take about 1\d\d s, .*; ask less"
    ):
        costs.bounded(10_000, 100, 1_000, 90.0, "ask less")


def test_refusals_of_shares_and_costs_over_http(empty, opened):
    rows = [{"formula": f"Li{1 + n / 2000}AlCl{4 + n / 2000}", "tg_C": 20.0} for n in range(400)]
    told = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.001"}, "results": rows}
    with opened(ready=False, require_keys=1, work=0, most_open_jobs=2, most_disk_mb=1e-6, most_propose_s=2) as http:
        ring = http.app.state.desk.keys
        anna, ben = ({"authorization": f"Bearer {ring.new(name, 'trainer', 1)[1]}"} for name in ("anna", "ben"))
        codes = [http.post("/api/v1/models/retrain", json={}, headers=anna).status_code for _ in range(3)]
        assert codes == [202, 202, 429]
        refused = http.post("/api/v1/models/retrain", json={}, headers=anna)
        assert "2 jobs of anna wait" in refused.json()["detail"] and "cancel" in refused.json()["detail"]
        assert "retry-after" not in refused.headers, "a second does not help"
        client, sent = Client("http://testserver", transport=http._transport), []
        client.wire._http.event_hooks["request"].append(sent.append)
        client.wire._http.headers.update(anna)
        with pytest.raises(ServiceError, match="2 jobs of anna wait") as once:
            client.wire.post("models/retrain", {})
        assert (once.value.status, len(sent)) == (429, 1), "nor is it sent again"
        assert http.post("/api/v1/models/retrain", json={}, headers=ben).status_code == 202
        dear = http.post("/api/v1/propose", json=told, headers=ben)
        assert dear.status_code == 422 and "make its rounds as jobs" in dear.json()["detail"], dear.text
        family = {"name": "laco", "template": told["template"], "variables": told["variables"]}
        assert http.post("/api/v1/campaigns", json=family, headers=ben).status_code == 201
        assert http.post("/api/v1/campaigns/laco/record-table", json={"rows": rows}, headers=ben).status_code == 201
        dear = http.post("/api/v1/campaigns/laco/propose", json={}, headers=ben)
        assert dear.status_code == 422 and "POST /api/v1/campaigns/laco/rounds" in dear.json()["detail"], dear.text
        jobs = http.app.state.desk.jobs
        with pytest.raises(RoomError):
            jobs.rank(b"formula\nLiAlCl4\n", ".csv", "mine.csv", {"models": {}}, "ben")
        assert not list((empty / "jobs").iterdir())


def test_only_what_waiting_mends_is_to_be_sent_again():
    answers = {kind: _of_error(None, kind("so much")) for kind in (BusyError, ShareError, OpenJobsError, RoomError)}
    assert {kind: (one.status_code, one.headers.get("retry-after")) for kind, one in answers.items()} == {
        BusyError: (503, "1"),
        ShareError: (429, "1"),
        OpenJobsError: (429, None),
        RoomError: (507, None),
    }


def test_a_client_sends_no_file_again_for_which_there_is_no_room(tmp_path):
    sent, file = [], tmp_path / "list.csv"
    file.write_text("formula\nLiAlCl4\n")

    def full(request):  # as earlier releases answered
        sent.append(request)
        return httpx.Response(507, json={"detail": "delete some"}, headers={"retry-after": "1"})

    client = Client("http://testserver", patience_s=3.0, transport=httpx.MockTransport(full))
    with pytest.raises(ServiceError, match="delete some"):
        client.wire.upload("jobs", file, {})
    assert len(sent) == 1


def listing(rows, kind):
    """A list of so many different formulas, in a file of a kind."""
    table = pd.DataFrame({"formula": [f"LiAlCl{4 - 2 * x / 10_000:.4f}O{x / 10_000:.4f}" for x in range(rows)]})
    text, buffer = table.to_csv(index=False), io.BytesIO()
    if kind in ("parquet", "xlsx"):
        getattr(table, "to_parquet" if kind == "parquet" else "to_excel")(buffer, index=False)
        return buffer.getvalue()
    packed = {
        "members": lambda: gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode()),
        "gz": lambda: gzip.compress(text.encode()),
        "parquet.gz": lambda: gzip.compress(listing(rows, "parquet")),
        "repeated.gz": lambda: gzip.compress(b"formula\n" + b"LiAlCl4\n" * rows),
    }
    written = {"csv": text, "old lines": text.replace("\n", "\r"), "mixed lines": text.replace("\n", "\r\n", rows // 2)}
    return packed[kind]() if kind in packed else written[kind].encode("utf-16" if kind == "mixed lines" else "utf-8")


@pytest.mark.parametrize(
    "kind", ["csv", "old lines", "mixed lines", "gz", "repeated.gz", "members", "parquet", "parquet.gz", "xlsx"]
)
def test_no_long_list_is_taken_for_a_short_one_whatever_its_file(kind):
    long, short = (length_of(listing(rows, kind)) for rows in (5_100, 30))
    assert not long.is_short(5_000) and long.rows > 1_000, "and it costs more"
    assert short.is_short(5_000) == (kind != "members"), "what is not known is not short"
    if kind not in ("members", "xlsx"):
        assert (long.rows // 100, short.rows) in [((5_100 + header) // 100, 30 + header) for header in (0, 1)]


def test_what_cannot_be_unpacked_fails_at_once_and_what_is_large_is_not_unpacked():
    assert length_of(b"PAR1") == length_of(b"PK\x03\x04") == Length(0, 4)
    assert length_of(b"\x1f\x8b" + b"\xff" * 8) == Length(0, 10)
    bomb = length_of(gzip.compress(b"0" * 50_000_000))
    assert bomb.bytes == QUICK_BYTES and not bomb.is_short(5_000)
    assert length_of(b"PK\x03\x04" + bytes(200_000)) == Length(10_000, QUICK_BYTES)


def test_a_long_list_gets_into_the_queue_of_long_ones_whatever_its_name(empty, opened):
    with opened(ready=False, work=0) as http:
        jobs = http.app.state.desk.jobs
        for ending, kind in ((".pq", "parquet"), (".csv.gz", "gz"), (".csv", "gz")):
            found = [jobs.rank(listing(rows, kind), ending, "mine", {"models": {}}).id for rows in (30, 6_000)]
            assert [jobs.store.turn(one)[0] for one in found] == ["quick", "rank"], (ending, kind)
