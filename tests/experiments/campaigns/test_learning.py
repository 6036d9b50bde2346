"""What the results of a campaign say of any composition, and how much they narrow the intervals."""

import numpy as np
import pandas as pd
import pytest
from vitrion import Campaign
from vitrion.datasets import lab
from vitrion.experiments.campaigns import learning as campaign_learning
from vitrion.experiments.campaigns.learning import after_results
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.task.goal import Goal

FAMILY = "LiAlCl{4-2x}O{x}"
SERIES = {  # x: conductivity in mS/cm and Tg in degC
    **{0.5: (0.4, -36.0), 0.55: (0.6, -31.0), 0.6: (0.8, -27.0), 0.7: (1.2, -19.0)},
    **{0.8: (1.3, -12.0), 0.85: (1.2, -8.0), 0.9: (1.0, -3.0), 1.0: (0.7, 9.0)},
}
ASKED = ["LiAlCl2.7O0.65", "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "SiO2", "no formula"]
NUMBERS = ["p_goal", "conductivity_low_S_cm", "conductivity_high_S_cm", "tg_low_C", "tg_high_C"]


def formula(x):
    return f"LiAlCl{4 - 2 * x:g}O{x:g}"


@pytest.fixture
def laco():
    return Campaign.new("laco", FAMILY, {"conductivity_S_cm": 2e-3, "tg_C": 10.0}, temperature_C=30.0, x="0.4:1.1:0.05")


@pytest.fixture
def told(laco):
    for x, (sigma, tg) in SERIES.items():
        laco.record(formula(x), conductivity_S_cm=sigma * 1e-3, tg_C=tg)
    return laco


def test_any_composition_after_the_results(told, predictors):
    before = rank(ASKED, told.goal, 30.0, predictors).sort_index()
    after = told.rank(ASKED, predictors=predictors).sort_index()
    assert after["input"].tolist() == ASKED and after["error"].iloc[-1]
    assert after.attrs["temperature_C"] == 30.0
    known = after_results(told.state, ("tg", "conductivity"), predictors)
    sigma = known["conductivity"].predict(ASKED[:4], {"temperature_C": 30.0, "phase": "glass"})
    tg = known["tg"].predict(ASKED[:4])
    assert after["conductivity_low_S_cm"].tolist()[:4] == sigma.lower.tolist()
    expected = sigma.probability(above=2e-3) * tg.probability(below=10.0)
    assert after["p_goal"].tolist()[:3] == pytest.approx(expected[:3].tolist())
    width = {
        name: np.log10(table["conductivity_high_S_cm"] / table["conductivity_low_S_cm"])
        for name, table in (("before", before), ("after", after))
    }
    assert width["after"][0] < 0.8 * width["before"][0], "among the results"
    assert np.ptp(after.loc[0, ["tg_low_C", "tg_high_C"]]) < 0.7 * np.ptp(before.loc[0, ["tg_low_C", "tg_high_C"]])
    assert after.loc[0, "tg_low_C"] < -23.0 < after.loc[0, "tg_high_C"]
    assert after.loc[0, "nearest_doi"] == "lab" and after.loc[0, "nearest_distance"] > 0


def test_a_result_of_the_campaign_is_a_measurement_of_the_composition(told, predictors):
    row = told.rank([formula(0.7)], predictors=predictors).to_dict("records")[0]
    shown = [row[name] for name in ("measured_conductivity_S_cm", "measured_temperature_C", "measured_phase")]
    assert shown == [pytest.approx(1.2e-3), 30.0, "glass"]
    assert (row["measured_tg_C"], row["measured_doi"], row["n_measured"]) == (-19.0, "lab", 2)
    assert row["tg_verdict"] == row["conductivity_verdict"] == "measured"


def test_goal_and_temperature_are_those_of_the_campaign_unless_given(told, predictors):
    usual = told.rank(ASKED, predictors=predictors)
    same = told.rank(ASKED, Goal(conductivity_S_cm=2e-3, tg_C=10.0), 30.0, predictors)
    pd.testing.assert_frame_equal(usual, same)
    easy = told.rank(ASKED, {"conductivity_S_cm": 1e-6, "tg_C": 300.0}, predictors=predictors)
    assert easy["p_goal"].max() > usual["p_goal"].max() and "temperature_C" in easy
    warm = told.rank(ASKED, temperature_C=[60.0, 60.0, 60.0, 60.0, 60.0], predictors=predictors)
    assert warm["temperature_C"].dropna().eq(60.0).all()
    assert warm["conductivity_S_cm"].max() > usual["conductivity_S_cm"].max()


def test_what_is_withdrawn_or_corrected_was_never_said(laco, predictors):
    before = laco.rank(ASKED, predictors=predictors)
    event = laco.record(formula(0.7), conductivity_S_cm=1.2e-3)
    right = laco.rank(ASKED, predictors=predictors)
    assert not right[NUMBERS].equals(before[NUMBERS])
    laco.correct(event, conductivity_S_cm=1.2e-4)
    assert not laco.rank(ASKED, predictors=predictors)[NUMBERS].equals(right[NUMBERS])
    laco.correct(event, conductivity_S_cm=1.2e-3)
    pd.testing.assert_frame_equal(laco.rank(ASKED, predictors=predictors), right, check_exact=True)
    laco.withdraw(event)
    pd.testing.assert_frame_equal(laco.rank(ASKED, predictors=predictors), before, check_exact=True)


def test_a_failed_synthesis_and_a_crystal_teach_nothing_of_the_glass(laco, predictors):
    before = laco.rank(ASKED, predictors=predictors)
    laco.record(formula(0.7), outcome="crystallised")
    laco.record(formula(0.8), conductivity_S_cm=1e-6, phase="crystal")
    after = laco.rank(ASKED, predictors=predictors)
    assert after.sort_index()[NUMBERS[1:]].equals(before.sort_index()[NUMBERS[1:]])


def test_what_crystallised_is_known_and_less_likely_to_meet_the_goal(laco, predictors):
    asked = [formula(0.7), "Li10Al10Cl26O7", formula(0.75), formula(1.3), "NaTaCl6"]
    before = laco.rank(asked, predictors=predictors).sort_index()
    event = laco.record(formula(0.7), outcome="crystallised")
    after = laco.rank(asked, predictors=predictors).sort_index()
    assert (before["p_goal"] > 0).all()
    share = after["p_goal"] / before["p_goal"]
    assert share[[0, 1, 4]].tolist() == pytest.approx([0.5, 0.5, 1.0])
    assert 0.5 < share[2] < share[3] < 1.0, "the farther from the failure, the less it matters"
    assert after["note"][0].startswith("own synthesis: crystallised (p_goal × 0.50)")
    assert after["note"][2].startswith(f"own synthesis of {formula(0.7)}: crystallised (p_goal × 0.5")
    assert after["note"][4] == before["note"][4] and "own synthesis" not in before["note"][0]
    laco.correct(event, outcome="no glass formed")
    assert "own synthesis: no glass formed" in laco.rank(asked, predictors=predictors).sort_index()["note"][0]
    laco.withdraw(event)
    pd.testing.assert_frame_equal(laco.rank(asked, predictors=predictors).sort_index(), before, check_exact=True)


def test_a_crystal_that_was_measured_in_the_campaign_is_known_as_one(laco, predictors):
    asked = [formula(0.7), formula(0.75)]
    laco.record(formula(0.7), conductivity_S_cm=2e-6, phase="crystal")
    row = laco.rank(asked, predictors=predictors).sort_index().loc[0]
    told = row[["measured_conductivity_S_cm", "measured_temperature_C", "measured_phase", "measured_doi", "n_measured"]]
    assert told.tolist() == [pytest.approx(2e-6), 30.0, "crystal", "lab", 1]
    assert row["conductivity_verdict"] != "measured" and "known as a crystal: 0.002 mS/cm at 30 °C" in row["note"]
    laco.record(formula(0.7), conductivity_S_cm=1e-3)
    row = laco.rank(asked, predictors=predictors).sort_index().loc[0]
    assert (row["measured_phase"], row["n_measured"], row["conductivity_verdict"]) == ("glass", 2, "measured")


def test_a_crystal_in_the_store_too_counts_once(laco, predictors):
    laco.record(formula(0.7), conductivity_S_cm=2e-6, phase="crystal")
    lab.add(laco.results().drop(columns=["conductivity_error_S_cm", "tg_error_C"]))
    assert laco.rank([formula(0.7)], predictors=predictors)["n_measured"].tolist() == [1]


def test_proposals_after_a_failure_and_a_ranking_say_the_same(told, predictors):
    told.record(formula(0.65), outcome="crystallised")
    batch = propose(FAMILY, 2, told.goal, told.results(), temperature_C=30.0, predictors=predictors, x="0.4:1.1:0.05")
    after = told.rank(batch["formula"].tolist(), predictors=predictors).sort_index()
    assert batch[NUMBERS].to_numpy() == pytest.approx(after[NUMBERS].to_numpy())
    assert batch["p_goal"].tolist() == pytest.approx(after["p_goal"].tolist())


def test_results_in_the_store_of_the_laboratory_too_count_once(told, predictors):
    once = told.rank(ASKED, predictors=predictors)
    lab.add(told.results().drop(columns=["conductivity_error_S_cm", "tg_error_C"]))
    twice = told.rank(ASKED, predictors=predictors)
    assert twice["n_measured"].tolist() == once["n_measured"].tolist()
    for name in NUMBERS:
        assert twice[name].tolist() == pytest.approx(once[name].tolist(), rel=1e-6, nan_ok=True)
    other = rank(ASKED, told.goal, 30.0, predictors)
    assert other[NUMBERS].dropna().to_numpy() == pytest.approx(once[NUMBERS].dropna().to_numpy(), rel=1e-6)


def test_what_else_the_laboratory_measured_counts_too(told, predictors):
    before = told.rank(ASKED, predictors=predictors)
    own = pd.DataFrame({"formula": ["LiAlCl2.66O0.67"], "temperature_C": [30.0], "conductivity_S_cm": [9e-4]})
    lab.add(own.assign(phase="glass"))
    after = told.rank(ASKED, predictors=predictors)
    assert after.sort_index().loc[0, "conductivity_high_S_cm"] != before.sort_index().loc[0, "conductivity_high_S_cm"]


def test_the_predictors_stay_as_they_are(told, predictors):
    known = {name: one.known_formulas_ for name, one in predictors.items()}
    told.rank(ASKED, predictors=predictors)
    told.intervals(predictors)
    assert all(one.known_formulas_ is known[name] and len(one.residuals_) == 0 for name, one in predictors.items())


def test_intervals_before_and_after(laco, predictors):
    fresh = laco.intervals(predictors)
    assert fresh.columns.tolist() == ["property", "before", "after", "unit", "results"]
    assert fresh["before"].tolist() == fresh["after"].tolist() and not fresh["results"].any()
    assert [
        one.words.startswith(f"interval of {title}: ")
        for one, title in zip(laco.widths(predictors), ("conductivity", "Tg"), strict=True)
    ] == [True] * 2
    for x, (sigma, tg) in SERIES.items():
        laco.record(formula(x), conductivity_S_cm=sigma * 1e-3, tg_C=tg)
    told = laco.intervals(predictors).set_index("property")
    assert told["unit"].to_dict() == {"conductivity": "decades", "tg": "K"}
    assert told["results"].tolist() == [8, 8]
    assert told["before"].tolist() == fresh["before"].tolist()
    assert (told["after"] < 0.8 * told["before"]).all()
    table = laco.rank([formula(x) for x in np.arange(0.4, 1.101, 0.05).round(2)], predictors=predictors)
    width = np.log10(table["conductivity_high_S_cm"] / table["conductivity_low_S_cm"]).median()
    assert told["after"]["conductivity"] == pytest.approx(width)
    (wide, narrow), (warm, cool) = told[["before", "after"]].to_numpy()
    assert [one.words for one in laco.widths(predictors)] == [
        f"interval of conductivity: {wide:.1f} to {narrow:.1f} decades after 8 results",
        f"interval of Tg: {warm:.0f} to {cool:.0f} K after 8 results",
    ]
    lab.add(laco.results().drop(columns=["conductivity_error_S_cm", "tg_error_C"]))
    again = laco.intervals(predictors).set_index("property")
    assert again["before"].tolist() == pytest.approx(told["before"].tolist()), "before what came from here"
    assert again["after"].tolist() == pytest.approx(told["after"].tolist(), rel=1e-6)


def test_a_long_list_of_candidates_is_looked_at_in_part(predictors, monkeypatch):
    monkeypatch.setattr(campaign_learning, "MOST_JUDGED", 3)
    laco = Campaign.new("laco", FAMILY, x="0.4:1.2:0.2")
    ends = rank([formula(x) for x in (0.4, 0.8, 1.2)], predictors=predictors)
    width = (ends["tg_high_C"] - ends["tg_low_C"]).median()
    assert laco.intervals(predictors).set_index("property")["before"]["tg"] == pytest.approx(width)


def test_a_campaign_without_models_has_no_intervals(told):
    assert told.intervals().empty and told.widths() == []


def test_proposals_of_results_and_a_ranking_after_them_say_the_same(told, predictors):
    batch = propose(FAMILY, 2, told.goal, told.results(), temperature_C=30.0, predictors=predictors, x="0.4:1.1:0.05")
    after = told.rank(batch["formula"].tolist(), predictors=predictors).sort_index()
    assert batch[NUMBERS].to_numpy() == pytest.approx(after[NUMBERS].to_numpy())
