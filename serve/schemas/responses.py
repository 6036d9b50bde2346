"""What the service answers, as its documentation describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ROW: dict[str, Any] = {
    "rank": 1,
    "formula": "LiAlCl2.5O0.75",
    "p_goal": 0.41,
    "conductivity_S_cm": 1.2e-3,
    "conductivity_low_S_cm": 9.5e-5,
    "conductivity_high_S_cm": 1.1e-2,
    "tg_C": -3.0,
    "tg_low_C": -112.0,
    "tg_high_C": 112.0,
    "verdict": "inside",
    "tg_verdict": "measured",
    "conductivity_verdict": "measured",
    "p_glass": 0.97,
    "glass_verdict": "measured",
    "nearest": "LiAlCl2.5O0.75",
    "nearest_distance": 0.0,
    "nearest_doi": "10.1038/s41560-023-01356-y",
    "measured_conductivity_S_cm": 1.52e-3,
    "measured_temperature_C": 30.0,
    "measured_phase": "glass",
    "measured_tg_C": -16.8,
    "measured_doi": "10.1038/s41560-023-01356-y",
    "n_measured": 2,
    "o_to_cl": 0.3,
    "cost_usd_per_kg": 27.65,
    "cost_route": "antimony oxide",
    "neutral": True,
    "pareto": True,
    "flags": "",
    "note": "",
    "error": "",
    "input": "LiCl-0.25Al2O3-0.5AlCl3",
}
Notes = Annotated[list[str], Field(description="What is to be noticed, such as a number that may be in another unit.")]
Models = Annotated[
    dict[str, int],
    Field(description="Version of each model that made the answer.", examples=[{"tg": 1, "conductivity": 1}]),
]


Known = Annotated[
    tuple[str, str] | None,
    Field(
        description="With a figure: how many rows are measured, and the rest of that sentence.",
        examples=[["19", "of 295 are measured, 2 meet the goal"]],
    ),
]


class Row(BaseModel):
    """One candidate of a ranking; further columns may follow."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [ROW]})

    rank: int | None
    formula: str
    p_goal: float | None
    conductivity_S_cm: float | None
    conductivity_low_S_cm: float | None
    conductivity_high_S_cm: float | None
    tg_C: float | None
    tg_low_C: float | None
    tg_high_C: float | None
    verdict: str
    tg_verdict: Annotated[str, Field(description="measured, inside, edge or outside; of the Tg alone.")] = ""
    conductivity_verdict: Annotated[str, Field(description="The same of the conductivity of a glass.")] = ""
    p_glass: Annotated[
        float | None,
        Field(description="Chance that a melt comes out as a glass; null until a model of it is trained."),
    ] = None
    glass_verdict: Annotated[str, Field(description="measured, inside, edge or outside; of the chance of a glass.")] = (
        ""
    )
    nearest: str
    nearest_distance: float | None
    nearest_doi: str
    measured_conductivity_S_cm: Annotated[
        float | None,
        Field(description="Measured of this very composition: of a glass before others, nearest in temperature."),
    ] = None
    measured_temperature_C: float | None = None
    measured_phase: str = ""
    measured_tg_C: float | None = None
    measured_doi: Annotated[str, Field(description="Of the conductivity shown, else of the Tg; lab: your own.")] = ""
    n_measured: Annotated[int | None, Field(description="Measurements of this composition that are known.")] = None
    o_to_cl: float | None
    cost_usd_per_kg: float | None
    cost_route: Annotated[str, Field(description="Route of synthesis that the cost stands for.")] = ""
    neutral: bool | None
    pareto: bool | None
    flags: Annotated[str, Field(description="Codes of its flags, such as `gas, toxic`; GET flags explains them.")] = ""
    note: str
    error: str
    input: Annotated[str, Field(description="The text as it was given.")] = ""


Kept = Annotated[
    str | None,
    Field(description="Number under which the answer is kept, when asked for.", examples=["4f1c2a90b7de4c5f8a01"]),
]


class Ranking(BaseModel):
    """Rows in rank order, none lost; what cannot be read stands at the end with its error."""

    rows: list[Row]
    models: Models
    id: Kept = None
    places: list[int] = Field(description="Place of each row in the list that was given, counted from 0.")
    repeats: list[tuple[int, str]] | None = Field(
        None, description="Places of candidates that stand higher in the ranking already, with their own notes."
    )
    same_as: list[tuple[int, int]] | None = Field(
        None, description="These places, each with the place of the same composition that stands higher."
    )
    notes: Notes = []
    figure: dict[str, Any] | None = Field(None, description="A plotly figure, when asked for.")
    known: Known = None
    excluded: list[str] | None = Field(
        None,
        description="With a figure: why the goal excludes each row, such as elements or cost; empty where it does not.",
    )
    similar: list[int] | None = Field(
        None, description="With a figure: for each row the first one within 1 at.% of it, counted from 0; maybe itself."
    )


class Sweep(BaseModel):
    """Members of a family in the order of its grid: the variables, then the columns of a ranking."""

    rows: list[Row]
    models: Models
    id: Kept = None
    left_out: int
    notes: Notes = []
    measured: list[dict[str, Any]] | None = None
    known: Known = None
    figure: dict[str, Any] | None = None


class Proposals(BaseModel):
    """What to make next, and why; `stop` says why to stop, and is empty otherwise."""

    rows: list[dict[str, Any]]
    models: Models
    stop: str
    notes: list[str]
    event: int | None = None


