import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.features import Fractions
from vitrion.features.descriptors.glass import descriptor
from vitrion.models.physics.salts import (
    BY_RADII,
    LOOSER,
    OF_RADII,
    OF_SALTS,
    OTHER,
    TETRACHLOROALUMINATE_CM3,
    densities,
    salts,
)


def test_a_mixture_adds_its_salts_up():
    mixed, lithium, indium = salts(Fractions.of(["LiInCl4", "LiCl", "InCl3"])).volume_cm3 * [6, 2, 4]
    assert mixed == pytest.approx(lithium + indium)
    assert lithium == pytest.approx(42.394 / 2.07, rel=1e-3)


def test_glasses_of_halides_are_looser_than_their_salts_by_what_is_told():
    data = load("density", lab=False)
    fractions = data.fractions
    halogen = sum(fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    anions = halogen + sum(fractions.column(symbol) for symbol in ("O", "F", "S", "Se", "Te"))
    some = np.flatnonzero((halogen > 0.5 * anions) & data.rows["source"].str.startswith("SciGlass").to_numpy())
    _, _, high, basis = densities(fractions.take(some))
    ratio = (high / data.values[some] * LOOSER[0])[basis == OF_SALTS]
    assert len(ratio) >= 50
    assert np.quantile(ratio, [0.05, 0.5, 0.95]) == pytest.approx(LOOSER, abs=0.015)


def test_no_tetrachloroaluminate_glass_is_denser_than_its_crystal():
    crystals = {"LiAlCl4": 1.974, "NaAlCl4": 1.887, "KAlCl4": 1.981, "CsAlCl4": 2.581}  # of their cells, g/cm3
    expected, low, high, basis = densities(list(crystals))
    measured = np.array(list(crystals.values()))
    assert (expected < measured).all() and (low < expected).all() and set(basis) == {OF_SALTS}
    assert high[0] < measured[0] and np.allclose(high, measured, rtol=0.04)


def test_aluminium_of_four_chlorides_takes_more_room_than_of_six():
    glass, lithium, octahedra = salts(Fractions.of(["LiAlCl4", "LiCl", "AlCl3"])).volume_cm3 * [6, 2, 4]
    assert glass - lithium == pytest.approx(TETRACHLOROALUMINATE_CM3) and octahedra == pytest.approx(53.77)
    bromide, lithium, tetrahedra = salts(Fractions.of(["LiAlBr4", "LiBr", "AlBr3"])).volume_cm3 * [6, 2, 4]
    assert bromide == pytest.approx(lithium + tetrahedra)


def test_what_has_no_salt_has_the_density_of_its_ions():
    _, low, high, basis = densities(["Li6PS5Cl", "LiAlCl4"])
    assert basis.tolist() == [BY_RADII, OF_SALTS]
    assert low[0] < 1.87 < high[0]  # of the crystal, by its cell of 9.86 angstrom
    assert high[0] / low[0] > high[1] / low[1] > 1


def test_ions_by_their_radii_err_as_it_is_told():
    data = load("density", lab=False)
    estimated = descriptor("density", data.fractions) / data.values
    amounts = {some: sum(data.fractions.column(one) for one in some) for some in OF_RADII if some}
    most = sum(amounts.values()) + data.fractions.column("O") + data.fractions.column("F")
    rest = np.ones(len(most), dtype=bool)
    for some, amount in amounts.items():
        here = amount > 0.5 * most
        rest &= ~here
        assert np.quantile(estimated[here], [0.05, 0.5, 0.95]) == pytest.approx(OF_RADII[some], abs=0.015)
    assert np.quantile(estimated[rest], [0.05, 0.5, 0.95]) == pytest.approx(OF_RADII[OTHER], abs=0.015)


def test_what_is_not_neutral_has_no_density():
    *numbers, basis = densities(["LiAl"])
    assert np.isnan(numbers).all() and basis.tolist() == [""]
