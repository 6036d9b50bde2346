"""Routes of data and models: list, show, add; train, promote, roll back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from starlette.responses import Response

from ...errors.refusals import ForbiddenError
from ...formatting.results_template import EXCEL, results_template
from ...jobs.workflows import remember_after
from ...schemas.library import (
    Added,
    Comparison,
    ModelAnswer,
    ModelList,
    Page,
    Promotion,
    Rollback,
    TablePreview,
)
from ...schemas.limits import bounded_table, ending_of, label
from ...schemas.problems import documented
from ...schemas.requests import DataRequest, PromoteRequest, Trained, TrainRequest
from ...schemas.responses import JobAnswer, Listed
from ...security.keys import RESEARCHER, TRAINER, VIEWER
from ...security.owners import Asker, Who
from ...security.permissions import performs, requires
from ...service import library
from ...storage.store import Job
from ...workers import bookkeeping as clerk
from ..dependencies import AtDesk, Desk, Key, answered, once
from .jobs import plain

router = APIRouter(prefix="/api/v1", tags=["data and models"])
Property = Annotated[Trained, Path(description="Name of the property.")]


@router.get("/flags", response_model=Listed, responses=documented())
@requires(VIEWER)
async def flags(
    desk: AtDesk,
    formula: Annotated[
        list[Annotated[str, Query(max_length=2000)]], Query(max_length=100, description="Whose flags; none: all.")
    ] = [],  # noqa: B006
) -> Response:
    """List the flags with label, reason, source and severity, or those of some compositions."""
    return answered({"rows": await desk.light.run(library.flags_list, formula)})


@router.get("/data", response_model=Listed, responses=documented())
@requires(VIEWER)
async def data(desk: AtDesk) -> Response:
    """List the properties with their rows, compositions, papers and ranges."""
    return answered({"rows": await desk.data.run(library.data_list, desk.jobs.clerk)})


@router.get("/data/template", response_class=Response, responses=documented() | {200: {"content": {EXCEL: {}}}})
@requires(VIEWER)
async def template(desk: AtDesk) -> Response:
    """Fetch an empty table of results for Excel, with its headers and what each means."""
    named = {"content-disposition": 'attachment; filename="results.xlsx"'}
    return Response(await desk.light.run(results_template), media_type=EXCEL, headers=named)


@router.get("/data/{name}", response_model=Page, responses=documented(404))
@requires(VIEWER)
async def show_data(
    name: Annotated[str, Path(max_length=60, description="A property, lab, syntheses or a source.")],
    desk: AtDesk,
    formula: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    where: Annotated[
        list[Annotated[str, Query(max_length=500)]],
        Query(max_length=20, description="NAME=VALUE: rows whose column has that value, such as anneal_C=150."),
    ] = [],  # noqa: B006
) -> Response:
    """Show rows of a property, of the lab's store, or the card of a source."""
    return answered(await desk.data.run(library.data_show, desk.jobs.clerk, name, formula, limit, offset, where))


