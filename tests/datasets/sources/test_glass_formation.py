import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from vitrion.datasets import add, load
from vitrion.datasets.builders import glass_formation as glass_formation_build
from vitrion.datasets.builders.glass_formation import EXCHANGED, WEIGHT, atomic_fractions, treatment
from vitrion.datasets.cards import card
from vitrion.datasets.measurement import schema
from vitrion.datasets.sources import glass_formation
from vitrion.datasets.sources.glass_formation import atoms
from vitrion.features.fractions import Fractions


@pytest.fixture(scope="module")
def data():
    return load("glass_formation", lab=False)


def test_points_are_measurements_with_outcomes(data):
    schema().validate(data.rows)
    assert len(data) == card("glass_formation").rows
    assert set(data.values) == {0.0, 1.0, 2.0}
    assert np.allclose(data.measured.matrix.sum(axis=1), 1.0)
    assert data.rows["place"].nunique() < data.rows["paper"].nunique()


def test_the_formula_of_a_point_is_its_mixture(data):
    point = data.rows.iloc[0]
    assert point["place"] == "B2O3-BaO-K2O"
    assert np.allclose(Fractions.of([point["formula"]]).matrix, data.measured.matrix[:1], atol=1e-6)
    mixed = 0.58 * np.array([0.4, 0.6]) * 5  # B and O of 58 B2O3
    assert data.measured.matrix[0, 4] == pytest.approx(mixed[0] / (0.58 * 5 + 0.42 * 3))


def test_papers_that_contradict_each_other_weigh_by_the_majority(data):
    disputed = data.rows["doubt"] != ""
    assert (data.rows["weight"][disputed] < 1).all()
    assert (data.rows["weight"][~disputed] == 1).all()
    keys = glass_formation.composition_keys(data.measured.matrix, glass_formation.SAME)
    several = pd.Series(data.values).groupby(keys).nunique()
    assert disputed.sum() == np.isin(keys, several.index[several > 1]).sum()


def test_card_states_size_and_fingerprint():
    table = pq.read_table(glass_formation.TABLE)
    texts = (*glass_formation_build.COMPONENTS, "authors", "reference", "treatment")
    assert glass_formation_build.fingerprint(table, texts) in card("glass_formation").notes[0]
    assert glass_formation.TABLE.stat().st_size < 3e6


def table_of(seed=0):
    rng = np.random.default_rng(seed)
    mole = 100 * rng.dirichlet([2, 2, 2], size=40)
    units = atoms(["PbO", "B2O3", "Li2O"])
    return mole, units, atomic_fractions(mole[:10], units)


def test_weight_per_cent_is_converted_where_the_glasses_agree():
    mole, units, glasses = table_of()
    mass = units @ glass_formation_build.lookup("mass")
    weight = 100 * mole * mass / (mole * mass).sum(axis=1, keepdims=True)
    done, amounts = treatment(WEIGHT, weight, units, glasses)
    assert done == "from weight %"
    assert np.allclose(amounts, mole)


def test_columns_are_put_back_where_the_glasses_agree():
    mole, units, glasses = table_of()
    done, amounts = treatment(EXCHANGED, mole[:, [2, 0, 1]], units, glasses)
    assert done == "columns read in the order 231"
    assert np.allclose(amounts, mole)


@pytest.mark.parametrize("suspected", [WEIGHT, EXCHANGED])
def test_a_table_that_agrees_as_it_is_or_cannot_be_compared_is_left_out(suspected):
    mole, units, glasses = table_of()
    assert treatment(suspected, mole, units, glasses)[0] == ""
    assert treatment(suspected, mole, units, glasses[:2])[0] == ""


def test_syntheses_of_the_laboratory_are_outcomes_too(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("formula,tg_C,outcome\nLiAlCl2.5O0.75,-16,glass\nLiAlCl4,,crystallised\nLiAlCl2O,,decomposed\n")
    add(path)
    own = load("glass_formation").rows
    own = own[own["source"] == "lab"].set_index("formula")
    assert own["value"].to_dict() == {"LiAlCl2.5O0.75": 2.0, "LiAlCl4": 0.0}
