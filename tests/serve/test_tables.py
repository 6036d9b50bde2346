"""Lists of candidates: what is read, what is refused, and that no row is lost."""

import dataclasses
import gzip
import io
import random
import sys
import types

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vitrion.datasets.exchange import delimited
from vitrion.datasets.results.table import read_table
from vitrion.datasets.tables import grid, parquet_bounds, reader
from vitrion.datasets.tables.decoding import LARGEST
from vitrion.datasets.tables.grid import ENDINGS, TableError
from vitrion.experiments.screening.streams import source_of
from vitrion.experiments.task.candidates import listed
from vitrion.serve.client.transport import results_of
from vitrion.serve.errors.refusals import InputError, visible
from vitrion.serve.terminal.lists import gathered, read_candidates


@pytest.fixture
def given(tmp_path):
    def write(content, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_candidates(str(path))

    return write


@pytest.mark.parametrize(
    "content",
    [
        "formula\nLiAlCl4\nNaAlCl4\n",
        "Formula;name\nLiAlCl4;a\nNaAlCl4;b",
        "id\tCOMPOSITION\n1\tLiAlCl4\n2\tNaAlCl4\n",
        "name,candidate\r\nx,LiAlCl4\r\ny,NaAlCl4\r\n",
        "LiAlCl4\nNaAlCl4\n",
        "\n\nformula\nLiAlCl4\nNaAlCl4",
        b"\xef\xbb\xbfformula,x\r\nLiAlCl4,1\r\nNaAlCl4,2\r\n",
        "\ufeffformula\r\nLiAlCl4\r\nNaAlCl4\r\n".encode("utf-16-le"),
        "formula\nLiAlCl4\nNaAlCl4\n".encode("utf-16"),
        'formula,note\n"LiAlCl4","a, b"\n"NaAlCl4","say ""hi"""\n',
        "formula\rLiAlCl4\rNaAlCl4\r",
        "formula, name\n LiAlCl4 , x\nNaAlCl4, y\n",
    ],
)
def test_reads_what_people_save(given, content):
    assert given(content).cells == ["LiAlCl4", "NaAlCl4"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("", "a.csv", "is empty"),
        (" \n\n", "a.csv", "is empty"),
        ("formula,x\n", "a.csv", "no rows"),
        ("name,value\nLACO,1\n", "a.csv", "no column named formula"),
        ("name\nLACO\n", "a.csv", "no column named formula"),
        ("formula,Formula\nLi,Li\n", "a.csv", "2 columns of formulas"),
        (b"PK\x03\x04" + b"x" * 50, "a.csv", "Excel"),
        (b"\x1f\x8b\x08" + b"x" * 50, "a.csv", "gzip"),
        (b"\x00\x01\x02\x03" * 99, "a.csv", "binary"),
        (bytes(range(1, 32)) * 9, "a.csv", "binary"),
        ("formula\nLi\n".encode("utf-16-le"), "a.csv", "binary"),
        (b"\xff\xfe\x00\xd8", "a.csv", "UTF-16"),
        (b"PAR1 and nothing", "a.parquet", "not a readable Parquet"),
        ("formula\nLiCl\n", "a.parquet", "not a Parquet file"),
        ('formula,note\nLiCl,"never closed\nNaCl,x\n', "a.csv", "row 2: a quotation mark"),
        ('formula,note\n"LiCl\nNaCl",x\n', "a.csv", "runs over several lines"),
        (",".join(["formula", *map(str, range(1001))]) + "\nLiCl\n", "a.csv", "1,002 columns"),
    ],
)
def test_refuses_a_file_with_one_sentence(given, content, name, words):
    with pytest.raises(InputError) as caught:
        given(content, name)
    assert words in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "cannot be read: a." not in str(caught.value)


def test_every_row_that_is_not_blank_comes_back(given):
    table = given('formula,name\nLiAlCl4,a\n\n,\n,no formula\nNaN,b\nLiAlCl4,dup\n"",\n')
    assert table.cells == ["LiAlCl4", "", "NaN", "LiAlCl4", ""]
    assert table.numbers == [2, 5, 6, 7, 8]
    assert table.extra == {"name": ["a", "no formula", "b", "dup", ""]}
    assert table.notes == ("2 blank lines in list.csv passed over",)


def test_a_decimal_comma_is_never_cut_off(given):
    assert given("formula\nLiAlCl2,5O0,75\n").cells == ["LiAlCl2,5O0,75"]
    table = given("formula,name\nLiAlCl2,5O0,75,LACO\n")
    assert table.cells == ["LiAlCl2,5O0,75,LACO"]
    assert "4 cells where the header has 2" in table.errors[0]


