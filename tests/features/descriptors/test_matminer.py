"""matminer's featurizers as transformers."""

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from vitrion.features import Fractions
from vitrion.features.descriptors.magpie import magpie
from vitrion.features.descriptors.matminer import BridgeError, MatminerFeaturizer

pytestmark = pytest.mark.filterwarnings("ignore")
FORMULAS = ["LiAlCl2.5O0.75", "NaAlCl4", "LiAlCl2.5O0.75", "TaCl5"]


def test_the_magpie_preset_is_ours():
    assert np.abs(MatminerFeaturizer().fit_transform(FORMULAS) - magpie(Fractions.of(FORMULAS))).max() < 1e-9


def test_another_featurizer():
    one = MatminerFeaturizer("Stoichiometry", preset=None, options={"p_list": [0, 2]})
    values = clone(one).fit_transform(FORMULAS)
    assert one.get_feature_names_out().tolist() == ["Stoichiometry 0-norm", "Stoichiometry 2-norm"]
    assert values[:, 0].tolist() == [4, 3, 4, 2]


@pytest.mark.parametrize(
    ("name", "preset", "width"),
    [("OxidationStates", None, 4), ("IonProperty", None, 3), ("CationProperty", "deml", 25), ("Meredig", None, 135)],
)
def test_featurizers_that_ask_for_whole_numbers_or_oxidation_states(name, preset, width):
    one = MatminerFeaturizer(name, preset)
    values = one.fit_transform(FORMULAS)
    assert values.shape == (4, width) == (4, len(one.get_feature_names_out()))
    assert np.array_equal(values[0], values[2])


def test_words_are_no_descriptors():
    with pytest.raises(BridgeError, match="AtomicOrbitals cannot describe"):
        MatminerFeaturizer("AtomicOrbitals", None).fit_transform(FORMULAS)


def test_skops_round_trip(tmp_path):
    one = MatminerFeaturizer("ValenceOrbital", preset=None)
    skops.io.dump(one, tmp_path / "one.skops")
    again = skops.io.load(tmp_path / "one.skops", trusted=skops.io.get_untrusted_types(file=tmp_path / "one.skops"))
    assert np.array_equal(again.transform(FORMULAS), one.transform(FORMULAS))


@pytest.mark.parametrize(
    ("name", "preset", "options"),
    [
        ("Nothing", None, None),
        ("ElementProperty", "nothing", None),
        ("Stoichiometry", None, {"q": 1}),
        ("np", None, None),
    ],
)
def test_refusals(name, preset, options):
    with pytest.raises(BridgeError, match=name):
        MatminerFeaturizer(name, preset, options).fit(FORMULAS)
