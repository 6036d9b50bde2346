import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.features import Fractions
from vitrion.models.salts import LOOSER, densities, salts


def test_a_mixture_adds_its_salts_up():
    mixed, lithium, aluminium = salts(Fractions.of(["LiAlCl4", "LiCl", "AlCl3"])).volume_cm3 * [6, 2, 4]
    assert mixed == pytest.approx(lithium + aluminium)
    assert lithium == pytest.approx(42.394 / 2.07, rel=1e-3)


def test_glasses_of_halides_are_looser_than_their_salts_by_what_is_told():
    data = load("density", lab=False)
    fractions = data.fractions
    halogen = sum(fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    anions = halogen + sum(fractions.column(symbol) for symbol in ("O", "F", "S", "Se", "Te"))
    some = np.flatnonzero((halogen > 0.5 * anions) & data.rows["source"].str.startswith("SciGlass").to_numpy())
    ratio = densities(fractions.take(some))[2] / data.values[some] * LOOSER[0]
    ratio = ratio[np.isfinite(ratio)]
    assert len(ratio) >= 50
    assert np.quantile(ratio, [0.05, 0.5, 0.95]) == pytest.approx(LOOSER, abs=0.015)


def test_what_has_no_salt_has_no_density():
    assert np.isnan(densities(["Li6PS5Cl"])).all()
