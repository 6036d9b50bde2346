"""Costs from kept bases are those of a linear programme each."""

import numpy as np
import pytest
from vitrion.datasets.economics.cheapest import Programme, programme
from vitrion.datasets.economics.prices import default_table
from vitrion.datasets.economics.routes import raw_material_cost, routes
from vitrion.datasets.economics.syntheses import all_syntheses
from vitrion.features import Fractions

FAMILIES = ["Li{a}AlCl{b}O{x}", "Na{a}ZrCl{b}O{x}", "Li{a}TaCl{b}O{x}", "Li{a}GaCl{b}O{x}"]
ODD = ["Li6PS5Cl", "SiO2", "Li3PO4", "NaSbF6", "CuI", "Li7La3Zr2O12", "XeF2", "RbAg4I5", "LiPF6", "LiAlCl2"]
VALENCE = {"Al": 3, "Zr": 4, "Ta": 5, "Ga": 3}


def drawn(n, seed=0):
    rng, found = np.random.default_rng(seed), []
    for number in range(n):
        family = FAMILIES[number % len(FAMILIES)]
        metal = next(name for name in VALENCE if name in family)
        a, x = round(rng.uniform(0.5, 2.5), 3), round(rng.uniform(0, 1.2), 3)
        found.append(family.format(a=a, b=round(a + VALENCE[metal] - 2 * x, 3), x=x))
    return found


@pytest.mark.parametrize("formulas", [drawn(60), ODD])
def test_costs_are_those_of_a_programme_each(formulas):
    told = raw_material_cost(formulas)
    np.testing.assert_allclose(told, [route.usd_per_kg for route in routes(formulas)], rtol=1e-9)


def test_order_and_company_change_nothing():
    formulas = drawn(40, seed=1)
    told = raw_material_cost(formulas)
    np.testing.assert_allclose(raw_material_cost(formulas[::-1])[::-1], told, rtol=1e-12)
    np.testing.assert_allclose([raw_material_cost(one) for one in formulas], told, rtol=1e-12)
    assert (raw_material_cost(formulas[::-1])[::-1] == raw_material_cost(formulas)).all(), "once all bases are known"


def test_few_bases_serve_a_family():
    matrix = Fractions.of(drawn(80)[::4]).matrix
    own = tuple(np.flatnonzero(matrix[0] > 0).tolist())
    antimony = next(one for one in all_syntheses() if one.name == "antimony oxide")
    one = Programme(own, antimony, default_table(None))
    assert np.isfinite(one.costs(matrix)).all()
    assert len(one._bases) <= 4
    assert programme(own, antimony.name, None) is programme(own, antimony.name, None)
