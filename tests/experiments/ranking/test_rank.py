import copy
import dataclasses
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.datasets.economics.routes import cheapest_routes
from vitrion.datasets.properties import FURTHER, find
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.rank import COLUMNS, rank, sweep
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import NoChampionError, load_predictor
from vitrion.experiments.screening.screen import screen
from vitrion.experiments.task.goal import Goal, GoalError, Threshold
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.models.design.conditions import ConditionError
from vitrion.models.explanation.related import nearest_related

FORMULAS = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "NaAlCl4", "Li6PS5Cl", "LiTaOCl4", "Li2ZrCl6", "LiGaCl3O0.5"]
DESIGN = (
    "rank, formula, p_goal, conductivity_S_cm, conductivity_low_S_cm, conductivity_high_S_cm, tg_C, tg_low_C, "
    "tg_high_C, verdict, tg_verdict, conductivity_verdict, p_glass, glass_verdict, nearest, nearest_distance, "
    "nearest_doi, measured_conductivity_S_cm, measured_temperature_C, measured_phase, measured_tg_C, measured_doi, "
    "n_measured, o_to_cl, cost_usd_per_kg, cost_route, neutral, pareto, flags, note, error, input"
)


@pytest.fixture
def ranked(predictors):
    return lambda candidates, *args, **told: rank(candidates, *args, predictors=predictors, **told)


def test_columns_of_the_contract(ranked):
    assert tuple(DESIGN.split(", ")) == COLUMNS == tuple(ranked(FORMULAS).columns)


def test_none_lost_and_in_order(ranked):
    table = ranked(FORMULAS)
    assert sorted(table["formula"]) == sorted(Composition.parse(text).formula for text in FORMULAS)
    assert table["rank"].tolist() == list(range(1, len(FORMULAS) + 1))
    assert table["p_goal"].is_monotonic_decreasing
    assert sorted(table.index) == list(range(len(FORMULAS)))
    assert all(Composition.parse(FORMULAS[i]).formula == table["formula"][i] for i in table.index)


def test_numbers_make_sense(ranked):
    table = ranked(FORMULAS)
    assert table["p_goal"].between(0, 1).all()
    for name, unit in (("conductivity", "S_cm"), ("tg", "C")):
        low, mean, high = (table[f"{name}{part}_{unit}"] for part in ("_low", "", "_high"))
        assert (low <= mean).all() and (mean <= high).all()
    assert set(table["verdict"]) <= {"inside", "edge", "outside"}
    assert (table["nearest"] != "").all()
    assert (table["nearest_distance"] >= 0).all()
    assert table["o_to_cl"][0] == pytest.approx(0.3)
    assert table["cost_usd_per_kg"][0] > 0
    assert table["cost_route"].tolist() == cheapest_routes(Fractions.of(table["formula"]))[1].tolist()
    assert (table["cost_route"] != "").all()
    assert table["neutral"].all()
    assert (table["error"] == "").all()


def test_columns_are_what_the_predictors_say(ranked, predictors):
    table = ranked(FORMULAS, temperature_C=60.0).sort_index()
    sigma = predictors["conductivity"].predict(FORMULAS, {"temperature_C": 60.0})
    tg = predictors["tg"].predict(FORMULAS)
    assert table["conductivity_S_cm"].tolist() == sigma.mean.tolist()
    assert table["tg_high_C"].tolist() == tg.upper.tolist()
    expected = sigma.probability(above=1e-3) * tg.probability(below=25.0)
    assert table["p_goal"].tolist() == pytest.approx(expected.tolist())


BAD = ["", "LiAlCl2..5", "Xx2O3", None, float("nan"), 3.5, "hello", "LiAlCl4O-1", pd.NA, object()]


def test_bad_rows_keep_their_place_at_the_end(ranked):
    mixed = [item for pair in zip(BAD, (FORMULAS * 2)[: len(BAD)], strict=True) for item in pair]
    table = ranked(mixed)
    assert len(table) == len(mixed)
    tail = table.iloc[-len(BAD) :]
    assert sorted(tail.index) == list(range(0, 2 * len(BAD), 2))
    assert tail["formula"].is_monotonic_increasing
    assert (tail["error"].str.len() > 10).all()
    assert tail["rank"].isna().all()
    assert tail[["p_goal", "tg_C", "conductivity_S_cm", "nearest_distance", "cost_usd_per_kg"]].isna().all().all()
    assert (table["error"].iloc[: -len(BAD)] == "").all()
    assert "LiAlCl2..5" in set(tail["formula"])


