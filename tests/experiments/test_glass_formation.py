from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import vitrion
from vitrion.datasets import add, load
from vitrion.experiments.benchmarks import glass_bench
from vitrion.experiments.flavour import FormationModel
from vitrion.experiments.gate import glass_formation as formation_gate
from vitrion.experiments.holdout import glass_formation as formation_scores
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.glass_formation import NO_FORMER, GlassChance, relative_chance
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.ranking.ready import Informed
from vitrion.experiments.recipes import glass_formation as formation_recipe
from vitrion.experiments.recipes.glass_formation import FormationRecipe, recipe_from
from vitrion.experiments.recipes.modifier_rule import modifiers_alone
from vitrion.experiments.recipes.recipe import Recipe, RecipeError
from vitrion.experiments.registry import glass_former, promotion
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.screening.screen import screen
from vitrion.experiments.task.outcomes import Outcomes
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training import retraining
from vitrion.experiments.training.train import train
from vitrion.features.fractions import Fractions
from vitrion.models.fitting.glass_former import GlassFormer, element_sets


def drawn(name, n):
    whole = load(name, lab=False)
    return whole.take(np.sort(np.random.default_rng(0).permutation(len(whole))[:n]))


@pytest.fixture(scope="module")
def outcomes():
    return drawn("glass_formation", 1500)


@pytest.fixture(scope="module")
def tg():
    return drawn("tg", 600)


@pytest.fixture
def small(monkeypatch, outcomes, tg):
    """Train in a moment, on few outcomes."""
    tables = {"glass_formation": outcomes, "tg": tg}
    for module in (formation_recipe, promotion, retraining):
        monkeypatch.setattr(module, "load", tables.__getitem__)
    recipe = FormationRecipe(n_folds=2, n_trees=8, weights={"measured_tg": 0.1, "modifier_rule": 3.0})
    monkeypatch.setattr(FormationRecipe, "named", classmethod(lambda cls: recipe))


def test_a_training_is_tracked_judged_and_loaded(small, stored):
    (done,) = train(["glass_formation"], n_jobs=1)
    assert (done.property, done.version) == ("glass_formation", 1)
    assert done.promoted, done.reason
    assert {"all/auc", "all/brier", "halide/auc", "all/calibration_error"} <= set(done.metrics)
    former = vitrion.load_predictor("glass_formation")
    assert isinstance(former, GlassFormer)
    assert former.predict(["B2O3"]).verdict[0] == "measured"
    pinned = glass_former.of_version(done.version)
    assert np.array_equal(pinned.predict(["ZnCl2"]).glass, former.predict(["ZnCl2"]).glass)
    assert glass_former.of_version(None) is None
    with pytest.raises(registry.NoChampionError, match="version 9"):
        glass_former.of_version(9)
    card = registry.champions()["glass_formation"]
    run = tracking.store().get_run(card.run_id)
    assert run.data.metrics["all/auc"] == pytest.approx(done.metrics["all/auc"])
    assert run.data.params["weight_measured_tg"] == "0.1"
    (again,) = train(["glass_formation"], n_jobs=1)
    assert not again.promoted
    assert "nothing is new" in again.reason


def test_a_recipe_is_what_its_text_says(tmp_path):
    recipe = FormationRecipe.named()
    assert FormationRecipe.from_toml(recipe.to_toml()) == recipe
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.to_toml())
    assert recipe_from(path) == recipe
    path.write_text(Recipe.named("tg").to_toml())
    assert recipe_from(path) == Recipe.named("tg")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n_trees = 0", "n_trees = 0; give a whole number from 1"),
        ("blocks = []", "unknown blocks"),
        ("[weights]\nliterature = 1.0", "measured_tg"),
        ("property = 3", "property = 3"),
        ("n_folds =", "not TOML"),
    ],
)
def test_a_wrong_recipe_says_what_would_be_right(text, words):
    with pytest.raises(RecipeError, match=words):
        FormationRecipe.from_toml(text)


def test_rows_hold_outcomes_glasses_and_a_rule(outcomes, tg):
    rows = FormationRecipe.named().rows(outcomes, tg)
    told = rows.keywords()
    n = len(outcomes)
    assert told["judged"].sum() == n
    assert told["estimated"].sum() == len(modifiers_alone())
    known = told["compositions"].take(~told["estimated"])
    assert 0 < len(known) - n <= len(tg)
    assert (np.unique(element_sets(rows.glasses), return_counts=True)[1] <= formation_recipe.OF_SET).all()
    assert set(told["outcomes"][told["estimated"]]) == {0.0}
    plain = FormationRecipe(weights={}).rows(outcomes, tg)
    assert len(plain.keywords()["outcomes"]) == n


def test_outcomes_of_the_laboratory_weigh_as_the_recipe_says(outcomes, tg):
    source = outcomes.rows["source"].where(np.arange(len(outcomes)) > 0, "lab")
    own = type(outcomes)(
        outcomes.property, type(outcomes.measured)(outcomes.rows.assign(source=source), outcomes.measured.matrix)
    )
    weights = FormationRecipe(weights={"lab": 5.0}).rows(own, tg).weights
    assert weights[0] == 5.0 * outcomes.rows["weight"].iloc[0]
    assert np.array_equal(weights[1:], outcomes.rows["weight"].to_numpy()[1:])


