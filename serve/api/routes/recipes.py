"""Routes of batch sheets: as JSON, and as a page to print or a table to fill in."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from ...schemas.limits import bounded_table
from ...schemas.problems import documented
from ...schemas.recipe import RecipeRequest, Recipes
from ...security.keys import VIEWER
from ...security.permissions import performs, requires
from ...service import recipes
from ..dependencies import AtDesk, answered

router = APIRouter(prefix="/api/v1", tags=["predict"])
MOST = 20
MEDIA = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"}


@router.post("/recipe", response_model=Recipes, responses=documented(413))
@performs("recipe")
async def recipe(told: RecipeRequest, desk: AtDesk) -> Response:
    """Weigh up to 20 compositions: precursors, what leaves, temperatures, hazards, cost."""
    options = told.model_dump(exclude={"candidates", "mass_g", "stock"})
    options["stock"] = None if told.stock is None else bounded_table(told.stock)
    seconds = recipes.A_SAMPLE_S * len(told.candidates)
    return answered(await desk.long.run(recipes.as_json, told.candidates, told.mass_g, options, seconds=seconds))


@router.get(
    "/recipe",
    response_class=HTMLResponse,
    responses={**documented(), 200: {"content": {media.partition(";")[0]: {} for media in MEDIA.values()}}},
)
@requires(VIEWER)
async def sheet(
    desk: AtDesk,
    formula: Annotated[
        list[Annotated[str, Query(max_length=2000)]],
        Query(min_length=1, max_length=MOST, description="What is made; repeated for several."),
    ],
    mass_g: Annotated[float, Query(allow_inf_nan=False, description="Of each sample, in g.")] = 1.0,
    format: Annotated[Literal["html", "csv"], Query(description="A page for A4, or a table.")] = "html",  # noqa: A002
) -> Response:
    """Fetch the batch sheet of compositions by their best known routes, to print or to fill in."""
    seconds = recipes.A_SAMPLE_S * len(formula)
    text = await desk.long.run(recipes.as_text, formula, mass_g, format, seconds=seconds)
    named = {"content-disposition": 'attachment; filename="batch.csv"'} if format == "csv" else {}
    return Response(text, media_type=MEDIA[format], headers=named)
