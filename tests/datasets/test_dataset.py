import subprocess
import sys

import numpy as np
import pytest
from vitrion import datasets
from vitrion.datasets.curation import curate as curation
from vitrion.datasets.curation.duplicates import TOLD_TWICE
from vitrion.datasets.curation.tellings import LATER
from vitrion.datasets.measurement import composition_keys
from vitrion.datasets.properties import PROPERTIES
from vitrion.datasets.sources import literature, liverpool, sciglass


@pytest.fixture(scope="module")
def tg():
    return datasets.load("tg")


@pytest.fixture(scope="module")
def conductivity():
    return datasets.load("conductivity")


def test_tg_holds_seventy_thousand_glasses_and_the_two_viglas_rows(tg):
    assert len(np.unique(composition_keys(tg.measured.matrix))) >= 70_000
    viglas = tg.rows[tg.rows["doi"] == "10.1038/s41560-023-01356-y"]
    assert dict(zip(viglas["formula"], viglas["value"], strict=True)) == {
        "LiAlCl2.5O0.75": -16.8,
        "NaAlCl2.5O0.75": -25.5,
    }


def test_no_tg_paper_is_lost_but_those_astray_and_those_that_copied_all(tg):
    listed = curation.astray()
    astray = set(listed.loc[(listed["property"] == "tg") & (listed["verdict"] == "left out"), "paper"])
    gone = tg.dropped[~tg.dropped["paper"].isin(tg.rows["paper"])]
    copied = set(gone.loc[gone["reason"] == LATER, "paper"])
    assert set(gone["paper"]) == astray | copied
    assert tg.rows["paper"].nunique() == 11_018 + 1 - len(astray | copied)
    assert (len(astray), len(copied - astray)) == (16, 252)


def test_a_tg_paper_gives_a_composition_once(tg):
    keys = tg.rows[["paper"]].assign(key=composition_keys(tg.measured.matrix))
    assert not keys.duplicated().any()
    assert tg.rows["repeats"].sum() + tg.dropped["repeats"].sum() == 91_759 + 2


def test_conductivity_holds_mobile_ion_glasses_and_all_of_the_literature(conductivity):
    of_sciglass = conductivity.rows["source"] == sciglass.NAME
    of_liverpool = conductivity.rows["source"] == liverpool.NAME
    assert of_sciglass.sum() >= 30_000
    assert literature.is_literature(conductivity.rows).sum() == 377 - 5 + 451 + 59
    assert of_liverpool.sum() == 787 - conductivity.reasons[TOLD_TWICE]
    np.testing.assert_array_equal(conductivity.curated, ~of_sciglass)
    cold = of_sciglass & (conductivity.rows["temperature_C"] == 20)
    lithium = conductivity.fractions.column("Li") > 0
    silver = conductivity.fractions.column("Ag") + conductivity.fractions.column("Cu") > 0.01
    assert conductivity.values[cold & lithium & ~silver].max() <= 0.03
    assert conductivity.values[of_sciglass].max() <= 3.0


def test_counts_add_up(conductivity):
    read = conductivity.rows["repeats"].sum() + conductivity.dropped["repeats"].sum()
    assert read == 64_305 + 377 + 451 + 59 + 787
    assert sum(conductivity.reasons.values()) == len(conductivity.dropped)
    assert (conductivity.dropped["reason"] != "").all()


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_loads(name):
    data = datasets.load(name)
    assert len(data) == len(data.values) == len(data.groups) == len(data.conditions) == len(data.fractions) > 0
    assert data.property.is_plausible(data.values).all()
    assert (data.groups != "").all()


def test_compositions_are_those_of_the_fractions(conductivity):
    some = conductivity.take(np.arange(0, len(conductivity), 2003))
    for composition, chlorine, lithium in zip(
        some.compositions, some.fractions.column("Cl"), some.fractions.column("Li"), strict=True
    ):
        assert composition.fraction("Cl") == pytest.approx(chlorine, abs=1e-9)
        assert composition.fraction("Li") == pytest.approx(lithium, abs=1e-9)


def test_fingerprint_knows_content_and_not_order(conductivity):
    part = conductivity.take(np.arange(0, len(conductivity), 50))
    shuffled = part.take(np.random.default_rng(0).permutation(len(part)))
    assert part.fingerprint == shuffled.fingerprint
    assert part.fingerprint != part.take(np.arange(1, len(part))).fingerprint


def test_fingerprint_is_the_same_on_every_machine(tg):
    viglas = tg.take(tg.rows["doi"] == "10.1038/s41560-023-01356-y")
    assert viglas.fingerprint == "1387b9a4b45ce8b10755ac6d91d551af4652d0c4c9e6bf173720b3b48af74add"


@pytest.mark.parametrize(
    "statement,heavy",
    [
        ("import vitrion.datasets", ("pandas", "pyarrow", "scipy", "pandera")),
        ("import vitrion.datasets as d; d.load('activation_energy')", ("scipy.optimize", "pandera", "mlflow")),
    ],
)
def test_heavy_packages_are_imported_late(statement, heavy):
    code = f"import sys; {statement}; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