def test_a_lonely_quotation_mark_spoils_one_row_only(given):
    assert given('formula\n"LiCl\nNaCl\n').cells == ['"LiCl', "NaCl"]
    assert given('formula,size\nLiCl,5" disc\nNaCl,x\n').extra == {"size": ['5" disc', "x"]}


def test_latin_1_is_read_and_said(given):
    table = given("formula;Größe\nLiCl·2H2O;1\n".encode("latin-1"))
    assert table.cells == ["LiCl·2H2O"]
    assert "not UTF-8" in table.notes[0]


def test_decimal_commas_without_a_header_are_named(given):
    with pytest.raises(InputError, match=r"a decimal comma in its first line.*write LiAlCl2\.5O0\.75"):
        given(b"LiAlCl2,5O0,75\nLiAlCl4\n")
    with pytest.raises(InputError, match="no column named formula"):
        given(b"one,two\nLiAlCl4,3\n")


def test_parquet_keeps_missing_and_odd_cells(tmp_path):
    path = tmp_path / "list.parquet"
    pd.DataFrame(
        {"id": [1, 2, 3], "Formula": ["LiCl", None, "x"], "day": pd.to_datetime(["2026-11-30"] * 3)}
    ).to_parquet(path)
    table = read_candidates(str(path))
    assert table.cells == ["LiCl", None, "x"]
    assert table.extra == {"id": [1, 2, 3], "day": pd.to_datetime(["2026-11-30"] * 3).tolist()}
    pd.DataFrame({"a": [1]}).to_parquet(path)
    with pytest.raises(InputError, match="no column named formula"):
        read_candidates(str(path))


def columns_of_lists_and_bytes():
    """A list of a million entries in one row, a map, a record, and a fixed number of bytes: small files all."""
    million = pa.array(np.zeros(1_000_000, np.int64))
    yield "list", pa.ListArray.from_arrays([0, len(million)], million)
    yield "map", pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))
    yield "struct", pa.array([{"a": 1}])
    yield "fixed_size_binary", pa.array([bytes(100_000)], pa.binary(100_000))


@pytest.mark.parametrize(("kind", "held"), columns_of_lists_and_bytes())
def test_a_row_holds_one_value_a_column(tmp_path, kind, held):
    """What is nested is refused by the footer, at both doors for Parquet, before any of it is read."""
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"formula": ["LiCl"], "tg_C": [1.0], "more": held}), path)
    for read, refused in ((read_candidates, InputError), (reader.read, grid.TableError)):
        with pytest.raises(refused, match=f"column 'more' is of type {kind}.*give columns of numbers and text"):
            read(str(path) if read is read_candidates else path)


def test_a_footer_that_counts_more_values_than_rows_is_refused():
    """A column of the same number over and over takes some bytes, however often: the footer is looked at alone."""
    plain = pa.schema([("formula", pa.string())])

    def footer(values, rows, counted=None):
        chunk = types.SimpleNamespace(num_values=values, path_in_schema="formula", total_uncompressed_size=2**40)
        group = types.SimpleNamespace(num_rows=rows, num_columns=1, total_byte_size=1, column=lambda at: chunk)
        told = {"num_rows": counted or rows, "num_row_groups": 1, "row_group": lambda at: group}
        return types.SimpleNamespace(**told)

    assert parquet_bounds.misfit(footer(5, 5), plain) == ""
    assert "300,000,000 values in 1 rows" in parquet_bounds.misfit(footer(300_000_000, 1), plain)
    assert "do not have the 1,000,000,000 rows" in parquet_bounds.misfit(footer(5, 5, 10**9), plain)
    assert parquet_bounds.unpacked(footer(5, 5)) == 2**40, "the larger of two sizes that the footer tells"


def test_bytes_that_repeat_are_held_once(tmp_path):
    """As texts that repeat are: a megabyte of bytes in every one of many rows is a small file."""
    once = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), pa.array([b"A" * 1_000_000]))
    pq.write_table(pa.table({"formula": ["LiCl"] * 5_000, "more": once}), tmp_path / "list.parquet")
    with pytest.raises(InputError, match="a cell of 'more' has 1,000,000 bytes"):
        read_candidates(str(tmp_path / "list.parquet"))
    assert (tmp_path / "list.parquet").stat().st_size < 2e6


