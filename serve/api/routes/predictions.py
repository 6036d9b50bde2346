"""Routes that predict at once: rank, compare, sweep and propose."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from ....datasets.readings import trusting
from ...errors.refusals import InputError, NotFoundError, nothing_called
from ...schemas.compare import Compared, CompareRequest
from ...schemas.explain import ExplainRequest, ReasonsAnswer
from ...schemas.limits import bounded_table, check_learnt
from ...schemas.problems import documented
from ...schemas.requests import ProposeRequest, RankRequest, SweepRequest
from ...schemas.responses import Proposals, Ranking, Sweep
from ...security.owners import Asker, Who
from ...security.permissions import performs
from ...service import costs
from ...service.pools import SHORT
from ...service.predictions import Ask
from ...storage.access_tables import CAMPAIGN
from ...storage.store import RANKING, SWEEP
from ..dependencies import AtDesk, Desk, answered
from .rankings import kept

if TYPE_CHECKING:
    from ....experiments.campaigns.campaign import Campaign

router = APIRouter(prefix="/api/v1", tags=["predict"])
Figure = Annotated[bool, Query(description="Add a plotly figure to the answer.")]
Keep = Annotated[bool, Query(description="Keep the answer under a number, which it then has as `id`.")]


@router.post("/rank", response_model=Ranking, responses=documented(404, 413))
@performs("rank")
async def rank(told: RankRequest, desk: AtDesk, who: Asker, figure: Figure = False, keep: Keep = False) -> Response:
    """Rank candidates by the chance that they meet a goal, maybe after a campaign's results; longer lists are jobs."""
    count, most = len(told.candidates), desk.settings.most_candidates
    if count > most:
        raise InputError(f"{count:,} candidates, more than {most:,}; rank longer lists as a job")
    check_temperatures(told)
    ask, campaign = await asked(desk, who, told)
    desk.metrics.formulas.inc(count)
    if count <= SHORT and not (figure or keep) and ask.common is not None and campaign is None:
        return answered(await desk.short.rank(told.candidates, ask))
    seconds = costs.of_ranking(count)
    keeper = who if keep else None
    return answered(await desk.long.run(_ranked, desk, told, ask, figure, campaign, keeper, seconds=seconds))


@router.post("/sweep", response_model=Sweep, responses=documented(413))
@performs("sweep")
async def sweep(told: SweepRequest, desk: AtDesk, who: Asker, figure: Figure = False, keep: Keep = False) -> Response:
    """Predict every member of a family over ranges of its variables."""
    ask = Ask.of(told.goal, told.temperature_C)
    size = await desk.light.run(desk.service.check_family, told.template, told.variables)
    keeper = who if keep else None
    return answered(await desk.long.run(_swept, desk, told, ask, figure, keeper, seconds=costs.of_ranking(size)))


@router.post("/compare", response_model=Compared, responses=documented(413))
@performs("compare")
async def compare(told: CompareRequest, desk: AtDesk) -> Response:
    """Put up to 20 compositions side by side on all that is asked of an electrolyte, measured and predicted apart."""
    ask, count = Ask.of(None, told.temperature_C), len(told.candidates)
    desk.metrics.formulas.inc(count)
    return answered(await desk.long.run(_compared, desk, told.candidates, ask, seconds=costs.of_ranking(count)))


@router.post("/explain", response_model=ReasonsAnswer, responses=documented(413))
@performs("explain")
async def explain(told: ExplainRequest, desk: AtDesk) -> Response:
    """Say what drives the predictions of up to 20 compositions, what was measured of them, and what is like them."""
    ask, count = Ask.of(None, told.temperature_C), len(told.candidates)
    desk.metrics.formulas.inc(count)
    work = desk.service.explain, told.candidates, ask, told.against, told.nearest
    return answered(await desk.long.run(*work, seconds=costs.of_ranking(20 * count)))


@router.post("/propose", response_model=Proposals, responses=documented(413))
@performs("propose")
async def propose(told: ProposeRequest, desk: AtDesk) -> Response:
    """Choose the next melts out of a family or a list, with what was measured so far."""
    ask = Ask.of(told.goal, told.temperature_C)
    seconds = await desk.light.run(_seconds, desk, told)
    return answered(await desk.long.run(_proposed, desk, told, ask, seconds=seconds))