def test_scores_of_known_probabilities():
    glass = np.array([True, True, False, False])
    scored = formation_scores.scored(glass, np.array([0.9, 0.7, 0.8, 0.1]))
    assert scored["auc"] == 0.75
    assert scored["brier"] == pytest.approx((0.01 + 0.09 + 0.64 + 0.01) / 4)
    assert scored["calibration_error"] == pytest.approx((0.1 + 0.3 + 0.8 + 0.1) / 4)


def test_no_set_of_elements_is_learnt_from_and_scored(outcomes):
    seen = []

    def spy(train, test):
        seen.append(set(element_sets(train.fractions)) & set(element_sets(test.fractions)))
        return glass_bench.share(train, test)

    chance = glass_bench.held_out(outcomes, spy, "elements")
    assert seen == [set()] * glass_bench.N_FOLDS
    table = formation_scores.scores(outcomes, chance)
    assert table["subset"].tolist()[0] == "all"
    assert table["n"].iloc[0] == len(outcomes)
    only = glass_bench.held_out(outcomes, spy, "system", only=[2])
    assert 0 < np.isfinite(only).sum() < len(outcomes)


def test_the_nearest_neighbour_beats_the_share_of_glasses(outcomes):
    better, base = (
        formation_scores.scores(outcomes, glass_bench.held_out(outcomes, learner)).set_index("subset")["auc"]["all"]
        for learner in (glass_bench.neighbour, glass_bench.share)
    )
    assert better > 0.55 > base


def frame(outcomes, chance):
    known = formation_gate.identities(outcomes)
    return pd.DataFrame({"key": known, "truth": outcomes.rows["value"], "mean": chance})


def test_the_gate_refuses_what_predicts_worse_than_the_champion(outcomes, small_former):
    glass = formation_scores.glasses(outcomes).astype(float)
    good, poor = frame(outcomes, 0.15 + 0.7 * glass), frame(outcomes, 0.35 + 0.3 * glass)
    worse = formation_gate.judge(outcomes, poor, good, small_former)
    assert not worse.passed
    assert "the champion's" in worse.reason
    better = formation_gate.judge(outcomes, good, poor, small_former)
    assert next(check for check in better.checks if check.name == "champion").passed
    assert formation_gate.judge(outcomes, good, None, small_former).passed
    assert not formation_gate.judge(outcomes, frame(outcomes, 1 - glass), None, small_former).passed


@pytest.fixture(scope="module")
def small_former(outcomes):
    rows = outcomes.rows
    return GlassFormer(n_folds=2, n_trees=8).fit(outcomes.fractions, rows["value"], rows["weight"])


def test_mlflow_answers_row_by_row(small_former):
    table = FormationModel(small_former).predict(pd.DataFrame({"formula": ["B2O3", "B2O"[:2] + "?", "NaCl"]}))
    assert table["error"].tolist()[0] == table["error"].tolist()[2] == ""
    assert table["error"].iloc[1] != ""
    assert table["glass"].notna().tolist() == [True, False, True]
    assert np.allclose(table[["glass", "partial", "crystal"]].iloc[[0, 2]].sum(axis=1), 1.0)


def test_a_goal_counts_the_chance_of_a_glass_where_it_is_known(small_former, predictors):
    formulas = ["LiAlCl4", "NaCl", "ReCl3Li"]
    known = Informed(predictors, former=small_former)
    plain, asked = (rank(formulas, goal, predictors=known).sort_index() for goal in ({}, {"min_p_glass": 0.0}))
    chance = GlassChance.of(Fractions.of(formulas), small_former)
    assert np.allclose(plain["p_glass"], chance.chance)
    assert plain["glass_verdict"].tolist() == chance.verdict.tolist()
    assert chance.verdict[2] == "outside"
    counted = np.isin(chance.verdict, ["inside", "edge"])
    factor = np.where(counted, chance.chance, 1.0)
    assert np.allclose(asked["p_goal"], plain["p_goal"] * factor)
    assert NO_FORMER in plain["note"][1]
    assert "not counted: outside the known" in asked["note"][2]


def test_without_a_predictor_the_chance_is_empty(predictors, home):
    table = rank(["LiAlCl4", "NaCl"], {"min_p_glass": 0.5}, predictors=predictors).sort_index()
    assert table["p_glass"].isna().all()
    assert (table["glass_verdict"] == "").all()
    assert "no predictor of glass formation" in table["note"][0]
    assert NO_FORMER in table["note"][1]


def test_a_goal_refuses_what_is_known_to_crystallise(small_former, predictors):
    failed = small_former.updated(["LiAlCl4"] * 20, [0.0] * 20)
    table = rank(["LiAlCl4"], {"min_p_glass": 0.5}, predictors=Informed(predictors, former=failed))
    assert table["glass_verdict"][0] == "measured"
    assert table["p_goal"][0] == 0
    assert "the goal asks for 0.5" in table["note"][0]


