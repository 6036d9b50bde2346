"""A server in the place of MLflow that takes lines and says nothing, half, rubbish or drips: all ends in time."""

import contextlib
import socket
import threading
import time

import pandas as pd
import pytest
from vitrion.experiments.campaigns import tracking as campaign_runs
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.ranking import tracking as ranking_run
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import promotion, reconcile
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.task.goal import Goal
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.tracking import reach

PATIENCE_S = 1.5
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"


def silent(line, over):
    over.wait(60)


def half(line, over):
    line.sendall(HEAD + b'{"experiment": {')
    over.wait(60)


def closes(line, over):
    line.recv(100)


def broken(line, over):
    line.recv(65536)
    line.sendall(b"HTTP/1.1 500 No\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n")


def rubbish(line, over):
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>hi</html>")


def drips(line, over):
    line.recv(65536)
    for one in HEAD * 100:
        line.sendall(bytes([one]))
        if over.wait(0.3):
            return


class Server:
    """What listens on loopback and does with each line what it is told; `asked` counts the lines."""

    def __init__(self, way):
        self._way, self.asked, self._over = way, 0, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.asked += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line):
        with line, contextlib.suppress(OSError):
            self._way(line, self._over)

    def close(self):
        self._over.set()
        self._socket.close()


@pytest.fixture
def away(request, monkeypatch):
    """A server that is no use, as the tracking store."""
    server = Server(getattr(request, "param", silent))
    for name in ("PATIENCE_S", "TRANSFER_S"):
        monkeypatch.setattr(reach, name, PATIENCE_S)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.url)
    reach.forget()
    yield server
    server.close()
    reach.forget()


@pytest.mark.parametrize(
    "away", [silent, half, closes, broken, rubbish, drips], indirect=True, ids=lambda way: way.__name__
)
def test_a_server_that_is_no_use_is_named_once_and_left_alone(away):
    tracking.package_versions()
    began = time.monotonic()
    with pytest.raises(reach.MlflowAwayError) as first:
        tracking.store()
    assert f"MLflow at {away.url} does not answer" in str(first.value) and "MLFLOW_TRACKING_URI" in str(first.value)
    asked = away.asked
    with pytest.raises(reach.MlflowAwayError) as second:
        tracking.store()
    assert str(second.value) == str(first.value) and away.asked == asked, "it is not asked again for a while"
    assert time.monotonic() - began < 30, "the import of MLflow among it"


def test_a_server_that_falls_silent_later_is_left_alone_too(away, monkeypatch):
    """Its client was opened while it answered."""

    class Client:
        def set_tag(self, *told):
            time.sleep(60)

    client = reach.Reached(Client(), away.url)
    with pytest.raises(reach.MlflowAwayError, match="nothing came within"):
        client.set_tag("r", "a", "b")
    with pytest.raises(reach.MlflowAwayError):
        client.set_tag("r", "a", "b")


def test_what_is_told_at_length_has_a_limit_as_a_whole(away):
    class Client:
        def set_tag(self, *told):
            time.sleep(0.2)

    client, sent = reach.Reached(Client(), away.url), 0
    with pytest.raises(reach.MlflowAwayError), reach.conversation(1.0):
        for _ in range(50):
            client.set_tag("r", "a", "b")
            sent += 1
    assert 1 <= sent <= 6


def test_a_refusal_is_no_silence(away):
    """A server that says no to one question is asked the next one."""
    from mlflow.exceptions import MlflowException

    def refuses():
        raise MlflowException("no such run", error_code=1000)

    with pytest.raises(MlflowException, match="no such run"):
        reach.answered(away.url, refuses, 5.0)
    assert reach.answered(away.url, lambda: 7, 5.0) == 7


def test_limits_of_the_user_count(away, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "40")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    assert reach._as_told() == 40 * 3 + reach.PATIENCE_S
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon")
    assert reach._as_told() == 0


def test_an_evaluation_goes_on_untracked(away, tables):
    scores = pd.DataFrame(
        [{"subset": "all", "n": 9, "mae": 1.0, "rmse": 2.0, "r2": 0.5, "coverage": 0.9, "width": 3.0, "unit": "K"}]
    )
    with (
        pytest.warns(reach.UntrackedWarning, match="evaluate tg by paper is not tracked"),
        tracking.together(tracking.EVALUATION, "evaluate by paper", ["tg", "conductivity"]),
        tracking.begun(tracking.EVALUATION, "evaluate tg by paper") as run,
    ):
        tracking.log_evaluation(Recipe.named("tg"), tables["tg"], scores, "paper")
    assert run.id == ""
    with pytest.raises(reach.MlflowAwayError), tracking.begun(tracking.TRAINING, "train tg"):
        pytest.fail("a training needs the number that the registry gives")


def test_the_record_changes_without_mlflow(away, predictors, tmp_path, monkeypatch):
    import sklearn
    from vitrion.experiments.gate.decision import Check, Decision
    from vitrion.models.artifacts import artifact

    bundle = tmp_path / registry.BUNDLE
    digest = artifact.save(predictors["tg"], bundle)
    versions = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
    for number in (1, 2):
        told = {"run_id": "r", "created": "2026-01-01T00:00:00+00:00", "fingerprint": "f", "versions": versions}
        registry.keep(registry.Champion("tg", number, digest, **told), bundle)
    registry.promote("tg", 1)
    monkeypatch.setattr(promotion, "judged", lambda *told, **more: Decision.of(Check("error", True, "better")))
    with pytest.warns(reach.UntrackedWarning, match="MLflow at .* does not answer"):
        assert promotion.promote("tg", 2).passed
    assert registry.champions()["tg"].version == 2
    asked = away.asked
    with pytest.warns(reach.UntrackedWarning):
        assert promotion.rollback("tg") == 1
    assert away.asked == asked and registry.champions()["tg"].version == 1
    with pytest.raises(reach.MlflowAwayError):
        reconcile.reconcile()


def test_a_round_and_a_ranking_are_kept(away, tracked, monkeypatch):
    campaign = Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.25")
    with pytest.warns(reach.UntrackedWarning, match="is kept, and not tracked: MLflow at .*--no-track"):
        campaign_runs.track_round("laco", 0)
    assert campaign.state.name == "laco"
    monkeypatch.setattr(ranking_run, "champions", dict)
    with pytest.raises(reach.MlflowAwayError):
        ranking_run.log_ranking(pd.DataFrame({"tg_C": [1.0]}), ["LiAlCl4"], Goal.of(None))