@router.post("/data", status_code=201, response_model=Added, responses=documented(409))
@requires(RESEARCHER)
async def add_data(told: DataRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Add the lab's own results: values, failed syntheses, corrections; all rows or none."""

    async def work() -> Response:
        table = bounded_table(told.rows)
        how = told.model_dump(include={"keep_good", "trust_units", "again", "note"})
        return answered(await desk.data.run(clerk.added, table, **how), 201)

    return await once(request, desk, key, told.model_dump_json().encode(), work)


@router.post("/data/preview", response_model=TablePreview, responses=documented(413))
@requires(RESEARCHER)
async def preview_file(
    desk: AtDesk,
    file: Annotated[UploadFile, File(description="CSV (also gzipped), Excel or Parquet.")],
    trust_units: Annotated[bool, Form()] = False,
) -> Response:
    """Say what each column of a table of results is, and what its rows give; nothing is kept."""
    content, name = await file.read(), label(file.filename, "results.csv")
    ending_of(name)
    return answered(await desk.data.run(library.file_previewed, desk.jobs.clerk, content, name, trust_units))


@router.post("/data/file", status_code=201, response_model=Added, responses=documented(409, 413))
@requires(RESEARCHER)
async def add_file(
    request: Request,
    desk: AtDesk,
    file: Annotated[UploadFile, File(description="CSV (also gzipped), Excel or Parquet.")],
    keep_good: Annotated[bool, Form()] = False,
    trust_units: Annotated[bool, Form()] = False,
    again: Annotated[bool, Form()] = False,
    note: Annotated[str, Form(max_length=2000)] = "",
    key: Key = None,
) -> Response:
    """Add a table of the lab's own results, all rows or none."""
    content, name = await file.read(), label(file.filename, "results.csv")
    ending_of(name)

    async def work() -> Response:
        how: dict[str, Any] = {"keep_good": keep_good, "trust_units": trust_units, "again": again, "note": note}
        return answered(await desk.data.run(library.file_added, desk.jobs.clerk, content, name, **how), 201)

    asked = json.dumps([hashlib.sha256(content).hexdigest(), name, keep_good, trust_units, again, note]).encode()
    return await once(request, desk, key, asked, work)


@router.get("/models", response_model=ModelList, responses=documented())
@requires(VIEWER)
async def models(desk: AtDesk) -> Response:
    """List every version of every model with its held-out scores; `champion` marks those that answer."""
    return answered({"rows": await desk.light.run(library.models_list), "trainable": library.trainable()})


@router.post("/models/retrain", status_code=202, response_model=JobAnswer, responses=documented(409))
@performs("train")
async def retrain(told: TrainRequest, request: Request, desk: AtDesk, who: Asker, key: Key = None) -> Response:
    """Train models on all data, the lab's own among them, as a job; those that the gate passes answer from then on."""

    async def work() -> Response:
        names = list(dict.fromkeys(told.properties))
        options = [f"--{name.replace('_', '-')}" for name in ("if_needed", "anew") if getattr(told, name)]
        job = await desk.light.run(_trained, desk, who, names, options)
        return answered(plain(job, desk.settings), 202, {"location": f"/api/v1/jobs/{job.id}"})

    return await once(request, desk, key, told.model_dump_json().encode(), work)


@router.get("/models/{name}", response_model=ModelAnswer, responses=documented(404))
@requires(VIEWER)
async def show_model(name: Property, desk: AtDesk) -> Response:
    """Show the versions of one model."""
    return answered(await desk.light.run(library.model_show, name))


@router.get("/models/{name}/{version}/compare", response_model=Comparison, responses=documented(404))
@requires(VIEWER)
async def compare(name: Property, version: Annotated[int, Path(ge=0, lt=2**31)], desk: AtDesk) -> Response:
    """Hold a version against the one that answers, as the gate does: on the same held-out papers."""
    return answered(await desk.data.run(library.compare_versions, desk.jobs.clerk, name, version))


@router.post("/models/{name}/promote", response_model=Promotion, responses=documented(404, 409))
@requires(TRAINER)
async def promote(
    name: Property, told: PromoteRequest, request: Request, desk: AtDesk, who: Asker, key: Key = None
) -> Response:
    """Let a kept version answer from now on, if the gate lets it through; force is for administrators."""
    if told.force and who.only is not None:
        raise ForbiddenError("force needs a key for admins; leave it out, and the gate decides")

    async def work() -> Response:
        return answered(await desk.data.run(_changed, desk, library.promote, name, told.version, told.force))

    return await once(request, desk, key, told.model_dump_json().encode(), work)


@router.post("/models/{name}/rollback", response_model=Rollback, responses=documented(404, 409))
@requires(TRAINER)
async def rollback(name: Property, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Let the version answer again that did before the present one."""

    async def work() -> Response:
        return answered(await desk.data.run(_changed, desk, library.rollback, name))

    return await once(request, desk, key, name.encode(), work)


def _trained(desk: Desk, who: Who, names: list[str], options: list[str]) -> Job:
    return desk.jobs.train(names, options, who.name)


def _changed(desk: Desk, change: Callable[..., dict[str, Any]], *told: Any) -> dict[str, Any]:
    """Change which version answers, and answer with it."""
    done = change(desk.jobs.clerk, *told)
    desk.models.renew()
    remember_after({"do": "follow", "name": done["property"], "version": done["version"]})
    return done | {"models": desk.models.versions}
