"""The service as an application: its parts, its routes, and which error becomes which status."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import json
import logging
import threading
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Lifespan

from ...datasets.home import made
from ...datasets.tables.grid import RowProblem
from ..admission.admission import HEADERS, Door, TooLargeError, TooMuchError
from ..admission.bodies import Bodies, TooSlowError
from ..admission.metrics import Metrics
from ..admission.places import AtWork, Places
from ..errors.outcomes import OUTCOMES, head_of, outcome, rows_of, status, valid_rows
from ..errors.refusals import BusyError, public
from ..jobs.job_queue import Jobs
from ..jobs.kept_answers import KeptAnswers
from ..request_log import Requests
from ..schemas.problems import of_http, of_validation, problem
from ..security.keys import Keyring
from ..security.owners import Owners
from ..security.permissions import Table
from ..service.campaigns import Campaigns
from ..service.model_cache import InUse
from ..service.pools import LONG_THREADS, LONG_WAITING, Batcher, Pool
from ..service.predictions import Ask, Service
from ..settings import Settings
from ..storage.retries import away, lost
from ..storage.store import Store
from .access import Access
from .dependencies import Desk
from .heads import Heads
from .routes import access as routes_access
from .routes import campaigns as routes_campaigns
from .routes import jobs as routes_jobs
from .routes import library as routes_library
from .routes import pages
from .routes import predictions as routes_rank
from .routes import rankings as routes_rankings
from .routes import recipes as routes_recipes
from .routes import state as routes_state

_LOG = logging.getLogger(__name__)
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
LOOK_S = 1.0  # between two looks at what is promoted
TIDY_S = 3600.0


def create_app(settings: Settings | None = None, models: InUse | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings
        By default as the environment tells them.
    models
        By default the champions of the home folder.
    """
    told = settings or Settings.of_environment()
    metrics = Metrics()
    app = FastAPI(
        title="Vitrion",
        version=version("vitrion"),
        description="Proposes the next oxychloride glass electrolyte to make. Errors are problem details (RFC 9457).",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan(told, models or InUse(), metrics),
    )
    kept = (routes_rankings, routes_jobs, routes_campaigns, routes_library)
    for part in (routes_rank, routes_recipes, *kept, routes_state, routes_access, pages):
        app.include_router(part.router)
    app.state.work = work = Places(told.most_waiting)
    app.add_middleware(AtWork, settings=told, metrics=metrics, work=work)
    app.add_middleware(Bodies, settings=told)
    app.add_middleware(Access, settings=told, metrics=metrics, table=Table(app))
    app.add_middleware(Heads)
    app.add_middleware(Door, settings=told, metrics=metrics, work=work)
    app.add_middleware(pages.Refusals)
    app.add_middleware(Requests)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    for kind in (*(row.kind for row in OUTCOMES if row.status is not None), OSError):
        app.add_exception_handler(kind, _of_error)
    app.add_exception_handler(Exception, _of_unforeseen)
    return app


async def _of_http(request: Request, error: Exception) -> Response:
    """A refusal of the framework, which takes a body that is too large or too slow for one that cannot be read."""
    if isinstance(error.__cause__, TooLargeError | TooMuchError | TooSlowError):
        raise error.__cause__  # the door answers it
    return of_http(request, error)


def _of_error(request: Request, error: Exception) -> Response:
    """A refusal for an error, by the table."""
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        _LOG.warning("nothing can be kept: %s", error.strerror)
        why = f"the server cannot keep this ({error.strerror}); tell who runs it: its home folder needs room and rights"
        return problem(507, why)
    if lost(error):
        error = away(error)
    wait = {"retry-after": str(error.retry_s)} if isinstance(error, BusyError) and error.retry_s else None
    known = outcome(error)
    foreseen = known is not None and known.status is not None and not rows_of(error)
    detail, valid = public(str(error) if foreseen else head_of(error)), valid_rows(error)
    if isinstance(error, OSError):
        _LOG.error("a request failed", exc_info=error)
    more = {"valid_rows": valid} if valid else {}
    return problem(status(error), detail, [_wrong(row) for row in rows_of(error)], wait, more)


def _of_unforeseen(request: Request, error: Exception) -> Response:
    """A refusal for what nobody foresaw; it does not pass the door on its way out, so it takes the headers along."""
    answer = _of_error(request, error)
    if request.url.path in pages.PAGES and "text/html" in request.headers.get("accept", ""):
        answer = pages.of_refusal(request.url.path, answer.status_code, json.loads(bytes(answer.body))["detail"])
    answer.raw_headers.extend(HEADERS)
    return answer


def _wrong(row: RowProblem) -> dict[str, Any]:
    """What is wrong with a row, as problem details have it."""
    return {"row": row.row, "where": row.column, "message": public(row.problem)}


def _lifespan(settings: Settings, models: InUse, metrics: Metrics) -> Lifespan[FastAPI]:
    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        desk = await asyncio.to_thread(_opened, settings, models, metrics)
        app.state.desk = desk
        threading.Thread(target=_warm, args=(desk,), name="vitrion-load", daemon=True).start()
        tasks = [asyncio.create_task(_look(desk)), asyncio.create_task(_tidy(desk))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.to_thread(_closed, desk)

    return lifespan


def _opened(settings: Settings, models: InUse, metrics: Metrics) -> Desk:
    made()
    store = Store(settings.store_url)
    service, campaigns = Service(models, settings), Campaigns(models)
    owners = Owners(store.engine)
    owners.adopt()
    jobs = Jobs(store, settings, campaigns.round, models.renew)
    jobs.launch()
    return Desk(
        settings=settings,
        models=models,
        service=service,
        campaigns=campaigns,
        store=store,
        jobs=jobs,
        kept=KeptAnswers(store, settings),
        metrics=metrics,
        keys=Keyring(store.engine),
        owners=owners,
        short=Batcher(service),
        long=Pool("long", LONG_THREADS, LONG_WAITING),
        data=Pool("data", 1, LONG_WAITING),
        light=Pool("light", 4, settings.most_waiting),
    )


def _warm(desk: Desk) -> None:
    """Load the models, and do once what the first request would have to wait for."""
    try:
        desk.models.renew()
        if desk.models.ready:
            desk.service.rank(["LiAlCl4"], Ask.of(None), figure=True)
    finally:
        gc.freeze()  # the models stay: what is collected later need not look at them again
        gc.enable()


def _closed(desk: Desk) -> None:
    desk.short.stop()
    desk.long.stop()
    desk.data.stop()
    desk.light.stop()
    desk.jobs.close()
    desk.store.close()


async def _look(desk: Desk) -> None:
    """Load new models soon after they were promoted, by whichever process."""
    while True:
        await asyncio.sleep(LOOK_S)
        if await asyncio.to_thread(lambda: desk.models.is_old):
            await asyncio.to_thread(desk.models.renew)


async def _tidy(desk: Desk) -> None:
    """Forget what is too old, now and every hour."""
    while True:
        try:
            await asyncio.to_thread(desk.jobs.sweep_out)
        except Exception:  # such as a disk that is full: what is too old goes the next time
            _LOG.exception("what is too old was not forgotten; it is tried again in %g s", TIDY_S)
        await asyncio.sleep(TIDY_S)
