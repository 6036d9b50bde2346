"""The file of scores that documents quote: what goes in comes out, each score with its run."""

import json

import pytest
from vitrion.experiments.scores.file import Key, Score, ScoreError, ScoreFile
from vitrion.experiments.scores.run_facts import Facts
from vitrion.experiments.scores.wanted import listed, quote

MAE = Key("tg", "paper", "all", "mae")
FIRST = Facts("2026-01-02", "2 cores", "abc1234", "make bench-models", 39.66)
LATER = Facts("2026-01-03", "2 cores", "def5678", "vitrion evaluate", 4.0)
CHANCES = {"chance": "P(tg < 25 degC)", "subset": "like the candidates", "rows": [{"low": 0.0, "excess_error": None}]}


def test_what_goes_in_comes_out(tmp_path):
    file = ScoreFile(data={"tg": {"measurements": 3}})
    width = Score(MAE._replace(measure="width"), 90.0, None, "K", 3)
    file.add(FIRST, [Score(MAE, 23.1, 0.4, "K", 3, 2, 2), width], {"tg": CHANCES})
    file.save(tmp_path / "deep" / "scores.json")
    back = ScoreFile.load(tmp_path / "deep" / "scores.json")
    assert back == file
    assert back.get(MAE).run == "2026-01-02 abc1234"
    assert back.get(MAE._replace(subset="Cl")) is None
    run = {"day": "2026-01-02", "commit": "abc1234", "command": "make bench-models", "machine": "2 cores"}
    assert back.runs == {"2026-01-02 abc1234": run | {"minutes": 39.7}}
    assert back.reliability["tg"]["run"] == "2026-01-02 abc1234"
    lines = (tmp_path / "deep" / "scores.json").read_text().splitlines()
    assert sum(line.startswith('{"property": "tg"') for line in lines) == 2, "one score a line"
    assert json.loads("\n".join(lines))["scores"][0]["standard_error"] == 0.4


def test_a_later_run_replaces_its_own_scores_alone(tmp_path):
    file, other = ScoreFile(), MAE._replace(subset="Cl")
    file.add(FIRST, [Score(MAE, 23.1), Score(other, 30.0)], {})
    file.add(LATER, [Score(MAE, 22.0)], {})
    assert (file.get(MAE).value, file.get(MAE).run) == (22.0, "2026-01-03 def5678")
    assert (file.get(other).value, file.get(other).run) == (30.0, "2026-01-02 abc1234")
    file.add(LATER, [Score(other, 29.0)], {})
    file.save(tmp_path / "scores.json")
    assert list(ScoreFile.load(tmp_path / "scores.json").runs) == ["2026-01-03 def5678"], "no run without a score"


def test_two_commands_at_one_commit_are_two_runs():
    file = ScoreFile()
    file.add(FIRST, [Score(MAE, 23.1)], {})
    again = Facts("2026-01-02", "2 cores", "abc1234", "vitrion evaluate", 4.0)
    for _ in range(2):
        file.add(again, [Score(MAE._replace(split="time"), 25.0)], {})
    assert list(file.runs) == ["2026-01-02 abc1234", "2026-01-02 abc1234 (2)"]
    assert file.get(MAE._replace(split="time")).run == "2026-01-02 abc1234 (2)"


@pytest.mark.parametrize("text", ["{", "[]", '{"scores": [{}]}', '{"data": {}, "runs": {}, "scores": [{"value": 1}]}'])
def test_a_damaged_file_is_one_sentence(tmp_path, text):
    (tmp_path / "scores.json").write_text(text)
    with pytest.raises(ScoreError, match=r"scores\.json is no file of scores .* remove it and run 'make bench-models'"):
        ScoreFile.load(tmp_path / "scores.json")


def test_there_is_none_yet(tmp_path):
    assert ScoreFile.load(tmp_path / "scores.json") == ScoreFile()


def test_quoting_keeps_what_is_listed_in_its_order(tmp_path):
    path, keys = tmp_path / "scores.json", list(listed())
    gone = MAE._replace(subset="as it was once called")
    quote(path, FIRST, [Score(gone, 1.0), *(Score(key, 2.0) for key in reversed(keys))], {}, {"tg": {"papers": 7}})
    file = ScoreFile.load(path)
    assert list(file.scores) == keys
    assert file.data == {"tg": {"papers": 7}}
    assert len(set(keys)) == len(keys)
