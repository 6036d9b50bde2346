"""The command line as a person or a script meets it."""

import io
import subprocess
import sys
import types

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.experiments.benchmarks import glass_bench
from vitrion.experiments.ranking import rank as ranking
from vitrion.serve.cli import app

GOOD = "formula,name\nLiAlCl2.5O0.75,LACO\nLiAlCl4,base\nbad..,x\n"


@pytest.fixture
def run(models):
    def invoke(*arguments, **options):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], **options)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(GOOD)
    return path


def sentence(result):
    """The one line on standard error that says what is wrong."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("vitrion: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_ranking_goes_to_standard_output_as_csv(run, listed):
    result = run("rank", listed)
    assert result.exit_code == 0
    table = pd.read_csv(io.StringIO(result.stdout))
    assert list(table["formula"]) == ["LiAlCl2.5O0.75", "LiAlCl4", "bad.."]
    assert list(table.columns[-4:]) == ["note", "error", "input", "name"]
    assert 'row 4 of list.csv: "bad.."' in result.stderr


def test_a_bad_formula_among_arguments_is_answered_as_a_row_of_a_file_is(run):
    result = run("rank", "LiAlCl4", "xyz", "LiAlCl2.5O0.75")
    assert result.exit_code == 0
    table = pd.read_csv(io.StringIO(result.stdout))
    assert table["formula"].tolist()[-1] == "xyz" and set(table["formula"][:2]) == {"LiAlCl4", "LiAlCl2.5O0.75"}
    assert table["p_goal"][:2].notna().all() and "neither a file that is there nor a formula" in table["error"][2]
    assert "argument 2: xyz is neither a file" in result.stderr
    alone = run("rank", "xyz", "abc")
    assert alone.exit_code == 2 and not alone.stdout and sentence(alone).startswith("vitrion: xyz is neither a file")


def test_outputs_are_written_and_the_top_is_printed(run, listed, tmp_path):
    outputs = [tmp_path / name for name in ("out.csv", "out.parquet", "out.html")]
    result = run("rank", listed, *(part for path in outputs for part in ("-o", path)))
    assert result.exit_code == 0
    assert all(path.stat().st_size for path in outputs)
    assert len(pd.read_csv(outputs[0])) == len(pd.read_parquet(outputs[1])) == 3
    assert "LiAlCl2.5O0.75" in result.stdout
    table = result.stdout.partition("LiAlCl2.5O0.75: measured")[0]
    assert max(map(len, table.splitlines())) <= 100
    assert "1 could not be read" in result.stdout


def tracker(monkeypatch, log_ranking):
    module = types.SimpleNamespace(log_ranking=log_ranking)
    monkeypatch.setitem(sys.modules, "vitrion.experiments.ranking.tracking", module)


def test_a_ranking_is_tracked_when_asked(run, listed, monkeypatch):
    told = []
    tracker(monkeypatch, lambda *given: told.append(given) or "abc123")
    assert run("rank", listed).exit_code == 0
    assert told == []
    result = run("rank", listed, "--track", "--temperature", 60)
    assert result.exit_code == 0
    assert "tracked as run abc123 of 'vitrion ranking'" in result.stderr
    ((table, cells, _, temperature, name, also),) = told
    assert (len(table), len(cells), temperature, name, also) == (3, 3, 60, "list.csv", [])


def test_a_ranking_that_cannot_be_tracked_is_done_all_the_same(run, listed, monkeypatch):
    def away(*_):
        raise OSError("no server")

    tracker(monkeypatch, away)
    result = run("rank", listed, "--track")
    assert result.exit_code == 0
    assert len(pd.read_csv(io.StringIO(result.stdout))) == 3
    assert "MLflow did not take it: no server" in result.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column named formula"),
        ("formula\n", "no rows"),
        (b"\x00\x01" * 50, "binary"),
    ],
)
def test_bad_files_end_with_2_and_one_sentence(run, tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("rank", path)
    assert result.exit_code == 2
    assert words in sentence(result)
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rank", "none.csv"], "does not exist"),
        (["rank", ""], "argument 1 is empty; give a formula"),
        (["rank", "."], "has no column named formula"),
        (["rank", "LIST", "-o", "no/such/out.csv"], "does not exist; make it first"),
        (["rank", "LIST", "-o", "out.xls"], "ending"),
        (["rank", "LIST", "-o", "LIST"], "candidates itself"),
        (["rank", "LIST", "--goal", "none.toml"], "--goal none.toml is not a file"),
        (["rank", "LIST", "--temperature", "nan"], "--temperature = nan is missing; give degC between -100 and 500"),
        (["rank", "LIST", "--temperature", "1e9"], "--temperature = 1e+09; give degC between -100 and 500"),
        (["sweep", "LiAlCl{4-2x}O{x}"], "no values of x; give a range, such as --var x=0:1.5:0.05"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x"], "is not a range"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x=a:b"], "x=a:b is not a range"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x=0:1:0"], "never reaches"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.1", "--var", "x=0:1:0.1"], "given twice"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x=0:1:1e-9"], "larger steps"),
        (["sweep", "LiAl{y}Cl{4-2x}O{x}", "--var", "x=0:1:0.0005", "--var", "y=0:1:0.0005"], "take larger steps"),
        (["sweep", "LiAlCl{4-2x}O{x}", "--var", "x=3:4:0.5"], "no member"),
        (["sweep", "LiAlCl{goal}", "--var", "goal=0:1:0.1"], "name is taken"),
        (["sweep", "LiXx{x}", "--var", "x=0:1:0.1"], "no element"),
        (["train", "--recipe", "none.toml"], "--recipe none.toml is not a file"),
        (["evaluate", "--split", "obelix", "--property", "tg"], "--split obelix holds conductivities alone"),
    ],
)
def test_bad_arguments_end_with_2_and_one_sentence(run, listed, arguments, words):
    result = run(*(listed if part == "LIST" else part for part in arguments))
    assert result.exit_code == 2, result.output
    assert words in sentence(result)


@pytest.mark.parametrize(
    "arguments", [["rank"], ["nonsense"], ["rank", "x", "--top", "-1"], ["evaluate", "--split", "x"]]
)
def test_wrong_usage_ends_with_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_sweep_in_grid_order(run):
    result = run("sweep", "LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.5")
    table = pd.read_csv(io.StringIO(result.stdout))
    assert list(table["x"]) == [0, 0.5, 1]
    assert table.columns[1] == "rank"


def test_sweep_writes_its_page(run, tmp_path):
    result = run("sweep", "LiAlCl{4-2x}O{x}", "--var", "x=0:1:0.5", "-o", tmp_path / "sweep.html")
    assert result.exit_code == 0
    assert "best at x = " in (tmp_path / "sweep.html").read_text()


def test_standard_input(run):
    result = run("rank", "-", input="\ufeffformula;name\r\nLiAlCl4;x\r\n\r\n")
    assert result.exit_code == 0
    assert "LiAlCl4" in result.stdout


def test_no_model_is_a_failure_that_says_what_to_do(run, listed, empty):
    result = run("rank", listed)
    assert result.exit_code == 1
    assert "vitrion train" in sentence(result)


def test_the_unexpected_is_one_sentence_too(run, listed, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise ZeroDivisionError("oh\nno")

    monkeypatch.setattr(ranking, "rank", broken)
    output = tmp_path / "out.csv"
    output.write_text("old")
    result = run("rank", listed, "-o", output)
    assert result.exit_code == 1
    assert "ZeroDivisionError: oh" in sentence(result)
    assert output.read_text() == "old"


def test_a_full_disk_is_said(run, listed, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vitrion.serve.formatting.files.put", full)
    result = run("rank", listed, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert "no room is left on the disk" in sentence(result)


def test_fifty_thousand_rows(run, tmp_path):
    path = tmp_path / "many.csv"
    rows = [f"LiAlCl{4 - 2 * (x % 500 + 1) / 1000:.3f}O{(x % 500 + 1) / 1000:.3f};{x}" for x in range(50_000)]
    path.write_text("formula;id\r\n" + "\r\n".join(rows))
    result = run("rank", path, "-o", tmp_path / "out.csv")
    assert result.exit_code == 0
    written = pd.read_csv(tmp_path / "out.csv")
    assert sorted(written["id"]) == list(range(50_000))
    assert written["note"].str.contains("same composition as row ").sum() == 49_500


def test_models_list(run, request):
    result = run("models", "list")
    assert result.exit_code == 0
    assert "conductivity 8" in result.stdout
    first, *_, last = [line for line in result.stdout.splitlines() if line.startswith(("conductivity", "tg"))]
    assert "Li-Na" in first
    assert "Cl" in last
    assert "by paper" in result.stdout
    request.getfixturevalue("empty")
    none = run("models", "list")
    assert none.exit_code == 1 and "there is no model yet; run 'vitrion train'" in none.stderr


def test_version_and_help_load_nothing_heavy():
    heavy = "sklearn pandas mlflow plotly pyarrow numpy jinja2"
    code = (
        "import sys; sys.argv = ['vitrion', '--help']\n"
        "from vitrion.serve.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"found = [name for name in '{heavy}'.split() if name in sys.modules]\n"
        "assert not found, found"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    shown = subprocess.run([sys.executable, "-m", "vitrion", "--version"], capture_output=True, text=True, check=False)
    assert shown.stdout.startswith("vitrion 0.")


def test_a_process_with_bad_input_ends_with_2(tmp_path):
    for name, content in (("empty.csv", b""), ("x.csv", b"a,b\n1,2\n"), ("y.csv", b"PK\x03\x04abc")):
        (tmp_path / name).write_bytes(content)
        command = [sys.executable, "-m", "vitrion", "rank", name]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert result.returncode == 2
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""


def test_a_list_that_cannot_be_read_is_bad_input_with_no_model(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    path = tmp_path / "bad.csv"
    path.write_text("formula\nbad..\nXx2\n")
    for further in ([], ["--train-if-missing"]):
        result = CliRunner().invoke(app, ["rank", str(path), *further])
        assert result.exit_code == 2
        assert "none of the 2 rows of bad.csv could be read" in sentence(result)
        assert 'row 2 of bad.csv: "bad.."' in result.stderr
    path.write_text("formula\nLiAlCl4\n")
    result = CliRunner().invoke(app, ["rank", str(path)])
    assert result.exit_code == 1
    assert "vitrion train" in sentence(result)


@pytest.mark.parametrize("further", [["--split", "family"], ["--split", "paper", "--scores", "scores.json"]])
def test_glass_formation_is_scored_on_sets_of_elements_or_systems_alone(further):
    result = CliRunner().invoke(app, ["evaluate", "-p", "glass_formation", *further])
    assert result.exit_code == 2
    assert "sets of elements held out, or with --split system" in sentence(result)


@pytest.mark.parametrize(("split", "by"), [("paper", "elements"), ("system", "system")])
def test_glass_formation_is_scored_by_its_own_bench(monkeypatch, split, by):
    asked = []

    def measured(found, by, learners):
        asked.append((by, [*learners]))
        yield learners[0], pd.DataFrame({"subset": ["all"], "auc": [0.75]})

    monkeypatch.setattr(glass_bench, "measured", measured)
    result = CliRunner().invoke(app, ["evaluate", "-p", "glass_formation", "--split", split, "--baselines"])
    assert result.exit_code == 0, result.output
    assert asked == [(by, [glass_bench.FORMER, *glass_bench.LEARNERS])]
    assert f"all,0.75,former,{by}" in result.output
