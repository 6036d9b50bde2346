"""What is done once, what is tried again, and what two requests at once do not do to each other."""

import asyncio
import contextlib
import threading
import time
import types
import warnings
from dataclasses import replace

import pytest
from typer.testing import CliRunner
from vitrion.datasets.home import home
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.proposals.pool import Pool
from vitrion.experiments.registry import loading as loaded
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.registry.record import write
from vitrion.models.artifacts.artifact import ArtifactError
from vitrion.serve.api.app import _tidy
from vitrion.serve.cli import commands as cli
from vitrion.serve.errors.refusals import BusyError
from vitrion.serve.schemas import limits
from vitrion.serve.service.model_cache import InUse
from vitrion.serve.service.predictions import noticed
from vitrion.serve.workers import list_ranking
from vitrion.serve.workers.subprocesses import LostWorkerError

pytestmark = pytest.mark.filterwarnings("ignore")
LACO, FAMILY, RANGES = "LiAlCl2.5O0.75", "LiAlCl{4-2x}O{x}", {"x": "0:1.5:0.25"}


def test_a_proposal_learns_so_many_results_at_once(http, monkeypatch):
    words = "1,001 results, more than 1,000; add them to the lab's data and train instead"
    rows = [{"formula": f"Li{1 + n / 2000}AlCl{4 + n / 2000}", "tg_C": 20.0} for n in range(1001)]
    told = {"template": FAMILY, "variables": RANGES}
    for more in ({"results": rows}, {"results": rows[:1000], "pending": [LACO]}):
        answer = http.post("/api/v1/propose", json=told | more)
        assert answer.status_code == 422 and answer.json()["detail"] == words
    assert http.post("/api/v1/campaigns", json={"name": "many", **told}).status_code == 201
    kept = "/api/v1/campaigns/many"
    answer = http.post(f"{kept}/record-table", json={"rows": rows})
    assert answer.status_code == 422 and answer.json()["detail"] == words
    monkeypatch.setattr(limits, "MOST_LEARNT", 3)
    assert http.post(f"{kept}/record-table", json={"rows": rows[:2]}).status_code == 201
    assert "4 results, more than 3" in http.post(f"{kept}/record-table", json={"rows": rows[2:4]}).json()["detail"]
    assert http.post(f"{kept}/propose", json={"batch": 2, "track": False}).status_code == 200
    for path in ("propose", "rounds"):
        answer = http.post(f"{kept}/{path}", json={"track": False})
        assert answer.status_code == 422 and "4 results, more than 3" in answer.json()["detail"]


def test_a_version_is_changed_once(http, monkeypatch):
    registry.promote("tg", 9)
    asked, path = [], "/api/v1/models/tg/rollback"

    def ask(do, **told):
        asked.append((do, told))
        if len(asked) == 1:
            raise LostWorkerError("the worker ended before it answered")
        return {"reason": "by hand"} if do == "promote" else registry.rollback(told["name"])

    monkeypatch.setattr(http.app.state.desk.jobs.clerk, "ask", ask)
    lost = http.post(path)
    assert lost.status_code == 500 and "tg version 9 answers now" in lost.json()["detail"]
    assert asked == [("rollback", {"name": "tg", "present": 9})], "it may have been done"
    first, again = (http.post(path, headers={"idempotency-key": "back"}) for _ in range(2))
    assert first.json() == again.json() and first.json()["version"] == 8 and len(asked) == 2
    promoted = [
        http.post("/api/v1/models/tg/promote", json={"version": number}, headers={"idempotency-key": "on"})
        for number in (8, 9)
    ]
    assert promoted[1].status_code == 422 and "used for another request" in promoted[1].json()["detail"]