def test_a_wide_header_over_many_short_lines_is_not_filled_up():
    header, bounds = ",".join(["formula", *map(str, range(500))]), dataclasses.replace(delimited.BOUNDS, cells=2_000)
    assert len(delimited.split(f"{header}\nLiCl\n", "list.csv", bounds).rows) == 1
    with pytest.raises(TableError, match="rows of 501 columns; keep at most 2,000 cells"):
        delimited.split(f"{header}\n" + "LiCl\n" * 10, "list.csv", bounds)


@pytest.mark.parametrize("length", [300, 200_000])
def test_the_name_of_a_column_is_short(given, length):
    """Beyond 131,072 characters the reader of CSV gives up, which is said as well."""
    with pytest.raises(InputError, match="characters; write at most"):
        given(f"formula,{'x' * length}\nLiCl,1\n")


def test_missing_files_and_folders(tmp_path):
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "none.csv", "does not exist")):
        with pytest.raises(InputError, match=words):
            read_candidates(str(path))
    with pytest.raises(InputError):
        read_candidates("nul\0byte.csv")


def test_a_file_too_large_is_refused_before_it_is_read_whole(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 10)
    with pytest.raises(InputError, match="larger than 200 MB"):
        read_candidates(str(path))


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(b"formula\nLiCl\n")))
    assert read_candidates("-").name == "standard input"


def test_random_bytes_never_crash(given):
    for seed in range(200):
        dice = random.Random(seed)
        content = dice.randbytes(seed % 40) + b'\nformula,"x\n' * (seed % 3) + dice.randbytes(seed % 7)
        try:
            given(content)
        except InputError as error:
            assert "\n" not in str(error)


def test_messages_show_no_control_characters():
    assert "\x1b" not in visible("\x1b[31mred")


NAMES = [
    "formula",
    "Composition",
    "Nominal composition",
    "compound",
    "candidate",
    "Chemical Formula",
    "glass-composition",
    "Formulae",
]


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "xlsx", "parquet"])
def test_lists_and_results_know_the_same_names_and_kinds_of_files(tmp_path, ending):
    for name in NAMES:
        path = tmp_path / f"{name}.{ending}"
        table = pd.DataFrame({"tg_C": [-16.8], name: ["LiAlCl2.5O0.75"]})
        if ending == "xlsx":
            table.to_excel(path, index=False)
        elif ending == "parquet":
            table.to_parquet(path)
        else:
            table.to_csv(path, index=False, sep="\t" if ending == "tsv" else ";")
        assert read_candidates(str(path)).cells == listed(path) == listed(table) == ["LiAlCl2.5O0.75"]
        assert read_table(path).facts["formula"].tolist() == ["LiAlCl2.5O0.75"]
        assert results_of(path)[0][name] == "LiAlCl2.5O0.75"
        assert path.name.endswith(ENDINGS)


def test_the_first_of_several_names_counts_everywhere(given, tmp_path):
    path = tmp_path / "list.csv"
    text = "compound,tg_C,formula\nLACO,-16.8,LiAlCl2.5O0.75\n"
    assert given(text).cells == ["LiAlCl2.5O0.75"]
    reading = read_table(path)
    assert reading.facts["formula"].tolist() == ["LiAlCl2.5O0.75"]
    assert tuple(map(str, reading.notices)) == ("kept, not learnt from: compound",)


@pytest.mark.parametrize("first", ["", "Unnamed: 0"])
def test_the_index_that_pandas_writes_is_passed_over_and_said(given, tmp_path, first):
    table = given(f"{first},formula,tg_C\n0,LiAlCl2.5O0.75,-16\n1,NaAlCl2.5O0.75,-25\n")
    assert list(table.extra) == ["tg_C"]
    assert "only counts the rows and is passed over" in table.notes[0]
    reading = read_table(tmp_path / "list.csv")
    assert reading.facts["value"].tolist() == [-16, -25]
    assert "only counts the rows and is passed over" in str(reading.notices[0])
    assert reading.facts["conditions"].tolist() == ["", ""]
    assert list(given(f"{first},formula\nA1,LiCl\n").extra) == [first or "column_1"]


def test_parquet_of_bytes_of_categories_and_of_an_index_without_a_name(tmp_path):
    path = tmp_path / "list.parquet"
    formulas = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75"]
    for column in ([one.encode() for one in formulas], pd.Categorical(formulas), pd.array(formulas, "string[pyarrow]")):
        pd.DataFrame({"formula": column, "tg_C": [-16.0, -25.0]}, index=["a", "b"]).to_parquet(path)
        assert read_candidates(str(path)).cells == formulas
        assert list(read_candidates(str(path)).extra) == ["tg_C"]
        assert read_table(path).facts["formula"].tolist() == formulas
        assert [text for block in source_of(path).blocks() for text in block.formulas] == formulas


