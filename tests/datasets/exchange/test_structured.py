"""JSON and TOML that cannot be read end in a sentence, wherever they come from."""

import json

import pytest
from vitrion.datasets.exchange.structured import UnreadableError, of_json, of_toml
from vitrion.experiments.backtests.replay import Runs
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.campaign_log.events import CampaignError
from vitrion.experiments.recipes.recipe import Recipe, RecipeError
from vitrion.experiments.registry import record
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.task.goal import Goal, GoalError
from vitrion.serve.errors.outcomes import BAD_INPUT, explained
from vitrion.serve.errors.refusals import WorkError
from vitrion.serve.workers import bookkeeping as clerk
from vitrion.serve.workers import list_ranking as long_list

DEEP, DIGITS = "nested too deep", "more than 4,300 digits"
JSON = {DEEP: '{"a":' + "[" * 5_000 + "]" * 5_000 + "}", DIGITS: '{"a": ' + "9" * 5_000 + "}"}
TOML = {DEEP: "a = " + "[" * 5_000 + "]" * 5_000, DIGITS: "a = " + "9" * 5_000}


@pytest.mark.parametrize("wrong", [DEEP, DIGITS])
def test_what_cannot_be_read_is_said(tmp_path, monkeypatch, wrong):
    """Every file that somebody else may have written, or that lies in the home folder."""
    monkeypatch.setenv("VITRION_HOME", str(tmp_path))
    for name in ("champions.json", "data-list.json", "runs.json", "request.json"):
        (tmp_path / name).write_text(JSON[wrong])
    (tmp_path / "goal.toml").write_text(TOML[wrong])
    (tmp_path / "models" / "tg" / "1").mkdir(parents=True)
    (tmp_path / "models" / "tg" / "1" / registry.CARD).write_text(JSON[wrong])
    (tmp_path / "models" / "tg" / "1" / registry.GATE).write_text(JSON[wrong])
    cases = (
        (lambda: of_json(JSON[wrong]), ValueError),
        (lambda: of_toml(TOML[wrong]), ValueError),
        (lambda: Goal.load(tmp_path / "goal.toml"), GoalError),
        (lambda: Recipe.load(tmp_path / "goal.toml"), RecipeError),
        (lambda: campaign_store.decode(JSON[wrong]), CampaignError),
        (record.record, record.NoChampionError),
        (lambda: registry.read_card("tg", 1), record.NoChampionError),
        (lambda: Runs(tmp_path / "runs.json"), UnreadableError),
        (lambda: long_list.read_request(tmp_path), WorkError),
    )
    for read, refused in cases:
        with pytest.raises(refused, match=wrong) as caught:
            read()
        assert refused is ValueError or "should not have happened" not in explained(caught.value)[0]
    assert registry.gate_of("tg", 1) == {} and clerk.data_kept() is None, "what is kept beside is made anew"


def test_what_is_read_stays_as_it_was(tmp_path):
    assert of_json(b'{"a": [1, null]}') == json.loads('{"a": [1, null]}')
    assert of_toml("a = 1") == {"a": 1}
    with pytest.raises(ValueError, match="Expecting property name"):
        of_json("{,")
    with pytest.raises(ValueError, match="has 16,001 characters; write at most 16,000"):
        of_toml("#" * 16_001)


def test_what_is_nested_too_deep_further_on_is_bad_input():
    """As where the words of an error hold a value that is nested nearly as deep as can be read."""
    sentence, code = explained(RecursionError("maximum recursion depth exceeded"))
    assert (sentence, code) == ("what was given is nested too deep; write it flat", BAD_INPUT)
