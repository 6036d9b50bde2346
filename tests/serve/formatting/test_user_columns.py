"""The user's own columns: what goes in comes out, from every kind of file and into every kind."""

import datetime as dt
import io
import json
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vitrion.experiments.ranking.rank import rank
from vitrion.serve.formatting.candidates import joined
from vitrion.serve.formatting.files import save, to_csv
from vitrion.serve.formatting.rows import encoded
from vitrion.serve.terminal.lists import read_candidates

OWN = {
    "run": [20260101001, None, 20260101003],
    "huge": [2**60 + 1, None, 2**62 + 1],
    "sample": ["007", "NaN", "NA"],
    "done": [True, None, False],
    "day": [dt.date(2026, 1, 5), None, dt.date(2026, 1, 7)],
    "mass": [Decimal("1.50"), None, Decimal("2.00")],
    "x": [1234567.891, None, 0.1],
}
WRITTEN = {
    "run": ["20260101001", "", "20260101003"],
    "huge": ["1152921504606846977", "", "4611686018427387905"],
    "sample": ["007", "NaN", "NA"],
    "done": ["True", "", "False"],
    "day": ["2026-01-05", "", "2026-01-07"],
    "mass": ["1.50", "", "2.00"],
    "x": ["1234567.891", "", "0.1"],
}
FORMULAS = ["LiCl", "NaCl", "KCl"]


def file_of(kind, folder):
    path = folder / f"list.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"formula": FORMULAS, **OWN}), path)
    elif kind == "xlsx":
        cells = {
            name: [str(one) if isinstance(one, Decimal) else one for one in column] for name, column in OWN.items()
        }
        cells["huge"] = WRITTEN["huge"]  # Excel itself keeps fifteen digits of a number
        pd.DataFrame({"formula": FORMULAS, **cells}, dtype=object).to_excel(path, index=False)
    else:
        table = pd.DataFrame({"formula": FORMULAS, **WRITTEN})
        table.to_csv(path, index=False, sep="\t" if kind == "tsv" else ",")
    return path


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "csv", "tsv"])
def test_cells_come_back_as_they_were(kind, tmp_path, models):
    table = read_candidates(str(file_of(kind, tmp_path)))
    ranking = joined(table, rank(table.cells)).sort_values("rank")
    order = [FORMULAS.index(formula) for formula in ranking["formula"]]
    out = pd.read_csv(io.BytesIO(to_csv(ranking)), dtype=str, keep_default_na=False)
    for name, cells in WRITTEN.items():
        assert out[name].tolist() == [cells[row] for row in order], name
    save(ranking, tmp_path / "out.parquet", str)
    back = pd.read_parquet(tmp_path / "out.parquet")
    again = pd.read_csv(io.BytesIO(to_csv(back)), dtype=str, keep_default_na=False)
    assert again[list(WRITTEN)].equals(out[list(WRITTEN)])
    if kind == "parquet":
        given = pq.read_table(tmp_path / "out.parquet")
        for name, cells in OWN.items():
            assert given[name].to_pylist() == [cells[row] for row in order], name
    row = json.loads(encoded(ranking, {}))["rows"][order.index(0)]
    assert row["sample"] == "007" and row["day"] == "2026-01-05" and str(row["run"]) == "20260101001"


def test_predictions_keep_six_digits():
    assert to_csv(pd.DataFrame({"tg_C": [-16.81234567]})) == b"tg_C\n-16.8123\n"


def test_columns_that_mix_kinds_reach_parquet_as_text(tmp_path):
    save(pd.DataFrame({"a": [1, "x", None], "b": [2**70, None, 1]}, dtype=object), tmp_path / "a.parquet", str)
    assert pq.read_table(tmp_path / "a.parquet").to_pydict() == {"a": ["1", "x", None], "b": [str(2**70), None, "1"]}
