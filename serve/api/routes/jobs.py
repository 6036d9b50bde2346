"""Routes of jobs: long lists and files, their progress and results."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from ....datasets.exchange.structured import of_json
from ...admission.bodies import unreadable
from ...errors.refusals import BusyError, InputError, NotFoundError
from ...formatting.rows import records
from ...schemas.limits import JOB_NUMBER, ending_of, label
from ...schemas.problems import documented
from ...schemas.requests import RankRequest
from ...schemas.responses import JobAnswer, JobList
from ...security.keys import RESEARCHER, VIEWER
from ...security.owners import Asker, Who, things
from ...security.permissions import requires
from ...service.predictions import Ask
from ...settings import Settings
from ...storage.access_tables import JOB
from ...storage.store import OPEN, STATES, Job
from ..dependencies import AtDesk, Desk, Key, answered, once
from .predictions import asked, check_temperatures

if TYPE_CHECKING:
    from ....experiments.campaigns.campaign import Campaign

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
Number = Annotated[str, Path(pattern=JOB_NUMBER, description="Number of the job.")]
MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "json": "application/json"}
LOOK_S = 0.25  # between two looks at a job whose events are followed
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/RankRequest"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "Text, Excel or Parquet.",
                        },
                        "goal": {"type": "string", "description": "Fields of a goal as JSON."},
                        "temperature_C": {"type": "number", "default": 25.0},
                        "also": {"type": "string", "description": "Further properties as a list in JSON."},
                        "campaign": {"type": "string", "description": "Rank after the results of this campaign."},
                    },
                }
            },
        },
    }
}


@router.post(
    "", status_code=202, response_model=JobAnswer, responses=documented(404, 409, 413, 415), openapi_extra=_BODY
)
@requires(RESEARCHER)
async def create(request: Request, desk: AtDesk, who: Asker, key: Key = None) -> Response:
    """Rank a long list: a file, or the same JSON as for rank."""
    kind = request.headers.get("content-type", "")
    content, ending, name, told = await (
        _of_form(request, desk.settings.most_nesting) if kind.startswith("multipart/") else _of_json(request)
    )
    ask, campaign = await asked(desk, who, told.model_copy(update={"temperatures_C": None}))  # which stand in the list

    async def work() -> Response:
        listed = {} if kind.startswith("multipart/") else {"listed": True}
        return await desk.light.run(_taken, desk, who, content, ending, name, listed, ask, campaign)

    plainly = told.model_dump(exclude={"candidates", "temperatures_C"})
    same = json.dumps([hashlib.sha256(content).hexdigest(), ending, name, plainly]).encode()
    return await once(request, desk, key, same, work)


@router.get("", response_model=JobList, responses=documented())
@requires(VIEWER)
async def jobs(
    desk: AtDesk,
    who: Asker,
    state: Annotated[list[Literal["queued", "running", "done", "failed", "cancelled"]] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Response:
    """List jobs of your own, the newest first; administrators see all."""
    among = None if who.only is None else things(JOB, who.only)
    found = await desk.light.run(desk.store.jobs, state or STATES, limit, among)
    return answered({"rows": [plain(job, desk.settings) for job in found]})


@router.get("/{number}", response_model=JobAnswer, responses=documented(404))
@requires(VIEWER, owns=JOB)
async def show(number: Number, desk: AtDesk) -> Response:
    """Show how far a job is."""
    return answered(plain(await desk.light.run(desk.jobs.find, number), desk.settings))


async def followed(number: Number, desk: AtDesk) -> Job:
    """The job whose events are asked for."""
    return await desk.light.run(desk.jobs.find, number)


@router.get("/{number}/events", response_class=EventSourceResponse, responses=documented(404, 429))
@requires(VIEWER, owns=JOB)
async def events(
    request: Request, desk: AtDesk, job: Annotated[Job, Depends(followed)]
) -> AsyncIterator[ServerSentEvent]:
    """Follow a job: an event ``progress`` whenever something changed, and ``end`` when it is finished."""
    before: dict[str, Any] = {}
    while True:
        now = plain(job, desk.settings)
        if now != before:
            yield ServerSentEvent(data=now, event="progress" if job.state in OPEN else "end")
            before = now
        if job.state not in OPEN or getattr(request.app.state, "ending", False):
            return
        await asyncio.sleep(LOOK_S)
        try:
            job = await desk.light.run(desk.jobs.find, job.id)
        except BusyError:  # too much is waiting for its turn, or the database is away: look again
            continue
        except NotFoundError:  # it was deleted meanwhile: there is nothing more to tell
            return


@router.post("/{number}/cancel", response_model=JobAnswer, responses=documented(404, 409))
@requires(RESEARCHER, owns=JOB)
async def cancel(number: Number, desk: AtDesk) -> Response:
    """Cancel a job at once."""
    return answered(plain(await desk.light.run(desk.jobs.cancel, number), desk.settings))


@router.get(
    "/{number}/result",
    response_class=FileResponse,
    responses={**documented(404, 409), 200: {"content": {media.partition(";")[0]: {} for media in MEDIA.values()}}},
)
@requires(VIEWER, owns=JOB)
async def result(
    number: Number,
    desk: AtDesk,
    format: Literal["csv", "parquet", "json"] = "json",  # noqa: A002 - the field's word
) -> Response:
    """Fetch the ranking that a job made."""
    path = await desk.light.run(desk.jobs.result, number, format)
    return FileResponse(path, media_type=MEDIA[format], filename=f"ranking-{number[:8]}.{format}")


@router.delete("/{number}", status_code=204, response_class=Response, responses=documented(404, 409))
@requires(RESEARCHER, owns=JOB)
async def delete(number: Number, desk: AtDesk) -> Response:
    """Forget a finished job and its files."""
    await desk.light.run(desk.jobs.delete, number)
    return Response(status_code=204)


def plain(job: Job, settings: Settings) -> dict[str, Any]:
    """A job as JSON, with the time until which it is kept."""
    told = {name: value for name, value in vars(job).items() if name != "told"}
    kept = timedelta(days=settings.keep_days)
    ends = (datetime.fromisoformat(job.finished) + kept).isoformat(timespec="seconds") if job.finished else None
    notes = list(job.told.get("notes", ()))
    return told | {"models": job.models or {}, "progress": round(job.progress, 4), "expires": ends, "notes": notes}


def _taken(
    desk: Desk,
    who: Who,
    content: bytes,
    ending: str,
    name: str,
    listed: dict[str, bool],
    ask: Ask,
    campaign: Campaign | None,
) -> Response:
    needed = desk.models.pinned(ask.further)
    told = {"goal": ask.goal.to_dict(), "temperature_C": ask.temperature_C, "also": [*ask.also], **listed}
    if campaign is not None:  # its results as they stand now, whatever comes later
        told |= {"campaign": campaign.name, "results": records(campaign.results())}
    job = desk.jobs.rank(content, ending, name, {**told, "models": needed, "notes": [*ask.notes]}, who.name)
    return answered(plain(job, desk.settings), 202, {"location": f"/api/v1/jobs/{job.id}"})


async def _of_json(request: Request) -> tuple[bytes, str, str, RankRequest]:
    """A list in JSON, kept as Parquet; the column ``place`` of the result counts its rows from 0."""
    try:
        told = await asyncio.to_thread(RankRequest.model_validate_json, await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    check_temperatures(told)
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    places = pa.array(range(len(told.candidates)), pa.int64())
    columns = {"formula": pa.array(told.candidates, pa.string()), "place": places}
    if told.temperatures_C is not None:
        columns["temperature_C"] = pa.array(told.temperatures_C, pa.float64())
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue(), ".parquet", f"{len(told.candidates):,} formulas", told


async def _of_form(request: Request, most_nesting: int) -> tuple[bytes, str, str, RankRequest]:
    """A file, with goal, temperature and campaign beside it."""
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InputError("the form has no file; give one as 'file', as CSV or Parquet")
        content, name = await file.read(), label(file.filename, "list.csv")
        fields = {field: str(form[field]) for field in ("goal", "temperature_C", "also") if form.get(field)}
        campaign = {"campaign": str(form["campaign"])} if form.get("campaign") else {}
    ending = ending_of(name)
    for field, text in fields.items():
        if wrong := unreadable(text.encode(errors="replace"), most_nesting, what=field):
            raise InputError(wrong)
    try:
        names = [name for name in ("goal", "temperature_C", "also") if name in fields]
        told: dict[str, Any] = {name: of_json(fields[name]) for name in names}
        read = RankRequest.model_validate({"candidates": ["-"], **told, **campaign})
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    except ValueError as error:
        right = 'give such as {"tg_C": 60}, 25 and ["liquidus"]'
        raise InputError(f"goal, temperature_C or also is not JSON: {error}; {right}") from None
    return content, ending, name, read
