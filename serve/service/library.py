"""Data and models as the service shows them, without HTTP."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...datasets.properties import MODELLED, RANKED, find
from ..errors.refusals import InputError, NotFoundError, WorkError
from ..formatting.rows import cell
from ..workers.bookkeeping import data_kept
from ..workers.subprocesses import READ_S, LostWorkerError, SlowWorkError, Worker

_LOG = logging.getLogger(__name__)


def data_list(clerk: Worker) -> list[dict[str, Any]]:
    """A row a property: rows, compositions, papers and range of what is known of it; counted anew after changes."""
    kept = data_kept()
    return asked(clerk, "data_list") if kept is None else kept


def flags_list(formulas: Sequence[str]) -> list[dict[str, Any]]:
    """All flags, or those of some compositions, a row each, with the formula in front."""
    from dataclasses import asdict

    from ...datasets.chemistry.flags import explained, flags

    if not formulas:
        return [asdict(flag) for flag in flags()]
    return [
        {"formula": formula, **asdict(flag)}
        for formula, mine in zip(formulas, explained(list(formulas)), strict=True)
        for flag in mine
    ]


def data_show(
    clerk: Worker, name: str, formula: str | None, limit: int, offset: int, where: Sequence[str] = ()
) -> dict[str, Any]:
    """Some rows of a property, of the lab's store or of the card of a source."""
    from ...datasets.cards import CARDS
    from ...datasets.catalogue.contents import LAB_VIEWS
    from ...datasets.properties import PROPERTIES

    known = (*PROPERTIES, *LAB_VIEWS, *CARDS)
    if name not in known:
        raise NotFoundError(f"{name!r} is neither a property nor a source; give one of {', '.join(known)}")
    return dict(asked(clerk, "data_show", name=name, formula=formula, limit=limit, offset=offset, where=[*where]))


def file_added(clerk: Worker, content: bytes, name: str, **how: Any) -> dict[str, Any]:
    """Add the results in a file, all rows or none; the process beside the server reads it, within a time."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        path.write_bytes(content)
        try:
            asked(clerk, "check_file", within_s=READ_S, path=str(path))
        except SlowWorkError as error:
            raise InputError(f"{name}: {error}") from None
        try:
            return dict(clerk.ask("add_file", path=str(path), **how))
        except LostWorkerError as error:
            mend = "look at the data of the lab before you send it again"
            raise WorkError(f"{error} whether {name} was added; {mend}") from None


def file_previewed(clerk: Worker, content: bytes, name: str, trust_units: bool) -> dict[str, Any]:
    """What a file of results would give, read within a time by the process beside the server; nothing is kept."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        path.write_bytes(content)
        try:
            return dict(asked(clerk, "preview_file", within_s=READ_S, path=str(path), trust_units=trust_units))
        except SlowWorkError as error:
            raise InputError(f"{name}: {error}") from None


def models_list(name: str | None = None) -> list[dict[str, Any]]:
    """Every version of every model, or of one: when it was made, its scores, and whether it answers now.

    The newest first, the shipped one, which is version 0, last.
    """
    from ...experiments.registry.record import NoChampionError, record
    from ...experiments.registry.versions import every, read_card

    now = {property_name: entry.version for property_name, entry in record().items()}
    rows = []
    for quantity, number in every(name):
        try:
            card = read_card(quantity, int(number))
        except (NoChampionError, ValueError) as error:
            _LOG.warning("%s/%s is left out of the models: %s", quantity, number, error)
        else:
            rows.append(_card(card, now.get(card.property) == card.version))
    return rows


def trainable() -> list[dict[str, Any]]:
    """A row a property of which a model can be trained: its name, its words, and whether every ranking needs it."""
    rows = (find(name) for name in MODELLED)
    return [{"name": row.name, "words": row.words, "ranked": row.name in RANKED} for row in rows]


def model_show(name: str) -> dict[str, Any]:
    """One property: its versions, the newest first."""
    rows = models_list(name) if name.isidentifier() else []
    if not rows:
        raise NotFoundError(f"there is no model of {name[:60]!r}; the list of models shows those that there are")
    return {"property": name, "versions": rows}


def compare_versions(clerk: Worker, name: str, version: int) -> dict[str, Any]:
    """Hold a kept version against the champion, as the gate does."""
    _check(name, version)
    return {"property": name, "version": version, **asked(clerk, "compare_versions", name=name, version=version)}


def promote(clerk: Worker, name: str, version: int, force: bool) -> dict[str, Any]:
    """Let a kept version answer, if the gate lets it through or it is forced."""
    before = _check(name, version)
    promoted = _done(clerk, "promote", name=name, version=version, force=force, present=before)
    return {"property": name, "version": version, "before": before, **promoted}


def rollback(clerk: Worker, name: str) -> dict[str, Any]:
    """Let the version answer again that did before the present one."""
    before = _check(name)
    return {"property": name, "version": _done(clerk, "rollback", name=name, present=before), "before": before}


def asked(clerk: Worker, do: str, **arguments: Any) -> Any:
    """What the clerk says who only reads; one that was lost is replaced once."""
    try:
        return clerk.ask(do, **arguments)
    except LostWorkerError:
        return clerk.ask(do, **arguments)


def _done(clerk: Worker, do: str, name: str, **arguments: Any) -> Any:
    """What the clerk says who changes which version answers; one that was lost may have done it, so no other tries."""
    try:
        return clerk.ask(do, name=name, **arguments)
    except LostWorkerError as error:
        said = f"{error}, and {name} version {_check(name)} answers now"
        raise WorkError(f"{said}; if that is not what you wanted, {do} again") from None


def _check(name: str, version: int | None = None) -> int | None:
    """Version of a model that answers now; refuses versions that there are not."""
    rows = model_show(name)["versions"]
    if version is not None and version not in [row["version"] for row in rows]:
        raise NotFoundError(f"there is no version {version} of {name}; the list of models shows those that there are")
    return next((row["version"] for row in rows if row["champion"]), None)


def _card(card: Any, champion: bool) -> dict[str, Any]:
    from ...experiments.registry.versions import gate_of, standing_of
    from ..formatting.scores import headline, scoreboard, unit

    return {
        "property": card.property,
        "version": int(card.version),
        "created": str(card.created),
        "champion": champion,
        "standing": standing_of(card.property, card.version),
        "gate": str(gate_of(card.property, card.version).get("reason", "")),
        "unit": unit(card.property),
        "headline": headline(card.property, card.metrics),
        "scores": cell(scoreboard(card.metrics)),
        "fingerprint": card.fingerprint,
        "sha256": card.sha256,
        "run": card.run_id,
        "recipe": cell(dict(card.recipe)),
        "versions": dict(card.versions),
    }
