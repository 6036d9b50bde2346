"""A model knows its descriptors: it goes on with its own, and is refused in words where they are not what they were."""

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from vitrion.features.elements import DATA
from vitrion.features.featurizer import BLOCKS, Featurizer
from vitrion.features.fingerprint import DIGITS, NOTHING, PROBES, amounts, fingerprints
from vitrion.models.artifacts import artifact
from vitrion.models.design.descriptor_record import Difference, blocks_of, columns, difference, of_format_5, record
from vitrion.models.fitting import inputs

ROOT = Path(__file__).parents[3]
FORMULAS = ["LiAlCl2.5O0.75", "LiAlCl4", "Na2Si2O5", "Li6PS5Cl", "NaPO3", "NaAl0.5Zr0.5Cl2O0.75"]
NAMES = ("target", "difficulty", "lower", "upper", "distance")
ASK = """
import importlib.util, json, sys
root, path, digest, names, *formulas = sys.argv[1:]
names = names.split()
spec = importlib.util.spec_from_file_location("vitrion", root + "/__init__.py", submodule_search_locations=[root])
module = importlib.util.module_from_spec(spec)
sys.modules["vitrion"] = module
spec.loader.exec_module(module)
from pathlib import Path
from vitrion.features.featurizer import BLOCKS
from vitrion.models.artifacts import artifact
from vitrion.models.explanation.shapley import explain
try:
    loaded = artifact.load(Path(path), digest)
except artifact.OtherDescriptorsError as error:
    print(json.dumps({"error": str(error), "missing": error.missing, "changed": error.changed}))
else:
    told = loaded.predict(formulas)
    answers = {name: getattr(told, name).tolist() for name in names}
    reasons = [one.sentences() for one in explain(loaded, formulas[:1])]
    print(json.dumps({"answers": answers, "reasons": reasons, "n_glass": len(BLOCKS["glass"])}))
"""
NEW = '''
@descriptor(unit="1", group=Group.CATIONS, words="cations per atom {x}", examples={"LiAlCl4": 1 / 3})
def cations_per_atom(sums: Sums) -> Matrix:
    """Cations per atom."""
    return sums["cation"]


@descriptor('''
OTHER_VALUES = ("return oxides * np", "return 1.001 * oxides * np")
ROTATED = {"optical_basicity": "bond_strength", "bond_strength": "cohesion", "cohesion": "optical_basicity"}


@pytest.fixture(scope="module")
def files(sigma, tmp_path_factory):
    """A small model as a file, and its sha256."""
    folder = tmp_path_factory.mktemp("kept")
    now = folder / "now.safetensors"
    return now, artifact.save(sigma, now)


def asked(files, folder, module, *changes):
    """Answers of a model to a copy of the package in which the text of a module of descriptors was changed."""
    for path in ROOT.iterdir():
        if path.name in ("__init__.py", "datasets", "models", "experiments"):
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "features", folder / "features", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "features" / "descriptors" / module
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    path, digest = files
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(folder), str(path), digest, " ".join(NAMES), *FORMULAS],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def answers(sigma):
    told = sigma.predict(FORMULAS)
    return {name: getattr(told, name).tolist() for name in NAMES}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "change", "more"),
    [
        ("ratios.py", ("\n@descriptor(", NEW), 1),
        (
            "glass.py",
            ("(glass_ratios, glass_network, glass_ions", "(glass_ions, glass_ratios, glass_network"),
            0,
        ),
    ],
    ids=["one more before all others", "columns in another order"],
)
def test_a_model_goes_on_with_its_own_columns(files, answers, tmp_path, module, change, more):
    """To the last bit, whatever columns there are beside and before its own."""
    told = asked(files, tmp_path, module, change)
    assert told["answers"] == answers
    assert told["n_glass"] == len(BLOCKS["glass"]) + more
    assert any("network and bridges: bridging O per Al 0.75 instead of 0" in line for line in told["reasons"][0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "missing", "changed", "words"),
    [
        ([OTHER_VALUES], [], ["optical_basicity"], "optical_basicity changed"),
        ([("def mean_mass(", "def average_mass(")], ["mean_mass"], [], "mean_mass removed"),
        (
            [(f"def {old}(", f"def  {new}(") for old, new in ROTATED.items()],
            [],
            ["bond_strength", "cohesion", "optical_basicity"],
            "bond_strength, cohesion, optical_basicity changed",
        ),
    ],
    ids=["other values", "removed", "three names rotated"],
)
def test_a_model_of_other_descriptors_is_refused_in_words(files, tmp_path, changes, missing, changed, words):
    told = asked(files, tmp_path, "ions.py", *changes)
    assert sorted(told["missing"]) == [f"glass {name}" for name in missing]
    assert sorted(told["changed"]) == [f"glass {name}" for name in changed]
    names, _, end = (
        told["error"].removeprefix("the predictor of conductivity was trained on other descriptors: ").partition("; ")
    )
    assert ", ".join(sorted(names.rpartition(" ")[0].split(", "))) + " " + names.rpartition(" ")[2] == words
    assert end == "train again: vitrion train -p conductivity"


