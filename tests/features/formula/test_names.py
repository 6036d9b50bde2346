"""Short names and empty cells: refused to the letter, with a formula that reads, and never a genuine formula."""

import hashlib
import tomllib

import pytest
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.features.elements import DATA
from vitrion.features.formula.names import short_names

CARD = tomllib.loads((DATA / "short_names.toml").read_text(encoding="utf-8"))


def test_the_table_is_the_one_of_its_card():
    assert hashlib.sha256((DATA / CARD["file"]).read_bytes()).hexdigest() == CARD["sha256"]
    assert len(short_names()) == CARD["rows"]


def test_every_name_is_refused_and_its_formula_reads():
    for name, entry in short_names().items():
        with pytest.raises(FormulaError, match=r"; write ") as error:
            Composition.parse(name)
        assert entry.what in str(error.value)
        if entry.varies != "cell":
            assert Composition.parse(entry.write).formula
            assert entry.write in str(error.value)


def test_no_name_holds_an_amount():
    assert not [name for name in short_names() if any(mark.isdigit() for mark in name) and not name.startswith("#")]


@pytest.mark.parametrize("name", ["LiPON", "LiBOB", "SiON", "LiPS", "NaN"])
def test_the_atoms_of_a_name_can_still_be_written(name):
    with pytest.raises(FormulaError) as error:
        Composition.parse(name)
    written = next(word for word in str(error.value).split() if "1" in word and word.isalnum() and word[-1].isalpha())
    assert Composition.parse(written).formula


def test_a_composition_that_would_render_as_a_name_reads_back():
    one = Composition({"Li": 1, "P": 1, "S": 1})
    assert one.formula == "Li1PS"
    assert Composition.parse(one.formula) == one


def test_a_name_in_a_column_is_refused_as_by_itself():
    with pytest.raises(FormulaError, match=r"row 1: .*short name.*write LiAlCl2\.5O0\.75"):
        Fractions.of(["LiCl", "LACO"])
    _, rows, errors = Fractions.read(["LiCl", "LiPON", "nan", "LiPO3"])
    assert rows.tolist() == [0, 3]
    assert "composition varies" in errors[1]
    assert "missing value" in errors[2]
