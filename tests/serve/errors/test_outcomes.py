"""The one table of what errors mean: it knows every class, and each door reads it."""

import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import pandas as pd
import pytest
import vitrion
from vitrion.datasets.results.table import RowsError
from vitrion.experiments.registry.promotion import RefusedError
from vitrion.serve.api import app
from vitrion.serve.errors import outcomes as errors
from vitrion.serve.errors.outcomes import BAD_INPUT, CONFLICT, FAILED, FAILURE, INPUT, OUTCOMES, Outcome
from vitrion.serve.errors.refusals import NotFoundError
from vitrion.serve.workers import worker

ROOT = Path(vitrion.__file__).parent
FLOORS = ("features", "datasets", "models", "experiments", "serve")
INNER = {  # classes that no door meets, each with who catches it or why it may end in a traceback
    "vitrion.datasets.sources.obelix.PackageError": "a package of the developers is missing",
    "vitrion.datasets.builders.sciglass.WheelError": "a builder that is run by hand",
    "vitrion.experiments.training.champions.NotShippedError": "make champions, which is run by hand",
    "vitrion.experiments.plots.export.PictureError": "the figures catch it",
    "vitrion.experiments.tracking.reach._LateError": "reach itself",
    "vitrion.experiments.scores.file.ScoreError": "vitrion evaluate",
    "vitrion.experiments.holdout.unseen.MissingError": "vitrion evaluate",
    "vitrion.features.elements.ElementDataError": "the parser refuses such elements before",
    "vitrion.features.descriptors.matminer.BridgeError": "a bridge for notebooks",
    "vitrion.models.artifacts.container.FormatError": "artifact",
    "vitrion.models.artifacts.fields.UnsoundError": "artifact",
    "vitrion.models.numerics.flat_forest.ShapeError": "artifact",
    "vitrion.serve.admission.bodies.TooSlowError": "the door",
    "vitrion.serve.admission.admission.TooLargeError": "the door",
    "vitrion.serve.admission.admission.TooMuchError": "the door",
    "vitrion.serve.jobs.context.StoppedError": "a job",
}


def classes():
    """Every class of errors that the package defines, by its full name."""
    for floor in FLOORS:
        package = importlib.import_module(f"vitrion.{floor}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name == "vitrion.serve.cli.attached":  # the entry point of a process
                continue
            for name, kind in vars(importlib.import_module(module.name)).items():
                if not inspect.isclass(kind) or kind.__module__ != module.name:
                    continue
                if issubclass(kind, Exception) and not issubclass(kind, Warning):
                    yield f"{module.name}.{name}", kind


def test_every_class_of_errors_has_a_row_or_is_caught_before_a_door():
    known = {row.error for row in OUTCOMES}
    for name, kind in classes():
        above = {f"{one.__module__}.{one.__qualname__}" for one in kind.__mro__}
        assert above & known or name in INNER, f"{name}: enter it in OUTCOMES of serve/errors/outcomes.py"


def test_the_table_names_classes_that_there_are_each_once():
    names = [row.error for row in OUTCOMES]
    assert len(set(names)) == len(names)
    assert all(issubclass(row.kind, Exception) for row in OUTCOMES)
    assert set(INNER) <= {name for name, _ in classes()}
    assert all(row.exit_code in (FAILED, BAD_INPUT) for row in OUTCOMES)


def made(row: Outcome):
    """An error of a row, whatever its class asks for."""
    error = row.kind.__new__(row.kind)
    error.args = ("what is wrong; how to mend it",)
    return error


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: row.error.rpartition(".")[2])
def test_a_command_a_request_and_a_worker_read_it(row, monkeypatch):
    error = made(row)
    assert errors.explained(error)[1] == row.exit_code
    assert errors.status(error) == (row.status or 500)
    answer = app._of_error(None, error)
    assert answer.status_code == errors.status(error)

    def fail():
        raise error

    monkeypatch.setattr("vitrion.serve.workers.bookkeeping.VERBS", {"fail": fail})
    passed = worker.answer({"do": "fail"})["kind"]
    expected = INPUT if row.exit_code == BAD_INPUT else CONFLICT if row.conflict else FAILURE
    assert passed == expected


def test_what_a_worker_passes_on_is_raised_with_all_its_fields():
    problems = pd.DataFrame([[3, "tg_C", "'x' is not a number"]], columns=["row", "column", "problem"])
    known = [
        (RowsError("a.csv", problems, 2), 422),
        (RefusedError("the gate refuses it"), 409),
        (NotFoundError("no job has this number"), 500),
        (OSError(28, "No space left on device"), 500),
    ]
    for error, status in known:
        passed = errors.raised(json.loads(json.dumps(errors.fields(error))))
        assert errors.status(passed) == status
        assert errors.rows_of(passed) == errors.rows_of(error)
        assert errors.valid_rows(passed) == errors.valid_rows(error)
        assert str(passed) == str(error)


def test_no_other_table_maps_errors_to_codes():
    """A class beside a status or an exit code belongs into the table."""
    for path in (ROOT / "serve").glob("**/*.py"):
        if path.name == "outcomes.py":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            table = "Error: 4" in line or "Error: 5" in line or 'Error", FAILED' in line or 'Error", BAD_INPUT' in line
            by_name = "__module__" in line and "datasets" in line
            assert not table and not by_name, f"{path.name}:{number} says what an error means; enter it in outcomes.py"
