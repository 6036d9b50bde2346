"""When to train again, and that the same again is the same to the last bit."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.gate import errors as gate_errors
from vitrion.experiments.gate import intervals as gate_intervals
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import promotion
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.training import retraining
from vitrion.experiments.training.train import train


def test_nothing_yet(home):
    reason = retraining.why("tg")
    assert reason.needed
    assert reason.said == "there is no model yet"


@pytest.fixture
def champion(tiny, stored, tables, training_reads):
    """A champion of few rows, and what is known set to those."""
    table = tables["tg"]
    training_reads(lambda name: table)
    train(["tg"], n_jobs=1)
    return table


def with_more(table, n, shift=0.0):
    """The table with n measurements of other papers, shifted by so many K."""
    rows = table.rows.iloc[:n].assign(paper=[f"new:{k}" for k in range(n)], group=[f"new:{k}" for k in range(n)])
    rows["value"] += shift
    both = pd.concat([table.rows, rows], ignore_index=True)
    matrix = np.vstack([table.measured.matrix, table.measured.matrix[:n]])
    return dataclasses.replace(table, measured=dataclasses.replace(table.measured, rows=both, matrix=matrix))


def anything_passes(monkeypatch):
    """Have the gate let through what is nearly as good; these models are too small for its margins."""
    for name in ("LEAST_COVERAGE", "LEAST_FAMILY_COVERAGE"):
        monkeypatch.setattr(gate_intervals, name, 0.0)
    for name in ("LOSS", "REGION_LOSS", "FAMILY_MARGIN"):
        monkeypatch.setattr(gate_errors, name, 9.0)
    monkeypatch.setattr(gate_intervals, "WIDEST", 9.0)


def test_reasons_to_train_again(champion, training_reads):
    assert not retraining.why("tg").needed
    assert "knows all that is known" in retraining.why("tg").said

    def known(table):
        training_reads(lambda name: table)
        return retraining.why("tg")

    few = known(with_more(champion, 5))
    assert not few.needed
    assert few.said == "5 measurements came since version 1 was trained, fewer than 8"
    assert known(with_more(champion, 5, shift=700.0)).said.startswith("half of the 5 new results miss by more than")
    assert known(with_more(champion, 8)).said == "8 measurements came since version 1 was trained"
    rows = champion.rows.copy()
    rows.loc[:9, "value"] += 50.0
    corrected = dataclasses.replace(champion, measured=dataclasses.replace(champion.measured, rows=rows))
    assert known(corrected).said == "10 values were corrected since version 1 was trained"


def test_other_versions_are_a_reason(champion, monkeypatch):
    monkeypatch.setattr(registry.artifact, "READABLE", (99,))
    monkeypatch.setattr(registry.artifact, "FORMAT", 99)
    assert "this version of Vitrion reads format 99" in retraining.why("tg").said


def test_the_same_data_recipe_and_seed_give_the_same_file(champion):
    (again,) = train(["tg"], n_jobs=1, anew=True)
    assert again.version == 2
    assert registry.read_card("tg", 1).sha256 == registry.read_card("tg", 2).sha256


def test_what_is_current_is_not_trained_again(champion):
    (same,) = train(["tg"], n_jobs=1)
    assert (same.version, same.promoted, same.seconds) == (1, False, 0.0)
    assert "nothing is new" in same.reason
    assert registry.versions("tg") == [1]


def test_a_recipe_that_changed_is_new(champion):
    recipe = Recipe.named("tg")
    assert retraining.same(recipe, champion) == 1
    assert retraining.same(dataclasses.replace(recipe, weights={"literature": 7.0}), champion) is None
    assert retraining.same(recipe, with_more(champion, 1)) is None
    (registry.folder("tg", 1) / registry.BUNDLE).unlink()
    assert retraining.same(recipe, champion) is None


def test_a_version_that_was_refused_is_not_made_again_every_night(champion, monkeypatch, training_reads):
    table = with_more(champion, 8)
    training_reads(lambda name: table)
    monkeypatch.setattr(promotion, "load", lambda name: table)
    whole = Recipe.rows
    monkeypatch.setattr(Recipe, "rows", lambda recipe, data=None: whole(recipe, table))
    monkeypatch.setattr(gate_intervals, "LEAST_COVERAGE", 1.0)
    assert retraining.why("tg").needed
    (refused,) = train(["tg"], n_jobs=1)
    assert not refused.promoted
    reason = retraining.why("tg")
    assert not reason.needed
    assert reason.said.startswith("version 2 knows all that is known; intervals hold")
    monkeypatch.setattr(gate_intervals, "LEAST_COVERAGE", 0.0)
    monkeypatch.setattr(gate_errors, "LOSS", 0.5)  # small models trained on other rows differ by more than large ones
    (again,) = train(["tg"], n_jobs=1)
    assert (again.version, again.promoted, again.seconds) == (2, True, 0.0), again.reason
    assert registry.versions("tg") == [1, 2]


def test_what_a_kill_left_between_training_and_promotion_is_finished(champion, monkeypatch, training_reads):
    """Never asked, or let through and not promoted; a version that was to be kept alone is left alone."""
    table = with_more(champion, 8)
    training_reads(lambda name: table)
    monkeypatch.setattr(promotion, "load", lambda name: table)
    whole = Recipe.rows
    monkeypatch.setattr(Recipe, "rows", lambda recipe, data=None: whole(recipe, table))
    train(["tg"], n_jobs=1, promote=False)
    assert registry.standing_of("tg", 2) == "kept"
    reason, known = retraining.why("tg"), "version 2 knows all that is known"
    assert (reason.needed, reason.said) == (False, f"{known}; kept as a version; not promoted, as asked")
    (registry.folder("tg", 2) / registry.GATE).unlink()
    assert retraining.why("tg").needed
    anything_passes(monkeypatch)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as at_once, pytest.raises(KeyboardInterrupt):
        at_once.setattr(registry, "promote", killed)
        train(["tg"], n_jobs=1)
    reason = retraining.why("tg")
    assert (reason.needed, reason.said) == (True, f"{known}, and its promotion was not finished")
    assert train(["tg"], n_jobs=1)[0].promoted


def test_a_version_that_was_rolled_back_is_not_promoted_by_training(champion, monkeypatch, training_reads):
    table = with_more(champion, 8)
    training_reads(lambda name: table)
    monkeypatch.setattr(promotion, "load", lambda name: table)
    whole = Recipe.rows
    monkeypatch.setattr(Recipe, "rows", lambda recipe, data=None: whole(recipe, table))
    anything_passes(monkeypatch)
    assert train(["tg"], n_jobs=1)[0].promoted
    assert promotion.rollback("tg") == 1
    (again,) = train(["tg"], n_jobs=1)
    assert not again.promoted
    assert "was rolled back" in again.reason
    assert promotion.promote("tg", 2).passed
    assert registry.champions()["tg"].version == 2


@pytest.mark.parametrize(
    ("name", "content"), [(registry.BUNDLE, None), (registry.CARD, b"{}"), (registry.HELD_OUT, b"PAR1")]
)
def test_a_champion_with_a_lost_or_damaged_file_is_replaced(champion, monkeypatch, name, content):
    monkeypatch.setattr(promotion, "load", lambda name: champion)
    monkeypatch.setattr(gate_intervals, "LEAST_COVERAGE", 0.0)  # few rows: coverage is not what is tried
    path = registry.folder("tg", 1) / name
    path.unlink() if content is None else path.write_bytes(content)
    assert (registry.fault("tg") != "") == (name != registry.HELD_OUT)
    (made,) = train(["tg"], n_jobs=1, anew=True)
    assert made.promoted, made.reason
    assert registry.fault("tg") == ""
    registry.load_predictor("tg")
