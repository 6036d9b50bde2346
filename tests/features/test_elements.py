"""The element table: as its card says, as pymatgen and matminer have it, and rebuilt to the same bytes."""

import csv
import hashlib
import tomllib

import numpy as np
import pytest
from vitrion.features.elements import DATA, SYMBOLS, ElementDataError, lookup, states, table
from vitrion.features.ions.oxidation import ordinary_spans


def test_the_card_is_of_this_table():
    card = tomllib.loads((DATA / "elements.toml").read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256((DATA / "elements.csv").read_bytes()).hexdigest()
    described = set(card["columns"]) | {"atomic_number", "symbol", "name", "magpie *"}
    assert {name for name in table() if not name.startswith("magpie ")} | {"magpie *"} == described


def test_symbols_are_in_the_table():
    assert table()["symbol"] == SYMBOLS
    assert lookup("atomic_number").tolist() == list(range(1, 104))


@pytest.mark.parametrize(
    ("symbol", "column", "value"),
    [
        ("Li", "cation_radius", 0.76),
        ("Al", "cation_radius", 0.39),
        ("Cl", "anion_radius", 1.81),
        ("O", "anion_radius", 1.40),
        ("Ta", "cation_radius", 0.64),
        ("Fe", "cation_radius", 0.645),
        ("O", "electronegativity", 3.44),
        ("Cu", "typical_state", 1),
    ],
)
def test_known_values(symbol, column, value):
    assert lookup(column)[SYMBOLS.index(symbol)] == value


def test_a_missing_value_stays_missing():
    assert np.isnan(lookup("electronegativity")[SYMBOLS.index("Ne")])
    assert np.isnan(lookup("cation_radius")[SYMBOLS.index("Fm")])


@pytest.mark.parametrize("name", ["mas", "symbol", "known_states"])
def test_lookup_refuses(name):
    with pytest.raises(ElementDataError, match="mass"):
        lookup(name)


def test_typical_states_are_among_the_positive_ones():
    for symbol, positive, typical in zip(SYMBOLS, states("positive_states"), lookup("typical_state"), strict=True):
        assert (typical in positive) if positive else np.isnan(typical), symbol


def test_spans_are_ordered():
    for known in (False, True):
        assert all(low <= high for low, high in ordinary_spans(known))


def test_roles_name_elements():
    with (DATA / "charge_roles.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            assert set(line["symbols"].split()) <= set(SYMBOLS)
            groups = [group.lstrip("!") for group in line["needs"].split()]
            assert {symbol for group in groups for symbol in group.split("/")} <= set(SYMBOLS)
            assert line["role"] == "ordinary" or (line["symbols"] and float(line["low"]) <= float(line["high"]))


def test_roles_build_on_roles_above_them():
    with (DATA / "charge_roles.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for place, line in enumerate(lines):
        assert line["base"] in {"", *(above["role"] for above in lines[:place])}


def test_rebuilding_gives_the_same_table(tmp_path):
    from vitrion.features import elements_build

    for name in ("ion_choices.csv", "elements_card.txt"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    elements_build.build(tmp_path)
    assert (tmp_path / "elements.csv").read_bytes() == (DATA / "elements.csv").read_bytes()
