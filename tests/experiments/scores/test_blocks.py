"""Blocks of documents made from the file of scores."""

import pytest
from vitrion.experiments.holdout.headline import NEW, OXYCHLORIDES, OXYHALIDES
from vitrion.experiments.scores import blocks as score_blocks
from vitrion.experiments.scores.blocks import BLOCKS, main, outside, rewritten
from vitrion.experiments.scores.file import Key, Score, ScoreError, ScoreFile
from vitrion.experiments.scores.run_facts import Facts

DOCUMENT = """Before.

<!-- scores: first -->
stale
<!-- /scores -->

- An item:
  <!-- scores: intervals -->
  <!-- /scores -->
  and its end.
"""


@pytest.fixture
def file():
    made = ScoreFile(data={"tg": {"SciGlass": 90566, OXYCHLORIDES: 2}, "conductivity": {"SciGlass": 32844}})
    row, paper = Key("conductivity", "paper", OXYHALIDES, "mae"), Key("conductivity", "paper", NEW, "coverage_by_paper")
    unit, counts = "log10(S/cm)", (63, 24, 24)
    scores = [
        Score(row, 0.8634, 0.221, unit, *counts),
        Score(row._replace(measure="coverage"), 0.889, 0.055, "", *counts),
    ]
    scores += [
        Score(paper._replace(measure="coverage"), 0.872, None, "", 9134, 742),
        Score(paper, 0.847, 0.0104, "", 9134),
    ]
    scores += [Score(row._replace(subset="verdict outside"), 1.27, 0.13, unit, 665, 140)]
    line = {"low": 0.0, "high": 0.1, "rows": 71, "papers": 39, "predicted": 3.33, "observed": 7.0, "excess": -3.67}
    line |= {"excess_error": None, "mean_chance": 0.047, "share": 0.099, "share_by_paper": 0.067}
    told = {"conductivity": {"chance": "P(conductivity > 0.001 S/cm)", "subset": "like the candidates", "rows": [line]}}
    made.add(Facts("2026-01-02", "2 cores", "abc1234", "make bench-models", 39.0), scores, told)
    return made


def test_blocks_are_made_anew(file):
    text = rewritten(DOCUMENT, file)
    assert "stale" not in text
    assert text.startswith("Before.\n\n<!-- scores: first -->\n\n| held out |")
    assert "| conductivity of Li and Na oxyhalides, 15-45 °C | 63 (24) | 0.86 ± 0.22 decades |  | 89 ± 6 % |  |" in text
    assert "- Run 1: 2026-01-02 at commit abc1234, `make bench-models`." in text
    assert "\n  - Conductivity: 87 % (85 ± 1 % by paper) of those of laboratories never seen.\n" in text
    assert text.endswith("  <!-- /scores -->\n  and its end.\n")
    assert rewritten(text, file) == text


def test_what_the_program_is_for_stands_first_whether_measured_or_not(file):
    rows = [line for line in rewritten(DOCUMENT, file).splitlines() if line.startswith("| ")][2:]
    assert rows[0].startswith("| conductivity of Li and Na oxyhalides")
    promise = "based on 2 measurements; P(Tg < 25 °C) of an oxychloride cannot be promised"
    assert rows[1].startswith(f"| Tg of oxychlorides: {promise} | 2 |")
    file.data["tg"][OXYCHLORIDES] = 3
    assert "based on 3 measurements" in rewritten(DOCUMENT, file)


def test_runs_are_told_apart_where_there_are_several(file):
    facts = Facts("2026-01-03", "2 cores", "def5678", "vitrion evaluate", 4.0)
    file.add(facts, [Score(Key("tg", "paper", "all", "mae"), 23.08, 0.3, "K", 90568, 11003)], {})
    text = rewritten(DOCUMENT, file)
    assert "| Tg, all glasses | 90,568 (11,003) | 23.1 ± 0.3 K |  |  |  | 2 |" in text
    assert "- Run 2: 2026-01-03 at commit def5678, `vitrion evaluate`." in text


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_can_be_made_of_all_and_of_nothing(name, file):
    document = f"<!-- scores: {name} -->\n<!-- /scores -->"
    for one in (file, ScoreFile()):
        text = rewritten(document, one)
        assert "None" not in text
        assert "nan" not in text
        assert rewritten(text, one) == text
    assert rewritten(document, file) != rewritten(document, ScoreFile())


def test_tables_of_all_scores_chances_and_runs(file):
    def made(name):
        return rewritten(f"<!-- scores: {name} -->\n<!-- /scores -->", file)

    run = "2026-01-02 abc1234"
    counts = "63 | 24 | 24"
    assert f"| conductivity | paper | {OXYHALIDES} | mae | 0.86 ± 0.22 decades | {counts} | {run} |" in made("every")
    assert "| 0-10 % | 71 (39) | 5 % | 10 % | 7 % | 3.3 | 7 | -3.7 |" in made("reliability")
    assert "39 minutes; 2 cores." in made("runs")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!-- scores: first -->\nno end", "has no partner"),
        ("<!-- /scores -->", "has no partner"),
        ("<!-- scores: first -->\n<!-- scores: data -->\n<!-- /scores -->\n<!-- /scores -->", "has no partner"),
        ("<!-- scores first -->\n<!-- /scores -->", "has no partner"),
        ("<!-- scores: last -->\n<!-- /scores -->", "there is no block last; use one of first, headline, data"),
    ],
)
def test_wrong_marks_are_refused(text, words, file):
    with pytest.raises(ScoreError, match=words):
        rewritten(text, file)


def test_outside():
    assert outside(DOCUMENT) == "Before.\n\n\n\n- An item:\n\n  and its end.\n"


def test_the_command_rewrites_and_checks(file, tmp_path, monkeypatch, tables, capsys):
    monkeypatch.setattr(score_blocks, "load", lambda name, lab: tables[name])
    path, place = tmp_path / "scores.json", tmp_path / "docs" / "page.md"
    file.data["tg"][OXYCHLORIDES] = 77
    file.save(path)
    place.parent.mkdir()
    place.write_text(DOCUMENT)
    (place.parent / "other.md").write_text("No block.")
    assert main([str(path), str(place.parent), "--check"]) == 1
    assert place.read_text() == DOCUMENT
    assert "page.md differs" in capsys.readouterr().out
    assert main([str(path), str(place.parent)]) == 0
    assert "based on 2 measurements" in place.read_text(), "counted in the data, not kept from before"
    assert "other.md" not in capsys.readouterr().out
    assert main([str(path), str(place.parent), "--check"]) == 0
    place.write_text("<!-- scores: first -->")
    with pytest.raises(SystemExit, match=r"page\.md: a mark of a block has no partner"):
        main([str(path), str(place)])
