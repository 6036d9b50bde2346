"""A descriptor is registered once, beside its formula, and all that speaks of descriptors follows."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from vitrion.features import Featurizer
from vitrion.features.descriptors.descriptor import LAST, Group, defined_in, descriptor
from vitrion.features.descriptors.glass import DESCRIPTORS, MODULES, NAMES
from vitrion.models.explanation.words import WORDS

ROOT = Path(__file__).parents[3]
COUNTED = re.compile(r"\b\d+\s+(?:\w+\s+)?descriptors|\b\d+\s+(?:numbers|columns)\s+in\s+three\s+blocks")
OTHER_DOCUMENTS = ("_build", "notebooks", "benchmarks", "jupyter_execute")  # records of runs, and copies


def half(sums):
    """Half of everything."""
    return sums["mass"] / 2


GOOD = {"unit": "1", "group": Group.ANIONS, "words": "half {x}", "examples": {"LiCl": 0.5}}


def test_a_module_with_descriptors_is_gathered():
    """Add the module to MODULES in features/descriptors/glass.py where this is red."""
    paths = (ROOT / "features" / "descriptors").glob("*.py")
    having = {path.stem for path in paths if re.search(r"^@descriptor\(", path.read_text(encoding="utf-8"), re.M)}
    assert having == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_every_quantity_is_a_descriptor_or_is_used_by_one():
    """Put @descriptor(...) over the function where this is red: without it no column holds what it gives."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "features").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    folder = ROOT / "features" / "descriptors"
    paths = [folder / f"{module.__name__.rpartition('.')[2]}.py" for module in MODULES]
    of_sums = {
        node.name
        for path in paths
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and [part.arg for part in node.args.args] == ["sums"]
        if not any(ast.unparse(part).startswith("descriptor(") for part in node.decorator_list)
    }
    assert len(of_sums) > 5
    assert not of_sums - used, f"{', '.join(sorted(of_sums - used))}: neither a descriptor nor part of one"


def test_no_descriptor_hides_another():
    made = [made for module in MODULES for made in defined_in(module)]
    assert len(made) == len(DESCRIPTORS) == len(NAMES) > 40
    assert all(name == made.name for name, made in DESCRIPTORS.items())


def test_columns_and_words_follow_from_the_registration():
    assert [*Featurizer(("glass",)).get_feature_names_out()] == [f"glass {name}" for name in DESCRIPTORS]
    for name, made in DESCRIPTORS.items():
        assert WORDS[made.group.value][name] == made.words
    assert sorted(name for words in WORDS.values() for name in words) == sorted(NAMES)


def test_the_most_telling_of_a_group_stands_first():
    for group, words in WORDS.items():
        places = [DESCRIPTORS[name].precedence for name in words]
        assert places == sorted(places), group
        given = [place for place in places if place != LAST]
        assert len(given) == len(set(given)), group


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({"unit": ""}, 'its unit, "1" for a pure number'),
        ({"group": "anions"}, "one of NETWORK, IONS, ANIONS, CATIONS, PACKING of Group"),
        ({"words": "half"}, "words with {x}"),
        ({"words": "half {x} of {y}"}, "words with {x}"),
        ({"examples": {}}, "values worked out by hand"),
        ({"doi": "Dietzel 1942"}, "a DOI such as"),
    ],
)
def test_what_a_registration_lacks_is_said(change, lack):
    with pytest.raises(ValueError, match=f"descriptor half lacks .*{re.escape(lack)}"):
        descriptor(**(GOOD | change))(half)


def test_a_formula_without_a_docstring_or_a_name():
    def bare(sums):
        return sums["mass"]

    with pytest.raises(ValueError, match="descriptor bare lacks a docstring"):
        descriptor(**GOOD)(bare)
    with pytest.raises(ValueError, match="a name of its own"):
        descriptor(**GOOD)(lambda sums: sums["mass"])


def test_a_descriptor_is_its_formula():
    made = descriptor(**GOOD)(half)
    assert made({"mass": np.array([3.0])}).tolist() == [1.5]
    assert (made.name, made.summary, made.precedence) == ("half", "Half of everything.", LAST)


def test_documents_do_not_count_descriptors():
    """The page of all descriptors does, when it is built: a number in prose would be wrong with the next one."""
    pages = [path for path in (ROOT / "docs").rglob("*.md") if not set(OTHER_DOCUMENTS) & set(path.parts)]
    assert len(pages) > 20
    found = [
        f"{path.relative_to(ROOT)}: {counted[0]}"
        for path in (ROOT / "README.md", *pages)
        for counted in COUNTED.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found, f"say it without the number, or link to docs/reference/descriptors.md: {found}"
    assert COUNTED.search("turns compositions into 283 numbers in three blocks")
    assert COUNTED.search("formulas, charge, 283 descriptors, and a block of 48 glass\ndescriptors")
