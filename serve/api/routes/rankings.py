"""Routes of rankings and sweeps that are kept under an address."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ....experiments.task.goal import Goal
from ...errors.refusals import BusyError
from ...jobs.job_queue import new_number
from ...pages.reports import goal_words
from ...schemas.limits import JOB_NUMBER
from ...schemas.problems import documented
from ...schemas.responses import KeptList, Ranking
from ...security.keys import VIEWER
from ...security.owners import Asker, Who
from ...security.permissions import requires
from ...service.predictions import Answer, Ask
from ...settings import Settings
from ...storage.access_tables import JOB
from ...storage.store import RANKING, SWEEP, Job, now
from ..dependencies import JSON, AtDesk, Desk, answered

router = APIRouter(prefix="/api/v1/rankings", tags=["predict"])
Number = Annotated[str, Path(pattern=JOB_NUMBER, description="Number of the ranking, or of the job that made it.")]
_KINDS = {"ranking": (RANKING, "rank"), "sweep": (SWEEP,)}


@router.get("", response_model=KeptList, responses=documented())
@requires(VIEWER)
async def rankings(
    desk: AtDesk,
    who: Asker,
    kind: Annotated[Literal["ranking", "sweep"], Query()] = "ranking",
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
) -> Response:
    """List the rankings (or sweeps) of your own that are kept, the newest first; administrators see all."""
    found = await desk.light.run(desk.kept.recent, who.only, _KINDS[kind], limit)
    return answered({"rows": [_plain(job, desk.settings) for job in found]})


@router.get("/{number}", response_model=Ranking, responses=documented(404, 409))
@requires(VIEWER, owns=JOB)
async def show(number: Number, desk: AtDesk, request: Request) -> Response:
    """Show a ranking or a sweep as it was answered, with its goal and the versions of its models."""
    body, packed = await desk.light.run(desk.kept.read, number)
    headers = {"vary": "accept-encoding"}
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
    elif packed:
        body = gzip.decompress(body)
    return Response(body, 200, headers, JSON)


def kept(desk: Desk, who: Who, kind: str, name: str, answer: Answer, ask: Ask, more: dict[str, Any]) -> bytes:
    """The answer as JSON, kept under a number that it names; where there is no room for it, it says so.

    Parameters
    ----------
    desk, who
        The parts of the server, and who asks.
    kind, name
        One of `store.KEPT`, and what the answer is called in a list.
    answer, ask
        What is kept, and what was asked for.
    more
        What else was asked for, so that the page can fill its form again.
    """
    number, created = new_number(), now()
    asked = {"goal": ask.goal.to_dict(), "temperature_C": ask.common}
    about = {**asked, "goal_words": goal_words(ask.goal, ask.common), "created": created, **more}
    whole = Answer(answer.table, answer.models, {**answer.more, **about, "id": number})
    body, models = whole.encoded(), dict(answer.models)
    job = Job(number, kind, name, asked, created, rows=len(answer.table), models=models)
    try:
        desk.kept.keep(job, body, who.name)
    except (BusyError, OSError):
        notes = [*answer.more.get("notes", ()), "This answer has no address: the server could not keep it."]
        return Answer(answer.table, answer.models, {**answer.more, **about, "notes": notes}).encoded()
    return body


def _plain(job: Job, settings: Settings) -> dict[str, Any]:
    """What a list says of a ranking."""
    told = {name: getattr(job, name) for name in ("id", "kind", "name", "state", "rows", "created")}
    goal = goal_words(Goal.kept(job.told.get("goal")), job.told.get("temperature_C"))
    ends = datetime.fromisoformat(job.finished) + timedelta(days=settings.keep_days) if job.finished else None
    expires = ends.isoformat(timespec="seconds") if ends else None
    return told | {
        "goal_words": goal,
        "progress": round(job.progress, 4),
        "models": job.models or {},
        "expires": expires,
    }
