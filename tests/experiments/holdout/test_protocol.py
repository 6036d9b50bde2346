"""No model of a comparison sees what it is asked: neither the paper nor, unless said so, the composition."""

import numpy as np
import pytest
from scipy.spatial import cKDTree
from vitrion.datasets import load
from vitrion.datasets.sources import obelix
from vitrion.datasets.splits import SAME_WITHIN, hashed
from vitrion.experiments.holdout import unseen
from vitrion.experiments.holdout.baselines import BASELINES
from vitrion.experiments.holdout.forecast import N_QUANTILES, Forecast, plain, plain_ahead
from vitrion.experiments.holdout.protocol import DEALT, KNOWN, SPLITS, design, labels, measured
from vitrion.experiments.holdout.subsets import closer
from vitrion.experiments.recipes.energies import measured_energies
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.models.fitting.crossfit import Design

OBELIX = """ID,True Composition,Ionic conductivity (S cm-1),DOI
{0}"""


def sides(made):
    for number in range(made.fold.max() + 1):
        train, test = made.sides(number)
        yield train[made.fold[train] >= 0], test


@pytest.mark.parametrize("split", ["paper", "system", "family", KNOWN])
@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_no_paper_and_no_composition_on_both_sides(tiny, tables, name, split):
    data, recipe = tables[name], Recipe.named(name)
    made = design(recipe.predictor(), recipe.rows(data), split)
    shared, kind = 0, labels(data, split)
    for train, test in sides(made):
        assert not set(data.groups[train]) & set(data.groups[test])
        assert not set(kind[train]) & set(kind[test])
        shared += len(set(data.measured.keys[train]) & set(data.measured.keys[test]))
    assert (shared > 0) is (split == KNOWN)


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_what_is_nearly_the_same_composition_is_on_one_side_too(tiny, tables, name):
    """Two formulas of one glass that differ by 0.2 at.% at the most, unless a known composition is asked for."""
    data, recipe = tables[name], Recipe.named(name)
    matrix = data.fractions.matrix
    for split in ("paper", "family"):
        for train, test in sides(design(recipe.predictor(), recipe.rows(data), split)):
            tree = cKDTree(matrix[train])
            assert tree.query(matrix[test], p=np.inf)[0].min() > SAME_WITHIN - 1e-9
    assert len(design(recipe.predictor(), recipe.rows(data)).close) > 0
    assert len(design(recipe.predictor(), recipe.rows(data), KNOWN).close) == 0


def test_papers_are_held_out_by_laboratory_in_folds_that_stay(tiny, tables):
    """Those of the first round, of equal size, are dealt by paper and kept for comparison."""
    data, recipe = tables["conductivity"], Recipe.named("conductivity")
    rows, predictor = recipe.rows(data), recipe.predictor()
    made, dealt = (design(predictor, rows, split) for split in ("paper", DEALT))
    assert (labels(data, "paper") == data.laboratories).all()
    assert (labels(data, DEALT) == data.groups).all()
    assert len(set(zip(data.laboratories, made.fold.tolist(), strict=True))) == len(set(data.laboratories))
    assert (made.fold == hashed(data.laboratories, predictor.n_folds, 0)).all()
    assert np.ptp(np.bincount(dealt.fold)) <= np.unique(data.groups, return_counts=True)[1].max()
    assert (made.fold != dealt.fold).any()
    assert (made.laboratories == np.unique(data.laboratories.astype(str), return_inverse=True)[1]).all()


def test_energies_of_the_rows_reach_the_design_of_each_model(tiny, tables):
    data, recipe = tables["conductivity"], Recipe.named("conductivity")
    made = design(recipe.predictor(), recipe.rows(data))
    np.testing.assert_array_equal(made.energies, measured_energies(data))
    bare = measured(made, BASELINES["ridge"].inputs(data))
    for name in ("y", "fold", "keys", "weight", "papers", "laboratories", "energies"):
        np.testing.assert_array_equal(getattr(bare, name), getattr(made, name))
    assert (bare.close == made.close).all()


def test_baselines_get_the_same_folds_and_no_estimates(tables):
    recipe, data = Recipe.named("tg"), tables["tg"]
    made = design(recipe.predictor(), recipe.rows(data))
    bare = measured(made, BASELINES["ridge"].inputs(data))
    assert len(made.y) > len(bare.y) == len(data)
    assert (bare.fold == made.fold[: len(data)]).all()
    assert bare.y.tolist() == data.property.to_target(data.values).tolist()
    with pytest.raises(ValueError, match="descriptors of 3 rows"):
        measured(made, np.zeros((3, 2)))


def test_no_such_split(tables):
    with pytest.raises(ValueError, match=f"'year' is not a way to split; use one of {', '.join(SPLITS)}"):
        labels(tables["tg"], "year")


@pytest.mark.parametrize("name", ["mean", "median", "nearest neighbour", "ridge"])
def test_baselines_predict_every_row(tiny, tables, name):
    data, recipe = tables["conductivity"], Recipe.named("conductivity")
    made = measured(design(recipe.predictor(), recipe.rows(data)), BASELINES[name].inputs(data))
    told, quantiles = BASELINES[name].held_out(made)
    assert told.row.tolist() == list(range(len(data)))
    assert np.isfinite(told.mean).all()
    assert 0.85 < ((told.lower <= told.truth) & (told.truth <= told.upper)).mean() < 0.95
    assert (np.diff(quantiles, axis=1) >= 0).all()
    if name in ("mean", "median"):
        for number in np.unique(told.fold):
            train, test = made.sides(number)
            assert told.mean[test] == pytest.approx(np.full(len(test), getattr(np, name)(made.y[train])))