def test_what_was_given_comes_back_as_it_was_written(ranked):
    told = ["LiCl-0.25Al2O3-0.5AlCl3", " LiAlCl4", Composition.parse("Cl4AlLi"), "LiAlCl2..5", None]
    table = ranked(told).sort_index()
    assert table["input"].tolist() == ["LiCl-0.25Al2O3-0.5AlCl3", " LiAlCl4", "LiAlCl4", "LiAlCl2..5", ""]
    assert table["formula"].tolist()[:3] == ["LiAlCl2.5O0.75", "LiAlCl4", "LiAlCl4"]


def test_all_bad(ranked):
    table = ranked(["??", None])
    assert tuple(table.columns) == COLUMNS
    assert (table["error"] != "").all()


def test_a_bad_list_is_told_before_predictors_are_missed():
    for told in (["??", None, "XeF2"], []):
        table = rank(told, also=["liquidus"])
        assert tuple(table.columns) == (*COLUMNS[:-1], "liquidus_C", "liquidus_low_C", "liquidus_high_C", "input")
        assert len(table) == len(told)
        assert (table["error"] != "").all()
        assert table["neutral"].isna().all()
    with pytest.raises(GoalError, match="the goal has tgC; a goal has"):
        rank(["LiAlCl4"], goal={"tgC": 3})
    with pytest.raises(NoChampionError, match="vitrion train"):
        rank(["LiAlCl4"])


def test_all_bad_is_the_same_with_and_without_predictors(ranked):
    told = ["??", None, "XeF2"]
    pd.testing.assert_frame_equal(rank(told), ranked(told))
    pd.testing.assert_series_equal(rank(told).dtypes, ranked(["LiAlCl4", *told]).dtypes)


def test_none_at_all(ranked):
    table = ranked([])
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 0


def test_element_without_descriptors_is_named(ranked):
    table = ranked(["LiAlCl4", "PmCl3", "LiAlCl2.5O0.75", "AcCl3"])
    errors = table["error"].sort_index()
    assert errors[0] == errors[2] == ""
    for row, symbol in ((1, "Pm"), (3, "Ac")):
        assert errors[row] == "" or symbol in errors[row]


def test_one_formula_is_a_list_of_one_and_a_path_a_file(ranked, tmp_path):
    alone = ranked(["LiAlCl4"])
    for told in ("LiAlCl4", Composition.parse("LiAlCl4")):
        pd.testing.assert_frame_equal(alone, ranked(told))
    file = tmp_path / "list.csv"
    file.write_text("sep=;\nid;Nominal composition\n7;LiAlCl4\n")
    for told in (file, str(file)):
        pd.testing.assert_frame_equal(alone, ranked(told))
    with pytest.raises(FormulaError, match="neither a file that is there nor a formula"):
        ranked("LiAlCl4 or so")
    with pytest.raises(FormulaError, match=r"for sweep\(\) and propose\(\)"):
        ranked("LiAlCl{4-2x}O{x}")


def test_series_and_objects(ranked):
    told = ranked(FORMULAS)
    other = ranked(pd.Series(FORMULAS, index=range(100, 108)))
    pd.testing.assert_frame_equal(told.set_axis(told.index + 100), other)
    objects = ranked([Composition.parse(text) for text in FORMULAS])
    pd.testing.assert_frame_equal(told.drop(columns="input"), objects.drop(columns="input"))
    pd.testing.assert_frame_equal(told, ranked(iter(FORMULAS)))


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_rows_says_nothing_to_the_last_bit(further, seed):
    draw = np.random.default_rng(seed)
    family = [f"Li{a}Al{b}Cl{c}O{d}" for a, b, c, d in draw.integers(1, 9, (40, 4))]
    told = [*FORMULAS, *FORMULAS[::2], "Li2Al2Cl8", "LiCl-AlCl3", "LiAlCl4", "LiAlCl3", "LiTaCl6", *family]
    told += [Composition.parse("AlLiCl4"), "??", "XeF2", "", None, "??", 3.5]
    goal = Goal(forbidden=("Ta",), max_cost_usd_per_kg=100, limits={"liquidus": {"below": 160}})
    expected = rank(told, goal, predictors=further)
    for _ in range(3):
        order = draw.permutation(len(told))
        other = rank([told[i] for i in order], goal, predictors=further)
        pd.testing.assert_frame_equal(
            expected.reset_index(drop=True), other.reset_index(drop=True), check_exact=True, rtol=0, atol=0
        )


