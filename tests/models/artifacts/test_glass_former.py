"""A file of a predictor of glass formation answers as the one that wrote it; what no training writes never does."""

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.models.artifacts import artifact, container
from vitrion.models.artifacts.artifact import ArtifactError
from vitrion.models.explanation.glass_formation import explain_formation
from vitrion.models.fitting.glass_former import GlassFormer
from vitrion.models.numerics.flat_forest import FEW

FORMULAS = ["LiAlCl2.5O0.75", "SiO2", "NaCl", "ZnCl2", "ReO3"]
ROWS = ("glass", "partial", "crystal", "distance", "verdict", "nearest", "n_measured")


@pytest.fixture(scope="module")
def former():
    whole = load("glass_formation", lab=False)
    data = whole.take(np.sort(np.random.default_rng(0).permutation(len(whole))[:1500]))
    rows = data.rows
    made = GlassFormer(n_folds=3, n_trees=6)
    return made.fit(data.fractions, rows["value"], rows["weight"], formulas=rows["formula"], references=rows["paper"])


@pytest.fixture(scope="module", params=["trained", "own results"])
def fitted(request, former):
    return former if request.param == "trained" else former.updated(FORMULAS[:2], [2, 0], references=["lab", "lab"])


@pytest.fixture(scope="module")
def kept(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.safetensors"
    return path, artifact.save(fitted, path)


@pytest.fixture(scope="module")
def back(kept):
    return artifact.load_former(*kept)


def alike(one, two, formulas):
    """Two predictors say the same, to the last bit."""
    for reports in (True, False):
        told, again = one.predict(formulas, reports=reports), two.predict(formulas, reports=reports)
        for name in ROWS:
            assert np.array_equal(getattr(told, name), getattr(again, name)), name


# The same answers


def test_answers_are_those_of_the_predictor_that_wrote_the_file(fitted, back):
    many = fitted.known_formulas_[: FEW + 100].tolist()
    assert len(many) > FEW
    for formulas in (FORMULAS, many, []):
        alike(fitted, back, formulas)
    assert back.get_params() == fitted.get_params()
    assert back.descriptors == fitted.descriptors
    for name in ("known_formulas_", "known_references_", "known_glass_", "elements_", "known_keys_", "known_counts_"):
        assert np.array_equal(getattr(fitted, name), getattr(back, name)), name
        assert getattr(back, name).dtype in (getattr(fitted, name).dtype, object), name


def test_further_results_and_explanations_are_the_same(fitted, back):
    told = ["LiAlCl2.4O0.8", "NaCl"], [2, 0]
    alike(fitted.updated(*told), back.updated(*told), FORMULAS)
    assert repr(explain_formation(fitted, FORMULAS[:2])) == repr(explain_formation(back, FORMULAS[:2]))


def test_the_same_predictor_is_the_same_file(kept, back, tmp_path):
    assert artifact.save(back, tmp_path / "again") == kept[1]
    assert artifact.unlike(kept[0]) is None
    assert not hasattr(back, "held_out_")


def test_a_file_of_another_kind_is_refused(kept):
    with pytest.raises(ArtifactError, match="holds a GlassFormer; a Predictor is read here"):
        artifact.load(*kept)


# Files that are not ours


def of_card(good, change):
    arrays, card = container.read(good)
    change(card)
    return container.write(arrays, card)


def of_array(good, name, change):
    arrays, card = container.read(good)
    return container.write(arrays | {name: change(arrays[name].copy())}, card)


def first(value):
    """An array with another value in its first place."""

    def change(array):
        array.ravel()[0] = value
        return array

    return change


def without(good, name):
    arrays, card = container.read(good)
    return container.write({own: array for own, array in arrays.items() if own != name}, card)


def hostile(good):
    """Files that no training writes, by what is wrong with them."""
    arrays, card = container.read(good)
    leaf = int(
        np.flatnonzero(arrays["all_glass_.kin.feature"] == np.iinfo(arrays["all_glass_.kin.feature"].dtype).max)[0]
    )

    def no_leaf(array):
        array[leaf] = 0
        return array

    glass = next(name for name in card["descriptors"] if name.startswith("glass "))
    changes = {
        "a tree that does not end": ("all_glass_.kin.feature", no_leaf),
        "a certainty of 2": ("all_glass_.full.value", first(2.0)),
        "a certainty below 0": ("any_glass_.full.value", first(-0.5)),
        "a threshold that is no number": ("any_glass_.kin.threshold", first(np.nan)),
        "a forest of no trees": ("any_glass_.kin.sizes", lambda array: array[:0]),
        "four coefficients": ("all_glass_.coefficients_", lambda array: np.append(array, 0.0)),
        "a coefficient beyond all": ("all_glass_.coefficients_", first(1e12)),
        "keys that fall": ("known.known_keys_", lambda array: array[::-1].copy()),
        "keys of another type": ("known.known_keys_", lambda array: array.astype(np.float64)),
        "no known composition": ("known.known_keys_", lambda array: array[:0]),
        "counts of fewer compositions": ("known.known_counts_", lambda array: array[1:]),
        "negative counts": ("known.known_counts_", lambda array: array.astype(np.int32) - 1),
        "a fourth outcome": ("known.own_outcomes_", lambda array: np.append(array, 3).astype(np.uint8)),
        "outcomes without sides": ("known.own_outcomes_", lambda array: np.uint8(1).reshape(())),
        "an outcome without a point": ("known.own_outcomes_", lambda array: np.append(array, 1).astype(np.uint8)),
        "own results in another space": ("known.own_points_", lambda array: np.zeros((len(array), 3))),
        "elements of another table": ("known.elements_", lambda array: array[:90]),
        "an element that is twice there": ("known.elements_", first(2)),
        "glasses that are not known": ("known.known_glass_", lambda array: array[1:]),
        "a spread of zero": ("domain.scale_.spread", first(0.0)),
        "points that are no numbers": ("domain.points_.rows", first(np.nan)),
    }
    cards = {
        "another property": lambda told: told.update(property="tg"),
        "another kind of predictor": lambda told: told["predictor"].update(estimator="Predictor"),
        "a regressor": lambda told: told.update(regressor={}),
        "a further parameter": lambda told: told["predictor"].update(code="import os"),
        "trees that are a text": lambda told: told["predictor"].update(n_trees="many"),
        "numbers that are a list": lambda told: told.update(numbers=[]),
        "a further number": lambda told: told["numbers"].update(more=1),
        "a descriptor less": lambda told: told["descriptors"].pop(glass) and None,
        "no atomic fractions": lambda told: [
            told["descriptors"].pop(name) for name in [*told["descriptors"]] if name.startswith("fraction ")
        ],
    }
    return {
        **{name: of_array(good, *change) for name, change in changes.items()},
        **{name: of_card(good, change) for name, change in cards.items()},
        "a further array": container.write(arrays | {"evil": np.zeros(3)}, card),
        "no domain": without(good, "domain.components_"),
        "no second forest": without(good, "all_glass_.kin.sizes"),
        "no names": without(good, "known.known_formulas_.packed"),
    }


def test_no_hostile_file_answers(kept, tmp_path):
    path, held = tmp_path / "predictor.safetensors", []
    for name, content in hostile(kept[0].read_bytes()).items():
        path.write_bytes(content)
        try:
            artifact.opened(path, artifact.sha256(path))
        except ArtifactError as error:
            assert "train again" in str(error), name
        else:
            held.append(name)
    assert not held


def test_other_descriptors(kept, tmp_path):
    def change(card):
        card["descriptors"]["glass cohesion"] = "0" * 12

    path = tmp_path / "predictor.safetensors"
    path.write_bytes(of_card(kept[0].read_bytes(), change))
    with pytest.raises(artifact.OtherDescriptorsError, match="vitrion train -p glass_formation"):
        artifact.load_former(path, artifact.sha256(path))
