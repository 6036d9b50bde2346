"""What a ranking says of compositions that were measured."""

import copy

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import lab, load
from vitrion.datasets.measurement import composition_keys
from vitrion.experiments.proposals.propose import propose
from vitrion.experiments.ranking.measured import MEASURED, beyond, measured
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.task.own_results import Facts
from vitrion.features import Fractions
from vitrion.models.explanation import same as module
from vitrion.models.explanation.same import same

VIGLAS = "10.1038/s41560-023-01356-y"


@pytest.fixture
def said(predictors):
    """The measured columns of one formula, by name."""

    def columns(formula, temperature_C=25.0):
        row = rank([formula], temperature_C=temperature_C, predictors=predictors).iloc[0]
        return {name: row[name] for name in MEASURED}

    return columns


def withdraw(facts):
    numbers = [f"L{number}" for number in facts["id"]]
    lab.add(pd.DataFrame({"formula": facts["formula"], "supersedes": numbers, "outcome": "withdrawn"}))


def test_a_published_glass_shows_its_values_and_their_paper(said):
    for formula, sigma, tg in (("LiAlCl2.5O0.75", 1.52e-3, -16.8), ("Na4Al4Cl10O3", 1.33e-3, -25.5)):
        assert list(said(formula).values()) == [pytest.approx(sigma), 30.0, "glass", pytest.approx(tg), VIGLAS, 2]
    missing = said("LiAlCl2.47O0.765")
    assert missing["n_measured"] == 0
    assert missing["measured_phase"] == missing["measured_doi"] == ""
    assert all(np.isnan(missing[name]) for name in MEASURED if name.endswith(("_cm", "_C")))


def test_compositions_are_the_same_to_a_hundredth_of_a_per_cent(said):
    assert said("Li19.048Al19.047Cl47.619O14.286")["measured_tg_C"] == pytest.approx(-16.8)
    assert said("Li19.1Al19Cl47.6O14.3")["n_measured"] == 0


def test_all_that_a_predictor_knows_of_a_composition_is_found_without_reading_all(predictors, monkeypatch):
    read = []
    whole = Fractions.read
    monkeypatch.setattr(module.Fractions, "read", lambda items: read.extend(items) or whole(items))
    predictor = predictors["conductivity"]
    names = predictor.known_formulas_
    keys = composition_keys(Fractions.of(names.tolist()).matrix)
    asked = np.unique(keys, return_index=True)[1][::7]
    told = predictor.predict(names[asked].tolist())
    read.clear()
    found = same(predictor, told, keys[asked])
    assert {row: rows.tolist() for row, rows in found.items()} == {
        row: np.flatnonzero(keys == keys[place]).tolist() for row, place in enumerate(asked)
    }
    assert len(set(read)) == len(read) < len(set(names.tolist())) / 2
    read.clear()
    same(predictor, told, keys[asked])
    assert read == []


def test_a_glass_before_a_crystal_then_the_nearest_temperature_then_the_literature_then_the_median(said):
    rows = [
        *((25.0, "crystal", 9e-3), (40.0, "glass", 1e-3), (60.0, "glass", 2e-3), (60.0, "amorphous", 4e-3)),
        (60.0, "glass", 3e-3),
    ]
    own = pd.DataFrame(rows, columns=["temperature_C", "phase", "conductivity_S_cm"])
    lab.add(own.assign(formula="Li2AlCl3.5O0.75", sample=[f"S{row}" for row in range(len(own))]))
    shown = {at: said("Li2AlCl3.5O0.75", at) for at in (25.0, 55.0)}
    assert list(shown[25.0].values())[:3] == [pytest.approx(1e-3), 40.0, "glass"]
    assert list(shown[55.0].values())[:3] == [pytest.approx(3e-3), 60.0, "glass"]
    assert {told["n_measured"] for told in shown.values()} == {5}
    assert {told["measured_doi"] for told in shown.values()} == {"lab"}


def test_papers_that_measured_a_few_degrees_apart_are_one_population(predictors):
    """Of each the nearest in temperature; the nearest of all would be one sample of many."""
    name = "Li6PS5Cl"
    keys = composition_keys(Fractions.of([name]).matrix)
    rows = [(24.9, 0.4, "10.1/a"), (29.7, 3.7, "10.1/b"), (24.5, 1.2, "10.1/c"), (24.9, 2.8, "10.1/d")]
    rows += [(25.4, 0.5, "10.1/e"), (18.8, 0.3, "10.1/e"), (50.5, 1.3, "10.1/e"), (150.6, 21.4, "10.1/e")]
    celsius, millisiemens, papers = zip(*rows, strict=True)
    target = np.log10(np.array(millisiemens) * 1e-3)
    facts = np.column_stack([target, 1000.0 / (np.array(celsius) + 273.15), np.ones(8), np.zeros(8)])
    further = {"conductivity": Facts(np.full(8, keys[0]), facts, np.array(papers, dtype=object))}

    def shown(at):
        told = {"conductivity": predictors["conductivity"].predict([name], {"temperature_C": [at]})}
        found = measured(keys, at, told, predictors, further)
        return found["measured_conductivity_S_cm"][0], found["measured_temperature_C"][0], found["measured_doi"][0]

    assert shown(25.0) == (pytest.approx(1.2e-3), pytest.approx(24.5), "10.1/c")
    assert shown(150.0) == (pytest.approx(21.4e-3), pytest.approx(150.6), "10.1/e")


