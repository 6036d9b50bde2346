"""A model file is read only when it is the one we wrote; nothing else is run, whatever it asks for."""

import functools
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression
from vitrion.models import artifact
from vitrion.models.artifact import ArtifactError
from vitrion.models.predictor import Predictor

FORMULAS = ["LiAlCl2.5O0.75", "LiAlCl4", "Na2Si2O5", "Li6PS5Cl", "NaPO3"]


@pytest.fixture(scope="module")
def kept(sigma, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.skops"
    return path, artifact.save(sigma, path)


@pytest.fixture
def copy(kept, tmp_path):
    path = tmp_path / "predictor.skops"
    path.write_bytes(kept[0].read_bytes())
    return path


def test_round_trip(kept, sigma):
    back = artifact.load(*kept)
    for conditions in (None, {"temperature_C": 200.0, "phase": "crystal"}):
        one, other = sigma.predict(FORMULAS, conditions), back.predict(FORMULAS, conditions)
        for name in ("mean", "lower", "upper", "std", "distance", "verdict", "nearest"):
            assert (np.asarray(getattr(one, name)) == np.asarray(getattr(other, name))).all(), name
        assert (one.probability(above=1e-6) == other.probability(above=1e-6)).all()
    assert back.get_params(deep=False).keys() == sigma.get_params(deep=False).keys()
    assert (back.known_formulas_ == sigma.known_formulas_).all()


def test_a_predictor_that_has_answered_is_kept_like_one_that_has_not(sigma, tmp_path):
    """What it works out on the way to an answer is not part of it."""
    sigma.predict(FORMULAS).probability(above=1e-3)
    path = tmp_path / "predictor.skops"
    assert artifact.load(path, artifact.save(sigma, path)).predict(FORMULAS).upper.shape == (5,)


def test_held_out_rows_stay_at_home(kept, sigma):
    assert not hasattr(artifact.load(*kept), "held_out_")
    assert hasattr(sigma, "held_out_")


def test_hash_is_that_of_the_file(kept):
    assert artifact.sha256(kept[0]) == kept[1]
    assert len(kept[1]) == 64


def test_a_loaded_predictor_can_be_kept_again(kept, tmp_path, sigma):
    again = tmp_path / "again.skops"
    digest = artifact.save(artifact.load(*kept), again)
    assert (artifact.load(again, digest).predict(FORMULAS).mean == sigma.predict(FORMULAS).mean).all()


def test_missing(tmp_path):
    with pytest.raises(ArtifactError, match="is not there; train again"):
        artifact.load(tmp_path / "none.skops", "0" * 64)
    with pytest.raises(ArtifactError, match="is not there"):
        artifact.load(tmp_path, "0" * 64)


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_changed_byte(copy, kept, place):
    content = bytearray(copy.read_bytes())
    content[place] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ArtifactError, match="changed after training"):
        artifact.load(copy, kept[1])


def test_wrong_hash(kept):
    with pytest.raises(ArtifactError, match=r"and not 000000000000\.\.\."):
        artifact.load(kept[0], "0" * 64)


@pytest.mark.parametrize("size", [0, 1, 100, 5000])
def test_truncated(copy, size):
    copy.write_bytes(copy.read_bytes()[:size])
    with pytest.raises(ArtifactError, match="is not a skops file"):
        artifact.load(copy, artifact.sha256(copy))


def rewrite(path, change):
    """Change entries of a file and seal it anew, as someone with both file and record in hand could."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return artifact.sha256(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries.pop("schema.json"),
        lambda entries: entries.update({"schema.json": b"{"}),
        lambda entries: entries.update({"schema.json": b"[]"}),
        lambda entries: entries.update({"schema.json": b'{"__loader__": "NothingNode"}'}),
        lambda entries: entries.pop(next(name for name in entries if name.endswith(".npy"))),
        lambda entries: entries.update({next(name for name in entries if name.endswith(".npy")): b"no array"}),
    ],
)
def test_damaged_inside(copy, change):
    with pytest.raises(ArtifactError, match=r"predictor\.skops"):
        artifact.load(copy, rewrite(copy, change))


def test_bad_checksum_inside(copy):
    """A flipped byte of the content that the record was made to agree with."""
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 255
    copy.write_bytes(content)
    with pytest.raises(ArtifactError):
        artifact.load(copy, artifact.sha256(copy))


def test_foreign_function_is_named_and_not_run(copy, tmp_path):
    """`os.system` as a node of our own file, and as a partial call in a file of skops."""

    def change(entries):
        schema = json.loads(entries["schema.json"])
        node = {"__class__": "system", "__module__": os.system.__module__, "__loader__": "FunctionNode", "__id__": 0}
        schema["content"]["content"]["evil"] = node
        entries["schema.json"] = json.dumps(schema).encode()

    with pytest.raises(ArtifactError, match="which no predictor of ours does; it is not read"):
        artifact.load(copy, rewrite(copy, change))
    trace, strange = tmp_path / "ran", Predictor("tg")
    strange.regressor_ = functools.partial(os.system, f"touch {trace}")
    skops.io.dump(strange, copy)
    with pytest.raises(ArtifactError, match="system"):
        artifact.load(copy, artifact.sha256(copy))
    assert not trace.exists()


class Command:
    def __reduce__(self):
        return os.system, (f"touch {os.environ['VITRION_TRACE']}",)


def test_pickle_is_not_run(copy, tmp_path, monkeypatch):
    trace = tmp_path / "ran"
    monkeypatch.setenv("VITRION_TRACE", str(trace))
    pickled = tmp_path / "pickled.skops"
    pickled.write_bytes(pickle.dumps(Command()))
    with pytest.raises(ArtifactError, match="is not a skops file"):
        artifact.load(pickled, artifact.sha256(pickled))
    array = io.BytesIO()
    np.save(array, np.array([Command()], dtype=object), allow_pickle=True)

    def change(entries):
        for name in [name for name in entries if name.endswith(".npy")]:
            entries[name] = array.getvalue()

    with pytest.raises(ArtifactError):
        artifact.load(copy, rewrite(copy, change))
    assert not trace.exists()


def test_another_estimator(tmp_path):
    path = tmp_path / "other.skops"
    skops.io.dump(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    with pytest.raises(ArtifactError, match="holds a LinearRegression and not a predictor"):
        artifact.load(path, artifact.sha256(path))


def test_another_type_inside(tmp_path, sigma):
    strange = Predictor("tg")
    strange.regressor_ = io.StringIO
    path = tmp_path / "strange.skops"
    skops.io.dump(strange, path)
    with pytest.raises(ArtifactError, match="StringIO"):
        artifact.load(path, artifact.sha256(path))


def test_zip_bomb(copy, monkeypatch):
    monkeypatch.setattr(artifact, "LARGEST_CONTENT", 5_000_000)

    def change(entries):
        entries["bomb"] = bytes(6_000_000)

    digest = rewrite(copy, change)
    monkeypatch.setattr(skops.io, "get_untrusted_types", lambda **_: pytest.fail("read before it was weighed"))
    with pytest.raises(ArtifactError, match="unpacks to"):
        artifact.load(copy, digest)


def test_large_file_is_not_even_hashed(copy, kept, monkeypatch):
    monkeypatch.setattr(artifact, "LARGEST_FILE", 1000)
    monkeypatch.setattr(artifact, "sha256", lambda path: pytest.fail("hashed"))
    with pytest.raises(ArtifactError, match="a predictor has at most 1,000"):
        artifact.load(copy, kept[1])


def test_every_trusted_type_is_needed(kept):
    assert set(skops.io.get_untrusted_types(file=kept[0])) == set(artifact.TRUSTED)
