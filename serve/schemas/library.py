"""What the service answers of data and models, as its documentation describes it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from .responses import Models


class Page(BaseModel):
    """Some of the rows that there are."""

    rows: list[dict[str, Any]]
    of: Annotated[int, Field(description="How many there are in all.", examples=[74118])]


class Added(BaseModel):
    """What was added to the lab's store, and what is to be noticed."""

    version: int
    facts: list[dict[str, int]]
    left_out: list[dict[str, Any]]
    notes: list[str]


class ColumnMeaning(BaseModel):
    """One column of a table of results as it was understood."""

    column: Annotated[str, Field(description="Its title as written.", examples=["Conductivity (mS/cm)"])]
    meaning: Annotated[str, Field(examples=["conductivity"])]
    unit: Annotated[str, Field(description="Of its numbers; empty where they have none.", examples=["mS/cm"])]
    learnt: Annotated[bool, Field(description="False for what is kept and not learnt from.")]
    example: str


class TablePreview(BaseModel):
    """What a table of results would give."""

    columns: list[ColumnMeaning]
    facts: Annotated[list[dict[str, Any]], Field(description="Values and outcomes, each with the row that gives it.")]
    problems: Annotated[list[dict[str, Any]], Field(description="Why rows cannot be taken.")]
    rows: Annotated[list[dict[str, Any]], Field(description="The first rows as they stand in the file.")]
    lines: Annotated[list[int], Field(description="The line of the file in which each of these stands.")]
    of: Annotated[int, Field(description="Rows of the table.")]
    valid_rows: int
    notes: list[str]


class ModelCard(BaseModel):
    """One kept version of a model; `champion` marks the one that answers, `gate` tells why it does or does not."""

    property: str
    version: int
    created: str
    champion: bool
    standing: Annotated[str, Field(examples=["answers", "answered before", "rolled back", "refused", "kept"])]
    gate: str
    unit: str
    headline: Annotated[
        str, Field(description="How good it is at what the program is for; empty where it is not known.")
    ]
    scores: Annotated[
        list[dict[str, Any]], Field(examples=[[{"subset": "all", "mae": 0.51, "coverage": 0.9, "width": 2.0}]])
    ]
    fingerprint: str
    sha256: str
    run: str
    recipe: dict[str, Any]
    versions: dict[str, str]


class Trainable(BaseModel):
    """A property of which a model can be trained."""

    name: Annotated[str, Field(examples=["tg"])]
    words: Annotated[str, Field(examples=["Tg"])]
    ranked: Annotated[bool, Field(description="Whether every ranking needs a model of it.")]


class ModelList(BaseModel):
    """Every version of every model, and the properties of which models can be trained."""

    rows: list[ModelCard]
    trainable: list[Trainable]


class ModelAnswer(BaseModel):
    """The versions of one model, the newest first."""

    property: str
    versions: list[ModelCard]


class Check(BaseModel):
    """One thing that the gate looked at."""

    name: Annotated[str, Field(examples=["coverage"])]
    passed: bool
    said: str


class Comparison(BaseModel):
    """Whether a version may answer, and all that the gate looked at."""

    property: str
    version: int
    passed: bool
    reason: str
    checks: list[Check]
    first: bool


class Promotion(Comparison):
    """The same of a version that answers now, and which did before."""

    before: int | None
    models: Models


class Rollback(BaseModel):
    """The version that answers again, and which did before."""

    property: str
    version: int
    before: int | None
    models: Models
