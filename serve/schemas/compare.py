"""What comes in and goes out where compositions are compared."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from .requests import Celsius, Formula, Strict
from .responses import Models, Notes


class CompareRequest(Strict):
    """Compositions to put side by side."""

    candidates: Annotated[
        list[Formula],
        Field(
            fail_fast=True,
            min_length=1,
            max_length=20,
            description="Formulas, each once; all have to be readable.",
            examples=[["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"]],
        ),
    ]
    temperature_C: Celsius = 25.0


class ComparedCell(BaseModel):
    """What is known of one composition on one virtue."""

    virtue: Annotated[str, Field(examples=["oxidation limit"])]
    unit: Annotated[str, Field(examples=["V"])]
    formula: Annotated[str, Field(examples=["LiAlCl2.5O0.75"])]
    measured: Annotated[float | None, Field(description="As published, the lowest of several.", examples=[3.85])]
    measured_high: Annotated[float | None, Field(description="The highest of several.", examples=[4.3])]
    measured_as: Annotated[str, Field(description="Phase and temperature.", examples=["glass"])]
    papers: Annotated[int, Field(description="Papers that measured it.", examples=[1])]
    doi: Annotated[str, Field(examples=["10.1038/s41560-023-01356-y"])]
    predicted: Annotated[float | None, Field(examples=[4.3])]
    low: Annotated[float | None, Field(description="Lower end.", examples=[4.1])]
    high: Annotated[float | None, Field(description="Upper end.", examples=[4.5])]
    basis: Annotated[
        str,
        Field(description="Verdict or method.", examples=["38 measured limits with Cl-, 10 of them at least 4.5 V"]),
    ]
    note: str
    measured_words: str
    predicted_words: str
    words: Annotated[str, Field(description="All of it in words; never empty.")]


class Compared(BaseModel):
    """A row for each virtue and composition, virtue by virtue, in the order in which the compositions were given."""

    rows: list[ComparedCell]
    models: Models
    temperature_C: float
    notes: Notes = []
