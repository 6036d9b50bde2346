"""The transformer keeps scikit-learn's rules and survives a file."""

import subprocess
import sys
import types

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from vitrion.features import Composition, Featurizer, FormulaError, Fractions, Template
from vitrion.features.descriptors.glass import NAMES as GLASS
from vitrion.features.descriptors.glass import glass
from vitrion.features.descriptors.magpie import NAMES as MAGPIE
from vitrion.features.descriptors.magpie import magpie
from vitrion.features.elements import SYMBOLS, ElementDataError

FORMULAS = ["LiAlCl2.5O0.75", "NaAlCl4", "Li6PS5Cl", "40Li2O-60B2O3"]


def test_blocks_stand_side_by_side():
    batch = Fractions.of(FORMULAS)
    expected = np.hstack([batch.matrix, magpie(batch), glass(batch)])
    assert np.array_equal(Featurizer().fit_transform(FORMULAS), expected)
    turned = np.hstack([glass(batch), batch.matrix])
    assert np.array_equal(Featurizer(blocks=("glass", "fractions")).fit_transform(FORMULAS), turned)


def test_names():
    names = Featurizer().get_feature_names_out()
    assert len(names) == len(SYMBOLS) + len(MAGPIE) + len(GLASS) == len(set(names))
    assert {"fraction Cl", "MagpieData mean Number", "glass o_per_m"} <= set(names)


def test_every_way_in_gives_the_same():
    expected = Featurizer().transform(FORMULAS)
    compositions = [Composition.parse(formula) for formula in FORMULAS]
    for way in (
        pd.Series(FORMULAS),
        np.array(FORMULAS, dtype=object),
        compositions,
        Fractions.of(FORMULAS),
        tuple(FORMULAS),
    ):
        assert np.array_equal(Featurizer().transform(way), expected)


def test_set_output():
    frame = Featurizer(blocks=("glass",)).set_output(transform="pandas").fit_transform(pd.Series(FORMULAS))
    assert list(frame.columns) == [f"glass {name}" for name in GLASS]
    assert frame.shape == (4, len(GLASS))


def test_clone_and_parameters():
    one = Featurizer(blocks=("glass",))
    assert clone(one).get_params() == {"blocks": ("glass",)}
    assert one.set_params(blocks=("magpie",)).transform(FORMULAS).shape == (4, 132)


@pytest.mark.parametrize("blocks", [("glas",), (), ("glass", "glass"), "magpi"])
def test_unknown_blocks(blocks):
    with pytest.raises(ValueError, match="fractions, magpie, glass"):
        Featurizer(blocks=blocks).fit(FORMULAS)


def test_a_bad_formula_is_named():
    with pytest.raises(FormulaError, match=r"row 1: .*Li0"):
        Featurizer().transform(["LiCl", "Li0"])


@pytest.mark.parametrize("kind", [list, iter, Fractions.of, lambda f: [Composition.parse(text) for text in f]])
def test_an_element_without_data_is_named_with_row_and_formula(kind):
    with pytest.raises(ElementDataError, match=r'row 2: "XeF2": no .* Xe; .*compositions out, or .*"magpie"'):
        Featurizer().fit_transform(kind(["LiCl", "LiAlCl4", "XeF2"]))
    with pytest.raises(ElementDataError, match=r'row 9999: "XeF4": .* Xe \(and 1 more\)'):
        Featurizer().transform(kind(["LiCl"] * 9_999 + ["XeF4", "XeF2"]))


def test_a_table_of_one_column_and_members_of_a_space():
    expected = Featurizer().transform(FORMULAS)
    table = pd.DataFrame({"formula": FORMULAS, "T": 1.0})
    for way in (table[["formula"]], table[["formula"]].to_numpy(), table["formula"]):
        assert np.array_equal(Featurizer().transform(way), expected)
    joined = ColumnTransformer([("glass", Featurizer(), ["formula"]), ("rest", "passthrough", ["T"])])
    assert np.array_equal(joined.fit_transform(table)[:, :-1], expected)
    with pytest.raises(FormulaError, match="give one column"):
        Featurizer().transform(table)
    grid = Template.parse("LiAlCl{4-2x}O{x}").grid(x="0:1:0.5")
    formulas = ["LiAlCl4", "LiAlCl3O0.5", "LiAlCl2O"]
    for way in (grid, list(grid), grid.members()):
        assert np.array_equal(Featurizer().transform(way), Featurizer().transform(formulas))


def test_skops_round_trip(tmp_path):
    model = make_pipeline(Featurizer(), Ridge()).fit(FORMULAS, [1.0, 2.0, 3.0, 4.0])
    skops.io.dump(model, tmp_path / "model.skops")
    untrusted = skops.io.get_untrusted_types(file=tmp_path / "model.skops")
    assert untrusted == ["vitrion.features.featurizer.Featurizer"]
    again = skops.io.load(tmp_path / "model.skops", trusted=untrusted)
    assert np.array_equal(again.predict(FORMULAS), model.predict(FORMULAS))


def test_large_batches_are_the_same_in_pieces():
    batch = Fractions.of(FORMULAS * 5_000)
    whole = Featurizer().transform(batch)
    assert np.array_equal(whole, np.tile(Featurizer().transform(FORMULAS), (5_000, 1)))


def test_importing_is_cheap():
    code = (
        "import sys, vitrion.features as f; [getattr(f, n) for n in f.__all__ if not n.endswith('Featurizer')];"
        "print([m for m in ('pandas', 'sklearn', 'scipy', 'pymatgen', 'matminer', 'mlflow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names():
    import vitrion.features

    with pytest.raises(AttributeError, match="Featuriser"):
        _ = vitrion.features.Featuriser
    assert set(vitrion.features.__all__) <= set(dir(vitrion.features))


def test_every_public_name_resolves_to_what_it_says():
    import vitrion.features

    for name in vitrion.features.__all__:
        found = getattr(vitrion.features, name)
        assert found.__name__.rpartition(".")[2] == name
        assert isinstance(found, types.ModuleType) == (name == "charge")
