"""A model file is read only when it is the one we wrote; nothing else is run, whatever it asks for."""

import functools
import io
import json
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import sklearn
import skops.io
from sklearn.linear_model import LinearRegression
from sklearn.svm import SVR
from vitrion.features.descriptors.glass import NAMES as GLASS
from vitrion.features.elements import SYMBOLS
from vitrion.models.artifacts import allowlist as file_contents
from vitrion.models.artifacts import artifact
from vitrion.models.artifacts.artifact import ArtifactError
from vitrion.models.design.conditions import NAMES as CONDITIONS
from vitrion.models.design.descriptor_record import columns
from vitrion.models.predictor import Predictor

FORMULAS = ["LiAlCl2.5O0.75", "LiAlCl4", "Na2Si2O5", "Li6PS5Cl", "NaPO3"]

WIDTH = len(SYMBOLS) + len(GLASS) + len(CONDITIONS) + 1  # columns of a design matrix of conductivity


@pytest.fixture(scope="module")
def told_two(sigma):
    """A predictor that has learnt two results of its laboratory."""
    return sigma.updated(["LiAlCl2.5O0.75", "LiAlCl2.9O0.55"], [2e-3, 1e-3], errors=[0.1, 0.0])


@pytest.fixture(scope="module")
def kept(sigma, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "predictor.skops"
    return path, artifact.save(sigma, path)


@pytest.fixture(scope="module")
def kept_with_own(told_two, tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "predictor.skops"
    return path, artifact.save(told_two, path)


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


def test_the_same_predictor_is_the_same_file(kept, tmp_path, sigma):
    """Whatever the places in memory, the time, and whether the file was read before."""
    again = artifact.save(sigma, tmp_path / "again.skops")
    assert again == kept[1]
    back = artifact.load(*kept)
    assert artifact.save(back, tmp_path / "back.skops") == kept[1]


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


def dump(content, path):
    """Keep anything as a file that says it is a predictor of this version."""
    skops.io.dump(content, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(artifact.LABEL, artifact.label("tg", columns(("fractions", "glass"))))
    return artifact.sha256(path)


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
    digest = dump(strange, copy)
    with pytest.raises(ArtifactError, match="system"):
        artifact.load(copy, digest)
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


@pytest.mark.parametrize("kind", [LinearRegression, SVR])
def test_another_estimator(tmp_path, kind):
    """skops trusts every estimator of scikit-learn; we trust those that our predictors are made of."""
    path = tmp_path / "other.skops"
    digest = dump(kind().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    with pytest.raises(ArtifactError, match=f"{kind.__name__}, which no predictor of ours does"):
        artifact.load(path, digest)


def test_a_part_alone(tmp_path, sigma):
    path = tmp_path / "part.skops"
    digest = dump(sigma.domain_, path)
    with pytest.raises(ArtifactError, match="holds a Domain and not a predictor"):
        artifact.load(path, digest)


@pytest.mark.parametrize("thing", [io.StringIO, np.array([None, 1]), {1, 2}, np.ma.array([1.0]), np.dtype(float)])
def test_another_type_inside(tmp_path, thing):
    strange = Predictor("tg")
    strange.regressor_ = thing
    path = tmp_path / "strange.skops"
    digest = dump(strange, path)
    with pytest.raises(ArtifactError, match="which no predictor of ours does"):
        artifact.load(path, digest)


def test_zip_bomb(copy, monkeypatch):
    monkeypatch.setattr(artifact, "LARGEST_CONTENT", 5_000_000)

    def change(entries):
        entries["bomb"] = bytes(6_000_000)

    digest = rewrite(copy, change)
    monkeypatch.setattr(artifact, "read", lambda _: pytest.fail("read before it was weighed"))
    with pytest.raises(ArtifactError, match="unpacks to"):
        artifact.load(copy, digest)


def test_large_file_is_not_even_hashed(copy, kept, monkeypatch):
    monkeypatch.setattr(artifact, "LARGEST_FILE", 1000)
    monkeypatch.setattr(artifact.hashlib, "sha256", lambda _: pytest.fail("hashed"))
    with pytest.raises(ArtifactError, match="a predictor has at most 1,000"):
        artifact.load(copy, kept[1])


def test_every_trusted_type_is_needed(kept):
    asked = set(skops.io.get_untrusted_types(file=kept[0]))
    assert asked | set(file_contents.SKLEARN) == set(file_contents.TRUSTED)


FRESH = """
import sys
from pathlib import Path
from vitrion.models.artifacts import artifact
good, digest, other, another = sys.argv[1:]
assert len(artifact.load(Path(good), digest).predict(["LiAlCl4"]).mean) == 1
assert not [name for name in sys.modules if name.startswith(("skops", "pytest", "sklearn.utils._testing"))]
try:
    artifact.load(Path(other), another)
except artifact.ArtifactError as error:
    assert "LinearRegression, which no predictor of ours does" in str(error)
else:
    raise AssertionError("read")
assert artifact.save(artifact.load(Path(good), digest), Path(other)) == digest
import skops.io
assert "sklearn.cluster._kmeans.KMeans" in skops.io._general.SKLEARN_ESTIMATOR_TYPE_NAMES
assert len(artifact.load(Path(good), digest).predict(["LiAlCl4"]).mean) == 1
"""


def test_a_fresh_process_reads_without_all_of_scikit_learn(kept, tmp_path):
    """And who imports skops after us gets a whole one."""
    path = tmp_path / "other.skops"
    digest = dump(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    command = [sys.executable, "-c", FRESH, str(kept[0]), kept[1], str(path), digest]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def label(text):
    return lambda entries: entries.update({artifact.LABEL: text})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda entries: entries.pop(artifact.LABEL), "an older version of Vitrion .no format number"),
        (label(b"[]"), "an older version of Vitrion .no format number"),
        (label(b"{"), "an older version of Vitrion"),
        (label(b" " * (artifact.LARGEST_LABEL + 1)), "an older version of Vitrion"),
        (
            label(b'{"format": 1, "scikit-learn": "1.9.1"}'),
            f"older version of Vitrion .format 1, this one reads formats 5 to {artifact.FORMAT}",
        ),
        (label(b'{"format": 9, "scikit-learn": "1.9.1"}'), "newer version of Vitrion .format 9"),
        (label(b'{"format": 3, "scikit-learn": "1.9.1"}'), "older version of Vitrion .format 3"),
        (
            label(b'{"format": %d, "scikit-learn": "0.1"}' % artifact.FORMAT),
            f"with scikit-learn 0.1, this is {sklearn.__version__}",
        ),
        (label(b'{"format": %d}' % artifact.FORMAT), "with scikit-learn None"),
    ],
)
def test_other_versions(copy, change, told):
    with pytest.raises(ArtifactError, match=rf"{told}.*train again with 'vitrion train'"):
        artifact.load(copy, rewrite(copy, change))


@pytest.mark.parametrize(
    "change",
    [
        {"property": "../tg"},
        {"property": None},
        {"descriptors": {}},
        {"descriptors": ["glass o_per_m"]},
        {"descriptors": {"glass o_per_m": 1}},
    ],
)
def test_a_label_that_names_no_descriptors(copy, change):
    said = json.dumps(json.loads(artifact.label("tg", ())) | change).encode()
    with pytest.raises(ArtifactError, match="does not say of what and on which descriptors"):
        artifact.load(copy, rewrite(copy, label(said)))


@pytest.mark.parametrize("turn", [slice(None, None, -1), slice(0, 120), slice(10, None)])
def test_a_label_with_columns_in_another_order_or_fewer(copy, sigma, turn):
    """What no training writes: the columns of a block stand together, and each element has one."""
    said = artifact.label("conductivity", sigma.descriptors[turn]).encode()
    with pytest.raises(ArtifactError, match=r"train again"):
        artifact.load(copy, rewrite(copy, label(said)))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_twice(copy):
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr("schema.json", b"{}")
    with pytest.raises(ArtifactError, match="an entry twice"):
        artifact.load(copy, artifact.sha256(copy))


def test_what_was_hashed_is_what_is_read(copy, kept, monkeypatch):
    """Whoever changes the file between the check and the reading changes nothing."""
    check = artifact._check_zip

    def swapped(*args):
        copy.write_bytes(b"something else")
        return check(*args)

    monkeypatch.setattr(artifact, "_check_zip", swapped)
    assert artifact.load(copy, kept[1]).property == "conductivity"


def parts(schema, name):
    """All parts of a schema that are made of one class."""
    found, waiting = [], [schema]
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
        if isinstance(part, dict) and part.get("__class__") == name:
            found.append(part)
    return found


def altered(class_name, array, change, number=-1):
    """Change one array of one object in a file, as someone who wants our process to read foreign memory would."""

    def alter(entries):
        part = parts(json.loads(entries["schema.json"]), class_name)[number]
        name = part["content"]["content"][array]["file"]
        values, out = np.load(io.BytesIO(entries[name])), io.BytesIO()
        np.save(out, change(values))
        entries[name] = out.getvalue()

    return alter


def told(class_name, change):
    """Change what the schema says of the last object of a class."""

    def alter(entries):
        schema = json.loads(entries["schema.json"])
        change(parts(schema, class_name)[-1])
        entries["schema.json"] = json.dumps(schema).encode()

    return alter


def number(part, digits):
    part.update(content=digits, __id__=None)


def text(word):
    """A word as a node of a schema."""
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": json.dumps(word)}


def put(field, value, place=0):
    def change(values):
        (values if field is None else values[field])[place] = value
        return values

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (altered("Tree", "nodes", put("left_child", 2**40)), "a child outside it"),
        (altered("Tree", "nodes", put("right_child", -7)), "a child outside it"),
        (altered("Tree", "nodes", put("left_child", 0)), "before its parent"),
        (altered("Tree", "nodes", put("feature", 2**40)), f"a feature beyond its {WIDTH}"),
        (altered("Tree", "nodes", put("threshold", np.nan)), "a threshold that is no number"),
        (altered("Tree", "nodes", lambda nodes: nodes[:0]), "a tree of 0 nodes"),
        (altered("Tree", "nodes", lambda nodes: nodes[["left_child", "right_child"]]), "no list of nodes"),
        (altered("Tree", "values", put(None, np.inf)), "a value that is no number"),
        (altered("Tree", "values", put(None, 1e6)), "a value beyond 109"),
        (altered("Tree", "values", lambda values: values[:, 0]), "not one number a node"),
        (
            told("Tree", lambda tree: number(tree["content"]["content"]["node_count"], "1000000000")),
            "claims 1000000000",
        ),
        (
            told("Tree", lambda tree: number(tree["__reduce__"]["args"]["content"][0], "99999")),
            f"not over {WIDTH} columns",
        ),
        (told("Tree", lambda tree: number(tree["__reduce__"]["args"]["content"][2], "2")), "more than one output"),
        (told("Tree", lambda tree: tree["content"]["content"].pop("values")), "a tree that is not kept as arrays"),
        (
            told("ExtraTreesRegressor", lambda e: e["content"]["content"].pop("n_features_in_")),
            f"not over {WIDTH} columns",
        ),
        (altered("FamilyProcess", "targets_", lambda values: values[1:]), "arrays are of other shapes"),
        (altered("FamilyProcess", "whitener_", lambda values: values[1:]), "arrays are of other shapes"),
        (altered("FamilyProcess", "coefficients_", put(None, np.nan)), "what is no number"),
        (altered("BlendedRegressor", "foreign_", lambda _: np.ones((3, 7))), "foreign rows of other elements"),
        (told("BlendedRegressor", lambda whole: whole["content"]["content"].pop("energies_")), "without energies_"),
        (told("EnergyModel", lambda whole: whole["content"]["content"].pop("trees_")), "without trees_"),
        (told("EnergyModel", lambda whole: whole["content"]["content"].update(trees_=text("none"))), "no trees know"),
        (told("ResidualProcess", lambda whole: whole["content"]["content"].pop("errors")), "ResidualProcess.*errors"),
        (told("ResidualProcess", lambda whole: whole["content"]["content"].pop("law")), "ResidualProcess.*law"),
        (told("Law", lambda law: number(law["content"][0], "-0.5")), "not of four numbers above zero"),
        (told("Law", lambda law: number(law["content"][1], "0.0")), "not of four numbers above zero"),
        (told("Law", lambda law: number(law["content"][2], "NaN")), "not of four numbers above zero"),
        (told("Law", lambda law: number(law["content"][3], "1")), "not of four numbers above zero"),
        (told("Law", lambda law: law["content"].pop()), "Law"),
        (altered("ResidualProcess", "noise", put(None, -1.0)), "2 own results whose arrays are of other shapes"),
        (altered("ResidualProcess", "noise", lambda noise: noise[1:]), "2 own results whose arrays"),
        (altered("ResidualProcess", "points", lambda points: points[:, 1:]), "2 own results whose arrays"),
        (altered("ResidualProcess", "errors", put(None, np.inf)), "what is no number"),
        (altered("LocalCalibration", "means", lambda means: means[::-1]), "whose grid does not rise"),
        (altered("LocalCalibration", "ratios", lambda ratios: ratios[:0]), "without a grid"),
        (altered("LocalCalibration", "quantiles", lambda table: table[..., ::-1]), "whose quantiles do not rise"),
        (altered("LocalCalibration", "quantiles", lambda table: table[:-1]), "not of its grid"),
        (altered("LocalCalibration", "quantiles", put(None, np.nan, (0, 0, 0, 0))), "what is no number"),
        (altered("LocalCalibration", "laboratories", lambda table: table[..., :-1]), "not of its grid"),
        (altered("Domain", "points_", lambda values: values[1:]), "known_formulas_ of a shape other than"),
        (altered("Predictor", "known_measured_", put(None, np.nan)), "what is no number"),
        (told("Predictor", lambda whole: whole["content"]["content"].pop("domain_")), "a Predictor without domain_"),
        (told("MLPRegressor", lambda e: e["content"]["content"]["coefs_"]["content"].pop()), "zip"),
        (told("MLPRegressor", lambda e: e["content"]["content"]["coefs_"]["content"].reverse()), "do not follow"),
    ],
)
def test_crafted(copy, kept_with_own, change, reason):
    """A file with the right hash that no training has written is refused and never followed."""
    copy.write_bytes(kept_with_own[0].read_bytes())
    with pytest.raises(ArtifactError, match=rf"predictor\.skops .*{reason}.*train again"):
        artifact.load(copy, rewrite(copy, change))


def test_an_object_in_place_of_an_array(copy):
    """A tree takes its nodes for an array: what only looks like one is not handed to it."""

    def change(tree):
        tree["content"]["content"]["nodes"] = json.loads(json.dumps(tree)) | {"__id__": None}

    with pytest.raises(ArtifactError, match="a tree that is not kept as arrays"):
        artifact.load(copy, rewrite(copy, told("Tree", change)))
