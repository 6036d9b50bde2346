"""The nested search: variants are recipes, and nothing of an outer or inner test fold is learnt from."""

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.benchmarks import recipe_search
from vitrion.experiments.recipes.recipe import RECIPES, Recipe
from vitrion.models.fitting.crossfit import Design


@pytest.mark.parametrize("name", RECIPES)
def test_variants_are_the_shipped_recipe_with_one_change(name):
    tried = recipe_search.variants(name)
    assert tried[recipe_search.SHIPPED] == Recipe.named(name)
    assert len({repr(one) for one in tried.values()}) == len(tried)
    fits = recipe_search._fits(tried)
    assert sorted(title for group in fits for title in group) == sorted(tried)
    assert len(fits) < len(tried), "those that differ in how the blend is asked share a fit"


def test_papers_and_compositions_of_hidden_rows_are_not_learnt(monkeypatch):
    learnt = []

    class Fitted:
        def set_params(self, **told):
            return self

        def predict(self, X):
            return X[:, 0]

    monkeypatch.setattr(Design, "fit", lambda self, regressor, rows: learnt.append(rows) or Fitted())
    n = 12
    papers = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 9])  # the last row is of a rule
    keys = np.array([10, 11, 12, 13, 14, 15, 16, 17, 10, 12, 18, 19, 20])
    made = Design(np.arange(n + 1.0)[:, None], np.zeros(n + 1), np.zeros(n + 1), keys, np.ones(n + 1), papers, papers)
    gone, fold = np.isin(papers[:n], [0]), np.where(np.isin(papers[:n], [1]), 0, 1)
    tried = {recipe_search.SHIPPED: Recipe.named("tg")}
    where, told = recipe_search._told(tried, [recipe_search.SHIPPED], {recipe_search.SHIPPED: made}, fold, gone, 0)
    assert where.tolist() == [2, 3]
    assert told[recipe_search.SHIPPED].tolist() == [2.0, 3.0]
    assert learnt[0].tolist() == [4, 5, 6, 7, 10, 11, 12], "rows 8 and 9 repeat compositions that are hidden"


def test_the_chosen_variant_is_marked_and_errors_are_told():
    inner = pd.DataFrame({"all": {"shipped": 2.0, "other": 1.0}})
    cases = {"all": np.array([True, True])}
    truth, nested, shipped = np.zeros(2), np.array([1.0, 1.0]), np.array([2.0, 4.0])
    found = recipe_search.Found("tg", [inner], ["other"], truth, nested, shipped, cases)
    assert found.scores()[["chosen inside", "shipped"]].to_numpy().tolist() == [[1.0, 3.0]]
    assert found.choice()["fold 1"].tolist() == ["1.000", "0.500 *"]
