"""Files are written whole or not at all, and no spreadsheet runs them."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from vitrion.datasets.exchange.inert import inert, inert_table
from vitrion.datasets.home import put
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.formatting.files import checked, save, to_csv

ENDINGS = (".csv", ".parquet", ".html")


LIVE = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\tx", " =1", "＝1", "\u00a0=1", "\ufeff=1", '"=1']
PARTS = ";,|\t\n\r\v\f\u2028"


@pytest.mark.parametrize("text", LIVE)
def test_live_text_is_made_inert(text):
    assert inert(text) == "'" + text


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("live", ["=1+1", ' "=1+1"', "\u200b@SUM(A1)", "-2+3", "＋1+x"])
def test_no_cell_begins_with_a_formula_wherever_a_line_is_parted(part, live):
    """In a country of decimal commas a semicolon parts cells; a tab does when it is pasted."""
    for text in (f"x{part}{live}", f"{part}{live}", f"-5{part}{part}{live}{part}y"):
        cells = re.split(f"[{PARTS}]", inert(text))
        begun = [cell.lstrip(' "\u200b') for cell in cells]
        assert not [cell for cell in begun if cell[:1] in tuple("=+-@＝＋") and cell not in ("", "-5")], (text, cells)
        assert inert(text).replace("'", "") == text, "nothing but apostrophes is added"


def test_every_csv_is_inert(tmp_path):
    """What `to_csv` writes for files and downloads, and what runs of MLflow keep."""
    table = pd.DataFrame({"x;=1": ["x;=1+1", "x\t=1+1", None], "n": [1.5, -2.0, None]})
    for written in (to_csv(table).decode(), inert_table(table).to_csv(index=False)):
        assert "x;'=1+1" in written and "x\t'=1+1" in written and "x;'=1" in written.splitlines()[0]
        assert "-2" in written and "'-2" not in written


@pytest.mark.parametrize("text", ["-16.8", "+5", "-1e-3", "LiAlCl4", "", "'x", "-.5", "x; -16.8; y", "Li2O-LiCl"])
def test_numbers_and_plain_text_stay(text):
    assert inert(text) == text


def test_csv_headers_cells_and_numbers():
    table = pd.DataFrame({"=h": ["=x", "a\nb"], "tg_C": [-16.812345678, float("nan")], "n": [1, 2], "b": [True, False]})
    rows = list(csv.reader(io.StringIO(to_csv(table).decode())))
    assert rows == [["'=h", "tg_C", "n", "b"], ["'=x", "-16.8123", "1", "True"], ["a\nb", "", "2", "False"]]


def test_write_replaces_in_one_step_and_leaves_nothing_behind(tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(0o640)
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640

    def fail(self, other):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        put(target, b"half")
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_write_follows_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    put(tmp_path / "link.csv", b"new")
    assert (tmp_path / "real.csv").read_bytes() == b"new"
    assert (tmp_path / "link.csv").is_symlink()


def test_paths_are_checked_before_any_work(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("formula\nLiCl\n")
    good = tmp_path / "out.html"
    assert checked([good], ENDINGS, str(source)) == [good]
    for paths, words in (
        ([tmp_path / "no" / "out.csv"], "does not exist"),
        ([tmp_path / "out.xls"], "ending"),
        ([tmp_path / "out"], "ending"),
        ([source], "candidates itself"),
        ([good, good], "twice"),
    ):
        with pytest.raises(InputError, match=words):
            checked(paths, ENDINGS, str(source))
    folder = tmp_path / "x.csv"
    folder.mkdir()
    with pytest.raises(InputError, match="is a folder"):
        checked([folder], ENDINGS)


def test_parquet_round_trip(tmp_path):
    table = pd.DataFrame({"formula": ["=LiCl"], "tg_C": [-16.8]})
    save(table, tmp_path / "out.parquet", lambda: "")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out.parquet"), table)
