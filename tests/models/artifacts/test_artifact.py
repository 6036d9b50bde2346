"""A model file is arrays and a card: it answers as the predictor that wrote it; what no training writes never does."""

import copy as copies
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors
from sklearn.linear_model import LinearRegression
from vitrion.models.artifacts import artifact, container
from vitrion.models.artifacts.artifact import ArtifactError
from vitrion.models.explanation.analogues import analogues
from vitrion.models.explanation.shapley import explain
from vitrion.models.numerics.flat_forest import FEW
from vitrion.models.predictor import Predictor

FORMULAS = ["LiAlCl2.5O0.75", "LiAlCl4", "Na2Si2O5", "Li6PS5Cl", "NaPO3"]
ROWS = ("mean", "lower", "upper", "std", "target", "difficulty", "distance", "verdict", "nearest", "near", "ratio")


def other(place):
    """A module of the tests that is no part of a package."""
    spec = importlib.util.spec_from_file_location(Path(place).stem, Path(__file__).parents[2] / place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


hostile_models = other("bench/hostile_models.py")


@pytest.fixture(scope="module")
def told_two(sigma):
    """A predictor that has learnt two results of its laboratory."""
    return sigma.updated(["LiAlCl2.5O0.75", "LiAlCl2.9O0.55"], [2e-3, 1e-3], errors=[0.1, 0.0])


@pytest.fixture(scope="module", params=["conductivity", "tg", "own results"])
def fitted(request, sigma, tg, told_two):
    return {"conductivity": sigma, "tg": tg, "own results": told_two}[request.param]


@pytest.fixture(scope="module")
def back(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.safetensors"
    return artifact.load(path, artifact.save(fitted, path))


@pytest.fixture(scope="module")
def kept(told_two, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.safetensors"
    return path, artifact.save(told_two, path)


@pytest.fixture
def copy(kept, tmp_path):
    path = tmp_path / "predictor.safetensors"
    path.write_bytes(kept[0].read_bytes())
    return path


def alike(one, two, formulas, conditions=None):
    """Two predictors say the same, to the last bit."""
    told, again = one.predict(formulas, conditions), two.predict(formulas, conditions)
    for name in ROWS:
        assert np.array_equal(getattr(told, name), getattr(again, name)), name
    for limit in (1e-6, 1e-3, 300.0):
        assert np.array_equal(told.probability(above=limit), again.probability(above=limit))
        assert np.array_equal(told.probability(below=limit), again.probability(below=limit))


# The same answers


def test_answers_are_those_of_the_predictor_that_wrote_the_file(fitted, back):
    many = fitted.known_formulas_[:300].tolist() * 3
    assert len(many) > FEW
    for formulas in (FORMULAS, many):
        alike(fitted, back, formulas)
    if fitted.conditions:
        alike(fitted, back, FORMULAS, {"temperature_C": 200.0, "phase": "crystal"})


def test_settings_and_what_is_known_come_back(fitted, back):
    told = back.get_params(deep=True)
    for name, value in fitted.get_params(deep=True).items():
        assert type(told[name]) is type(value) and (hasattr(value, "get_params") or told[name] == value), name
    for name in ("known_formulas_", "known_references_", "known_measured_"):
        assert np.array_equal(getattr(fitted, name), getattr(back, name)), name
    assert np.array_equal(fitted.known_points, back.known_points)
    assert fitted.descriptors == back.descriptors


def test_explanations_are_the_same(fitted, back):
    for formula in FORMULAS[:2]:
        assert repr(explain(fitted, [formula])) == repr(explain(back, [formula]))
        assert repr(analogues(fitted, [formula])) == repr(analogues(back, [formula]))


def test_a_loaded_predictor_learns_further_results_alike(fitted, back):
    formulas, values = ["LiAlCl2.2O0.9", "LiAlCl2.6O0.7"], [3e-3, 1e-3] if fitted.conditions else [-20.0, -10.0]
    alike(fitted.updated(formulas, values), back.updated(formulas, values), FORMULAS)
    again = back.updated(formulas, values)
    alike(again.forgetting(np.arange(len(again.residuals_)) >= len(back.residuals_)), back, FORMULAS)


def test_the_same_predictor_is_the_same_file(fitted, back, tmp_path):
    """Whatever the places in memory, the time, what it was asked, and whether it was read from a file."""
    one = artifact.save(fitted, tmp_path / "one")
    fitted.predict(FORMULAS).probability(above=1e-3)
    assert artifact.save(fitted, tmp_path / "again") == one
    assert artifact.save(back, tmp_path / "back") == one
    assert artifact.sha256(tmp_path / "one") == one


def test_held_out_rows_stay_at_home(back, sigma):
    assert not hasattr(back, "held_out_")
    assert hasattr(sigma, "held_out_")


def test_other_readers_of_the_format_read_it(kept):
    with safetensors.safe_open(kept[0], "numpy") as file:
        arrays, card = container.read(kept[0].read_bytes())
        assert set(file.keys()) == set(arrays)
        assert all(np.array_equal(file.get_tensor(name), array) for name, array in arrays.items())
        assert list(file.metadata()) == [container.CARD]
    assert card["format"] == artifact.FORMAT


def test_arrays_are_views_of_the_bytes_that_nobody_can_write_to(kept):
    content = kept[0].read_bytes()
    network = artifact.loads(content, kept[1]).regressor_.committee_.networks_[0]
    assert not network.weights[0].flags.writeable  # put together of its different rows
    for array in (*network.weights[1:], *network.offsets):
        assert not array.flags.writeable and not array.flags.owndata


def test_a_regressor_that_files_do_not_hold(sigma, tmp_path):
    strange = copies.copy(sigma)
    strange.regressor_ = LinearRegression()
    with pytest.raises(TypeError, match="a LinearRegression cannot be kept in a model file"):
        artifact.save(strange, tmp_path / "x")
    assert not (tmp_path / "x").exists()


WITHOUT = """
import sys
from pathlib import Path
from vitrion.models.artifacts import artifact
assert len(artifact.load(Path(sys.argv[1]), sys.argv[2]).predict(["LiAlCl4"]).mean) == 1
assert not [name for name in sys.modules if name.partition(".")[0] in ("skops", "pickle5", "safetensors")]
"""


def test_loading_needs_no_reader_of_objects(kept):
    subprocess.run([sys.executable, "-c", WITHOUT, str(kept[0]), kept[1]], check=True)


# Files that are not ours


def test_missing(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(ArtifactError, match="is not there; train again"):
            artifact.load(path, "0" * 64)


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_changed_byte(copy, kept, place):
    content = bytearray(copy.read_bytes())
    content[place] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ArtifactError, match="changed after training"):
        artifact.load(copy, kept[1])


def test_what_was_hashed_is_what_answers(copy, kept, told_two, monkeypatch):
    """Whoever changes the file between the check and the reading, or cuts it off later, changes nothing."""
    check = artifact._check_kind

    def swapped(*args):
        copy.write_bytes(b"something else")
        return check(*args)

    monkeypatch.setattr(artifact, "_check_kind", swapped)
    loaded = artifact.load(copy, kept[1])
    copy.write_bytes(b"")
    alike(told_two, loaded, FORMULAS)


def test_too_large(copy, kept, monkeypatch):
    monkeypatch.setattr(artifact, "LARGEST_FILE", 1000)
    monkeypatch.setattr(artifact.hashlib, "sha256", lambda _: pytest.fail("hashed"))
    with pytest.raises(ArtifactError, match="at most 1,000"):
        artifact.load(copy, kept[1])


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (6, r"by an older version of Vitrion .format 6, this one reads format 8.; train again"),
        (99, "by a newer version of Vitrion .format 99"),
        ("7", "by an older version of Vitrion .no format number"),
    ],
)
def test_another_format(copy, form, reason):
    copy.write_bytes(hostile_models.of_card(copy.read_bytes(), lambda card: card.update(format=form)))
    for work in (lambda: artifact.load(copy, artifact.sha256(copy)), lambda: artifact.unlike(copy)):
        with pytest.raises(ArtifactError, match=reason):
            work()


def test_files_of_objects_ask_for_a_training(copy):
    copy.write_bytes(hostile_models.hostile(copy.read_bytes(), "")["objects of an older version"])
    with pytest.raises(ArtifactError, match=r"older version of Vitrion .* objects .* train again with 'vitrion train'"):
        artifact.load(copy, artifact.sha256(copy))


def test_other_descriptors(copy):
    def change(card):
        card["descriptors"]["glass cohesion"] = "0" * 12

    copy.write_bytes(hostile_models.of_card(copy.read_bytes(), change))
    with pytest.raises(artifact.OtherDescriptorsError, match="cohesion changed") as error:
        artifact.load(copy, artifact.sha256(copy))
    assert str(artifact.unlike(copy)) == str(error.value)


@pytest.fixture(scope="module")
def hostile(kept, tmp_path_factory):
    return hostile_models.hostile(kept[0].read_bytes(), tmp_path_factory.mktemp("trace") / "ran")


NAMES = pytest.mark.parametrize("part", ["lying_headings", "wrong_arrays", "wrong_cards"])


@NAMES
def test_no_hostile_file_answers(kept, part, tmp_path):
    files = getattr(hostile_models, part)(kept[0].read_bytes())
    path, held = tmp_path / "predictor.safetensors", []
    for name, content in files.items():
        path.write_bytes(content)
        try:
            artifact.load(path, artifact.sha256(path))
        except ArtifactError as error:
            assert "train again" in str(error) and str(error).startswith(("predictor.safetensors ", "the pre")), name
        else:
            held.append(name)
    assert not held


def test_there_are_sixty_and_more(hostile):
    assert len(hostile) >= 90


def test_a_predictor_that_is_not_fitted_is_not_kept(tmp_path):
    with pytest.raises(AttributeError):
        artifact.save(Predictor("tg"), tmp_path / "x")


def test_columns_that_no_network_looks_at_are_written_once(kept, sigma, tmp_path):
    networks = copies.deepcopy(sigma.regressor_.committee_.networks_)
    idle = networks[0].weights[0]
    idle[3:60] = 0.0
    changed = copies.deepcopy(sigma)
    changed.regressor_.committee_.networks_ = networks
    path = tmp_path / "changed.safetensors"
    back = artifact.load(path, artifact.save(changed, path)).regressor_.committee_.networks_[0]
    np.testing.assert_array_equal(back.weights[0], idle)
    arrays = container.read(path.read_bytes())[0]
    assert len(arrays["committee.networks_.0.0.weights.rows"]) <= len(idle) - 56


def test_files_of_format_7_which_hold_each_column_are_read(kept):
    arrays, card = container.read(kept[0].read_bytes())
    whole = artifact.loads(kept[0].read_bytes(), kept[1]).regressor_.committee_.networks_
    for number, network in enumerate(whole):
        place = f"committee.networks_.{number}.0.weights"
        arrays = {name: array for name, array in arrays.items() if not name.startswith(place)}
        arrays[place] = network.weights[0]
    content = container.write(arrays, {**card, "format": 7})
    before = artifact.opened_bytes(content, hashlib.sha256(content).hexdigest())
    networks = before.regressor_.committee_.networks_
    for network, other_network in zip(networks, whole, strict=True):
        np.testing.assert_array_equal(network.weights[0], other_network.weights[0])
