import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.builders import kinetics
from vitrion.datasets.curation import arrhenius, literature_checks
from vitrion.datasets.curation.curate import curate, rules
from vitrion.datasets.dataset import Dataset
from vitrion.datasets.measurement import Measurements, tabulate
from vitrion.datasets.properties import CONDUCTIVITY
from vitrion.features import Fractions

T = np.array([0.0, 25.0, 60.0, 100.0, 140.0])


def line(A, energy, T0=0.0):
    kelvin = T + 273.15
    return 10 ** (A - energy / arrhenius.SLOPE / (kelvin - T0)) / kelvin


def data(values, formula="Li2S-P2S5", temperature=T):
    rows = tabulate(
        len(values),
        formula=formula,
        value=values,
        temperature_C=temperature,
        phase="glass",
        source="s",
        paper="p",
        group="p",
    )
    return Measurements(rows, Fractions.of([formula] * len(values)).matrix)


@pytest.mark.parametrize("A,energy", [(5.0, 0.33), (2.0, 0.8), (8.0, 0.2)])
def test_a_line_is_found_again(A, energy):
    fit = arrhenius.fit(line(A, energy), T, np.zeros(5, dtype=np.int64))
    assert fit.energy[0] == pytest.approx(energy)
    assert fit.prefactor[0] == pytest.approx(A)
    assert fit.worst[0] < 1e-9
    assert (fit.points[0], fit.span[0]) == (5, 140)


def test_one_temperature_makes_no_line():
    fit = arrhenius.fit(np.array([1e-3, 1e-3]), np.array([25.0, 25.0]), np.zeros(2, dtype=np.int64))
    assert np.isnan(fit.energy[0])
    assert fit.points[0] == 1
    assert not arrhenius.odd_prefactor(fit, rules()["arrhenius"])[0]


def test_a_vft_series_is_told_from_an_arrhenius_one():
    T0, worst = arrhenius.fit_vft(line(2.0, 0.09, 200.0), T)
    assert abs(T0 - 200) <= 4
    assert worst < 0.02
    table = kinetics.consistency(Dataset(CONDUCTIVITY, data(line(2.0, 0.09, 200.0))))
    assert table[["law", "note"]].to_numpy().tolist() == [["VFT", ""]]
    assert table["vft_T0_K"][0] == pytest.approx(200, abs=4)
    plain = kinetics.consistency(Dataset(CONDUCTIVITY, data(line(5.0, 0.33))))
    assert plain[["law", "note", "points"]].to_numpy().tolist() == [["Arrhenius", "", 5]]


CONVEX = 10 ** np.array([-6.0, -5.84, -5.49, -4.68, -2.72])  # flat, then steep: no law of hopping ions


@pytest.mark.parametrize(
    "values,reason",
    [
        (line(-2.0, 0.1), arrhenius.ODD_PREFACTOR),
        (CONVEX, arrhenius.BENT),
        (line(1.0, 0.12, 200.0), ""),
        (line(5.0, 0.33), ""),
    ],
    ids=["prefactor", "convex", "VFT", "Arrhenius"],
)
def test_rows_that_break_the_law_are_doubted_and_kept(values, reason):
    kept, dropped = curate(data(values), CONDUCTIVITY)
    assert dropped.empty
    assert set(kept.rows["doubt"]) == {reason}
    assert set(kept.rows["weight"]) == {0.3 if reason else 1.0}


def test_stated_energies_agree_with_conductivities_of_their_paper_or_are_doubted():
    energies = load("activation_energy")
    table = kinetics.against_stated(load("conductivity"), energies)
    assert len(table) > 600
    assert (table["doi"] != "").all()
    noted = table.loc[table["note"] != "", ["formula", "doi"]]
    assert 0 < len(noted) < 0.03 * len(table)
    doubted = energies.rows.loc[energies.rows["doubt"] == literature_checks.ODD_ENERGY, ["formula", "doi"]]
    assert len(noted.merge(doubted)) == len(noted)


def test_sciglass_series_were_calculated_from_lines():
    table = kinetics.consistency(load("conductivity"))
    of_sciglass = table[table["paper"].str.startswith("sciglass:") & (table["points"] > 2)]
    assert len(of_sciglass) > 5000
    assert (of_sciglass["worst_residual"] < 0.02).mean() > 0.99
