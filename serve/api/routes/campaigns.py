"""Routes of campaigns: begin, propose, record, show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from ...errors.refusals import InputError
from ...schemas.library import Added
from ...schemas.limits import CAMPAIGN_NAME, bounded_table
from ...schemas.problems import documented
from ...schemas.requests import (
    AbandonmentRequest,
    CampaignRequest,
    CandidatesRequest,
    CorrectionRequest,
    DataRequest,
    ImportRequest,
    ResultRequest,
    RoundRequest,
    Strict,
    WithdrawalRequest,
)
from ...schemas.responses import (
    CampaignAnswer,
    CandidateCount,
    Changed,
    JobAnswer,
    Listed,
    Narrowing,
    Proposals,
)
from ...security.keys import RESEARCHER, VIEWER
from ...security.owners import Asker
from ...security.permissions import requires
from ...service.predictions import Ask
from ...storage.access_tables import CAMPAIGN
from ..dependencies import AtDesk, Desk, Key, answered, once
from .jobs import plain
from .predictions import either

router = APIRouter(prefix="/api/v1/campaigns", tags=["campaigns"])
Name = Annotated[str, Path(pattern=CAMPAIGN_NAME, description="Name of the campaign.")]


@router.get("", response_model=Listed, responses=documented())
@requires(VIEWER)
async def campaigns(desk: AtDesk, who: Asker) -> Response:
    """List campaigns of your own with their rounds, results and best conductivity; administrators see all."""
    only = None if who.only is None else await desk.light.run(desk.owners.owned, CAMPAIGN, who.only)
    return answered({"rows": await desk.light.run(desk.campaigns.list, only)})


@router.post("", status_code=201, response_model=CampaignAnswer, responses=documented(409))
@requires(RESEARCHER)
async def create(told: CampaignRequest, request: Request, desk: AtDesk, who: Asker, key: Key = None) -> Response:
    """Begin a campaign over a family or a list."""

    def work() -> dict[str, Any]:
        candidates = _candidates(told, desk)
        ask = Ask.of(told.goal, told.temperature_C)
        return desk.campaigns.new(told.name, candidates, ask, told.variables, told.batch, told.seed, who.name)

    return await _once(request, desk, key, told, work, 201)


@router.get("/{name}", response_model=CampaignAnswer, responses=documented(404))
@requires(VIEWER, owns=CAMPAIGN)
async def show(name: Name, desk: AtDesk, figure: Annotated[bool, Query()] = False) -> Response:
    """Show what was predicted and measured, and how far the goal is."""
    return answered(await desk.long.run(desk.campaigns.show, name, figure))


@router.get("/{name}/narrowing", response_model=Narrowing, responses=documented(404))
@requires(VIEWER, owns=CAMPAIGN)
async def narrowing(name: Name, desk: AtDesk) -> Response:
    """Show how the intervals over the candidates narrow with the results, as rows and as a plotly figure."""
    return answered(await desk.long.run(desk.campaigns.narrowing, name))


@router.get("/{name}/export", response_model=dict[str, Any], responses=documented(404))
@requires(VIEWER, owns=CAMPAIGN)
async def export(
    name: Name,
    desk: AtDesk,
    format: Annotated[  # noqa: A002
        Literal["json", "csv", "html"], Query(description="All that another home imports, the results, or a page.")
    ] = "json",
) -> Response:
    """Give all of a campaign, as another home can import it; or its results as a table, or its page."""
    content = await desk.light.run(desk.campaigns.exported, name, format)
    if format == "json":
        return answered(content)
    named = {"content-disposition": f'attachment; filename="{name}.{format}"'}
    return Response(content, media_type=f"text/{format}; charset=utf-8", headers=named)


@router.post("/candidates", response_model=CandidateCount, responses=documented())
@requires(VIEWER)
async def count_candidates(told: CandidatesRequest, desk: AtDesk) -> Response:
    """Count the different, neutral candidates of a family or a list, before a campaign begins with them."""

    def work() -> dict[str, Any]:
        candidates = _candidates(told, desk)
        return desk.campaigns.counted(candidates, told.variables)

    return answered(await desk.light.run(work))


@router.post("/import", status_code=201, response_model=CampaignAnswer, responses=documented(409))
@requires(RESEARCHER)
async def import_campaign(told: ImportRequest, request: Request, desk: AtDesk, who: Asker, key: Key = None) -> Response:
    """Keep a campaign that was exported as JSON, under its own or another name."""
    return await _once(
        request, desk, key, told, lambda: desk.campaigns.imported(told.campaign, told.name, who.name), 201
    )


@router.post("/{name}/propose", response_model=Proposals, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def propose(name: Name, told: RoundRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Choose what to make next, and keep the round; results that came are learnt at once."""

    def work() -> bytes:
        answer = desk.campaigns.propose(name, told.batch)
        if told.track and answer.more["event"] is not None:
            desk.jobs.remember(name, answer.more["event"])
        return answer.encoded()

    async def done() -> Response:
        seconds = await desk.light.run(desk.campaigns.seconds, name, told.batch, desk.settings.most_propose_s)
        return answered(await desk.long.run(work, seconds=seconds))

    return await once(request, desk, key, told.model_dump_json().encode(), done)


