"""Numbers of accuracy in README and documents: all from one file, which the benchmark writes."""

import json
import re
from pathlib import Path

import pytest
from vitrion.datasets import load
from vitrion.experiments.holdout.headline import OXYCHLORIDES, OXYHALIDES
from vitrion.experiments.scores.blocks import BLOCK, documents, outside, rewritten
from vitrion.experiments.scores.file import NAME, Key, ScoreFile
from vitrion.experiments.scores.wanted import data_counts, listed

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EVERY = documents([ROOT / "README.md", DOCS])
names = [path.relative_to(ROOT).as_posix() for path in EVERY]
PLAIN = [ROOT / "README.md", DOCS / "index.md", *sorted((DOCS / "explanation").glob("*.md"))]
"""What states how good the models are. Pages of benchmarks, and of what was tried when, name their own runs."""

ACCURACY = re.compile(
    r"\b(?:err(?:s|ed|ors?)?|mae|rmse|r2|r²|crps|coverage|cover(?:s|ed)?|h[oe]lds?|miss(?:es|ed)?|accura\w+|off by|"
    r"wrong by|within the interval|in the interval|decades?)\b|± ?\d",
    re.IGNORECASE,
)
WORDS = "two three four five six seven eight nine ten half third quarter fifth tenth twice thrice once percent per cent"
NUMBER = re.compile(rf"\d|\b(?:{'|'.join(WORDS.split())})s?\b|\bone in\b", re.IGNORECASE)
KELVIN = re.compile(r"\b\d+(?:\.\d+)? K\b")
NOMINAL = re.compile(
    r"\b90 % intervals?|\bintervals? (?:of )?90 %|made to hold (?:the truth )?(?:90 times in 100|nine[\w ]* in ten)"
)
NO_PROSE = re.compile(r"\]\([^)]*\)|https?://\S+|`[^`]*`|<[^>]*>")


def claims(text):
    """Sentences of a document that tell how accurate the models are, with a number, outside of its blocks."""
    found = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#>]|```|\d+\.) ?)", outside(text)):
        for sentence in re.split(r"(?<=[.:;!?])\s", " ".join(paragraph.split())):
            plain = NOMINAL.sub("", NO_PROSE.sub("", sentence))
            if (ACCURACY.search(plain) and NUMBER.search(plain)) or KELVIN.search(plain):
                found.append(sentence)
    return found


@pytest.fixture(scope="module")
def file():
    return ScoreFile.load(DOCS / NAME)


@pytest.mark.parametrize("path", EVERY, ids=names)
def test_blocks_are_what_the_file_of_scores_makes(path, file):
    text = path.read_text(encoding="utf-8")
    assert rewritten(text, file) == text, "run 'make scores'"


@pytest.mark.parametrize("path", PLAIN, ids=[path.relative_to(ROOT).as_posix() for path in PLAIN])
def test_no_number_of_accuracy_stands_outside_of_a_block(path):
    assert not claims(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "Tg errs by 24 K.",
        "Tg (mean over all\nglasses, 30 K where both O and Cl are in).",
        "The conductivity is good to 0.8\ndecades.",
        "- conductivity: mean error 0.79 log10(S/cm)",
        "```console\n$ make rank\n  on papers held out: mean error 23 K, 90 % intervals hold 88 %\n```",
        "90 % intervals hold 90 %.",
        "Intervals hold the truth 90 times in 100 on papers never seen.",
        "One fiftieth is outside, where errors are twice as large.",
        "Nine in ten of the measurements are held by their interval.",
        "| Tg | MAE 23.1 |",
        "R² is 0.95 for Tg.",
        "The coverage is **0.9**.",
        "Predictions are accurate to ten degrees.",
        "1.4 ± 0.2 mS/cm",
    ],
)
def test_a_number_of_accuracy_is_found(text):
    assert claims(text)
    assert not claims(f"<!-- scores: first -->\n{text}\n<!-- /scores -->")


@pytest.mark.parametrize(
    "text",
    [
        "295 candidates (15 shown): 37 inside, 88 edge; intervals 90 %",
        "Every prediction has a 90 % interval.",
        "Intervals are made to hold the truth 90 times in 100 on papers that the model never saw.",
        "A row that cannot be read comes back with its error. Exit codes: 0 done, 1 failed.",
        "It takes 5 to 9 minutes.",
        "The rows of one paper err together.",
        "Errors are larger there; see [the benchmark](docs/benchmarks/models-2.md).",
        "Measured 1.52 mS/cm at 30 °C.",
    ],
)
def test_what_is_no_number_of_accuracy_is_left_alone(text):
    assert not claims(text)


def test_limits_show_first_what_the_program_is_for(file):
    text = (DOCS / "explanation" / "limits.md").read_text(encoding="utf-8")
    (block,) = [one.group(0) for one in BLOCK.finditer(text) if one["name"] == "first"]
    first, second = [line for line in block.splitlines() if line.startswith("| ")][2:4]
    score = file.get(Key("conductivity", "paper", OXYHALIDES, "mae"))
    assert first.startswith(f"| conductivity of Li and Na oxyhalides, 15-45 °C | {score.rows}")
    assert f"{score.value:.2f}" in first
    counted = data_counts(load("tg", lab=False))[OXYCHLORIDES]
    assert f"based on {counted} measurement" in second
    assert "P(Tg < 25 °C) of an oxychloride cannot be promised" in second


def test_readme_quotes_what_the_program_is_for_and_leads_to_the_rest(file):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = [one.group(0) for one in BLOCK.finditer(text)]
    score = file.get(Key("conductivity", "paper", OXYHALIDES, "mae"))
    assert f"oxyhalides, 15-45 °C: mean error {score.value:.2f}" in block
    assert "P(Tg < 25 °C) of an oxychloride cannot be promised" in block
    assert "docs/explanation/limits.md" in outside(text)


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 70


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_the_file_counts_the_data_that_there_are(name, file):
    assert file.data[name] == data_counts(load(name, lab=False)), "run 'make scores'"


def test_each_score_names_its_run_and_is_on_the_list(file):
    assert file.scores
    assert set(file.scores) <= set(listed())
    for score in file.scores.values():
        run = file.runs[score.run]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", run["day"])
        assert run["command"]
        assert re.match(r"[0-9a-f]{7}|-", run["commit"])
        assert score.rows > 0
        assert score.value is not None


def test_a_changed_number_is_seen(file, tmp_path):
    told = json.loads((DOCS / NAME).read_text(encoding="utf-8"))
    told["scores"][0]["value"] += 0.1
    (tmp_path / "scores.json").write_text(json.dumps(told))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert rewritten(text, ScoreFile.load(tmp_path / "scores.json")) != text
