"""A run of MLflow while it is written: parameters, numbers, tags, tables and figures."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...datasets.exchange.inert import inert_table

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from mlflow.tracking import MlflowClient

NOTE = "mlflow.note.content"
MOST_AT_ONCE = 100  # parameters or tags in one request
LONGEST_NOTE = 7500  # letters


@dataclass(frozen=True)
class OpenRun:
    """A run that is being written.

    Parameters
    ----------
    client, id
        Of MLflow.
    parent
        The run around it.
    gathers
        Whether it stands for several runs and is written by none of them alone.
    """

    client: MlflowClient
    id: str
    parent: OpenRun | None = None
    gathers: bool = False

    def params(self, told: Mapping[str, Any]) -> None:
        """Log parameters."""
        from mlflow.entities import Param

        listed = [Param(str(name), str(value)) for name, value in told.items()]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, params=listed[start : start + MOST_AT_ONCE])

    def metrics(self, told: Mapping[str, Any], step: int = 0) -> None:
        """Log numbers; what is None is left out."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        listed = [Metric(name, float(value), at, step) for name, value in told.items() if value is not None]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, metrics=listed[start : start + MOST_AT_ONCE])

    def curve(self, name: str, values: Sequence[float]) -> None:
        """Log a number that goes on, at the steps 1, 2, 3 and so on."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        listed = [Metric(name, float(value), at, step) for step, value in enumerate(values, 1)]
        for start in range(0, len(listed), MOST_AT_ONCE):
            self.client.log_batch(self.id, metrics=listed[start : start + MOST_AT_ONCE])

    def tags(self, told: Mapping[str, Any]) -> None:
        """Set tags."""
        for name, value in told.items():
            self.client.set_tag(self.id, name, str(value))

    def note(self, markdown: str) -> None:
        """Describe the run on its page."""
        self.tags({NOTE: markdown[:LONGEST_NOTE]})

    def text(self, content: str, file: str) -> None:
        """Keep a text as an artifact."""
        self.client.log_text(self.id, content, file)

    def table(self, table: pd.DataFrame, file: str) -> None:
        """Keep a table as an artifact: CSV, or JSON that the page shows as a table."""
        if file.endswith(".csv"):
            self.text(inert_table(table).to_csv(index=False), file)
        else:
            self.client.log_table(self.id, table, file)

    def figures(self, drawn: Mapping[str, go.Figure]) -> None:
        """Keep figures as pages of their own."""
        for name, figure in drawn.items():
            self.client.log_figure(self.id, figure, f"figures/{name}.html")