def test_duplicates_stay_and_are_noted(ranked):
    table = ranked(["Li2Al2Cl8", "LiAlCl4", "LiCl-AlCl3", "LiAlCl4"])
    assert len(table) == 4
    assert "same composition" not in table["note"].iloc[0]
    assert table["note"].iloc[1:].str.endswith(f"same composition as {table['formula'].iloc[0]}, ranked above it").all()
    assert (table.nunique()[["p_goal", "tg_C", "conductivity_S_cm", "nearest_distance", "cost_usd_per_kg"]] == 1).all()
    assert table["formula"].is_monotonic_increasing
    assert table.index.tolist() == [0, 1, 3, 2], "by formula, then by the text given, then as they were given"


def test_not_neutral_has_no_chance(ranked):
    table = ranked(["LiAlCl3", "LiAlCl4"]).sort_index()
    assert table["p_goal"][0] == 0
    assert not table["neutral"][0]
    assert re.search("charge|neutral", table["note"][0])
    assert table["p_goal"][1] > 0


@pytest.mark.parametrize(
    ("goal", "formula", "said"),
    [
        (Goal(forbidden=("Ta",)), "LiTaOCl4", "forbids Ta"),
        (Goal(minimum_verdict="inside"), "Cs3Bi2I9", "asks for inside at least"),
        (Goal(max_cost_usd_per_kg=0.01), "LiAlCl4", "cost"),
    ],
)
def test_what_the_goal_refuses_is_told(ranked, goal, formula, said):
    table = ranked([formula, "SiO2"], goal).sort_index()
    if table["verdict"][0] == "inside" and goal.minimum_verdict == "inside":
        pytest.skip("this candidate is inside")
    assert table["p_goal"][0] == 0
    assert re.search(said, table["note"][0])


def test_easier_goal_has_a_better_chance(ranked):
    strict, easy = ranked(FORMULAS), ranked(FORMULAS, Goal(conductivity_S_cm=1e-6, tg_C=200.0))
    assert (easy.sort_index()["p_goal"] >= strict.sort_index()["p_goal"]).all()


def test_warmer_conducts_better(ranked):
    cold, warm = ranked(FORMULAS, temperature_C=25.0), ranked(FORMULAS, temperature_C=120.0)
    assert np.median(np.log10(warm.sort_index()["conductivity_S_cm"] / cold.sort_index()["conductivity_S_cm"])) > 0.2


def test_nearest_belongs_to_the_worse_verdict(ranked, predictors):
    table = ranked(FORMULAS).sort_index()
    tg, sigma = predictors["tg"].predict(FORMULAS), predictors["conductivity"].predict(FORMULAS)
    order = ("inside", "edge", "outside")
    for row in range(len(FORMULAS)):
        worse = order.index(tg.verdict[row]) > order.index(sigma.verdict[row])
        picked, by = (tg, "tg") if worse else (sigma, "conductivity")
        assert table["verdict"][row] == picked.verdict[row]
        far, known = nearest_related(predictors[by], Fractions.of(FORMULAS), picked, np.array([row]))
        assert table["nearest_distance"][row] == far[0] >= picked.distance[row]
        assert table["nearest"][row] == predictors[by].known_formulas_[known[0]]