def test_a_screening_counts_it_as_a_ranking_does(small_former, predictors):
    formulas = ["LiAlCl4", "NaAlCl4", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"]
    known, goal = Informed(predictors, former=small_former), {"min_p_glass": 0.1}
    best = screen(formulas, top=2, goal=goal, predictors=known)
    assert best["formula"].tolist() == rank(formulas, goal, predictors=known)["formula"].tolist()[:2]
    assert best["p_glass"].notna().all()


def test_no_sample_is_spent_where_a_glass_is_unlikely(small_former, predictors):
    formulas = ["LiAlCl4", "NaAlCl4", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl2.8O0.6"]
    known = Informed(predictors, former=small_former.updated(["LiAlCl2.8O0.6"] * 40, [0.0] * 40))
    picked = propose(formulas, batch=5, predictors=known)["formula"].tolist()
    border = propose(formulas, batch=5, goal={"min_p_glass": 0}, predictors=known)["formula"].tolist()
    failed = Fractions.of(["LiAlCl2.8O0.6"]).matrix
    assert not any(np.allclose(Fractions.of([one]).matrix, failed) for one in picked)
    assert any(np.allclose(Fractions.of([one]).matrix, failed) for one in border)


def test_results_of_a_campaign_teach(small_former):
    results = pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "outcome": ["crystallised"]})
    after = glass_former.taught(small_former, Outcomes.of(results)).predict(["LiAlCl2.5O0.75"])
    assert after.verdict[0] == "measured"
    assert after.glass[0] < small_former.predict(["LiAlCl2.5O0.75"]).glass[0]


def test_a_failed_synthesis_counts_once(small_former, predictors):
    formulas = ["LiAlCl2.5O0.75", "LiAlCl2.6O0.7", "NaAlCl4"]
    failed = Outcomes.of(pd.DataFrame({"formula": formulas[:1], "outcome": ["crystallised"]}))
    former = glass_former.taught(small_former, failed)
    known = Informed(predictors, failed, former)
    before = rank(formulas, {}, predictors=Informed(predictors, former=small_former)).sort_index()
    plain, asked = (rank(formulas, goal, predictors=known).sort_index() for goal in ({}, {"min_p_glass": 0.0}))
    chance = GlassChance.of(Fractions.of(formulas), former)
    relative = relative_chance(Fractions.of(formulas).matrix, failed)
    assert np.allclose(plain["p_goal"], before["p_goal"] * relative)
    counted = np.isin(chance.verdict, ["inside", "edge"])
    assert counted[1]
    assert np.allclose(asked["p_goal"], before["p_goal"] * np.where(counted, chance.chance, relative))
    assert "(p_goal × 0.55)" in plain["note"][1]
    assert "own synthesis of LiAlCl2.5O0.75: crystallised (counted in P(glass))" in asked["note"][1]


@pytest.mark.parametrize("formula", ["NaCl", "B2O3"])
def test_outcomes_added_after_the_training_count(home, small_former, formula):
    before = glass_former.informed(small_former).predict([formula])
    pd.DataFrame({"formula": [formula], "outcome": ["crystallised"]}).to_csv(home / "own.csv", index=False)
    add(home / "own.csv")
    after = glass_former.informed(small_former).predict([formula])
    assert after.glass[0] < before.glass[0]
    assert after.n_measured[0] == before.n_measured[0] + 1
    assert after.verdict[0] == "measured"


@pytest.fixture(scope="module")
def named_former():
    """The recipe on a share of the tables: what holds Zn, Be, Ca or Al with F or Cl, or few elements, and some more."""
    whole, tg = load("glass_formation", lab=False), load("tg", lab=False)
    few = (whole.measured.matrix > 0).sum(axis=1) <= 3
    drawn_rows = np.random.default_rng(0).random(len(whole)) < 0.03
    halide = whole.fractions.column("F") + whole.fractions.column("Cl") > 0
    near = halide & (np.random.default_rng(1).random(len(whole)) < 0.5)
    pure = (tg.measured.matrix > 0).sum(axis=1) <= 2
    literature = tg.take(np.flatnonzero(tg.curated | pure | (np.random.default_rng(2).random(len(tg)) < 0.03)))
    recipe = replace(FormationRecipe.named(), n_folds=2, n_trees=10)
    rows = recipe.rows(whole.take(np.flatnonzero(few | drawn_rows | near)), literature)
    return recipe.former().fit(**rows.keywords())


def test_mixtures_that_everybody_knows(named_former):
    answer = named_former.predict(glass_bench.GLASSES)
    assert (answer.glass > 0.8).all(), dict(zip(glass_bench.GLASSES, answer.glass.round(2), strict=True))
    salts = named_former.predict(glass_bench.CRYSTALS)
    assert (salts.glass < 0.2).all(), dict(zip(glass_bench.CRYSTALS, salts.glass.round(2), strict=True))


def test_oxychlorides_that_were_measured(named_former):
    answer = named_former.predict(glass_bench.OXYCHLORIDES)
    assert answer.verdict.tolist() == ["measured", "measured"]
    assert (answer.glass > 0.5).all()
