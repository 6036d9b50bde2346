import numpy as np
import pytest
from sklearn.base import clone
from vitrion.datasets import load
from vitrion.features.elements import SYMBOLS
from vitrion.features.fractions import Fractions
from vitrion.models.artifacts import artifact
from vitrion.models.design.mixture import KIN_NAMES, NAMES, all_names, descriptors, mixture
from vitrion.models.explanation.glass_formation import explain_formation
from vitrion.models.fitting.glass_former import GlassFormer, checked, element_sets
from vitrion.models.fitting.outcome_stack import combined, stacked


@pytest.fixture(scope="module")
def data():
    whole = load("glass_formation", lab=False)
    return whole.take(np.sort(np.random.default_rng(0).permutation(len(whole))[:2500]))


@pytest.fixture(scope="module")
def former(data):
    rows = data.rows
    made = GlassFormer(n_folds=3, n_trees=6)
    return made.fit(data.fractions, rows["value"], rows["weight"], formulas=rows["formula"], references=rows["paper"])


def test_probabilities_add_up_and_are_ordered(former):
    answer = former.predict(["B2O3", "LiPO3", "NaCl", "LiAlCl2.5O0.75"])
    assert np.allclose(answer.probabilities.sum(axis=1), 1.0)
    assert (answer.probabilities >= 0).all()
    assert np.allclose(former.predict_proba(["B2O3"]), answer.probabilities[:1])
    assert answer.outcome[0] == "glass"
    assert answer.glass[1] > answer.glass[2]


def test_no_composition_depends_on_the_others(former):
    many = ["B2O3", "NaCl", "LiPO3", "ZnCl2"]
    together = former.predict(many)
    alone = np.array([former.predict([formula]).glass[0] for formula in many])
    assert np.allclose(together.glass, alone)


def test_a_reported_composition_is_measured_and_drawn_to_its_outcome(former, data):
    row = int(np.flatnonzero(data.rows["value"] == 0)[0])
    formula = data.rows["formula"].iloc[row]
    told, guessed = former.predict([formula]), former.predict([formula], reports=False)
    assert told.verdict[0] == "measured"
    assert told.n_measured[0] >= 1
    assert guessed.verdict[0] == "inside"
    assert told.glass[0] <= guessed.glass[0]
    assert former.known_formulas_[told.nearest[0]] == formula


def test_elements_that_no_mixture_held_are_outside(former):
    answer = former.predict(["ReO3", "B2O3"])
    assert answer.verdict[0] == "outside"


def test_own_results_speak_for_what_is_like_them(former):
    before = former.predict(["LiAlCl2.5O0.75", "LiAlCl2.4O0.8", "SiO2"])
    after = former.updated(["LiAlCl2.5O0.75"], [2]).predict(["LiAlCl2.5O0.75", "LiAlCl2.4O0.8", "SiO2"])
    assert after.verdict[0] == "measured"
    assert after.glass[0] > after.glass[1] > before.glass[1]
    assert after.glass[2] == pytest.approx(before.glass[2], abs=1e-6)
    failed = former.updated(["LiAlCl2.5O0.75"], [0]).predict(["LiAlCl2.4O0.8"])
    assert failed.glass[0] < before.glass[1]
    assert former.predict(["LiAlCl2.4O0.8"]).glass[0] == before.glass[1]  # the original stays


def test_rows_of_a_rule_are_learnt_and_not_known(data):
    few = data.take(np.arange(400))
    matrix = np.vstack([few.measured.matrix, Fractions.of(["NaCl"]).matrix])
    outcomes = np.append(few.rows["value"].to_numpy(), 0.0)
    estimated = np.arange(len(matrix)) == len(few)
    made = GlassFormer(n_folds=2, n_trees=4).fit(Fractions.from_matrix(matrix), outcomes, estimated=estimated)
    assert made.predict(["NaCl"]).n_measured[0] == 0
    assert np.isnan(made.held_out_[-1]).all()
    assert np.isfinite(made.held_out_[:-1]).all()