def test_the_forest_sees_magpie_and_the_temperature(tables):
    data = tables["conductivity"]
    X = BASELINES["random forest"].inputs(data)
    assert X.shape == (len(data), 135)
    assert X[:, -3] == pytest.approx(1000 / (data.rows["temperature_C"].to_numpy() + 273.15), rel=1e-5)
    assert BASELINES["random forest"].inputs(tables["tg"]).shape[1] == 132


def test_nearest_neighbour_takes_the_value_of_the_nearest(tables):
    draw = np.random.default_rng(0)
    X, y = draw.normal(size=(40, 3)), draw.normal(size=40)
    model = BASELINES["nearest neighbour"].learn(X, y)
    assert model.predict(X[::-1]).tolist() == y[::-1].tolist()


def test_split_conformal_by_hand():
    fold, mean = np.repeat([0, 1], 99), np.zeros(198)
    truth = np.concatenate([np.arange(1.0, 100.0), np.full(99, 50.0)])
    told, quantiles = plain(np.arange(198), fold, truth, mean, 0.9)
    assert (told.lower[fold == 1] == 5.0).all()  # the 5th and the 95th of 99 errors of the other fold
    assert (told.upper[fold == 1] == 95.0).all()
    assert (told.lower[fold == 0] == 50.0).all()
    assert quantiles.shape == (198, N_QUANTILES)
    ahead = plain_ahead(truth[:99], np.array([7.0]), np.array([100.0]), 0.9).held_out
    assert (ahead.lower[0], ahead.upper[0]) == (105.0, 195.0)


def test_our_quantiles_agree_with_our_intervals(tiny, tables):
    recipe = Recipe.named("tg")
    rows = recipe.rows(tables["tg"])
    held_out = recipe.predictor().cross_validate(**rows.keywords())
    told = Forecast.crossed(held_out)
    assert np.isfinite(told.quantiles).all()
    assert (np.diff(told.quantiles, axis=1) >= -1e-9).all()
    close = held_out.verdict == "inside"
    inner, outer = told.quantiles[close][:, [2, -3]], told.quantiles[close][:, [1, -2]]  # of 87.5 % and of 92.5 %
    lower, upper = held_out.lower[close], held_out.upper[close]
    assert ((outer[:, 0] <= lower + 1e-9) & (lower <= inner[:, 0] + 1e-9)).all()
    assert ((inner[:, 1] <= upper + 1e-9) & (upper <= outer[:, 1] + 1e-9)).all()


def test_later_papers(tables):
    for data in tables.values():
        train, test = unseen.later(data)
        assert len(train) > len(test) > 0
        assert train.rows["year"].max() < unseen.YEARS[data.property.name] <= test.rows["year"].min()
        assert not set(train.groups) & set(test.groups)
        assert not set(train.measured.keys) & set(test.measured.keys)


def test_obelix_shares_nothing_with_what_is_learnt(tables, tmp_path):
    data = tables["conductivity"]
    known = data.rows[data.rows["doi"] != ""].iloc[0]
    same = data.rows["formula"].iloc[0]
    test = f"aaa,Li7Bi1O6,1.5e-06,10.1/a\nbbb,{same},1e-5,10.1/b\nccc,Li3N,<1e-10,{known['doi']}\n"
    train = "ddd,Li7Bi1O6,2e-6,10.1/d\neee,Li3OCl,1e-6,10.1/a\nfff,Li3OBr,1e-6,10.1/f\n"
    (tmp_path / "test.csv").write_text(OBELIX.format(test))
    (tmp_path / "all.csv").write_text(OBELIX.format(test + train))
    learnt, asked = unseen.official(data, tmp_path)
    assert len(asked) == 3
    assert asked.values.tolist() == [1.5e-6, 1e-5, unseen.LOW]
    assert closer(asked)["no upper limits"].tolist() == [True, True, False]
    assert "no upper limits" not in closer(data)
    assert known["doi"] not in set(learnt.rows["doi"])
    assert not set(learnt.measured.keys) & set(asked.measured.keys)
    assert set(learnt.rows.loc[learnt.rows["source"] == obelix.NAME, "formula"]) == {"Li3OBr"}
    assert len(learnt) < len(data) + 1


def test_no_obelix_is_said(tables, tmp_path):
    with pytest.raises(unseen.MissingError, match=r"holds no test\.csv; set VITRION_OBELIX"):
        unseen.official(tables["conductivity"], tmp_path)


def test_no_year_is_said():
    with pytest.raises(unseen.MissingError, match="no year divides the papers on density"):
        unseen.later(load("density", lab=False))


def test_a_baseline_looks_ahead(tables):
    train, test = unseen.later(tables["tg"])
    told = BASELINES["mean"].ahead(train, test).held_out
    assert told.mean == pytest.approx(np.full(len(test), train.property.to_target(train.values).mean()))
    assert told.truth == pytest.approx(test.property.to_target(test.values))


def test_sides_of_a_design_are_what_baselines_learn_from():
    paper = np.arange(4)
    keys = np.array([1, 2, 2, 3])
    made = Design(np.zeros((4, 1)), np.arange(4.0), np.array([0, 0, 1, 1]), keys, np.ones(4), paper, paper)
    told = BASELINES["mean"].held_out(made).held_out
    assert told.mean.tolist() == [3.0, 3.0, 0.0, 0.0]  # the row that shares composition 2 is not learnt from
