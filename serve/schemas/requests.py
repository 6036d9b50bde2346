"""What comes in and goes out over HTTP, with the examples that the documentation shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ...datasets.properties import RANKED, Further, Modelled
from ...experiments.task.acquisitions import AcquisitionName
from ...features.scalars import shown
from .limits import CAMPAIGN_NAME, plain

GOAL = {"conductivity_S_cm": 1e-3, "tg_C": 25.0, "forbidden": ["Ta"]}
FAMILY = "LiAlCl{4-2x}O{x}"


def _scalar(given: Any) -> Any:
    """A number as JSON has it: no truth value, no text."""
    if isinstance(given, bool | str):
        raise ValueError(f"{shown(given)} is no number; give one, without quotation marks")
    return given


Scalar = BeforeValidator(_scalar)
Number = Annotated[float, Scalar, Field(allow_inf_nan=False)]
Celsius = Annotated[float, Scalar, Field(ge=-100, le=500, allow_inf_nan=False, description="In degC.")]
Whole = Annotated[int, Scalar]
Formula = Annotated[str, Field(max_length=2000)]
Formulas = Annotated[list[Formula], Field(fail_fast=True)]
Goal = Annotated[
    dict[str, Any] | None,
    Field(description="Fields of a goal by name, as in a goal file; what is left out stays as it is.", examples=[GOAL]),
]
Acquisition = Annotated[AcquisitionName, AfterValidator(str)]
Also = Annotated[Further, AfterValidator(str)]  # the plain name from here on
Trained = Annotated[Modelled, AfterValidator(str)]
Numbers = Annotated[list[Number], Field(fail_fast=True, max_length=100_000)]
Range = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=200)] | Numbers],
    Field(description="Range of each variable: START:STOP:STEP, or numbers.", examples=[{"x": "0:1.5:0.05"}]),
]


class Strict(BaseModel):
    """A request; names that it does not have are refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, told: Any) -> Any:
        return plain(told)


class RankRequest(Strict):
    """A list to rank."""

    candidates: Annotated[
        list[Formula | None],
        Field(
            fail_fast=True,
            min_length=1,
            description="Formulas; each comes back.",
            examples=[["LiAlCl2.5O0.75", "0.5Li2O-TaCl5"]],
        ),
    ]
    goal: Goal = None
    temperature_C: Celsius = 25.0
    temperatures_C: Annotated[
        list[Celsius] | None,
        Field(fail_fast=True, description="In degC, one for each candidate, in place of temperature_C for all."),
    ] = None
    also: Annotated[
        list[Also], Field(fail_fast=True, description="Further properties to predict, once they are trained.")
    ] = []
    campaign: Annotated[
        str | None,
        Field(
            pattern=CAMPAIGN_NAME,
            description="A campaign of your own after whose results to rank; goal and temperature are its where none "
            "are given.",
        ),
    ] = None


class SweepRequest(Strict):
    """A family to predict."""

    template: Annotated[Formula, Field(examples=[FAMILY])]
    variables: Range = {}
    goal: Goal = None
    temperature_C: Celsius = 25.0


class ProposeRequest(Strict):
    """Candidates out of which to choose the next melts."""

    template: Annotated[Formula | None, Field(description="A family, or else candidates.", examples=[FAMILY])] = None
    candidates: Annotated[Formulas | None, Field(min_length=1, description="Formulas, or else a template.")] = None
    variables: Range = {}
    batch: Annotated[Whole, Field(ge=1, le=100)] = 4
    goal: Goal = None
    temperature_C: Celsius = 25.0
    results: Annotated[
        list[dict[str, Any]],
        Field(
            fail_fast=True,
            description="What was measured: formula, conductivity_S_cm with temperature_C, tg_C, outcome.",
            examples=[[{"formula": "LiAlCl2.5O0.75", "conductivity_S_cm": 1.52e-3, "temperature_C": 30.0}]],
        ),
    ] = []
    pending: Annotated[Formulas, Field(description="On their way: not proposed again.")] = []
    without: Annotated[Formulas, Field(description="Given up: not proposed.")] = []
    acquisition: Annotated[Acquisition | None, Field(description="Acquisition function; by default the goal's.")] = None
    seed: Annotated[Whole, Field(ge=0, lt=2**32)] = 0


class CandidatesRequest(Strict):
    """The candidates of a campaign: a family with the ranges of its variables, or a list."""

    template: Annotated[Formula | None, Field(examples=[FAMILY])] = None
    candidates: Annotated[Formulas | None, Field(min_length=1)] = None
    variables: Range = {}


