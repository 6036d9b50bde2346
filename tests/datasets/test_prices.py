import numpy as np
import pandas as pd
import pytest
from vitrion.datasets.price_table import atoms_of, masses
from vitrion.datasets.prices import raw_material_cost, routes
from vitrion.features import Composition, Fractions


def test_published_order_holds():
    naco, laco, argyrodite = raw_material_cost(["NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "Li6PS5Cl"])
    assert naco < laco < argyrodite / 50
    assert argyrodite == pytest.approx(319, rel=0.2)


def test_by_products_are_named_when_antimony_brings_the_oxygen():
    route = routes("NaAlCl2.5O0.75", without=["Al2O3", "Na2CO3"], year=2023)[0]
    assert set(route.precursors) == {"AlCl3", "NaCl", "Sb2O3"}
    assert route.by_products == {"SbCl3": pytest.approx(0.757, abs=1e-3)}
    assert route.usd_per_kg > 1.95


@pytest.mark.parametrize("formula", ["LiAlCl2.5O0.75", "Li2.5ZrCl5.5O0.5", "Li6PS5Cl", "LiTa0.5Nb0.5Cl4O", "LiAlCl4"])
def test_elements_balance(formula):
    route = routes(formula, without=["Al2O3"])[0]
    atoms = atoms_of(formula)
    kilogram = 1 / masses(atoms[None])[0]
    balance = sum(
        sign * kg / masses(atoms_of(name)[None])[0] * atoms_of(name)
        for sign, side in ((1, route.precursors), (-1, route.by_products))
        for name, kg in side.items()
    )
    np.testing.assert_allclose(balance / kilogram, atoms, atol=1e-5)


@pytest.mark.parametrize("formula,element", [("LiPuCl4", "Pu"), ("Li2TaCl6O", "O")])
def test_no_route_is_nan_with_a_note(formula, element):
    route = routes(formula)[0]
    assert np.isnan(route.usd_per_kg)
    assert element in route.note


def test_one_impossible_formula_does_not_spoil_the_others_of_its_system():
    both = raw_material_cost(["Li2TaCl6O", "LiTaCl4O"])
    assert np.isnan(both[0])
    assert both[1] == pytest.approx(raw_material_cost("LiTaCl4O"))


def test_estimates_are_flagged():
    route = routes("LiAlCl4")[0]
    assert route.estimated == ("AlCl3",)
    assert "AlCl3" in route.note
    assert routes("LiCl")[0].note == ""


def test_one_or_many_of_any_kind():
    many = ["LiAlCl4", "NaAlCl4"]
    costs = raw_material_cost(many)
    assert costs.shape == (2,)
    np.testing.assert_allclose(raw_material_cost(Fractions.of(many)), costs)
    np.testing.assert_allclose(raw_material_cost(pd.Series(many)), costs)
    assert raw_material_cost(Composition.parse("LiAlCl4")) == pytest.approx(costs[0])
    assert raw_material_cost([]).shape == (0,)


def test_a_users_price_table_counts():
    own = pd.DataFrame({"formula": ["LiCl", "AlCl3"], "usd_per_kg": [10.0, 1.0]})
    share = float(masses(atoms_of("LiCl")[None])[0] / masses(atoms_of("LiAlCl4")[None])[0])
    assert raw_material_cost("LiAlCl4", own) == pytest.approx(10 * share + (1 - share), rel=1e-6)


def test_rounding_that_charge_forgives_the_price_forgives_too():
    exact, rounded = raw_material_cost(["LiAlCl2.524O0.738", "LiAlCl2.5247O0.7377"])
    assert rounded == pytest.approx(exact, rel=0.01)
    assert np.isnan(raw_material_cost("LiAlCl3O"))
