"""Names that no variable of a family may have: those of the arguments beside it."""

from __future__ import annotations

TAKEN = (
    *("template", "goal", "temperature_C", "predictors"),
    *("candidates", "batch", "results", "pending", "acquisition", "seed", "without", "name"),
)