@router.post("/{name}/rounds", status_code=202, response_model=JobAnswer, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def start_round(
    name: Name, told: RoundRequest, request: Request, desk: AtDesk, who: Asker, key: Key = None
) -> Response:
    """Make a round of proposals as a job."""

    def work() -> dict[str, Any]:
        campaign = desk.campaigns.checked(name)
        desk.models.get(campaign.goal.properties)
        seen = len(campaign.state.events)
        return plain(desk.jobs.round(name, told.batch, seen, who.name), desk.settings)

    return await _once(request, desk, key, told, work, 202)


@router.post("/{name}/record", status_code=201, response_model=Changed, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def record(name: Name, told: ResultRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Record a result, all of it or a part."""
    values = told.model_dump(exclude={"formula"}, exclude_none=True)
    return await _changed(request, desk, key, told, name, "record", told.formula, **values)


@router.post("/{name}/record-table", status_code=201, response_model=Changed, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def record_table(name: Name, told: DataRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Record a table of results, all rows or none."""
    return await _changed(request, desk, key, told, name, "record_table", bounded_table(told.rows), told.trust_units)


@router.post("/{name}/correct", status_code=201, response_model=Changed, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def correct(name: Name, told: CorrectionRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Correct a result; the next proposals are those of the corrected history."""
    known = set(ResultRequest.model_fields) - {"formula", "trust_units"}
    if unknown := sorted(set(told.values) - known):
        raise InputError(f"values has {', '.join(unknown)}; a result has {', '.join(sorted(known))}")
    return await _changed(
        request, desk, key, told, name, "correct", told.event, told.formula, told.trust_units, **told.values
    )


@router.post("/{name}/withdraw", status_code=201, response_model=Changed, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def withdraw(name: Name, told: WithdrawalRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Take back what an event said; it stays in the history and counts for nothing."""
    return await _changed(request, desk, key, told, name, "withdraw", told.event, told.note)


@router.post("/{name}/abandon", status_code=201, response_model=Changed, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def abandon(name: Name, told: AbandonmentRequest, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Give up a proposal, which then is neither failed nor measured."""
    return await _changed(request, desk, key, told, name, "abandon", told.formula, told.note)


@router.post("/{name}/to-data", status_code=201, response_model=Added, responses=documented(404, 409))
@requires(RESEARCHER, owns=CAMPAIGN)
async def to_data(name: Name, request: Request, desk: AtDesk, key: Key = None) -> Response:
    """Add the results that stand to the lab's own store, out of which the models are trained."""

    async def work() -> Response:
        return answered(await desk.data.run(desk.campaigns.to_data, name), 201)

    return await once(request, desk, key, name.encode(), work)


def _candidates(told: CandidatesRequest, desk: Desk) -> Any:
    """The family or the list of a request, checked for its size."""
    candidates = either(told.template, told.candidates, desk.settings.most_candidates)
    if told.template is not None:
        desk.service.check_family(told.template, told.variables)
    elif told.variables:
        raise InputError("variables belong to a template; leave them out with candidates")
    return candidates


async def _changed(
    request: Request, desk: Desk, key: str | None, body: Strict, name: str, verb: str, *told: Any, **values: Any
) -> Response:
    def work() -> dict[str, Any]:
        return desk.campaigns.change(name, verb, *told, **values)

    return await _once(request, desk, key, body, work, 201)


async def _once(
    request: Request, desk: Desk, key: str | None, body: Strict, work: Callable[[], Any], status: int
) -> Response:
    async def done() -> Response:
        return answered(await desk.light.run(work), status)

    return await once(request, desk, key, body.model_dump_json().encode(), done)
