"""The scores of the file as sentences and as the table that stands first, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..holdout.headline import HALIDES, NEW, OXYCHLORIDES, OXYHALIDES, RECENT, SINCE, basis_of_tg
from ..holdout.protocol import KNOWN
from ..holdout.unseen import OBELIX
from .calibration import NARROW, WIDE
from .file import Key, Score, ScoreFile
from .wanted import HIDDEN, SERIES

UNITS = {"log10(S/cm)": "decades"}
DIGITS = {"K": 1}
SHARES = ("coverage", "missed_low", "missed_high")
SIGMA, TG, PAPER = "conductivity", "tg", "paper"
TITLES = {SIGMA: "Conductivity", TG: "Tg"}
PLACES = {"inside": "inside", "edge": "at the edge", "outside": "outside"}


class Row(NamedTuple):
    """One row of the table that stands first: its words, and what its scores are of."""

    words: str
    property: str
    split: str
    subset: str

    def of(self, file: ScoreFile, measure: str) -> Score | None:
        """One of its scores."""
        return file.get(Key(self.property, self.split, self.subset, measure))


ROWS = (
    Row("conductivity of Li and Na oxyhalides, 15-45 °C", SIGMA, PAPER, OXYHALIDES),
    Row("Tg of oxychlorides", TG, PAPER, OXYCHLORIDES),
    Row("conductivity of Li and Na halides, 15-45 °C", SIGMA, PAPER, HALIDES),
    Row("the same, compositions perhaps known from other papers", SIGMA, KNOWN, HALIDES),
    Row("conductivity, laboratories never seen", SIGMA, PAPER, NEW),
    Row(f"conductivity, papers from {SINCE} on", SIGMA, PAPER, RECENT),
    Row("conductivity, SciGlass", SIGMA, PAPER, "SciGlass"),
    Row("conductivity, official test of OBELiX", SIGMA, OBELIX, "all"),
    Row("conductivity of Li-Al-O-Cl, every Al oxychloride hidden", SIGMA, SERIES, HIDDEN),
    Row("Tg, laboratories never seen", TG, PAPER, NEW),
    Row("Tg, glasses with O and Cl", TG, PAPER, "O and Cl"),
    Row("Tg, all glasses", TG, PAPER, "all"),
)
"""What the program is for, then the rest."""
SHOWN = ("mae", "mae_by_paper", "coverage", "coverage_by_paper")


def written(score: Score | None, unit: bool = True) -> str:
    """Value, standard error and unit of a score; empty where there is none.

    >>> written(Score(Key("tg", "paper", "all", "mae"), 23.08, 0.31, "K"))
    '23.1 ± 0.3 K'
    >>> written(Score(Key("tg", "paper", "all", "coverage_by_paper"), 0.9041, 0.0123)), written(None)
    ('90 ± 1 %', '')
    """
    if score is None or score.value is None:
        return ""
    share = score.key.measure.removesuffix("_by_paper") in SHARES
    times, digits = (100, 0) if share else (1, DIGITS.get(score.unit, 2))
    numbers = [f"{times * one:.{digits}f}" for one in (score.value, score.standard_error) if one is not None]
    named = "%" if share else UNITS.get(score.unit, score.unit)
    return " ± ".join(numbers) + (f" {named}" if unit and named else "")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table, with a blank line before and after it."""
    yield ""
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""


def first_table(file: ScoreFile) -> Iterator[str]:
    """What the program is for, then the rest: errors and coverage, by row and by paper, and the runs they are from."""
    runs = list(dict.fromkeys(score.run for row in ROWS for name in SHOWN if (score := row.of(file, name))))
    heads = ["held out", "measurements (papers)", "mean error", "by paper", "90 % intervals hold", "by paper"]
    rows = [[_words(file, row), _counts(file, row), *(written(row.of(file, name)) for name in SHOWN)] for row in ROWS]
    if len(runs) > 1:
        heads.append("run")
        rows = [[*cells, _run(file, row, runs)] for cells, row in zip(rows, ROWS, strict=True)]
    yield from table(heads, rows)
    yield "Papers are held out whole, and with them what others measured of their compositions unless said; ± is one"
    yield "standard error, by laboratory; a decade is a factor of ten; blank is what no run has measured yet."
    for number, run in enumerate(runs, 1):
        yield f"- Run {number}: {run_words(file, run)}"


