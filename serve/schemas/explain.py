"""What comes in and goes out where predictions are explained."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from .compare import CompareRequest
from .requests import Formula, Whole
from .responses import Models, Notes


class ExplainRequest(CompareRequest):
    """Compositions whose predictions are to be explained."""

    against: Annotated[Formula | None, Field(description="Composition to compare with.", examples=["LiAlCl4"])] = None
    nearest: Annotated[Whole, Field(ge=1, le=20, description="Measured compositions shown of each.")] = 5


class ReasonsAnswer(BaseModel):
    """What drives predictions, what was measured of the very compositions, and what is most like them."""

    drivers: Annotated[list[dict[str, Any]], Field(description="A row a group of descriptors, largest first.")]
    measured: Annotated[list[dict[str, Any]], Field(description="A row a measurement that the models have learnt.")]
    nearest: Annotated[list[dict[str, Any]], Field(description="A row a measured composition, nearest first.")]
    temperature_C: float
    models: Models
    notes: Notes = []
