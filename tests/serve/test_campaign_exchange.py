"""Candidates counted before a campaign begins, tables previewed before they are kept, campaigns taken elsewhere."""

import io
import re

import pandas as pd
import pytest
from vitrion.datasets.results.preview import preview
from vitrion.experiments.campaigns.campaign import Campaign

FAMILY = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0.5:1:0.125"}}
TABLE = (
    "Composition,Conductivity (mS/cm),T (°C),Tg (C),Milling time (h),furnace\n"
    "LiAlCl2.5O0.75,1.52,30,-16.8,20,3\n"
    "LiAlCl3O0.5,0.4,25,x,10,\n"
)
pytestmark = pytest.mark.filterwarnings("ignore")


def sent(http, content, name="lab.csv"):
    return http.post("/api/v1/data/preview", files={"file": (name, content)})


def test_candidates_are_counted_before_a_campaign_begins(http):
    count = "/api/v1/campaigns/candidates"
    assert http.post(count, json=FAMILY).json() == {"candidates": 5, "notes": []}
    answer = http.post(count, json={"candidates": ["LiAlCl4", "Li2Al2Cl8", "LiAlCl3", "NaAlCl4"]}).json()
    assert answer["candidates"] == 2
    assert answer["notes"] == ["1 of 3 candidates left out: 0 unread, 1 not neutral, 0 twice"]
    assert http.post(count, json={"template": "LiAlCl{4-x}O{x}", "variables": {"x": "1:2:1"}}).status_code == 422
    assert http.get("/api/v1/campaigns").json() == {"rows": []}


def test_each_column_of_a_table_is_told_before_anything_is_kept(http, tmp_path):
    told = sent(http, TABLE).json()
    meanings = {one["column"]: (one["meaning"], one["unit"], one["learnt"]) for one in told["columns"]}
    assert meanings == {
        "Composition": ("formula", "", True),
        "Conductivity (mS/cm)": ("conductivity", "mS/cm", True),
        "T (°C)": ("temperature", "degC", True),
        "Tg (C)": ("Tg", "degC", True),
        "Milling time (h)": ("milling_h", "", False),
        "furnace": ("kept, not learnt from", "", False),
    }
    assert (told["of"], told["valid_rows"], told["lines"]) == (2, 1, [2, 3])
    assert [one["row"] for one in told["problems"]] == [3] and "'x' is not a number" in told["problems"][0]["problem"]
    assert {one["quantity"]: one["value"] for one in told["facts"]} == {"conductivity": 1.52e-3, "tg": -16.8}
    assert http.get("/api/v1/data/lab").json()["of"] == 0, "nothing is kept"
    book = io.BytesIO()
    pd.read_csv(io.StringIO(TABLE)).to_excel(book, index=False)
    assert sent(http, book.getvalue(), "lab.xlsx").json()["columns"][:5] == told["columns"][:5]
    assert sent(http, "a,b\n1,2\n").status_code == 422
    path = tmp_path / "lab.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert [one.example for one in preview(path).columns][:2] == ["LiAlCl2.5O0.75", "1.52"]


def test_rows_of_a_preview_are_recorded_with_their_conditions(http):
    assert http.post("/api/v1/campaigns", json={"name": "laco", **FAMILY}).status_code == 201
    told = sent(http, TABLE.replace(",x,", ",-36,")).json()
    done = http.post("/api/v1/campaigns/laco/record-table", json={"rows": told["rows"]})
    assert done.status_code == 201 and done.json()["events"] == [1, 2]
    (first, _) = http.get("/api/v1/campaigns/laco").json()["recorded"]
    assert first["conditions"] == {"milling_h": 20.0, "furnace": "3"} and first["temperature_C"] == 30.0


def test_a_campaign_is_taken_elsewhere(http):
    assert http.post("/api/v1/campaigns", json={"name": "laco", **FAMILY}).status_code == 201
    result = {"formula": "LiAlCl2.5O0.75", "conductivity_S_cm": 1.52e-3, "tg_C": -16.8, "sample": "A1"}
    assert http.post("/api/v1/campaigns/laco/record", json=result).status_code == 201
    export = "/api/v1/campaigns/laco/export"
    table = http.get(export, params={"format": "csv"})
    assert table.headers["content-disposition"] == 'attachment; filename="laco.csv"'
    assert pd.read_csv(io.StringIO(table.text))["sample"].tolist() == ["A1"]
    page = http.get(export, params={"format": "html"}).text
    assert "<!doctype html>" in page and re.search("laco", page)
    whole = http.get(export).json()
    assert http.post("/api/v1/campaigns/import", json={"campaign": whole}).status_code == 409
    taken = http.post("/api/v1/campaigns/import", json={"campaign": whole, "name": "laco-2"})
    assert taken.status_code == 201 and taken.json()["results"] == 1
    assert Campaign.load("laco-2").results().equals(Campaign.load("laco").results())
    broken = http.post("/api/v1/campaigns/import", json={"campaign": {"name": "x"}})
    assert broken.status_code == 422 and "cannot be imported" in broken.json()["detail"]


def test_how_results_narrow_the_intervals_of_a_family(http):
    assert http.post("/api/v1/campaigns", json={"name": "laco", **FAMILY}).status_code == 201
    assert http.get("/api/v1/campaigns/laco/narrowing").json() == {"rows": [], "figure": None}
    for formula, tg in (("LiAlCl2.5O0.75", -16.8), ("LiAlCl3O0.5", -36), ("LiAlCl2O", 9)):
        result = {"formula": formula, "conductivity_S_cm": 1e-3, "tg_C": tg}
        assert http.post("/api/v1/campaigns/laco/record", json=result).status_code == 201
    told = http.get("/api/v1/campaigns/laco/narrowing").json()
    rows = [row for row in told["rows"] if row["property"] == "tg"]
    assert [row["results"] for row in rows] == [0, 1, 2, 3]
    assert [row["formula"] for row in rows] == ["", "LiAlCl2.5O0.75", "LiAlCl3O0.5", "LiAlCl2O"]
    (tg,) = (one for one in http.get("/api/v1/campaigns/laco").json()["intervals"] if one["name"] == "tg")
    assert (rows[0]["width"], rows[-1]["width"]) == pytest.approx((tg["before"], tg["after"]))
    assert rows[-1]["width"] < rows[0]["width"]
    assert len(told["figure"]["data"]) == 2
    drawn = http.get("/api/v1/campaigns/laco", params={"figure": True}).json()["figure"]
    assert [text.replace("<sub>", "").replace("</sub>", "") for text in drawn["layout"]["xaxis"]["ticktext"]]
