import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.datasets.cards import card
from vitrion.datasets.catalogue import export
from vitrion.datasets.measurement import composition_keys
from vitrion.datasets.properties import ACTIVATION_ENERGY, CONDUCTIVITY
from vitrion.datasets.sources import literature, obelix
from vitrion.features import charge
from vitrion.features.fractions import Fractions

NAMES = [CONDUCTIVITY.name, ACTIVATION_ENERGY.name]


def of_table(name):
    return literature.read(name, ["insulators"])


@pytest.mark.parametrize("name", NAMES)
def test_each_row_is_a_neutral_crystal_with_a_paper_and_a_basis(name):
    rows = of_table(name).rows
    assert (rows["phase"] == "crystal").all()
    assert rows["source"].str.startswith(literature.INSULATORS).all()
    assert ((rows["doi"] != "") | rows["paper"].str.startswith("cited:")).all()
    assert rows["licence"].str.contains("fact|calculated|CC BY|memory").all()
    gap = charge.gaps(Fractions.of(rows["formula"].tolist()))
    assert (np.abs(gap).min(axis=1) <= charge.TOLERANCE).all()


def test_conductivities_have_a_temperature_and_are_those_of_insulators():
    rows = of_table(CONDUCTIVITY.name).rows
    assert 30 <= rows["formula"].nunique() <= 50
    assert rows["temperature_C"].between(20, 750).all()
    cold = rows[rows["temperature_C"] < 30]
    assert len(cold) >= 20
    assert (cold["value"] < 1e-5).all()
    assert (rows["value"] < 0.05).all()


def test_energies_bring_each_series_down_to_an_insulator_at_room_temperature():
    """Of a sample with an energy: what its conductivity falls to at 25 C."""
    rows, energies = of_table(CONDUCTIVITY.name), of_table(ACTIVATION_ENERGY.name)
    energy = pd.Series(energies.rows["value"].to_numpy(), index=energies.rows["paper"] + energies.rows["formula"])
    asked = (rows.rows["paper"] + rows.rows["formula"]).map(energy.groupby(level=0).median()).to_numpy()
    kelvin = rows.rows["temperature_C"].to_numpy() + 273.15
    level = np.log10(rows.rows["value"] * kelvin / 298.15) + asked * 5040.2 * (1 / kelvin - 1 / 298.15)
    assert np.isfinite(level).sum() >= 20
    assert (level[np.isfinite(level)] < -8).all()


def test_those_that_were_asked_for_are_there():
    have = set(load(CONDUCTIVITY.name, lab=False).measured.keys.tolist())
    salts = ["NaCl", "KBr", "NaI", "LiF", "LiI", "Na3InCl6", "Na3YCl6", "Na2ZnCl4", "Li2MgCl4", "LiAlH4", "NaBH4"]
    assert set(composition_keys(Fractions.of(salts).matrix).tolist()) <= have


def test_no_row_is_in_another_table_or_in_the_test_part_of_obelix():
    data = load(CONDUCTIVITY.name, lab=False)
    own = data.rows["source"].str.startswith(literature.INSULATORS).to_numpy()
    assert own.sum() == len(of_table(CONDUCTIVITY.name))
    sample = pd.DataFrame({"key": data.measured.keys, "doi": data.rows["doi"]})
    others = sample[~own & (sample["doi"] != "")]
    assert not len(sample[own & (sample["doi"] != "")].merge(others, on=["key", "doi"]))


def test_nothing_is_of_the_test_part_of_obelix():
    if "VITRION_OBELIX" not in os.environ:
        pytest.skip("OBELiX not read: set VITRION_OBELIX to its folder")
    hidden = obelix.read(Path(os.environ["VITRION_OBELIX"]), "test")
    own = of_table(CONDUCTIVITY.name)
    assert not set(own.rows["doi"]) & (set(hidden.rows["doi"]) - {""})
    assert not set(own.keys.tolist()) & set(hidden.keys.tolist())


def test_doubtful_rows_weigh_less():
    rows = of_table(CONDUCTIVITY.name).rows
    assert set(rows.loc[rows["doubt"] != "", "formula"]) == {"Na2ZnCl4", "Li2CrCl4"}
    low = rows[rows["confidence"] == "low"]
    assert set(low["formula"]) == {"Na2ZnCl4", "Li2CrCl4", "NaAlH4", "LiNbO3"}
    assert (low["weight"] == 0.3).all()


def test_their_licence_goes_out_with_an_export(tmp_path):
    export.export(tmp_path / "out", [CONDUCTIVITY.name], with_lab=False)
    told = (tmp_path / "out" / "conductivity.card.toml").read_text(encoding="utf-8")
    assert card("insulators").licence in told
    rows = pd.read_parquet(tmp_path / "out" / "conductivity.parquet")
    assert rows["licence"].str.contains("OBELiX").sum() >= 20