def run_words(file: ScoreFile, run: str) -> str:
    """When, at which commit and by which command a run was made."""
    told = file.runs[run]
    return f"{told['day']} at commit {told['commit']}, `{told['command']}`."


def _run(file: ScoreFile, row: Row, runs: Sequence[str]) -> str:
    return ", ".join(sorted({str(runs.index(one.run) + 1) for name in SHOWN if (one := row.of(file, name))}))


def _words(file: ScoreFile, row: Row) -> str:
    return f"{row.words}: {basis_of_tg(n_oxychlorides(file))}" if row.subset == OXYCHLORIDES else row.words


def _counts(file: ScoreFile, row: Row) -> str:
    score = row.of(file, "mae")
    if score is None or score.rows is None:
        return f"{n_oxychlorides(file):,}" if row.subset == OXYCHLORIDES else ""
    return f"{score.rows:,}" + (f" ({score.papers:,})" if score.papers else "")


def n_oxychlorides(file: ScoreFile) -> int:
    """How many Tg of oxychloride electrolytes the data hold."""
    return int(file.data.get(TG, {}).get(OXYCHLORIDES, 0))


def data_sentence(file: ScoreFile) -> Iterator[str]:
    """Training data."""
    tg, sigma = (file.data.get(name, {}) for name in (TG, SIGMA))
    yield (
        f"{tg.get('SciGlass', 0):,} Tg and {sigma.get('SciGlass', 0):,} conductivities of SciGlass, nearly all oxides,"
    )
    yield f"{sigma.get('halides of other sources', 0):,} conductivities of halide and oxyhalide electrolytes,"
    yield f"and {n_oxychlorides(file):,} Tg of oxychloride electrolytes."


HELD = (
    ("all", "all measurements"),
    (NEW, "those of laboratories never seen"),
    (RECENT, f"those of papers from {SINCE} on"),
    (NARROW, "the narrowest tenth of the intervals"),
    (WIDE, "the widest tenth"),
)


def interval_sentence(file: ScoreFile) -> Iterator[str]:
    """What the 90 % intervals held."""
    for name, title in TITLES.items():
        found = [_both(file, Row(words, name, PAPER, subset), "coverage") for subset, words in HELD]
        held = [f"{numbers} of {words}" for numbers, (_, words) in zip(found, HELD, strict=True) if numbers]
        yield f"- {title}: {'; '.join(held) or 'not measured yet'}."


def verdict_sentence(file: ScoreFile) -> Iterator[str]:
    """How large errors are by verdict."""
    for name, title in TITLES.items():
        rows = {place: Row("", name, PAPER, f"verdict {verdict}") for verdict, place in PLACES.items()}
        errors = [f"{numbers} {place}" for place, row in rows.items() if (numbers := written(row.of(file, "mae")))]
        if errors:
            yield f"- {title}: mean error {', '.join(errors)}."


def oxyhalide_sentence(file: ScoreFile) -> Iterator[str]:
    """How far the conductivities err that the program is for."""
    for row in (one for one in ROWS if one.subset in (OXYHALIDES, HALIDES) and one.split == PAPER):
        if numbers := _both(file, row, "mae"):
            yield f"- {row.words[0].upper()}{row.words[1:]}: mean error {numbers}, n = {_counts(file, row)}."


def headline_sentence(file: ScoreFile) -> Iterator[str]:
    """What the program is for, in two lines: conductivity of oxyhalides, and Tg of oxychlorides."""
    yield from list(oxyhalide_sentence(file))[:1]
    yield f"- Tg of oxychlorides: {basis_of_tg(n_oxychlorides(file))}."


def _both(file: ScoreFile, row: Row, measure: str) -> str:
    """A score by row and, where there is one, by paper; empty where it was not measured."""
    by_row, by_paper = written(row.of(file, measure)), written(row.of(file, f"{measure}_by_paper"))
    return f"{by_row} ({by_paper} by paper)" if by_row and by_paper else by_row
