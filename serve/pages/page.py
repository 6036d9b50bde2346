"""Results as one page that needs nothing else: figure, table, scores and how to read them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from jinja2 import Template

_TEMPLATES = Path(__file__).parent / "templates"
_VERDICTS = ("inside", "edge", "outside", "unread")
LARGEST = 5000
LONGEST = 300


@dataclass(frozen=True)
class Column:
    """One column of the table on the page: where its values are, what it is called and how they are written."""

    key: str
    label: str
    format: str = "text"
    low: str = ""
    high: str = ""
    doi: str | None = None
    best: bool = False
    long: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Page:
    """What a page says.

    Parameters
    ----------
    title, headline, standfirst, figure_title, noun
        Words at its top, above the figure and above the table.
    tiles
        Counts beside their meaning.
    figure
        Drawn by the browser; `annotations` holds those that depend on its width.
    table, columns
        The rows, and the columns shown; the first `LARGEST` rows go on the page.
    """

    title: str
    headline: str
    standfirst: str
    figure_title: str
    noun: str
    goal: str
    figure: go.Figure
    table: pd.DataFrame
    columns: Sequence[Column]
    tiles: Sequence[tuple[str, str]] = ()
    annotations: Sequence[tuple[int, list[dict[str, Any]]]] = ()
    models: Sequence[Mapping[str, str]] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def template(name: str) -> Template:
    """A template of a page that stands alone; what it is given is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def render(page: Page) -> str:
    """HTML of a page; everything it needs is in it, and its policy forbids it to load anything."""
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    shown = page.table.head(LARGEST)
    notes = dict(page.notes)
    if len(shown) < len(page.table):
        notes["table"] = f"The first {len(shown):,} of {len(page.table):,} rows; all of them are in the CSV file."
    trusted = {name: Markup(_read(f"page.{ending}")) for name, ending in (("style", "css"), ("script", "js"))}  # noqa: S704
    return template("page.html").render(
        asdict_shallow(page),
        tiles=[{"value": value, "label": label} for value, label in page.tiles],
        verdicts=_counts(page.table),
        figure_note=notes.get("figure", ""),
        table_note=notes.get("table", ""),
        data=Markup(embedded(_data(page, shown))),  # noqa: S704 - escaped for a script element
        plotly=Markup(get_plotlyjs()),  # noqa: S704 - plotly's own file
        version=version("vitrion"),
        date=datetime.now(UTC).strftime("%d %B %Y").lstrip("0"),
        **trusted,
    )


def asdict_shallow(page: Page) -> dict[str, Any]:
    """Fields of a page by name."""
    return {name: getattr(page, name) for name in page.__dataclass_fields__}


def embedded(value: Any) -> str:
    r"""JSON that may stand inside a script element.

    Examples
    --------
    >>> embedded(["</script>", float("nan")])
    '["\\u003c/script\\u003e", null]'
    """
    text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _data(page: Page, shown: pd.DataFrame) -> dict[str, Any]:
    columns = [column for column in page.columns if column.key in shown]
    cells = [[_cell(value) for value in shown[column.key].tolist()] for column in columns]
    return {
        "columns": [
            {name: value for name, value in asdict(column).items() if value not in ("", None, False)}
            for column in columns
        ],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "figure": json.loads(page.figure.to_json()),
        "annotations": [{"width": width, "annotations": marks} for width, marks in page.annotations],
        "margin": {"l": 52, "r": 8, "t": 34, "b": 48},
    }


def _counts(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows by verdict, unread ones last; verdicts without rows are left out."""
    if "verdict" not in table:
        return []
    verdicts = [value if value in _VERDICTS else "unread" for value in table["verdict"].tolist()]
    counts = [{"key": verdict, "count": verdicts.count(verdict)} for verdict in _VERDICTS]
    return [count for count in counts if count["count"]]


def _cell(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 1] + "…"
    return float(f"{value:.6g}") if isinstance(value, float) and math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Value in types that JSON has; what is no number becomes null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return value.item() if hasattr(value, "item") else str(value)


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
