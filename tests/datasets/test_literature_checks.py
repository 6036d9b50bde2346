import numpy as np
import pandas as pd
from vitrion.datasets import literature, literature_checks
from vitrion.datasets.curation import rules
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import ACTIVATION_ENERGY, CONDUCTIVITY
from vitrion.features import Fractions

BOTH = tuple(literature.TABLES)


def rows_of(formulas, values, **columns):
    rows = tabulate(len(formulas), formula=formulas, value=values, **columns)
    return Measurements(rows, Fractions.of(formulas).matrix)


def test_a_paper_in_millisiemens_is_doubted_as_a_whole():
    told = rows_of(
        ["Li3InCl6", "Li3YCl6", "Li3YCl6", "RbAg4I5", "Li3YCl6"],
        [1.5, 0.03, 5e-4, 0.2, 0.2],
        temperature_C=[25.0, 25.0, 25.0, 25.0, 300.0],
        paper=["a", "a", "b", "c", "d"],
        phase="crystal",
    )
    assert literature_checks.unit_slips(told, rules()["unit_slip"]).tolist() == [True, True, False, False, False]


def test_no_paper_of_the_tables_is_in_millisiemens():
    for table in BOTH:
        told = literature.read("conductivity", [table])
        assert not literature_checks.unit_slips(told, rules()["unit_slip"]).any()


def test_an_energy_that_its_conductivity_contradicts_is_odd_and_the_conductivity_is_not():
    sigma = rows_of(["Li3InCl6", "Li3YCl6"], [1e-3, 1e-3], temperature_C=25.0, paper=["a", "b"], phase="crystal")
    energy = rows_of(["Li3InCl6", "Li3YCl6", "Li3ScCl6"], [0.35, 0.35 * np.log(10), 0.9], paper=["a", "b", "c"])
    assert literature_checks.odd_energies(energy, sigma, rules()["energy"]).tolist() == [False, True, False]


def test_sulfides_that_need_a_bond_between_sulfurs_are_named():
    matrix = Fractions.of(["Li5.7PS5Cl1.3", "Li10GeP2S12Cl", "Li6PS5Cl", "Li3InCl6", "Li7P3S11"]).matrix
    assert literature_checks.only_by_bonds(matrix).tolist() == [True, True, False, False, False]


def test_withdrawn_rows_are_found_in_the_table_and_nowhere_else():
    told = literature.read("conductivity", BOTH)
    left_out = np.any([mask for mask, _ in literature_checks.withdrawn(told, literature_checks.LEFT_OUT)], axis=0)
    doubted = np.any([mask for mask, _ in literature_checks.withdrawn(told, literature_checks.DOUBTED)], axis=0)
    assert told.rows.loc[left_out, "formula"].tolist() == ["Li3Br0.5Cl0.5O"] * 4
    assert told.rows.loc[doubted, ["formula", "value"]].to_numpy().tolist() == [["Li3ClO", 0.000141]]
    elsewhere = Measurements(told.rows.assign(source="lab"), told.matrix)
    assert not list(literature_checks.withdrawn(elsewhere, literature_checks.LEFT_OUT))


def test_each_doubt_has_its_reason():
    told = literature.read("activation_energy", BOTH)
    found = {why: int(mask.sum()) for mask, why in literature_checks.doubts(told, ACTIVATION_ENERGY, rules())}
    assert found[literature_checks.ODD_ENERGY] > 20
    assert set(pd.Series(found)[lambda n: n > 0].index) >= {literature_checks.ODD_ENERGY}
    sigma = literature.read("conductivity", BOTH)
    found = {why: int(mask.sum()) for mask, why in literature_checks.doubts(sigma, CONDUCTIVITY, rules())}
    assert found[literature_checks.BONDED] > 0
    assert found[literature_checks.UNIT_SLIP] == 0