def test_few_laboratories_behind_an_interval_are_told(predictors):
    def heard(name, laboratories):
        pupil, told = copy.copy(predictors[name]), predictors[name].calibration_
        pupil.calibration_ = dataclasses.replace(told, laboratories=np.full_like(told.laboratories, laboratories))
        return pupil

    many = {name: heard(name, 200.0) for name in predictors}
    known = {**many, "tg": heard("tg", 23.4)}
    notes = rank(FORMULAS, predictors=known)["note"]
    assert notes.str.contains("Tg interval from 23 laboratories").all()
    assert not notes.str.contains("conductivity interval from").any()
    assert not rank(FORMULAS, predictors=many)["note"].str.contains("laborator").any()


def test_the_example_list(ranked):
    told = pd.read_csv(Path(__file__).parents[3] / "examples" / "oxychloride_candidates.csv")["formula"]
    table = ranked(told)
    assert len(table) == len(told)
    assert (table["error"] == "").all()
    for name in ("LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "NaAlCl4", "Li6PS5Cl"):
        assert name in set(told)


def test_five_thousand_rows(ranked):
    """Not a wall time: every formula is asked for once, in one batch."""
    grid = [f"LiAlCl{4 - 2 * x:.5f}O{x:.5f}" for x in np.linspace(0.001, 1.5, 4990)]
    table = ranked(grid + ["?"] * 10)
    assert len(table) == 5000
    assert table["rank"].notna().sum() == 4990
    assert table["formula"].iloc[:-10].nunique() == 4990


def test_sweep_is_in_the_order_of_its_grid(predictors):
    table = sweep("LiAlCl{4-2x}O{x}", predictors=predictors, x="0:1:0.25")
    assert table["x"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert tuple(table.columns) == ("x", *COLUMNS)
    assert table["formula"][3] == "LiAlCl2.5O0.75"
    assert table["o_to_cl"][3] == pytest.approx(0.3)
    assert sorted(table["rank"]) == [1, 2, 3, 4, 5]


def test_sweep_of_two_variables(predictors):
    table = sweep("Li{1-y}Na{y}AlCl{4-2x}O{x}", predictors=predictors, x=np.array([0.5, 0.75]), y="0:1:0.5")
    assert len(table) == 6
    assert tuple(table.columns[:2]) == ("x", "y")


def test_points_with_a_negative_amount_are_counted(predictors):
    with pytest.warns(UserWarning, match="4 of 9 points left out"):
        table = sweep("LiAlCl{4-2x}O{x}", predictors=predictors, x="-1:3:0.5")
    assert table["x"].tolist() == [0, 0.5, 1, 1.5, 2]
    assert table.attrs["left_out"] == 4
    with pytest.raises(FormulaError, match="no member"):
        sweep("LiAlCl{4-2x}O{x}", predictors=predictors, x="3:4:0.5")


def test_further_properties_stand_at_the_end(predictors, quick):
    data = load("liquidus", lab=False)
    few = data.take(np.sort(np.random.default_rng(0).choice(len(data), 400, replace=False)))
    recipe = Recipe.named("liquidus")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        liquidus = quick(recipe).fit(**recipe.rows(few).keywords())
    told = rank(["LiAlCl4", "nonsense"], predictors={**predictors, "liquidus": liquidus}, also=("liquidus",))
    assert tuple(told.columns) == (*COLUMNS[:-1], "liquidus_C", "liquidus_low_C", "liquidus_high_C", "input")
    value, low, high = told.loc[0, ["liquidus_C", "liquidus_low_C", "liquidus_high_C"]]
    assert low < value < high
    assert value == pytest.approx(liquidus.predict(["LiAlCl4"]).mean[0])
    assert told.loc[1, "error"]
    assert np.isnan(told.loc[1, "liquidus_C"])


@pytest.mark.parametrize("name", FURTHER)
def test_every_further_property_has_a_recipe_and_data(name):
    recipe = Recipe.named(name)
    assert recipe.property == name
    assert len(load(name, lab=False)) > 200
    with pytest.raises(NoChampionError, match=f"--property {name}"):
        load_predictor(name)


class StandIn:
    """A predictor that says of one property what another says of its own, moved by some degrees."""

    def __init__(self, name, other, shift=0.0):
        self.name, self.other, self.shift = name, other, shift

    def __getattr__(self, name):
        return getattr(self.other, name)

    def predict(self, compositions, conditions=None):
        """The last bits hang on the place in the batch, as they may where matrices are multiplied."""
        told = self.other.predict(compositions, conditions)
        target = told.target + self.shift + 1e-12 * np.arange(len(told))
        return dataclasses.replace(told, quantity=find(self.name), target=target)


@pytest.fixture
def further(predictors):
    return {**predictors, "liquidus": StandIn("liquidus", predictors["tg"], 140.0)}


def test_a_goal_may_limit_a_further_property(further):
    goal = Goal(limits={"liquidus": {"below": 160}})
    table = rank([*FORMULAS, "nonsense"], goal, predictors=further)
    assert tuple(table.columns) == (*COLUMNS[:-1], "liquidus_C", "liquidus_low_C", "liquidus_high_C", "input")
    twice = rank([*FORMULAS, "nonsense"], goal, predictors=further, also=["liquidus", "tg", "liquidus"])
    pd.testing.assert_frame_equal(table, twice)
    table, names = table[table["error"] == ""].sort_index(), FORMULAS
    liquidus = further["liquidus"].predict(names)
    expected = rank(names, predictors=further).sort_index()["p_goal"] * liquidus.probability(below=160)
    assert table["p_goal"].tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert table["liquidus_C"].tolist() == pytest.approx(liquidus.mean.tolist())


def test_a_goal_of_one_limit(further):
    for goal, name, column, told in (
        (Goal(tg_C=None), "conductivity", "conductivity_S_cm", {"above": 1e-3}),
        (Goal(conductivity_S_cm=None, tg_C=60), "tg", "tg_C", {"below": 60}),
        (Goal(None, None, limits=(Threshold("liquidus", below=160),)), "liquidus", "liquidus_C", {"below": 160}),
    ):
        table = rank(FORMULAS, goal, predictors=further).sort_index()
        assert table["p_goal"].tolist() == pytest.approx(further[name].predict(FORMULAS).probability(**told).tolist())
        assert table[[column, "tg_C", "conductivity_S_cm"]].notna().all().all()


def test_weights_are_exponents(ranked, predictors):
    table = ranked(FORMULAS, {"weights": {"tg": 2, "conductivity": 0.5}}).sort_index()
    tg, sigma = predictors["tg"].predict(FORMULAS), predictors["conductivity"].predict(FORMULAS)
    expected = np.sqrt(sigma.probability(above=1e-3)) * tg.probability(below=25) ** 2
    assert table["p_goal"].tolist() == pytest.approx(expected.tolist())


def test_the_worst_verdict_of_all_that_the_goal_asks_counts(further, predictors):
    far = StandIn("liquidus", predictors["tg"])
    told = far.predict(["LiAlCl2.5O0.75"])
    far.predict = lambda compositions: dataclasses.replace(
        told, verdict=np.array(["outside"]), quantity=find("liquidus")
    )
    known = {**predictors, "liquidus": far}
    asked = rank(["LiAlCl2.5O0.75"], {"limits": {"liquidus": {"below": 160}}}, predictors=known)
    shown = rank(["LiAlCl2.5O0.75"], predictors=known, also=["liquidus"])
    assert shown["verdict"][0] != "outside"
    assert asked["verdict"][0] == "outside"
    assert "liquidus outside" in asked["note"][0].split("; ")  # Tg and conductivity are measured
    strict = {"minimum_verdict": "edge", "limits": {"liquidus": {"below": 160}}}
    assert rank(["LiAlCl2.5O0.75"], strict, predictors=known)["p_goal"][0] == 0


def test_a_predictor_that_the_goal_needs_is_missed(ranked):
    with pytest.raises(NoChampionError, match="vitrion train --property liquidus"):
        ranked(["LiAlCl4"], {"limits": {"liquidus": {"below": 160}}})
    with pytest.raises(NoChampionError, match="unknown property 'density'"):
        ranked(["LiAlCl4"], {"limits": {"density": {"below": 3}}})


def front(losses):
    """The Pareto front by its definition."""
    as_good = (losses[:, None] <= losses[None]).all(axis=2)
    return ~(as_good & ~as_good.T).any(axis=0)


def test_the_pareto_front_is_marked(further):
    family = [f"Li{a}Al{b}Cl{c}O{d}" for a, b, c, d in np.random.default_rng(1).integers(1, 9, (60, 4))]
    told = [*FORMULAS * 2, *family, "nonsense", "LiAlCl3"]
    goal = Goal(forbidden=("Ta",), max_cost_usd_per_kg=100, limits={"liquidus": {"below": 160}})
    for aim, columns in (
        (goal, {"conductivity_S_cm": -1, "tg_C": 1, "liquidus_C": 1, "cost_usd_per_kg": 1}),
        (dataclasses.replace(goal, tg_C=None), {"conductivity_S_cm": -1, "liquidus_C": 1, "cost_usd_per_kg": 1}),
        (Goal(forbidden=("Ta",), max_cost_usd_per_kg=float("inf")), {"conductivity_S_cm": -1, "tg_C": 1}),
        (Goal(conductivity_S_cm=None), {"tg_C": 1}),
    ):
        table = rank(told, aim, predictors=further)
        assert str(table["pareto"].dtype) == "boolean"
        assert table["pareto"].isna().tolist() == (table["error"] != "").tolist()
        read = table[table["error"] == ""]
        cost = read["cost_usd_per_kg"]
        barred = read["formula"].str.contains("Ta") & bool(aim.forbidden) | ~read["neutral"].astype(bool)
        barred |= (cost > aim.max_cost_usd_per_kg).to_numpy()
        assert not read.loc[barred, "pareto"].any()
        left = read[~barred].assign(cost_usd_per_kg=cost.fillna(np.inf))
        losses = left[list(columns)].to_numpy(float) * list(columns.values())
        assert left["pareto"].tolist() == front(losses).tolist()
        assert left["pareto"].any()
        assert not read[["formula", "pareto"]].drop_duplicates()["formula"].duplicated().any()


def test_nobody_is_on_the_front_when_all_are_refused(ranked):
    assert not ranked(FORMULAS, Goal(forbidden=("Cl",)))["pareto"].any()


INDEXES = {
    "filtered": pd.RangeIndex(1, 4),
    "named": pd.Index(["a", "b", "c"], name="sample"),
    "repeated": pd.Index([7, 7, 3]),
    "levels": pd.MultiIndex.from_tuples([("A", 1), ("A", 2), ("B", 1)], names=["batch", "melt"]),
    "dates": pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-07"], name="day"),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES.keys())
def test_the_index_is_that_of_the_candidates(ranked, index):
    table = pd.DataFrame({"id": [1, 2, 3], "Formula": FORMULAS[1:4]}, index=index)
    for told in (table, table["Formula"], table.astype({"Formula": "category"}), table.astype({"Formula": "str"})):
        ranking = ranked(told)
        assert ranking.index.names == index.names
        assert type(ranking.index) is type(index) or isinstance(index, pd.RangeIndex)
        by_formula = dict(zip(table["Formula"], index, strict=True))
        assert ranking.index.tolist() == [by_formula[formula] for formula in ranking["formula"]]
    if index.is_unique:
        joined = table.join(ranked(table)[["formula", "p_goal"]])
        assert joined["Formula"].tolist() == joined["formula"].tolist()


def test_formulas_may_be_the_index_and_compositions_a_column(ranked):
    table = pd.DataFrame({"id": [1, 2]}, index=pd.Index(FORMULAS[:2], name="Composition"))
    ranking = ranked(table)
    assert ranking.index.tolist() == ranking["formula"].tolist()
    objects = table.assign(formula=[Composition.parse(text) for text in FORMULAS[:2]])
    assert ranked(objects)["formula"].tolist() == ranking["formula"].tolist()
    with pytest.raises(FormulaError, match="no column formula"):
        ranked(table.rename_axis(None))


def test_each_candidate_is_ranked_at_its_own_temperature(ranked):
    alone = {
        (f, t): ranked([f], temperature_C=t)["conductivity_S_cm"][0] for f in FORMULAS[:3] for t in (25.0, 60.0, 100.0)
    }
    assert len(set(alone.values())) == 9
    pairs = list(zip(FORMULAS[:3], (60.0, 100.0, 25.0), strict=True))
    names = pd.Index(["a", "b", "c"])
    series = pd.Series([one for _, one in pairs], index=names)
    told = {
        "list": ranked(FORMULAS[:3], temperature_C=[one for _, one in pairs]),
        "array": ranked(FORMULAS[:3], temperature_C=np.array(series)),
        "series": ranked(pd.Series(FORMULAS[:3], index=names), temperature_C=series[::-1]),
        "column": ranked(pd.DataFrame({"formula": FORMULAS[:3], "T (K)": [333.15, 373.15, None]})),
    }
    for name, ranking in told.items():
        assert dict(zip(ranking["formula"], ranking["temperature_C"], strict=True)) == dict(pairs), name
        assert ranking["conductivity_S_cm"].tolist() == pytest.approx(
            [alone[f, t] for f, t in zip(ranking["formula"], ranking["temperature_C"], strict=True)]
        ), name
        assert ranking.attrs["temperature_C"] is None
    twice = ranked(["LiAlCl4"] * 3, temperature_C=[25.0, 60.0, 25.0])
    assert sorted(twice["note"].str.contains("same composition")) == [False, False, True]
    assert twice["conductivity_S_cm"].nunique() == 2


def test_one_temperature_stands_in_a_column_unless_it_is_the_usual(ranked):
    assert "temperature_C" not in ranked(FORMULAS[:2])
    warm = ranked(FORMULAS[:2], temperature_C=60)
    assert warm["temperature_C"].tolist() == [60.0, 60.0]
    assert warm.attrs["temperature_C"] == 60.0 and ranked(FORMULAS[:2]).attrs["temperature_C"] == 25.0


@pytest.mark.parametrize(
    ("candidates", "temperature", "words"),
    [
        (["LiCl", "NaCl"], [25.0], "shape (1,) for 2 candidates"),
        (["LiCl", "NaCl"], [25.0, float("nan")], "no number for candidate 2"),
        (["LiCl", "NaCl"], ["warm", 25.0], "give numbers in degC"),
        (["LiCl", "NaCl"], {"LiCl": 25.0}, "give one number in degC"),
        (["LiCl"], "60", "give degC between -100 and 500"),
        (pd.Series(["LiCl"], index=["a"]), pd.Series([25.0], index=["b"]), "lacks 'a'"),
        (pd.Series(["LiCl"], index=["a"]), pd.Series([25.0, 60.0], index=["a", "a"]), "holds a name twice"),
        (pd.DataFrame({"formula": ["LiCl"], "temperature_C": [60]}), [25.0], "leave one out"),
    ],
)
def test_temperatures_that_belong_to_nobody_are_refused(candidates, temperature, words):
    with pytest.raises(ConditionError, match=re.escape(words)):
        rank(candidates, temperature_C=temperature)


@pytest.mark.parametrize(
    "verb",
    [
        lambda T: sweep("LiCl{x}", T, x=[1.0]),
        lambda T: screen(["LiCl"], temperature_C=T),
        lambda T: propose(["LiCl"], temperature_C=T),
    ],
)
def test_a_family_a_screening_and_a_batch_are_at_one_temperature(verb):
    with pytest.raises(ConditionError, match="give one number in degC"):
        verb([25.0, 60.0])


def test_a_temperature_that_cannot_be_read_spoils_its_row_alone(ranked):
    table = pd.DataFrame({"formula": FORMULAS[:3], "temperature_C": ["60", "hot", 900]})
    ranking = ranked(table)
    assert ranking["error"].iloc[0] == "" and "'hot' is not a number" in ranking["error"][1]
    assert "900 is out of range" in ranking["error"][2]
    assert ranking["temperature_C"].isna().tolist() == [False, True, True]


def test_predictions_follow_the_index_of_the_compositions(predictors):
    compositions = pd.Series(FORMULAS[:2], index=["a", "b"])
    warm = pd.Series([60.0, 25.0], index=["b", "a"])
    predictor = predictors["conductivity"]
    expected = predictor.predict(FORMULAS[:2], {"temperature_C": [25.0, 60.0]}).mean
    assert predictor.predict(compositions, {"temperature_C": warm}).mean.tolist() == expected.tolist()
    with pytest.raises(ConditionError, match="lacks 'a'"):
        predictor.predict(compositions, warm.to_frame("temperature_C").iloc[:1])
