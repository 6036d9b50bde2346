"""Small linear programmes against a solver of large ones."""

import numpy as np
import pytest
from scipy.optimize import linprog
from vitrion.datasets.economics.cheapest import setting
from vitrion.datasets.economics.least_cost import least_cost
from vitrion.datasets.economics.prices import default_table
from vitrion.datasets.economics.syntheses import all_syntheses
from vitrion.features.fractions import Fractions


def agrees(block, price, asked):
    found = least_cost(block, price, asked)
    known = linprog(price, A_eq=block, b_eq=asked, method="highs-ds")
    assert (found.x >= 0).all() and block @ found.x == pytest.approx(asked, abs=1e-9)
    assert price @ found.x == pytest.approx(known.fun, rel=1e-9, abs=1e-12)
    assert (price - found.duals @ block >= -1e-6 * (1 + price)).all()


@pytest.mark.parametrize("seed", range(20))
def test_random_programmes(seed):
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(1, 8)), int(draw.integers(1, 40))
    block = np.hstack([np.round(draw.normal(size=(rows, columns)).clip(-1, 3), 1), np.eye(rows)])
    price = np.concatenate([draw.uniform(0.1, 5, columns), np.full(rows, 1e5)])
    agrees(block, price, np.round(draw.uniform(0, 2, rows), 1))


@pytest.mark.parametrize(
    "formula", ["LiAlCl2.5O0.75", "LiTaOCl4", "Li2ZrOCl4", "Li6PS5Cl", "Li0.5Na0.5AlCl2.5O0.75", "LiZr0.5Hf0.5Cl3O"]
)
def test_programmes_of_costs(formula):
    """The rows of these depend on each other: every precursor is neutral."""
    matrix, table = Fractions.of([formula]).matrix, default_table(None)
    own = tuple(np.flatnonzero(matrix[0]).tolist())
    for synthesis in all_syntheses():
        told = setting(own, synthesis, table)
        agrees(told.block, told.price, matrix[0, list(own)])


def test_what_rounding_leaves_uncertain_is_not_answered():
    block = np.array([[1.0, -1.0, 1.0]])
    assert least_cost(block, np.array([-1.0, 0.0, 1.0]), np.array([1.0])) is None, "it has no least cost"
