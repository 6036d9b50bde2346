"""What comes in and goes out where batches are weighed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from .requests import Formula, Number, Strict, Whole

Share = Number | Annotated[str, Field(max_length=40)]
Compound = Annotated[str, Field(max_length=200)]


class RecipeRequest(Strict):
    """Compositions to weigh."""

    candidates: Annotated[
        list[Formula],
        Field(fail_fast=True, min_length=1, max_length=20, description="Formulas.", examples=[["LiAlCl2.5O0.75"]]),
    ]
    mass_g: Annotated[Number, Field(description="Of each sample when it is done, in g.", examples=[1.0])] = 1.0
    purity: Annotated[
        dict[Compound, Share],
        Field(
            default_factory=dict,
            max_length=50,
            description="By precursor, above 0 and at most 1, or '99 %'.",
            examples=[{"LiCl": 0.99}],
        ),
    ]
    stock: Annotated[
        list[dict[str, Any]] | None,
        Field(
            fail_fast=True,
            max_length=200,
            description="Bottles at hand: formula, purity, lot, dried, usd_per_kg, mass_g.",
            examples=[[{"formula": "LiCl", "purity": 0.99, "lot": "A1"}]],
        ),
    ] = None
    without: Annotated[
        list[Compound],
        Field(
            default_factory=list,
            fail_fast=True,
            max_length=50,
            description="Precursors not to use.",
            examples=[["Al2O3"]],
        ),
    ]
    using: Annotated[
        list[Compound],
        Field(
            default_factory=list,
            fail_fast=True,
            max_length=10,
            description="Precursors to bring the oxygen.",
            examples=[["Sb2O3"]],
        ),
    ]
    route: Annotated[
        str | None, Field(max_length=60, description="Its name; the best known if null.", examples=["antimony oxide"])
    ] = None
    excess: Annotated[
        dict[Compound, Number],
        Field(
            default_factory=dict,
            max_length=20,
            description="By volatile halide, 0.02 for 2 %.",
            examples=[{"AlCl3": 0.02}],
        ),
    ]
    year: Annotated[Whole | None, Field(description="Of the prices; the newest if null.", examples=[2024])] = None


class WeighedAnswer(BaseModel):
    """A precursor as it is weighed."""

    formula: Annotated[str, Field(description="As weighed: a hydrate with its water.", examples=["LiCl"])]
    stands_for: Annotated[str, Field(description="What of it takes part, where that is another.")]
    purity: float
    molar_mass_g_mol: float
    moles_mmol: float
    excess: float
    mass_g: Annotated[float, Field(examples=[0.315])]
    lot: str
    dried: str
    drying: str
    in_stock: bool | None
    cost_usd: float


class LeavingAnswer(BaseModel):
    """What leaves of a batch."""

    formula: Annotated[str, Field(examples=["SbCl3"])]
    moles_mmol: float
    mass_g: float
    why: str


class OtherRoute(BaseModel):
    """Another route to a composition."""

    name: Annotated[str, Field(examples=["hydroxide"])]
    line: str
    practice: str
    usd_per_kg: float


class RecipeAnswer(BaseModel):
    """How one sample is weighed and made."""

    sample: Annotated[str, Field(examples=["261130-1"])]
    formula: Annotated[str, Field(examples=["LiAlCl2.5O0.75"])]
    mass_g: float
    moles_mmol: float
    charge: str
    route: Annotated[str, Field(examples=["antimony oxide"])]
    line: str
    practice: str
    doi: str
    weighed: list[WeighedAnswer]
    leaving: list[LeavingAnswer]
    loss_g: float
    loss_percent: Annotated[float, Field(description="Of what was weighed, at which all has left.", examples=[45.9])]
    temperature_C: Annotated[float | None, Field(description="The highest; null where it depends.")]
    atmosphere: str
    vessel: list[str]
    vented: bool
    steps: list[str]
    heat: list[str]
    gas: list[str]
    hazards: list[str]
    waste: list[str]
    excess: Annotated[list[str], Field(description="Precursors that may be weighed in excess.")]
    cost_usd: float
    deviation_at_percent: float
    others: list[OtherRoute]
    notes: list[str]


class Recipes(BaseModel):
    """A batch sheet: a recipe for each composition, in the order in which they were given."""

    date: Annotated[str, Field(examples=["2026-11-30"])]
    recipes: list[RecipeAnswer]
