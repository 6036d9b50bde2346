"""When to train again, and that the same again is the same to the last bit."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments import registry, retraining
from vitrion.experiments.training import train


def test_nothing_yet(home):
    reason = retraining.why("tg")
    assert reason.needed
    assert reason.said == "there is no model yet"


@pytest.fixture
def champion(tiny, tables, monkeypatch):
    """A champion of few rows, and what is known set to those."""
    table = tables["tg"]
    monkeypatch.setattr(retraining, "load", lambda name: table)
    train(["tg"], n_jobs=1)
    return table


def with_more(table, n, shift=0.0):
    """The table with n measurements of other papers, shifted by so many K."""
    rows = table.rows.iloc[:n].assign(paper=[f"new:{k}" for k in range(n)], group=[f"new:{k}" for k in range(n)])
    rows["value"] += shift
    both = pd.concat([table.rows, rows], ignore_index=True)
    matrix = np.vstack([table.measured.matrix, table.measured.matrix[:n]])
    return dataclasses.replace(table, measured=dataclasses.replace(table.measured, rows=both, matrix=matrix))


def test_reasons_to_train_again(champion, monkeypatch):
    assert not retraining.why("tg").needed
    assert "knows all that is known" in retraining.why("tg").said

    def known(table):
        monkeypatch.setattr(retraining, "load", lambda name: table)
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
    monkeypatch.setattr(retraining.sklearn, "__version__", "9.9")
    assert "this is 9.9" in retraining.why("tg").said


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
    card = registry.champions()["tg"]
    other = dataclasses.replace(card, recipe=dict(card.recipe) | {"weight_literature": 7.0})
    assert retraining._same_recipe("tg", card)
    assert not retraining._same_recipe("tg", other)