def test_own_results_count_from_the_moment_they_are_added_until_they_are_withdrawn(said):
    assert said("LiAlCl2.2O0.9")["n_measured"] == 0
    own = pd.DataFrame(
        {"formula": ["LiAlCl2.2O0.9"], "temperature_C": [25.0], "conductivity_mS_cm": [1.1], "tg_C": [-8.0]}
    )
    facts = lab.add(own.assign(phase="glass")).facts
    assert list(said("LiAlCl2.2O0.9").values()) == [pytest.approx(1.1e-3), 25.0, "glass", -8.0, "lab", 2]
    withdraw(facts)
    assert said("LiAlCl2.2O0.9")["n_measured"] == 0


def test_what_the_models_have_learnt_of_the_laboratory_counts_once_and_not_when_withdrawn(predictors):
    own = pd.DataFrame({"formula": ["LiAlCl2.2O0.9"], "temperature_C": [25.0], "conductivity_mS_cm": [1.1]})
    facts = lab.add(own.assign(phase="glass")).facts
    rows = load("conductivity").rows.query("source == 'lab'")
    pupil = copy.deepcopy(predictors["conductivity"])
    pupil.update(rows["formula"].tolist(), rows["value"], rows[["temperature_C", "phase"]].reset_index(drop=True))
    learnt = {**predictors, "conductivity": pupil}
    assert rank(["LiAlCl2.2O0.9"], predictors=learnt)["n_measured"].tolist() == [1]
    withdraw(facts)
    assert rank(["LiAlCl2.2O0.9"], predictors=learnt)["n_measured"].tolist() == [0]


def test_results_handed_to_a_proposal_count_in_it(predictors):
    results = pd.DataFrame({"formula": ["LiAlCl3O0.5"], "conductivity_S_cm": [4e-4], "temperature_C": [25.0]})
    table = propose(["LiAlCl3O0.5", "LiAlCl2.5O0.75", "LiAlCl2.7O0.65"], 2, results=results, predictors=predictors)
    assert set(MEASURED) <= set(table.columns)
    known = dict(zip(table["formula"], table["n_measured"], strict=True))
    assert known == {name: 2 * (name == "LiAlCl2.5O0.75") for name in known}


def test_a_verdict_for_each_property_and_one_for_both_as_before(predictors):
    crystal = pd.DataFrame({"formula": ["LiGaCl2O"], "temperature_C": [25.0], "conductivity_S_cm": [1e-4]})
    lab.add(crystal.assign(phase="crystal"))
    names = ["LiAlCl2.5O0.75", "LiGaCl2O", "Li6PS5Cl", "LiTaOCl4", "nonsense"]
    table = rank(names, predictors=predictors).sort_index()
    told = {name: predictors[name].predict(names[:-1]).verdict.tolist() for name in ("tg", "conductivity")}
    assert table["tg_verdict"].tolist() == ["measured", *told["tg"][1:], ""]
    assert table["conductivity_verdict"].tolist()[0] == "measured"
    assert table["measured_phase"][1] == "crystal"
    assert table["conductivity_verdict"][1] == told["conductivity"][1], "a glass of it was not measured"
    order = ["inside", "edge", "outside"]
    worst = [max(pair, key=order.index) for pair in zip(*told.values(), strict=True)]
    assert table["verdict"].tolist() == [*worst, ""], "the goals' minimum verdict means what it meant"


def test_a_store_that_cannot_be_read_spoils_no_ranking(predictors, home):
    (home / "lab.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.warns(UserWarning, match="what the laboratory measured itself is not shown: .*lab.sqlite"):
        table = rank(["LiAlCl2.5O0.75"], predictors=predictors)
    assert table["measured_conductivity_S_cm"].tolist() == [1.52e-3]


def test_a_value_outside_the_predicted_interval_is_told_unless_another_temperature_explains_it(predictors):
    learnt = predictors["conductivity"].predict(["LiAlCl2.5O0.75"], {"temperature_C": 30.0, "phase": "glass"})
    n, low, high = 5, float(learnt.lower[0]), float(learnt.upper[0])
    told = predictors["conductivity"].predict(["LiAlCl2.5O0.75"] * n, {"temperature_C": 30.0, "phase": "glass"})
    known = {
        "measured_conductivity_S_cm": np.array([2 * high, low / 2, 2 * high, (low * high) ** 0.5, np.nan]),
        "measured_temperature_C": np.array([25.0, 40.0, 40.5, 30.0, np.nan]),
        "measured_phase": np.array(["partly crystalline or unknown", "glass", "glass", "glass", ""], dtype=object),
        "measured_tg_C": np.full(n, np.nan),
    }
    text = beyond(known, {"conductivity": told}, 30.0)["conductivity"]
    assert text[0] == f"measured {2e3 * high:.3g} mS/cm at 25 °C (phase unknown) lies outside the predicted interval"
    assert text[1] == f"measured {500 * low:.3g} mS/cm at 40 °C (glass) lies outside the predicted interval"
    assert text[2:] == ["", "", ""]


def test_the_note_names_no_verdict_of_the_distance_beside_a_measured_property(predictors):
    table = rank(["LiAlCl2.5O0.75", "LiAlCl2.47O0.765", "LiNbOCl4", "Li3InCl6", "NaTaCl6"], predictors=predictors)
    for title in ("Tg", "conductivity"):
        verdict = table["note"].str.contains(rf"(?:^|; |, ){title} (?:inside|edge|outside)\b")
        assert not (verdict & (table[f"{title.lower()}_verdict"] == "measured")).any()
