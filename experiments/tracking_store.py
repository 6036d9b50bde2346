"""Where runs are kept: the MLflow store with its experiments, and runs that begin, fail and end."""

from __future__ import annotations

import getpass
import logging
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from ..datasets.home import home, made
from ..models import artifact
from .processes import owner

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from mlflow.tracking import MlflowClient

TRAINING = "vitrion training"
EVALUATION = "vitrion evaluation"
REPLAY = "vitrion backtest"
CAMPAIGN = "vitrion campaign"
RANKING = "vitrion ranking"
EXPERIMENTS: Mapping[str, str] = MappingProxyType(
    {
        TRAINING: "Predictors fitted on all data and scored on papers held out; each is a version of a model.",
        EVALUATION: "Recipes scored on what was held out: papers, families, systems, later papers.",
        REPLAY: "Campaigns replayed on measured compositions: how many melts until the best are found.",
        CAMPAIGN: "Campaigns, each with its rounds; the step of a metric is the round.",
        RANKING: "Rankings of candidates, with the versions of the models that made them.",
    }
)
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # standard output is for our tables
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",  # a server that is away costs seconds, not minutes
    }
)
"""Of MLflow, where the environment does not say otherwise."""
KIND = {"mlflow.experimentKind": "custom_model_development"}  # the page shows runs and models, and no chats
NOTE, PARENT = "mlflow.note.content", "mlflow.parentRunId"
MOST_AT_ONCE = 100  # parameters or tags in one request
LONGEST_NOTE = 7500  # letters
PACKAGES = ("scikit-learn", "numpy", "pandas", "skops", "mlflow", "vitrion")


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of a predictor's file and of everything that shapes a predictor."""
    told = {"python": platform.python_version(), "format": str(artifact.FORMAT)}
    return told | {name: version(name) for name in PACKAGES}


def store() -> MlflowClient:
    """Open the tracking store: ``MLFLOW_TRACKING_URI``, else a SQLite file in the home folder.

    One process at a time makes the tables: several at once on a fresh database break it.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    made()
    ours = f"sqlite:///{home() / 'mlflow.db'}"
    told = os.environ.get("MLFLOW_TRACKING_URI")
    uri = told or ours
    place = (home() / "mlartifacts").as_uri() if uri == ours else None
    with FileLock(home() / "mlflow.lock"):
        mlflow.set_tracking_uri(uri)
        if not told:  # MLflow wrote it there, where it would bind later homes and processes to this one
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        client = mlflow.MlflowClient()
        for name, note in EXPERIMENTS.items():
            if client.get_experiment_by_name(name) is None:
                client.create_experiment(name, artifact_location=place, tags={NOTE: note, **KIND})
    return client


@dataclass(frozen=True)
class OpenRun:
    """A run that is being written.

    Parameters
    ----------
    client, id
        Of MLflow.
    parent
        The run around it.
    gathers
        Whether it stands for several runs and is written by none of them alone.
    """

    client: MlflowClient
    id: str
    parent: OpenRun | None = None
    gathers: bool = False

    def params(self, told: Mapping[str, Any]) -> None:
        """Log parameters."""
        from mlflow.entities import Param

        listed = [Param(str(name), str(value)) for name, value in told.items()]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, params=listed[start : start + MOST_AT_ONCE])

    def metrics(self, told: Mapping[str, Any], step: int = 0) -> None:
        """Log numbers; what is None is left out."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        listed = [Metric(name, float(value), at, step) for name, value in told.items() if value is not None]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, metrics=listed[start : start + MOST_AT_ONCE])

    def curve(self, name: str, values: Sequence[float]) -> None:
        """Log a number that goes on, at the steps 1, 2, 3 and so on."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        listed = [Metric(name, float(value), at, step) for step, value in enumerate(values, 1)]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, metrics=listed[start : start + MOST_AT_ONCE])

    def tags(self, told: Mapping[str, Any]) -> None:
        """Set tags."""
        for name, value in told.items():
            self.client.set_tag(self.id, name, str(value))

    def note(self, markdown: str) -> None:
        """Describe the run on its page."""
        self.tags({NOTE: markdown[:LONGEST_NOTE]})

    def text(self, content: str, file: str) -> None:
        """Keep a text as an artifact."""
        self.client.log_text(self.id, content, file)

    def table(self, table: pd.DataFrame, file: str) -> None:
        """Keep a table as an artifact: CSV, or JSON that the page shows as a table."""
        if file.endswith(".csv"):
            self.text(table.to_csv(index=False), file)
        else:
            self.client.log_table(self.id, table, file)

    def figures(self, drawn: Mapping[str, go.Figure]) -> None:
        """Keep figures as pages of their own."""
        for name, figure in drawn.items():
            self.client.log_figure(self.id, figure, f"figures/{name}.html")


_around: ContextVar[OpenRun | None] = ContextVar("vitrion_run", default=None)


@contextmanager
def begun(
    experiment: str, name: str, tags: Mapping[str, str] = MappingProxyType({}), gathers: bool = False
) -> Iterator[OpenRun]:
    """Begin a run, below the one around it, and end it: failed when an error leaves it, killed when it is stopped."""
    client, parent = store(), _around.get()
    place = client.get_experiment_by_name(experiment)
    told = {**_who(), **tags, **({PARENT: parent.id} if parent else {})}
    run_id = client.create_run(place.experiment_id, tags=told, run_name=name).info.run_id
    with _held(OpenRun(client, str(run_id), parent, gathers)) as run:
        yield run


@contextmanager
def again(run_id: str) -> Iterator[OpenRun]:
    """Take up a run that gathers others, and end it again."""
    client = store()
    run = OpenRun(client, run_id, _around.get(), gathers=True)
    run.tags(owner())  # first: a run at work whose owner is gone would be ended
    client.update_run(run_id, status="RUNNING")
    with _held(run):
        yield run


@contextmanager
def _held(run: OpenRun) -> Iterator[OpenRun]:
    """Make a run the one around, and end it as what happens within says."""
    token = _around.set(run)
    try:
        yield run
    except BaseException as error:
        with suppress(Exception):  # the error that is passed on matters more
            run.tags({"error": f"{type(error).__name__}: {error}"[:500]})
            run.client.set_terminated(run.id, "FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    else:
        run.client.set_terminated(run.id, "FINISHED")
    finally:
        _around.reset(token)


@contextmanager
def continued(experiment: str, name: str, tags: Mapping[str, str]) -> Iterator[OpenRun]:
    """The run around, if it was begun for this alone, with further tags; else a run of its own."""
    run = _around.get()
    if run is None or run.gathers:
        with begun(experiment, name, tags) as own:
            yield own
    else:
        run.tags(tags)
        yield run


@contextmanager
def together(experiment: str, name: str, members: Sequence[str]) -> Iterator[None]:
    """Put the runs of several members under one parent; a single member needs none."""
    several = len(members) > 1
    with begun(experiment, name, {"members": ", ".join(members)}, gathers=True) if several else nullcontext() as run:
        if run is not None:
            run.note(f"{len(members)} runs that belong together: {', '.join(members)}. Open one for what it holds.")
        yield


def _who() -> dict[str, str]:
    """Tags that say who runs what, where."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "unknown"
    source = {"mlflow.source.name": "vitrion", "mlflow.source.type": "LOCAL", "mlflow.user": user}
    return source | owner() | {"vitrion": version("vitrion")}