class CampaignRequest(CandidatesRequest):
    """A campaign to begin."""

    name: Annotated[str, Field(pattern=CAMPAIGN_NAME, examples=["laco-2026"])]
    goal: Goal = None
    batch: Annotated[Whole, Field(ge=1, le=100)] = 4
    temperature_C: Celsius = 25.0
    seed: Annotated[Whole, Field(ge=0, lt=2**32)] = 0


class ImportRequest(Strict):
    """A campaign that another home exported."""

    campaign: Annotated[dict[str, Any], Field(description="As its export gives it.")]
    name: Annotated[str | None, Field(pattern=CAMPAIGN_NAME, description="By default its own.")] = None


class RoundRequest(Strict):
    """A round of proposals."""

    batch: Annotated[Whole | None, Field(ge=1, le=100, description="By default as the campaign was made.")] = None
    track: Annotated[bool, Field(description="Keep the round as a run of MLflow.")] = True


Condition = Annotated[Number | None, Field(description="Of the synthesis; kept, not learnt from.")]
Words = Annotated[str | None, Field(max_length=200, description="Of the synthesis; kept, not learnt from.")]


class ResultRequest(Strict):
    """The result of a sample, all of it or a part, and how the sample was made."""

    formula: Annotated[Formula, Field(examples=["LiAlCl2.5O0.75"])]
    conductivity_S_cm: Annotated[Number | None, Field(description="In S/cm.", examples=[1.52e-3])] = None
    conductivity_error_S_cm: Number | None = None
    tg_C: Annotated[Number | None, Field(description="In degC.", examples=[-16.8])] = None
    tg_error_C: Number | None = None
    temperature_C: Annotated[Number | None, Field(description="Of the conductivity, in degC.", examples=[30.0])] = None
    phase: Annotated[str | None, Field(max_length=60)] = None
    outcome: Annotated[
        Literal["no glass formed", "crystallised", "decomposed"] | None, Field(description="Of a melt that failed.")
    ] = None
    sample: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""
    milling_h: Condition = None
    milling_rpm: Condition = None
    melt_C: Condition = None
    anneal_C: Condition = None
    anneal_h: Condition = None
    atmosphere: Words = None
    pressure_MPa: Condition = None
    operator: Words = None
    date: Words = None
    conditions: Annotated[
        dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=1000)] | Number | None] | None,
        Field(description="Whatever else is to be kept, by name.", examples=[{"furnace": "3"}]),
    ] = None
    trust_units: Annotated[bool, Field(description="Take values that look like another unit.")] = False


class CorrectionRequest(Strict):
    """What a result should have said; null takes a value out."""

    event: Annotated[Whole, Field(ge=1, lt=2**31, description="Number of the record.", examples=[2])]
    formula: Formula | None = None
    values: Annotated[dict[str, Any], Field(examples=[{"conductivity_S_cm": 1.1e-3}])] = {}
    trust_units: bool = False


class WithdrawalRequest(Strict):
    """An event that counts no longer."""

    event: Annotated[Whole, Field(ge=1, lt=2**31, examples=[2])]
    note: Annotated[str, Field(max_length=2000)] = ""


class AbandonmentRequest(Strict):
    """A proposal that is given up."""

    formula: Annotated[Formula, Field(examples=["LiAlCl2.7O0.65"])]
    note: Annotated[str, Field(max_length=2000)] = ""


class DataRequest(Strict):
    """Results for the lab's own store, all rows or none."""

    rows: Annotated[
        list[dict[str, Any]],
        Field(
            fail_fast=True,
            min_length=1,
            examples=[[{"formula": "LiAlCl2.5O0.75", "tg_C": -16.8, "reference": "notebook 7"}]],
        ),
    ]
    keep_good: bool = False
    trust_units: bool = False
    again: bool = False
    note: Annotated[str, Field(max_length=2000)] = ""


class TrainRequest(Strict):
    """Models to train."""

    properties: Annotated[list[Trained], Field(fail_fast=True, min_length=1)] = list(map(Modelled, RANKED))
    if_needed: Annotated[bool, Field(description="Only where new results or their misses are reason enough.")] = False
    anew: Annotated[bool, Field(description="Even where nothing is new.")] = False


class PromoteRequest(Strict):
    """A version that is to answer."""

    version: Annotated[Whole, Field(ge=0, lt=2**31, examples=[2])]
    force: Annotated[bool, Field(description="Although the gate says no.")] = False
