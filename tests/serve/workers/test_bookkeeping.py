"""What is told to the processes beside a server: MLflow has one of its own, and no job is named by its whole path."""

import queue
import threading

import pandas as pd
from vitrion.experiments.ranking import tracking as ranking_run
from vitrion.experiments.registry import versions as registry
from vitrion.serve.jobs import workflows
from vitrion.serve.settings import job_folder
from vitrion.serve.workers import bookkeeping as clerk


def test_nothing_waits_for_mlflow_but_what_is_told_to_it(house, opened, monkeypatch):
    """A job, data, a promotion and a way back are done while the process of MLflow waits."""
    heard, over = queue.SimpleQueue(), threading.Event()

    def waits(do, **told):
        heard.put((do, told))
        over.wait(120)

    with opened(track=1) as http:
        jobs = http.app.state.desk.jobs
        monkeypatch.setattr(jobs.books, "ask", waits)
        changed = {"promote": lambda told: registry.promote("tg", 9) or {"reason": "by hand"}}
        changed["rollback"] = lambda told: registry.rollback("tg")
        plain = jobs.clerk.ask
        monkeypatch.setattr(
            jobs.clerk, "ask", lambda do, **told: changed[do](told) if do in changed else plain(do, **told)
        )
        try:
            workflows.remember({"do": "log_round", "campaign": "laco", "event": 1})
            assert heard.get(timeout=60)[0] == "log_round"
            row = {"formula": "LiAlCl2.4O0.8", "conductivity_S_cm": 1.1e-3, "temperature_C": 25}
            assert http.post("/api/v1/data", json={"rows": [row]}).status_code == 201
            assert http.get("/api/v1/data/lab").json()["of"] == 1
            path = "/api/v1/models/tg"
            assert http.post(f"{path}/promote", json={"version": 9, "force": True}).json()["models"]["tg"] == 9
            assert http.post(f"{path}/rollback").json()["models"]["tg"] == 8
            assert heard.empty(), "one after the other"
        finally:
            over.set()
        followed = [heard.get(timeout=60) for _ in range(2)]
        assert followed == [("follow", {"name": "tg", "version": number}) for number in (9, 8)]


def test_the_server_changes_the_record_and_has_mlflow_told_later():
    assert {clerk.VERBS[name].keywords["track"] for name in ("promote", "rollback")} == {False}
    assert "follow" in clerk.VERBS


def test_a_job_of_a_home_that_was_moved_is_logged(empty, monkeypatch):
    from vitrion.serve.workers.list_ranking import write_request

    place = job_folder("a" * 20)
    place.mkdir(parents=True)
    (place / "candidates.csv").write_text("formula\nLiAlCl4\n")
    pd.DataFrame({"formula": ["LiAlCl4"]}).to_parquet(place / "result.parquet")
    told = {"goal": None, "temperature_C": 25.0, "also": [], "models": {}, "file": "candidates.csv", "name": "mine"}
    write_request(place, told | {"block_rows": 7})
    logged = []
    monkeypatch.setattr(ranking_run, "log_ranking", lambda ranking, cells, *more, **how: logged.append(cells))
    clerk.VERBS["log_ranking"](job="a" * 20)
    clerk.VERBS["log_ranking"](folder=f"/where/it/was/jobs/{'a' * 20}")
    assert [[str(one) for one in cells] for cells in logged] == [["LiAlCl4"]] * 2
