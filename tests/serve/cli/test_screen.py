"""`vitrion screen`, as a person or a script meets it."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner
from vitrion.serve.cli import app

TEXTS = ["LiAlCl2.5O0.75", "LiAlCl4", "bad..", "NaAlCl2.5O0.75", "LiTaCl4O", "Li2ZrCl6"]


@pytest.fixture
def run(house):
    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def file(tmp_path):
    (tmp_path / "lists").mkdir()
    pq.write_table(pa.table({"formula": TEXTS}), tmp_path / "lists" / "one.parquet")
    return tmp_path / "lists" / "one.parquet"


def test_the_best_of_a_file_as_csv(run, file):
    result = run("screen", file, "--top", 3)
    assert result.exit_code == 0
    table = pd.read_csv(io.StringIO(result.stdout))
    whole = pd.read_csv(io.StringIO(run("rank", file).stdout))
    assert table["formula"].tolist() == whole["formula"].head(3).tolist()
    assert (table["p_goal"] == whole["p_goal"].head(3)).all()
    assert 'row 3: "bad.."' in result.stderr
    assert "100 %" in result.stderr


def test_the_best_of_a_family_with_everything_on_disk(run, tmp_path):
    out = tmp_path / "best.parquet"
    result = run("screen", "LiAlCl{4-2x}O{x}", "--var", "x=0:3:0.1", "--top", 5, "-o", out, "--everything")
    assert result.exit_code == 0, result.output
    assert "the best 5 of 31 candidates" in result.stdout
    told, best = pd.read_parquet(tmp_path / "best.all"), pd.read_parquet(out)
    assert len(told) == 21  # beyond x = 2 there is less than no chlorine
    assert best["p_goal"].tolist() == told["p_goal"].nlargest(5).tolist()


def test_ranking_a_folder_is_screening(run, file, tmp_path):
    outputs = [tmp_path / "best.csv", tmp_path / "best.parquet", tmp_path / "best.html"]
    result = run("rank", file.parent, "--top", 2, *(part for path in outputs for part in ("-o", path)))
    assert result.exit_code == 0, result.output
    assert len(pd.read_csv(outputs[0])) == len(pd.read_parquet(outputs[1])) == 2
    assert outputs[2].stat().st_size
    refused = run("rank", file.parent, "--track")
    assert refused.exit_code == 2
    assert "leave them out" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.parquet"], "does not exist; check the path"),
        (["LiAlCl{4-2x}O{x}", "--var", "x"], "is not a range"),
        (["LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.1", "--var", "x=0:1:0.1"], "given twice"),
        (["LiAlCl{4-2x}O{x}", "--var", "top=0:1:0.1"], "is taken"),
        (["LiAlCl{4-2x}O{x}"], "values are missing for x"),
        (["LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.1", "--everything"], "name the ranking with -o"),
        (
            ["LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.1", "-o", "a.csv"],
            ".csv ending is not known; end the name in .parquet",
        ),
        (
            ["LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.1", "-t", "9999"],
            "--temperature = 9999; give degC between -100 and 500",
        ),
    ],
)
def test_what_cannot_be_screened(run, arguments, sentence):
    result = run("screen", *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
