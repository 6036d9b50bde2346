"""Routes that say how the service is: health, readiness, metrics."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter
from starlette.responses import Response

from ...admission import metrics
from ...schemas.responses import Health, State
from ...security.keys import VIEWER
from ...security.permissions import ANYONE, requires
from ..dependencies import AtDesk, answered

router = APIRouter(tags=["state"])


@router.get("/health", response_model=Health)
@requires(ANYONE)
async def health(desk: AtDesk) -> Response:
    """Say that the process answers, and whether it can predict."""
    told = {"ready": desk.models.ready, "models": desk.models.versions, "reason": desk.models.complaint}
    return answered({"status": "ok", "version": version("vitrion"), **told})


@router.get("/ready", response_model=State, responses={503: {"description": "not yet, and why"}})
@requires(ANYONE)
async def ready(desk: AtDesk) -> Response:
    """Say whether predictions can be made, and by which versions of the models."""
    told = {"ready": desk.models.ready, "models": desk.models.versions, "reason": desk.models.why_not}
    return answered(told, 200 if desk.models.ready else 503, None if desk.models.ready else {"retry-after": "1"})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
@requires(VIEWER)
async def show_metrics(desk: AtDesk) -> Response:
    """Show counts and times as Prometheus reads them."""
    counts = await desk.light.run(desk.store.counts)
    return Response(desk.metrics.page(counts, desk.models.versions), media_type=metrics.MEDIA)