async def asked(desk: Desk, who: Who, told: RankRequest) -> tuple[Ask, Campaign | None]:
    """What a list is asked for, and the campaign after whose results; what the request does not say is as there."""
    if told.campaign is None:
        return Ask.of(told.goal, told.temperatures_C or told.temperature_C, told.also), None
    return await desk.light.run(_asked_after, desk, who, told, told.campaign)


def _asked_after(desk: Desk, who: Who, told: RankRequest, name: str) -> tuple[Ask, Campaign]:
    """The same of a list with a campaign; one of somebody else is as if it were not there."""
    if who.only is not None and desk.owners.whose(CAMPAIGN, name) != who.name:
        raise NotFoundError(nothing_called(CAMPAIGN, name))
    campaign = desk.campaigns.checked(name)
    state, given = campaign.state, told.temperatures_C is not None or "temperature_C" in told.model_fields_set
    at = (told.temperatures_C or told.temperature_C) if given else state.temperature_C
    with trusting() if told.goal is None and not given else nullcontext():  # those of a campaign were judged
        return Ask.of(campaign.goal if told.goal is None else told.goal, at, told.also), campaign


def check_temperatures(told: RankRequest) -> None:
    """Refuse temperatures that are not one for each candidate."""
    each, count = told.temperatures_C, len(told.candidates)
    if each is not None and "temperature_C" in told.model_fields_set:
        raise InputError("temperature_C and temperatures_C are both given; leave one out")
    if each is not None and len(each) != count:
        raise InputError(
            f"{len(each):,} temperatures for {count:,} candidates; give one each, or temperature_C for all"
        )


def either(template: str | None, candidates: list[str] | None, most: int) -> Any:
    """The family or the list that a request names, which has to be one of the two."""
    if (template is None) == (candidates is None):
        raise InputError("give a template or candidates, and not both")
    if candidates is not None and len(candidates) > most:
        raise InputError(f"{len(candidates):,} candidates, more than {most:,}; give fewer")
    return template if candidates is None else candidates


def _ranked(
    desk: Desk, told: RankRequest, ask: Ask, figure: bool, campaign: Campaign | None, keeper: Who | None
) -> bytes:
    answer = desk.service.rank(told.candidates, ask, figure, campaign)
    if keeper is None:
        return answer.encoded()
    rest = f" and {len(answer.table) - 1:,} more" if len(answer.table) > 1 else ""
    name = f"{str(answer.table['formula'].iloc[0])[:60]}{rest}"
    return kept(desk, keeper, RANKING, name, answer, ask, {})


def _compared(desk: Desk, candidates: list[str], ask: Ask) -> bytes:
    return desk.service.compare(candidates, ask).encoded()


def _swept(desk: Desk, told: SweepRequest, ask: Ask, figure: bool, keeper: Who | None) -> bytes:
    answer = desk.service.sweep(told.template, told.variables, ask, figure)
    if keeper is None:
        return answer.encoded()
    asked = {"template": told.template, "variables": dict(told.variables)}
    return kept(desk, keeper, SWEEP, told.template[:80], answer, ask, asked)


def _seconds(desk: Desk, told: ProposeRequest) -> float:
    """How long a proposal is expected to take, if that is not too long."""
    candidates, learnt = _candidates(desk, told), len(told.results) + len(told.pending)
    check_learnt(learnt)
    size = desk.service.check_family(candidates, told.variables) if isinstance(candidates, str) else len(candidates)
    mend = "ask for fewer at once, take larger steps, or begin a campaign and make its rounds as jobs"
    return costs.bounded(size, told.batch, learnt, desk.settings.most_propose_s, mend)


def _candidates(desk: Desk, told: ProposeRequest) -> Any:
    return either(told.template, told.candidates, desk.settings.most_candidates)


def _proposed(desk: Desk, told: ProposeRequest, ask: Ask) -> bytes:
    candidates = _candidates(desk, told)
    options = {
        "batch": told.batch,
        "results": bounded_table(told.results) if told.results else None,
        "pending": told.pending,
        "without": told.without,
        "acquisition": told.acquisition,
        "seed": told.seed,
    }
    return desk.service.propose(candidates, ask, told.variables, options).encoded()