def test_a_column_of_temperatures_is_read(given):
    table = given("formula;T (K)\nLiCl;333.15\nNaCl;\nKCl;hot\n")
    assert table.at(25.0) == [60.0, 25.0, 25.0]
    assert "'hot' is not a number" in table.errors[2]
    assert table.extra == {"T (K)": ["333.15", "", "hot"]}
    assert given("formula,temperature_C\nLiCl,60\n").extra == {}
    vague = given("formula,temperature\nLiCl,60\n")
    assert vague.at(25.0) == 25.0 and "call the temperature of each candidate temperature_C" in vague.notes[0]
    assert given("formula,T_melt_C\nLiCl,600\n").notes == ()


def test_a_semicolon_or_a_tab_settles_what_a_comma_in_a_number_is(given, tmp_path):
    for mark in ";\t":
        assert given(f"formula{mark}temperature_C\nLiCl{mark}25,5\nNaCl{mark}-3,25\n").at(25.0) == [25.5, -3.25]
        path = tmp_path / "results.csv"
        path.write_text(f"formula{mark}tg_C\nLiAlCl2.5O0.75{mark}-16,8\n")
        assert read_table(path).facts["value"].tolist() == [-16.8]
    assert "decimal comma" in given('formula,temperature_C\nLiCl,"25,5"\n').errors[0]


def test_temperatures_in_kelvin_beside_others_and_without_a_unit(given):
    assert "25 is out of range; give K between 173.15 and 773.15" in given("formula,T (K)\nLiCl,25\n").errors[0]
    both = given("formula,T (K),temperature_C\nLiCl,310,30\n")
    assert both.at(25.0) == [30.0] and both.notes == ("list.csv: 'T (K)' not read beside 'temperature_C'",)
    assert (
        "'T' not read; call the temperature of each candidate temperature_C" in given("formula,T\nLiCl,30\n").notes[0]
    )


@pytest.mark.parametrize("size", [32_768, 40_000, 2_000_000])
@pytest.mark.parametrize(
    "content",
    ["formula\n{}\n", "formula,own\n{},1\n", "formula;own\nLiCl;{}\n", '"formula"\tt\nLiCl\t"{}"\n', "LiCl\n{}\n"],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_a_cell_longer_than_that_of_a_spreadsheet_is_refused_and_not_repeated(given, ending, content, size):
    pack = gzip.compress if ending.endswith("gz") else bytes
    with pytest.raises(InputError, match=r"write at most 32,767") as refused:
        given(pack(content.format("A" * size).encode()), f"list.{ending}")
    assert "row 2" in str(refused.value) and len(str(refused.value)) < 300


def test_the_longest_cell_is_read_and_a_row_that_does_not_fit_is_shown_in_part(given):
    assert len(given("formula,own\nLiCl," + "A" * 32_767).extra["own"][0]) == 32_767
    table = given("formula,own\nLiCl" + ",1" * 40_000)
    assert "cells where the header has 2" in table.errors[0]
    assert len(table.cells[0]) == 1_001 and table.cells[0].endswith("…")


def test_formulas_and_files_in_one_command(tmp_path):
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"formula,id\nKCl,007\n"))
    table = gathered(["LiCl", str(path), "NaCl"])
    assert table.cells == ["LiCl", "KCl", "NaCl"]
    assert table.extra == {"id": [None, "007", None]}
    assert [table.origin(place) for place in range(3)] == ["argument 1", "row 2 of list.csv.gz", "argument 3"]
    for source, words in (
        ("nowhere.csv", "does not exist"),
        ("LiAlCl4x", "neither a file"),
        ("Li{x}Cl", "vitrion sweep"),
    ):
        with pytest.raises(InputError, match=words):
            gathered([source])


def test_a_bad_argument_is_a_row_with_its_error_beside_good_ones(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("formula\nKCl\n")
    table = gathered(["LiCl", "xyz", str(path)])
    assert table.cells == ["LiCl", "xyz", "KCl"] and list(table.errors) == [1]
    assert table.origin(1) == "argument 2" and "neither a file that is there nor a formula" in table.errors[1]
    with pytest.raises(InputError, match="xyz is neither"):
        gathered(["xyz", "LiAlCl4x"])
    with pytest.raises(InputError, match="does not exist"):
        gathered(["LiCl", "nowhere.csv"])
