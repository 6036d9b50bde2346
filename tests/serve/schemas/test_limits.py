"""What one request may hold: names, numbers, texts, columns, and files that unpack to more than they seem."""

import dataclasses
import gzip
import io
import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from vitrion.datasets.exchange import candidate_lists as tables
from vitrion.datasets.exchange import delimited
from vitrion.datasets.tables import decoding, grid
from vitrion.datasets.tables.grid import TableError
from vitrion.serve.errors.refusals import InputError
from vitrion.serve.schemas.limits import bounded_table, label, plain
from vitrion.serve.schemas.requests import DataRequest, RankRequest, SweepRequest
from vitrion.serve.terminal.lists import read_candidates


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"a": [1, {"b": math.nan}]}, "too large, or none"),
        ([math.inf], "too large, or none"),
        ({"a": 2**63}, "too large, or none"),
        ({"a": -(10**4000)}, "too large, or none"),
        ({"a": "x" * 10_001}, "10,001 characters"),
        ({"x" * 10_001: 1}, "10,001 characters"),
        ({"a": {str(n): n for n in range(201)}}, "an object of 201 names"),
        ([[0] * 1_000, [0] * 1_000_000], "more than 1,000,000 entries"),
    ],
)
def test_what_json_may_not_hold(told, words):
    with pytest.raises(ValueError, match=words):
        plain(told)


def test_what_it_may():
    told = {"a": [1, -2.5, None, True, "x" * 10_000], "b": {"c": 2**63 - 1}}
    assert plain(told) is told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (RankRequest, {"candidates": [1] * 500_000}),
        (SweepRequest, {"template": "LiCl", "variables": {"x": ["?"] * 100_000}}),
        (DataRequest, {"rows": [1] * 500_000}),
        (RankRequest, {"candidates": ["LiCl"], "also": ["?"] * 500_000}),
    ],
)
def test_a_list_of_wrong_entries_makes_no_list_of_complaints(kind, told):
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(told)
    assert refused.value.error_count() <= 3


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{f"c{n}": 1} for n in range(300)], "more than 200 columns"),
        ([{"formula": "LiCl"}, {"note": ["a"]}], "row 2, note: a list or an object"),
        ([{"note": "x" * 1_001}], "row 1, note: 1,001 characters"),
        ([{"a": 1}] * 100_001, "100,001 rows, more than 100,000"),
    ],
)
def test_results_of_too_many_columns(rows, words):
    with pytest.raises(InputError, match=words):
        bounded_table(rows)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("melts.csv", "melts.csv"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\melts.xlsx", "melts.xlsx"),
        (".hidden.csv", "hidden.csv"),
        ("a\r\nb\x00.csv", "a__b_.csv"),
        ("a" * 300 + ".csv", "a" * 76 + ".csv"),
        ("...", "usual.csv"),
        (None, "usual.csv"),
    ],
)
def test_the_name_of_a_file_is_a_label(name, told):
    assert label(name, "usual.csv") == told


def parquet(path, rows, width=1, text="LiCl"):
    once = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))
    pq.write_table(pa.table({"formula": once, **{f"c{at}": once for at in range(width - 1)}}), path)
    return str(path)


def test_a_small_parquet_file_of_many_cells_is_not_unpacked(tmp_path):
    path, few = tmp_path / "list.parquet", dataclasses.replace(delimited.BOUNDS, cells=100)
    assert read_candidates(parquet(path, 5, 3)).cells == ["LiCl"] * 5
    with pytest.raises(InputError, match="of 1,500 columns"):
        read_candidates(parquet(path, 2, 1_500))
    with pytest.raises(TableError, match="60 rows of 2 columns"):
        tables.read_candidates(Path(parquet(path, 60, 2)), bounds=few)
    with pytest.raises(InputError, match="a cell of 'formula' has 40,000 bytes"):
        read_candidates(parquet(path, 60, text="A" * 40_000))
    with pytest.raises(TableError, match="unpacks to 0 MB of text"):
        tables.read_candidates(Path(parquet(path, 60, text="A" * 100)), bounds=dataclasses.replace(few, bytes=5_000))
    assert path.stat().st_size < 5_000


def test_a_broken_parquet_file(tmp_path):
    path, out = tmp_path / "list.parquet", io.BytesIO()
    pq.write_table(pa.table({"formula": ["LiCl"]}), out)
    for content in (out.getvalue()[:-20], b"PAR1" + bytes(500) + b"PAR1"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="is not a readable Parquet file"):
            read_candidates(str(path))


def test_a_gzipped_list_may_hold_as_much_as_one_that_is_not(tmp_path, monkeypatch):
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"formula\n" + b"LiCl\n" * 100))
    monkeypatch.setattr(grid, "limit", lambda name: 100)  # of the lab's tables
    assert read_candidates(str(path)).cells == ["LiCl"] * 100
    with pytest.raises(TableError, match=r"list.csv.gz holds more than 0.0005 MB of data; split it"):
        tables.read_candidates(path, largest=500)


def test_the_page_on_the_service_names_the_limits_of_each_kind_of_list():
    page = (Path(__file__).parents[3] / "docs" / "service.md").read_text(encoding="utf-8")
    bounds = delimited.BOUNDS
    text, excel = (line for line in page.splitlines() if line.startswith("| a list of a job"))
    for size in (bounds.rows, bounds.columns, bounds.cells, bounds.cell):
        assert f" {size:,} " in text
    assert f"text {decoding.LARGEST // 10**6} MB, also unpacked from gzip" in text
    assert f"Parquet {bounds.bytes // 10**9} GB unpacked" in text
    assert f"{grid.limit('rows'):,} rows, {grid.limit('columns')} columns, {grid.limit('cell'):,} char" in excel
    assert f" {grid.limit('bytes') // 2**20} MiB unpacked" in excel
