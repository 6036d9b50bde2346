"""Mending after a kill: MLflow's aliases follow our record, and no run stays open whose process is gone."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...datasets.home import home
from ..tracking import log as tracking
from ..tracking.processes import HOST, PROCESS, alive, alive_number, host
from ..tracking.reach import conversation
from ..tracking.shipped import log_shipped
from . import shipped
from . import versions as registry
from .record import Entry, NoChampionError, lock, record

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

PAGE = 500


def reconcile() -> list[str]:
    """Mend what a kill may have left, and say what was mended, a sentence each."""
    swept = _sweep()
    with conversation():
        client = tracking.store()
        return [*reap(client), *_align(client), *swept]


def reap(client: MlflowClient) -> list[str]:
    """End the runs of this machine whose processes are gone."""
    told = []
    experiments = [one.experiment_id for one in client.search_experiments()]
    asked = f"attributes.status = 'RUNNING' and tags.`{HOST}` = '{host()}'"
    for run in _every(client, experiments, asked):
        if alive(run.data.tags.get(PROCESS, "")):
            continue
        client.set_tag(run.info.run_id, "ended", "its process was gone")
        client.set_terminated(run.info.run_id, "KILLED")
        told.append(f"run {run.info.run_name} was left open by a process that is gone; it is ended as KILLED")
    return told


def _every(client: MlflowClient, experiments: list[str], asked: str) -> list[Run]:
    """All runs that are asked for, page by page."""
    found, token = list[Any](), None
    while True:
        page = client.search_runs(experiments, asked, max_results=PAGE, page_token=token)
        found, token = [*found, *page], page.token
        if not token:
            return found


def _align(client: MlflowClient) -> list[str]:
    """Point each alias ``champion`` at the version of our record, which is the truth, and tell what the gate said."""
    told = list[str]()
    for name in record():
        with lock():  # no promotion comes between what is read here and what is set
            if name in shipped.names():
                told += _told_of_shipped(name)
            told += _aligned(client, name, record()[name])
    return told


def _told_of_shipped(name: str) -> list[str]:
    """Have MLflow know the shipped predictor of a property, where its card can be read."""
    try:
        card = registry.read_card(name, shipped.VERSION)
    except NoChampionError as error:
        return [str(error)]
    new = log_shipped(name, asdict(card), registry.gate_of(name, shipped.VERSION))
    return [f"MLflow knows the shipped predictor of {name} now, as a run: version {shipped.VERSION}"] if new else []


def _aligned(client: MlflowClient, name: str, entry: Entry) -> list[str]:
    from mlflow.exceptions import MlflowException

    told = []
    model, number = tracking.registered_name(name), entry.version
    if number == shipped.VERSION:
        return _at_shipped(client, name)
    try:
        version = client.get_model_version(model, str(number))
    except MlflowException:
        return [f"MLflow does not know {name} version {number}, which answers by our record"]
    if version.tags.get("sha256", entry.sha256) != entry.sha256:
        return [f"{name} version {number} is another file in MLflow than in our record, which counts"]
    aliases = client.get_registered_model(model).aliases
    if int(aliases.get(tracking.ALIAS, -1)) != number:
        tracking.set_champion(name, number)
        told.append(f"alias {tracking.ALIAS} of {model} stood elsewhere; it is at version {number} now")
    if int(aliases.get(tracking.CHALLENGER, -1)) == number:
        tracking.set_challenger(name, None)
    said = registry.gate_of(name, number)
    if not tracking.gate_tags(said).items() <= dict(version.tags).items():
        tracking.log_gate(name, number, version.run_id, said)
        told.append(f"MLflow had not heard why {name} version {number} answers; it has now")
    return told


def _at_shipped(client: MlflowClient, name: str) -> list[str]:
    """Take the alias ``champion`` away where the shipped predictor answers, which is none of MLflow's versions."""
    from mlflow.exceptions import MlflowException

    try:
        held = client.get_registered_model(tracking.registered_name(name))
    except MlflowException:  # its card cannot be read, so MLflow was not told of it
        return []
    if tracking.ALIAS not in held.aliases and held.tags.get(tracking.ALIAS) == f"version {shipped.VERSION}":
        return []
    tracking.set_champion(name, shipped.VERSION)
    moved = f"alias {tracking.ALIAS} of {held.name} stood at a version; the shipped predictor answers"
    return [moved] if tracking.ALIAS in held.aliases else []


def _sweep() -> list[str]:
    """Remove folders of versions that were never finished."""
    told = []
    for path in sorted((home() / "models").glob("*/.*.part")):
        if not alive_number(path.name.split(".")[-2]):
            shutil.rmtree(path, ignore_errors=True)
            told.append(f"the unfinished folder {path.parent.name}/{path.name} is removed")
    return told