def test_held_out_rows_come_from_other_sets_of_elements(former, data):
    sets = element_sets(data.fractions)
    for number in np.unique(former.fold_):
        here = former.fold_ == number
        assert not set(sets[here]) & set(sets[~here])


def test_the_same_rows_make_the_same_file(former, data, tmp_path):
    rows = data.rows
    again = clone(former).fit(
        data.fractions, rows["value"], rows["weight"], formulas=rows["formula"], references=rows["paper"]
    )
    digests = {artifact.save(one, tmp_path / "former.safetensors") for one in (former, again)}
    assert len(digests) == 1
    loaded = artifact.load_former(tmp_path / "former.safetensors", digests.pop())
    assert np.array_equal(loaded.predict(["ZnCl2"]).glass, former.predict(["ZnCl2"]).glass)
    assert not hasattr(loaded, "held_out_")


def test_a_file_of_another_kind_is_refused(former, tmp_path):
    digest = artifact.save(former, tmp_path / "former.safetensors")
    with pytest.raises(artifact.ArtifactError, match="holds a GlassFormer; a Predictor is read here"):
        artifact.load(tmp_path / "former.safetensors", digest)


@pytest.mark.parametrize("outcomes", [[3.0], [np.nan], [0.5]])
def test_outcomes_are_three(outcomes):
    with pytest.raises(ValueError, match="give 2"):
        checked(outcomes, 1)


def test_a_stack_lessens_what_is_said_too_boldly():
    rng = np.random.default_rng(0)
    truth = rng.random(4000)
    happened = (rng.random(4000) < truth).astype(float)
    bold = np.clip(0.5 + 1.8 * (truth - 0.5), 0, 1)
    said = np.column_stack([bold, bold])
    mended = combined(said, stacked(said, happened, np.ones(4000)))
    assert ((mended - happened) ** 2).mean() < ((bold - happened) ** 2).mean()


def test_descriptors_have_a_name_each_and_are_finite():
    X = descriptors(Fractions.of(["LiAlCl2.5O0.75", "Se", "As2S3", "TeO2", "NaPO3"]))
    assert X.shape[1] == len(all_names()) == len(set(all_names()))
    assert np.isfinite(X).all()
    assert all_names()[: len(SYMBOLS)] == tuple(f"fraction {symbol}" for symbol in SYMBOLS)
    assert len(NAMES) + len(KIN_NAMES) < len(all_names())


def test_a_mixture_melts_below_the_line_of_its_components():
    depth = mixture(Fractions.of(["Na2O", "Na2SiO3", "LiAlO2"]))[:, NAMES.index("liquidus_depth_2")]
    assert depth[0] == 1.0
    assert (depth[1:] < 1.0).all()


def test_chalcogens_are_cations_beside_oxygen():
    oxide, sulfide = mixture(Fractions.of(["TeO2", "GeS2"]))
    assert oxide[NAMES.index("conditional_share")] == 1.0
    assert oxide[NAMES.index("n_anions")] == 1.0
    assert sulfide[NAMES.index("anions_per_cation")] == pytest.approx(2.0)


def test_an_explanation_adds_up(former):
    (told,) = explain_formation(former, ["LiAlCl2.5O0.75"])
    assert sum(change for _, change in told.contributions) == pytest.approx(told.glass - told.reference_glass)
    assert told.reference != told.formula
    assert told.sentences()
    (given,) = explain_formation(former, ["LiAlCl2.5O0.75"], against="SiO2")
    assert given.reference == "SiO2"
    assert given.reference_source == ""


def test_the_reference_has_the_other_outcome(former):
    glass, salt = explain_formation(former, ["B2O3", "NaCl"])
    assert former.predict(["B2O3"]).glass[0] > 0.5
    assert glass.reference_outcome in ("crystal", "partial")
    assert salt.reference_outcome == ("glass" if former.predict(["NaCl"]).glass[0] < 0.5 else "crystal")
