"""How samples were made, and whatever else a table has, is kept as it is and not learnt from."""

import json
import sqlite3

import pandas as pd
import pytest
from vitrion.datasets import lab, load
from vitrion.datasets.catalogue.contents import show
from vitrion.datasets.results import conditions, store
from vitrion.datasets.results.table import RowsError, from_frame, read_table
from vitrion.datasets.tables.cells import CellError
from vitrion.datasets.tables.grid import words
from vitrion.datasets.tables.headers import condition

TABLE = pd.DataFrame(
    {
        "Sample": ["a", "b"],
        "formula": ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75"],
        "Conductivity (mS/cm)": [1.52, 1.33],
        "T (°C)": [30.5, 25.0],
        "Milling time (h)": [12.0, None],
        "Milling speed (rpm)": [500, 500],
        "Annealing temperature (°C)": [150.0, 180.0],
        "Atmosphere": ["Ar", "N2"],
        "Pressure [MPa]": [None, 350.0],
        "Operator": ["AB", None],
        "Date": pd.to_datetime(["2026-11-30", "2026-12-01"]),
        "furnace": ["F3", None],
    }
)
FIRST = {"milling_h": 12.0, "milling_rpm": 500.0, "anneal_C": 150.0, "atmosphere": "Ar"}
FIRST |= {"operator": "AB", "date": "2026-11-30", "furnace": "F3"}
SECOND = {"milling_rpm": 500.0, "anneal_C": 180.0, "atmosphere": "N2", "pressure_MPa": 350.0, "date": "2026-12-01"}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))


def made(facts):
    return [conditions.read(text) for text in facts["conditions"]]


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "xlsx", "parquet"])
def test_a_file_of_any_kind_with_the_headers_of_excel(tmp_path, ending):
    path = tmp_path / f"results.{ending}"
    if ending == "xlsx":
        TABLE.to_excel(path, index=False)
    elif ending == "parquet":
        TABLE.to_parquet(path)
    else:
        TABLE.to_csv(path, index=False, sep="\t" if ending == "tsv" else ",")
    reading = read_table(path)
    assert made(reading.good(keep_good=False)) == [FIRST, SECOND]
    assert reading.facts["value"].tolist() == pytest.approx([1.52e-3, 1.33e-3])
    (said,) = [str(notice) for notice in reading.notices if "learnt" in str(notice)]
    assert said.startswith("kept, not learnt from: Milling time (h), Milling speed (rpm)") and "furnace" in said


def test_the_names_are_one_table():
    assert set(words()["conditions"]) == set(conditions.NAMES)
    assert set(conditions.NUMBERS) < set(conditions.NAMES)
    assert all(condition(name) == name for name in conditions.NAMES)


def test_the_store_shows_and_filters_them():
    lab.add(TABLE)
    table = show("lab")
    assert table["anneal_C"].tolist() == [150, 180] and table["furnace"].tolist() == ["F3", ""]
    assert show("lab", where=["anneal_C=150.0"])["operator"].tolist() == ["AB"]
    assert show("lab", where=["atmosphere=n2", "milling_rpm=500"])["sample"].tolist() == ["b"]
    assert show("lab", where=["furnace="])["sample"].tolist() == ["b"]
    assert show("lab", formula="LiAlCl2.5O0.75", where=["sample=b"]).empty
    with pytest.raises(CellError, match="no filter of this table; write NAME=VALUE with one of fact"):
        show("lab", where=["anneal=150"])


def test_the_operator_is_the_author_where_no_other_is_named():
    facts = lab.add(TABLE.assign(author=[None, "CD"])).facts
    assert facts["author"].tolist() == ["AB", "CD"]


def test_nothing_learns_from_them():
    lab.add(TABLE)
    with_them = load("conductivity").rows
    assert not {*conditions.NAMES, "conditions", "furnace"} & set(with_them.columns)
    assert (with_them["source"] == "lab").sum() == 2


def test_a_number_that_is_none_is_refused_with_its_column():
    with pytest.raises(RowsError, match=r"row 1, Milling time .h.: 'overnight' is not a number"):
        from_frame(TABLE.assign(**{"Milling time (h)": ["overnight", None]})).good(keep_good=False)


def test_a_store_of_before_opens_and_takes_them():
    lab.add(TABLE[["formula", "Conductivity (mS/cm)", "T (°C)"]])
    path = store.default_path()
    with sqlite3.connect(path) as connection:  # as an earlier release left it
        connection.executescript("DROP TABLE conditions")
    before = store.facts(path)
    assert before["conditions"].tolist() == ["", ""] and "anneal_C" not in show("lab")
    lab.add(TABLE)
    facts = store.facts(path)
    assert made(facts) == [{}, {}, FIRST, SECOND]
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="never changed"):
        connection.execute("UPDATE conditions SET conditions = ''")


def test_what_is_shown_can_be_read_again():
    """A column of the user that is called as one of the store keeps its own cells."""
    facts = from_frame(TABLE.assign(fact="x", version="7")).facts
    assert json.loads(facts["conditions"][0])["version"] == "7"
    lab.add(TABLE.assign(version="7"))
    assert show("lab")["version_given"].tolist() == ["7", "7"] and show("lab")["version"].tolist() == [1, 1]
