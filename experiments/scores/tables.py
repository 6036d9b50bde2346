"""The scores of the file as whole tables in Markdown: every one, the chances, and the runs."""

from __future__ import annotations

from collections.abc import Iterator

from .file import Key, ScoreFile
from .text import run_words, table, written
from .wanted import listed


def every_score(file: ScoreFile) -> Iterator[str]:
    """All scores, a row each, in the order of the list."""
    rows = []
    for key in listed():
        score = file.get(key)
        if score is not None:
            counts = (score.rows, score.papers, score.laboratories)
            numbers = ["" if count is None else f"{count:,}" for count in counts]
            rows.append([*key, written(score), *numbers, score.run])
    yield from table([*Key._fields, "value", "measurements", "papers", "laboratories", "run"], rows)


def reliability_tables(file: ScoreFile) -> Iterator[str]:
    """Predicted chances against what was observed, of each property."""
    for name, told in file.reliability.items():
        yield ""
        yield f"**{told['chance']}, {name} {told['subset']}** (run {told['run']})"
        rows = []
        for one in told["rows"]:
            share, by_paper = (f"{100 * one[key]:.0f} %" for key in ("share", "share_by_paper"))
            error = "" if one["excess_error"] is None else f" ± {one['excess_error']:.1f}"
            rows.append(
                [
                    f"{100 * one['low']:.0f}-{100 * one['high']:.0f} %",
                    f"{one['rows']:,} ({one['papers']:,})",
                    f"{100 * one['mean_chance']:.0f} %",
                    share,
                    by_paper,
                    f"{one['predicted']:.1f}",
                    f"{one['observed']:.0f}",
                    f"{one['excess']:+.1f}{error}",
                ]
            )
        heads = ["predicted", "measurements (papers)", "mean chance", "observed", "by paper"]
        yield from table([*heads, "sum predicted", "sum observed", "excess, ± by paper"], rows)


def every_run(file: ScoreFile) -> Iterator[str]:
    """The runs."""
    for name, told in file.runs.items():
        yield f"- **{name}**: {run_words(file, name)} {told['minutes']:g} minutes; {told['machine']}."