def test_notes_of_two_at_once_do_not_mix():
    before, heard, together = (list(warnings.filters), warnings.showwarning), {}, threading.Barrier(2, timeout=20)

    def said(size):
        together.wait()
        Pool.of(["LiAlCl4"] * size)
        together.wait()

    def run(size):
        heard[size], _ = noticed(lambda: said(size))

    threads = [threading.Thread(target=run, args=(size,)) for size in (2, 3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert heard == {n: [f"{n - 1} of {n} candidates left out: 0 unread, 0 not neutral, {n - 1} twice"] for n in (2, 3)}
    assert (list(warnings.filters), warnings.showwarning) == before


def test_housekeeping_goes_on_after_an_error(monkeypatch):
    tries = []

    def sweep_out():
        tries.append(1)
        raise OSError(28, "No space left on device")

    async def some():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_tidy(types.SimpleNamespace(jobs=types.SimpleNamespace(sweep_out=sweep_out))), 0.5)

    monkeypatch.setattr("vitrion.serve.api.app.TIDY_S", 0.01)
    asyncio.run(some())
    assert len(tries) > 1


def test_models_that_could_not_be_loaded_for_a_moment_are_tried_again(house, monkeypatch):
    monkeypatch.setattr("vitrion.serve.service.model_cache.FIRST_WAIT_S", 0.1)
    models, load, errors = InUse(), loaded.load, [MemoryError("too little memory"), ArtifactError("it is refused")]

    def failing(*told):
        if errors:
            raise errors.pop(0)
        return load(*told)

    monkeypatch.setattr(loaded, "load", failing)
    models.renew()
    assert not models.ready and models.why_not == "too little memory" and not models.is_old
    time.sleep(0.15)
    assert models.is_old
    models.renew()
    time.sleep(0.15)
    assert not models.ready and not models.is_old, "the file is to blame: it is not tried again"
    registry.promote("tg", 9)
    assert models.is_old
    models.renew()
    assert models.versions["tg"] == 9 and not models.complaint


def test_a_job_keeps_to_the_model_of_glass_formation_with_which_it_began(house, tmp_path, monkeypatch):
    models, known = InUse(), registry.champions()
    models.renew()
    assert models.pinned() == {name: known[name].version for name in ("tg", "conductivity")}
    later = known | {"glass_formation": replace(known["tg"], property="glass_formation", version=4)}
    monkeypatch.setattr("vitrion.experiments.registry.record.record", lambda: later)
    pinned = models.pinned()
    assert pinned["glass_formation"] == 4
    asked = []
    monkeypatch.setattr("vitrion.experiments.registry.glass_former.of_version", asked.append)
    for number, versions in enumerate((pinned, models.versions)):
        folder = tmp_path / str(number)
        folder.mkdir()
        list_ranking.write_request(folder, {"models": versions})
        assert set(list_ranking._predictors(folder)) == {"tg", "conductivity"}
    assert asked == [4, None]


def test_a_model_that_was_never_promoted_is_named_with_the_reason(house):
    (house / "champions.json").unlink()
    models = InUse()
    models.renew()
    assert models.why_not == "there is no model of tg and conductivity yet; train first"
    said = {"passed": False, "reason": "it predicts no better than one number for all"}
    write(registry.folder("tg", 9) / registry.GATE, said)
    models = InUse()
    models.renew()
    assert models.why_not == f"no model of tg answers: version 9 was not promoted: {said['reason']}"
    listed = CliRunner().invoke(cli.app, ["models", "list"])
    assert listed.exit_code == 1 and "no model answers; 'vitrion models list --all' shows" in listed.output


def test_a_key_stands_for_all_fields_of_a_file(http):
    told = {"files": {"file": ("results.csv", "formula,tg_C\nNaAlCl2.4O0.8,-20\n")}}
    told["headers"] = {"idempotency-key": "file"}
    assert http.post("/api/v1/data/file", **told).status_code == 201
    assert http.post("/api/v1/data/file", **told).headers["idempotent-replayed"] == "true"
    for field in ({"keep_good": "true"}, {"note": "another"}, {"again": "true"}):
        assert http.post("/api/v1/data/file", data=field, **told).status_code == 422


def test_events_go_on_after_a_busy_moment(http, monkeypatch):
    desk, looks = http.app.state.desk, []
    run = desk.light.run

    async def busy(work, *told, **named):
        if work == desk.jobs.find:
            looks.append(work)
            if len(looks) == 2:
                raise BusyError("too much waits; try again in a second")
        return await run(work, *told, **named)

    key = {"Idempotency-Key": "named"}
    first, other = (
        http.post("/api/v1/jobs", files={"file": (name, "formula\nLiAlCl4\n")}, headers=key)
        for name in ("a.csv", "b.csv")
    )
    assert other.status_code == 422 and "used for another request" in other.json()["detail"]
    monkeypatch.setattr(desk.light, "run", busy)
    with http.stream("GET", f"/api/v1/jobs/{first.json()['id']}/events") as stream:
        lines = list(stream.iter_lines())
    assert len(looks) > 2 and [line for line in lines if line.startswith("event: ")][-1] == "event: end"


def test_what_nobody_could_own_is_not_made(http, monkeypatch):
    desk = http.app.state.desk

    def away(*told):
        raise BusyError("the database is away")

    monkeypatch.setattr(desk.store, "add", away)
    monkeypatch.setattr(campaign_store, "create", away)
    family = {"name": "laco", "template": FAMILY, "variables": RANGES}
    for path, body in (("campaigns", family), ("jobs", {"candidates": [LACO]}), ("models/retrain", {})):
        assert http.post(f"/api/v1/{path}", json=body).status_code == 503
    assert http.get("/api/v1/campaigns").json() == http.get("/api/v1/jobs").json() == {"rows": []}
    assert not list((home() / "jobs").iterdir()), "nor are its files left"


def test_a_file_of_untold_length_that_is_too_large_is_called_so(house, opened):
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x"}
    with opened(ready=False, most_upload_mb=0.01) as http:
        for path in ("data/file", "jobs"):
            parts = (part for part in (head, *[b"LiAlCl4\n" * 100] * 20, b"\r\n--x--\r\n"))
            answer = http.post(f"/api/v1/{path}", content=parts, headers=kind)
            assert answer.status_code == 413 and "larger than 0.01 MB" in answer.json()["detail"]
