"""A home in which nothing was trained answers with what is shipped, at every door."""

import pytest
from typer.testing import CliRunner
from vitrion.serve.cli import app
from vitrion.serve.service.library import model_show, models_list
from vitrion.serve.service.model_cache import InUse


@pytest.fixture
def shipped(empty, small_shipped, monkeypatch):
    monkeypatch.setenv("VITRION_SHIPPED", str(small_shipped))
    return empty


def run(*arguments):
    return CliRunner().invoke(app, [*arguments])


def test_the_list_of_models_knows_them(shipped):
    rows = {row["property"]: row for row in models_list()}
    assert {name: (row["version"], row["standing"], row["champion"]) for name, row in rows.items()} == {
        "conductivity": (0, "answers", True),
        "tg": (0, "answers", True),
    }
    assert rows["tg"]["gate"] == "the first" and model_show("tg")["versions"] == [rows["tg"]]
    assert not shipped.exists(), "nothing was written"


def test_commands_know_them(shipped):
    listed = run("models", "list", "--all")
    assert listed.exit_code == 0 and "answers" in listed.stdout
    assert "version: 0 (answers)" in run("models", "show", "tg", "0").stdout


def test_the_models_in_use_are_they(shipped):
    models = InUse()
    models.renew()
    assert models.ready and models.complaint == ""
    assert models.versions == {"tg": 0, "conductivity": 0}
    assert not models.is_old


def test_a_service_is_ready_with_them(shipped, opened):
    with opened() as http:
        assert http.get("/ready").json()["models"] == {"tg": 0, "conductivity": 0}
        answer = http.post("/api/v1/rank", json={"candidates": ["LiAlCl2.5O0.75", "NaAlCl4"]})
        assert answer.status_code == 200 and answer.json()["models"] == {"tg": 0, "conductivity": 0}
        told = http.get("/api/v1/models/tg/0/compare").json()
        assert not told["passed"] and "tg version 0 is the champion already" in told["reason"]
