"""What a training reports to the job that started it: lines of JSON, their folds as numbers, their outcomes marked."""

import json
from types import SimpleNamespace

from typer.testing import CliRunner
from vitrion.experiments.training.evaluate import say
from vitrion.models.fitting.progress import Step
from vitrion.serve.cli import commands as cli
from vitrion.serve.jobs import workflows
from vitrion.serve.jobs.training_report import Line, reporting


def test_a_step_keeps_its_numbers_when_the_property_is_named():
    steps = []
    say(steps.append, "tg", Step("fold 2 of 5: 9 measurements", 2, 5))
    say(steps.append, "tg", "version 3 tracked and registered")
    assert steps == ["tg: fold 2 of 5: 9 measurements", "tg: version 3 tracked and registered"]
    assert [(step.done, step.of) for step in steps] == [(2, 5), (0, 0)]


def test_steps_are_lines_of_json_and_read_as_they_were(capsys):
    with reporting() as report:
        report(Step("tg: fold 2 of 5", 2, 5))
        report("tg: version 3 tracked and registered")
    lines = [Line.read(text) for text in capsys.readouterr().err.splitlines()]
    assert [(line.done, line.of, line.outcome) for line in lines] == [(2, 5, False), (0, 0, False)]
    assert lines[0].text.endswith("s] tg: fold 2 of 5") and lines[0].text.startswith("[ ")


def test_what_is_no_line_of_a_report_is_a_sentence():
    for text in ("vitrion: no room is left", "[1, 2]", "3", '{"strange": 1}', "{", ""):
        assert Line.read(text) == Line(text)


def test_a_training_that_is_not_needed_says_so_as_an_outcome(monkeypatch):
    reason = type("Reason", (), {"property": "tg", "needed": False, "said": "nothing is new"})
    monkeypatch.setattr("vitrion.experiments.training.retraining.why", lambda name: reason)
    done = CliRunner().invoke(cli.app, ["train", "-p", "tg", "--if-needed", "--progress", "json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stderr) == {"text": "tg: not trained: nothing is new", "done": 0, "of": 0, "outcome": True}
    plain = CliRunner().invoke(cli.app, ["train", "-p", "tg", "--if-needed"])
    assert plain.stderr == "tg: not trained: nothing is new\n"


def test_a_job_takes_folds_and_outcome_from_the_fields(monkeypatch):
    changes = []

    def run(job, arguments, report):
        assert arguments[:5] == ["train", "--property", "tg", "--progress", "json"]
        for line in (
            Line("[ 1.0 s] fold 9 of 9 in words alone"),
            Line("[ 2.0 s] tg: half of it", done=1, of=3),
            Line("tg version 3 is the champion now: better", outcome=True),
            Line("mean error 9 K"),
        ):
            report(json.dumps(vars(line)))
        report("a warning of a library")
        return 0, "a warning of a library"

    store = SimpleNamespace(change=lambda job, **values: changes.append(values))
    shop = SimpleNamespace(store=store, trainings=SimpleNamespace(run=run))
    monkeypatch.setattr(workflows, "shop_here", lambda: shop)
    outcome = workflows.train_one.__wrapped__("job", "tg", [], 0.5, 0.5)
    assert outcome == "tg version 3 is the champion now: better"
    assert [one.get("progress") for one in changes] == [None, 0.625, None, None, None]
    assert changes[-1]["step"] == "a warning of a library"
