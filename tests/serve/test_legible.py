"""Consoles that lack marks, and cells that steer a terminal: signs stay signs, and no command runs."""

import io

import pandas as pd
import pytest
from rich.console import Console
from vitrion.serve.formatting.files import quiet, to_csv
from vitrion.serve.formatting.summary import ranking_table
from vitrion.serve.terminal.console import make_legible

ROW = {
    "rank": 1,
    "formula": "LiAlCl2.5O0.75",
    "p_goal": 0.62,
    **{f"conductivity{end}_S_cm": value for end, value in (("", 1.5e-3), ("_low", 1e-4), ("_high", 2e-2))},
    **{"tg_C": -16.8, "tg_low_C": -60.2, "tg_high_C": 9.0, "verdict": "inside", "error": ""},
    **{"nearest": "LiAlCl\u2084\u202e\x1b[2J", "cost_usd_per_kg": 2.5},
}


def written(encoding):
    """A ranking as a console of that encoding shows it."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
    make_legible(stream)
    console = Console(file=stream, width=120, highlight=False)
    console.print(ranking_table(pd.DataFrame([ROW]), 25.0, 5))
    stream.write("−17 °C, 1–2, CuSO₄·5H₂O, 10⁻³ 锂\n")
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(("encoding", "sign"), [("ascii", "-"), ("cp1252", "-"), ("latin-1", "-"), ("utf-8", "−")])
def test_minus_signs_survive_every_console(encoding, sign):
    shown = written(encoding)
    assert f"{sign}17 ({sign}60" in shown
    assert f"{sign}17 " in shown.splitlines()[-1]
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_columns_stay_in_line_where_marks_are_lacking(encoding):
    plain, full = written(encoding).splitlines(), written("utf-8").splitlines()
    assert [len(line.rstrip()) for line in plain[:3]] == [len(line.rstrip()) for line in full[:3]]
    assert plain[2].index("inside") == full[2].index("inside")
    assert plain[2].count("?") == full[2].count("\ufffd")


def test_a_formula_keeps_its_meaning_in_ascii():
    last = written("ascii").splitlines()[-1]
    assert "CuSO4*5H2O" in last  # a point would be a decimal one
    assert "10-3 ?" in last


@pytest.mark.parametrize("mark", "\x00\x07\x08\x1b\x7f\x9b\r\u200e\u200f\u202a\u202e\u2028\u2066\u061c")
def test_a_cell_in_a_pipe_holds_no_mark_that_steers_a_terminal(mark):
    table = pd.DataFrame({f"note{mark}": [f"fresh{mark}[2J{mark}"], "formula": ["LiAlCl\u2084\tand\nmore"]})
    text = to_csv(table).decode()
    assert mark not in text
    assert "LiAlCl\u2084\tand\nmore" in text
    assert quiet("one\r\ntwo") == "one\ntwo"
