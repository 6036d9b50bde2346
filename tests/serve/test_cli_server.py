"""The command line with --server: the same words, and what they do is done by a service."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.experiments.registry import versions as registry
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def there(http, monkeypatch, tmp_path):
    """Run a command against the service; the home of who asks is empty."""
    usual = Client.__init__
    monkeypatch.setattr(
        Client, "__init__", lambda self, url: usual(self, "http://testserver", transport=http._transport)
    )
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        done = CliRunner().invoke(cli.app, [*words, "--server", "http://testserver"])
        assert done.exit_code == code, done.output
        return done

    return run


def test_a_campaign(there, tmp_path):
    there("campaign", "new", "laco", "LiAlCl{4-2x}O{x}", "--var", "x=0:1.5:0.05", "--batch", "2")
    table = pd.read_csv(pd.io.common.StringIO(there("campaign", "propose", "laco").stdout))
    first, second = table["formula"]
    assert "recorded as event 2" in there("campaign", "record", "laco", first, "--tg", "-10").stderr
    (tmp_path / "melts.csv").write_text(f"formula,tg_C\n{second},-12\n")
    assert "events 3 to 3" in there("campaign", "record", "laco", "--table", "melts.csv").stderr
    assert "event 4" in there("campaign", "correct", "laco", "2", "--tg", "-11").stderr
    assert "event 5" in there("campaign", "withdraw", "laco", "3").stderr
    assert "laco" in there("campaign", "list").stdout
    shown = pd.read_csv(pd.io.common.StringIO(there("campaign", "show", "laco").stdout))
    assert shown["kind"].tolist()[-2:] == ["corrected", "withdrawn"]
    assert len(json.loads(there("campaign", "export", "laco").stdout)["events"]) == 5
    assert "no campaign is called 'naco'" in there("campaign", "show", "naco", code=1).stderr


def test_models(there, http, monkeypatch):
    assert "coverage" in there("models", "list").stdout
    assert there("models", "list", "--all").stdout.count("conductivity") == 2
    assert "sha256: " in there("models", "show", "tg", "9").stdout
    assert "no held-out predictions" in there("models", "compare", "tg", "9").stdout
    assert "tg has no version 7; it has 8, 9" in there("models", "promote", "tg", "7", code=2).stderr
    monkeypatch.setattr(http.app.state.desk.jobs.clerk, "ask", lambda do, name, present: registry.rollback(name))
    assert "is the first that answered" in there("models", "rollback", "tg", code=1).stderr


def test_data(there, tmp_path):
    (tmp_path / "melts.csv").write_text("formula,tg_C\nLiAlCl2.5O0.75,-12\n")
    assert "added 1 facts as version 1" in there("data", "add", "melts.csv", "--note", "notebook 7").stderr
    assert "LiAlCl2.5O0.75" in there("data", "show", "lab").stdout
    assert "is neither a property nor a source" in there("data", "show", "nothing", code=1).stderr
    there("data", "show", "tg", "--dropped", code=2)
    there("train", "--no-promote", code=2)