def test_columns_are_taken_by_name(sigma):
    """A model of fewer descriptors in another order sees those, and its layout finds them."""
    batch = inputs.Fractions.of(FORMULAS)
    whole = inputs.matrix(batch, sigma.blocks, True, None)
    fewer = (*BLOCKS["fractions"], *BLOCKS["glass"][:40][::-1])
    layout = inputs.layout(sigma.blocks, True, fewer)
    part = inputs.matrix(batch, sigma.blocks, True, None, fewer)
    assert part.shape[1] == layout.width == whole.shape[1] - len(BLOCKS["glass"]) + 40
    assert (part[:, layout.glass] == whole[:, inputs.layout(sigma.blocks, True).glass][:, 39::-1]).all()
    assert (part[:, layout.glass.stop :] == whole[:, -4:]).all()
    assert (layout.views(part).ratios == inputs.layout(sigma.blocks, True).views(whole).ratios).all()
    assert part.flags.c_contiguous


def test_a_refitted_model_takes_what_there_is(tg, tg_rows):
    """However old its columns were: they are not learnt again."""
    older = copy.copy(tg)
    older.descriptors_ = tg.descriptors[:-3]
    assert older._layout().width == tg._layout().width - 3
    assert older._regressor().descriptors == older._layout().descriptors
    few = tg_rows.take(np.arange(0, len(tg_rows), 3))
    older.fit(few.fractions, few.values, few.groups)
    assert older.descriptors_ == columns(older.blocks)
    assert older.regressor_.n_features_in_ == tg._layout().width
    assert older.regressor_.descriptors == tg._layout().descriptors


def test_difference():
    known = record(columns(("fractions", "glass")))
    assert not difference(known)
    assert difference({}) == Difference()
    fewer = {name: value for name, value in known.items() if name != "glass cohesion"}
    assert not difference(fewer)
    without = {name: value for name, value in known.items() if name != "fraction Cl"}
    assert difference(without).changed[0] == "fraction Cl"  # an element for which the model has no column
    turned = dict(reversed(known.items()))
    assert "fraction H" in difference(turned).changed
    many = Difference(missing=tuple(f"glass d{number}" for number in range(9)))
    assert str(many) == "d0, d1, d2, d3, d4 and 4 more removed"
    assert difference({"strange": "0"}) == Difference(missing=("strange",))
    assert blocks_of(["fraction H", "glass a", "glass b", "fraction He"]) == ("fractions", "glass", "fractions")


def test_files_of_format_5_were_trained_on_the_descriptors_of_its_table():
    """The table is never made anew: a descriptor that changed since is one that those files do not know."""
    card = tomllib.loads((DATA / "descriptors_format_5.toml").read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256((DATA / card["file"]).read_bytes()).hexdigest()
    known = of_format_5(BLOCKS)
    assert len(known) == card["rows"]
    assert blocks_of(known) == ("fractions", "magpie", "glass")


PRINTED = """
import json
from vitrion.features.featurizer import BLOCKS
from vitrion.features.fingerprint import fingerprints
print(json.dumps({name: mark for block in BLOCKS for name, mark in fingerprints(block).items()}))
"""


def test_fingerprints_are_the_same_in_every_process_and_without_the_processors_wide_registers():
    now = {name: mark for block in BLOCKS for name, mark in fingerprints(block).items()}
    for told in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "NPY_DISABLE_CPU_FEATURES": wide()}):
        done = subprocess.run(
            [sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True, env=os.environ | told
        )
        assert json.loads(done.stdout.splitlines()[-1]) == now


def wide():
    """Extensions of the processor that NumPy uses here beyond those that it is built on."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))


def test_every_glass_descriptor_has_a_fingerprint_of_its_own():
    """So that no two can change places unseen."""
    assert len(set(fingerprints("glass").values())) == len(BLOCKS["glass"])


def test_no_value_of_a_probe_stands_where_rounding_could_go_either_way():
    """Where this is red for a new descriptor: it gives values that end in ...5 after nine digits, or nearly nothing."""
    values = np.abs(Featurizer().transform([amounts(probe) for probe in PROBES]))
    seen = values >= NOTHING
    scaled = values[seen] / 10.0 ** (np.floor(np.log10(values[seen])) - (DIGITS - 1))
    assert np.abs(scaled - np.floor(scaled) - 0.5).min() > 1e-5
    assert not ((values > NOTHING / 1000) & (values < NOTHING * 10)).any()