class JobAnswer(BaseModel):
    """A job as it stands."""

    id: Annotated[str, Field(examples=["4f1c2a90b7de4c5f8a01"])]
    kind: Literal["rank", "train", "round", "ranking", "sweep"]
    name: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Annotated[float, Field(ge=0, le=1, description="Share that is done.")]
    step: Annotated[str, Field(examples=["15,000 of 100,000 rows predicted"])]
    rows: int | None
    models: Models
    error: str
    created: str
    started: str | None
    finished: str | None
    expires: str | None
    notes: Notes = []


class Listed(BaseModel):
    """Rows of one kind."""

    rows: list[dict[str, Any]]


class KeptAnswer(BaseModel):
    """A ranking or a sweep that is kept."""

    id: Annotated[str, Field(description="Its number.", examples=["4f1c2a90b7de4c5f8a01"])]
    kind: Annotated[
        Literal["ranking", "sweep", "rank"], Field(description="Answered at once, or (rank) the result of a job.")
    ]
    name: Annotated[str, Field(examples=["LiAlCl2.5O0.75 and 7 more"])]
    goal_words: Annotated[str, Field(examples=["at least 1 mS/cm at 25 °C, and Tg of at most 25 °C"])]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Annotated[float, Field(ge=0, le=1)]
    rows: int | None
    models: Models
    created: str
    expires: str | None


class KeptList(BaseModel):
    """Rankings and sweeps that are kept, the newest first."""

    rows: list[KeptAnswer]


class JobList(BaseModel):
    """Jobs, the newest first."""

    rows: list[JobAnswer]


class State(BaseModel):
    """Whether predictions can be made, by which versions of the models, and why not."""

    ready: bool
    models: Models
    reason: Annotated[str, Field(examples=["there is no model of tg yet; train first"])]


class Health(State):
    """The same, with the version of the service."""

    status: Literal["ok"]
    version: str


class IntervalWidth(BaseModel):
    """Median width of the 90 % interval of one property over the candidates of a campaign."""

    name: Annotated[str, Field(description="Of the property.", examples=["conductivity"])]
    before: Annotated[float, Field(description="Without the results of the campaign.", examples=[1.9])]
    after: Annotated[float, Field(description="With them.", examples=[1.1])]
    unit: Annotated[str, Field(examples=["decades"])]
    results: Annotated[int, Field(description="How many are on this property.", examples=[8])]
    words: Annotated[str, Field(examples=["interval of conductivity: 1.9 to 1.1 decades after 8 results"])]


class CampaignAnswer(BaseModel):
    """A campaign as it stands."""

    name: Annotated[str, Field(examples=["laco-2026"])]
    created: str
    candidates: dict[str, Any]
    candidates_words: str
    goal: dict[str, Any]
    goal_words: str
    batch: int
    temperature_C: float
    seed: int
    rounds: int
    results: int
    progress_words: str
    intervals: Annotated[list[IntervalWidth], Field(description="How much the results narrow the intervals.")] = []
    recorded: Annotated[
        list[dict[str, Any]],
        Field(
            description="Results that stand, each with its event, and the last event that changed it.",
            examples=[[{"event": 2, "last": 2, "formula": "LiAlCl2.5O0.75", "tg_C": -16.8}]],
        ),
    ]
    pending: Annotated[list[str], Field(description="Proposed, and neither measured, failed nor abandoned.")]
    events: int
    conditions: Annotated[list[str], Field(description="Columns of the history on how samples were made.")] = []
    history: Annotated[list[dict[str, Any]], Field(description="A row a proposal, and a row an event else.")]
    why_retrain: Annotated[str, Field(description="Why to train again; empty when it is not worth it.")]
    notes: list[str] = []
    figure: dict[str, Any] | None = None


class CandidateCount(BaseModel):
    """How many candidates a family or a list has."""

    candidates: Annotated[int, Field(description="Different and charge-neutral.")]
    notes: list[str]


class Narrowing(BaseModel):
    """How the 90 % intervals over the candidates of a campaign narrow with its results."""

    rows: Annotated[
        list[dict[str, Any]],
        Field(
            description="Median width of each property after so many results, the last of which has this formula.",
            examples=[[{"property": "tg", "results": 1, "formula": "LiAlCl2.5O0.75", "width": 71.0, "unit": "K"}]],
        ),
    ]
    figure: dict[str, Any] | None


class Changed(BaseModel):
    """Numbers of the events that a change of a campaign made, and what is to be noticed."""

    events: list[int]
    notes: list[str]
    why_retrain: str


class Wrong(BaseModel):
    """One thing that is wrong with a request."""

    row: Annotated[int | None, Field(description="Of a list or table, counted from 1.")] = None
    where: Annotated[str, Field(examples=["candidates"])]
    message: str


class Problem(BaseModel):
    """Why a request was refused, as RFC 9457 writes it."""

    type: str = "about:blank"
    title: Annotated[str, Field(examples=["Bad input"])]
    status: Annotated[int, Field(examples=[422])]
    detail: Annotated[str, Field(examples=["the goal has tgC; a goal has conductivity_S_cm, tg_C, ..."])]
    errors: list[Wrong] = []
    valid_rows: Annotated[
        int | None, Field(description="Rows of a table that could be taken without those that cannot; see keep_good.")
    ] = None


class Me(BaseModel):
    """Who asks, and what the key allows."""

    name: Annotated[str, Field(description="Of the key; empty where none is needed.", examples=["anna"])]
    scope: Literal["viewer", "researcher", "trainer", "admin"]
    session: Annotated[bool, Field(description="Whether it is a browser that signed in.")]
    keys: Annotated[bool, Field(description="Whether the service asks for keys.")]
