"""Where runs are kept: the MLflow store with its experiments, and runs that begin, fail and end."""

from __future__ import annotations

import getpass
import logging
import os
import platform
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import partial
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from filelock import FileLock

from ...datasets.home import file_mode, home, made, private_file, private_folder, sqlite_url
from ...models.artifacts import artifact
from . import reach
from .experiment_names import EVALUATION, EXPERIMENTS, REPLAY
from .open_run import NOTE, OpenRun
from .processes import owner
from .store_file import ARTIFACTS, check, follow

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # standard output is for our tables
        **reach.LIMITS,
    }
)
"""Of MLflow, where the environment does not say otherwise."""
WITHOUT = (EVALUATION, REPLAY)  # what is computed for its answer, which needs no MLflow
KIND = {"mlflow.experimentKind": "custom_model_development"}  # the page shows runs and models, and no chats
PARENT = "mlflow.parentRunId"
PACKAGES = ("scikit-learn", "numpy", "pandas", "safetensors", "mlflow", "vitrion")


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of a predictor's file and of everything that shapes a predictor."""
    told = {"python": platform.python_version(), "format": str(artifact.FORMAT)}
    return told | {name: version(name) for name in PACKAGES}


def store() -> MlflowClient:
    """Open the tracking store: ``MLFLOW_TRACKING_URI``, else a SQLite file in the home folder.

    One process at a time makes the tables: several at once on a fresh database break it. Raises `MlflowAwayError`
    where a server does not answer in time, as every call of the client does then.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    made()
    told, uri = os.environ.get("MLFLOW_TRACKING_URI"), address()
    if uri == _ours():
        private_file(home() / "mlflow.db")
    if uri.startswith("sqlite"):
        check(uri)
    serves = uri.startswith(("http:", "https:"))  # a server makes its tables itself
    with nullcontext() if serves else FileLock(home() / "mlflow.lock", mode=file_mode(home() / "mlflow.lock")):
        place = _prepared() if uri == _ours() else None
        mlflow.set_tracking_uri(uri)
        if not told:  # MLflow wrote it there, where it would bind later homes and processes to this one
            os.environ.pop("MLFLOW_TRACKING_URI", None)
        most_s = reach.PATIENCE_S if serves else reach.OPENING_S
        client = reach.answered(uri, partial(_opened, place), most_s, opening=True)
    return cast("MlflowClient", reach.Reached(client, uri))


def address() -> str:
    """Where the tracking store is, as MLflow is told."""
    return os.environ.get("MLFLOW_TRACKING_URI") or _ours()


def _ours() -> str:
    return sqlite_url(home() / "mlflow.db")


def _prepared() -> str:
    """Make the places of the store in the home folder, for its owner alone, and have runs follow it there.

    Returns where files of runs go.
    """
    follow(home() / "mlflow.db", home())
    return private_folder(home() / ARTIFACTS).as_uri()


def _opened(place: str | None) -> MlflowClient:
    """A client of the store, with our experiments in it."""
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient()
    for name, note in EXPERIMENTS.items():
        if client.get_experiment_by_name(name) is None:
            try:
                client.create_experiment(name, artifact_location=place, tags={NOTE: note, **KIND})
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":  # by another process at the same time
                    raise
    return client


_around: ContextVar[OpenRun | None] = ContextVar("vitrion_run", default=None)


@contextmanager
def begun(
    experiment: str, name: str, tags: Mapping[str, str] = MappingProxyType({}), gathers: bool = False
) -> Iterator[OpenRun]:
    """Begin a run, below the one around it, and end it: failed when an error leaves it, killed when it is stopped.

    Where MLflow is away a run of `WITHOUT` warns and goes on unwritten; others raise `MlflowAwayError`.
    """
    parent = _around.get()
    try:
        client = store()
        place = client.get_experiment_by_name(experiment)
        told = {**_who(), **tags, **({PARENT: parent.id} if parent else {})}
        run_id = str(client.create_run(place.experiment_id, tags=told, run_name=name).info.run_id)
    except reach.MlflowAwayError as error:
        if experiment not in WITHOUT:
            raise
        warnings.warn(f"{error}; {name} is not tracked", reach.UntrackedWarning, stacklevel=4)
        client, run_id = None, ""
    if experiment in WITHOUT:
        client = reach.unneeded(client, address())
    with _held(OpenRun(client, run_id, parent, gathers)) as run:
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
