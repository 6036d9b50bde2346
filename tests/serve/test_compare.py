"""Compositions side by side: by command, over REST, by the client, on a page of its own and in the browser."""

import io
import json
from html.parser import HTMLParser

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.experiments.comparison import Comparison
from vitrion.experiments.comparison.cells import CELL, Cell
from vitrion.serve.cli import app
from vitrion.serve.client import Client
from vitrion.serve.client.transport import ServiceError
from vitrion.serve.pages.compare_page import compare_page

LACO, NACO, ARGYRODITE = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "Li6PS5Cl"
DOI = "10.1038/s41560-023-01356-y"


def run(*arguments):
    result = CliRunner().invoke(app, ["compare", *map(str, arguments)])
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_the_command_prints_cells_as_csv(house):
    result = run(LACO, NACO, "--temperature", 60)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(io.StringIO(result.stdout))
    assert list(table.columns) == list(CELL) and len(table) == 2 * table["virtue"].nunique()
    assert table["virtue"][0] == "conductivity at 60 °C" and table["measured"][0] == 1.52e-3


def test_the_command_writes_files_and_prints_the_table(house, tmp_path):
    paths = [tmp_path / f"out.{ending}" for ending in ("csv", "parquet", "json", "html")]
    result = run(LACO, ARGYRODITE, *(part for path in paths for part in ("-o", path)))
    assert result.exit_code == 0, result.output
    told = json.loads(paths[2].read_text(encoding="utf-8"))
    assert len(pd.read_csv(paths[0])) == len(pd.read_parquet(paths[1])) == len(told["rows"])
    assert told["temperature_C"] == 25 and told["rows"][0]["measured"] == 1.52e-3
    assert told["rows"][1]["measured"] is None
    html = paths[3].read_text(encoding="utf-8")
    assert "Li₆PS₅Cl" in html and f"https://doi.org/{DOI}" in html
    assert "measured" in result.stdout and max(map(len, result.stdout.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((LACO, "LiAlCl2..5"), "second decimal point"),
        ((LACO, LACO), "is given twice"),
        ((LACO, "-t", "298.15"), "looks like kelvin"),
        ((LACO, "-o", "out.xlsx"), "end the name in .csv, .parquet, .json or .html"),
        (tuple(f"LiAlCl{n}" for n in range(1, 23)), "give from 1 to 20"),
    ],
)
def test_the_command_refuses_bad_input(house, arguments, why):
    result = run(*arguments)
    assert result.exit_code == 2 and why in result.stderr


def test_without_models_the_command_says_what_to_do(empty):
    result = run(LACO)
    assert result.exit_code == 1 and "vitrion train" in result.stderr


def test_the_service_answers_what_the_package_says(http, house):
    answer = http.post("/api/v1/compare", json={"candidates": [LACO, NACO, ARGYRODITE]})
    assert answer.status_code == 200
    told = answer.json()
    assert told["models"] == {"tg": 8, "conductivity": 8} and told["temperature_C"] == 25
    assert [row["formula"] for row in told["rows"][:3]] == [LACO, NACO, ARGYRODITE]
    with Client("http://testserver", transport=http._transport) as client:
        there = client.compare([LACO, NACO, ARGYRODITE])
    assert isinstance(there, Comparison) and there.models == told["models"]
    from vitrion.experiments.comparison import compare

    here = compare([LACO, NACO, ARGYRODITE])
    pd.testing.assert_frame_equal(there.cells, here.cells)
    assert there.models == here.models
    asked = http.get("/metrics").text
    assert 'route="/api/v1/compare",status="200"' in asked and "vitrion_formulas_ranked_total 6.0" in asked


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"candidates": []}, "candidates"),
        ({"candidates": [LACO] * 21}, "candidates"),
        ({"candidates": [LACO, LACO]}, "is given twice"),
        ({"candidates": [LACO, "LiAlCl2..5"]}, "second decimal point"),
        ({"candidates": [None]}, "candidates"),
        ({"candidates": LACO}, "candidates"),
        ({"candidates": [LACO], "temperature_C": 298.15}, "looks like kelvin"),
        ({"candidates": [LACO], "temperature_C": "25"}, "temperature_C"),
        ({"candidates": [LACO], "goal": {}}, "goal"),
        ({}, "candidates"),
    ],
)
def test_the_service_refuses_bad_input(reading, body, why):
    answer = reading.post("/api/v1/compare", json=body)
    assert answer.status_code == 422 and why in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_client_tells_what_the_service_refused(reading):
    with (
        Client("http://testserver", transport=reading._transport) as client,
        pytest.raises(ServiceError, match="twice"),
    ):
        client.compare([LACO, LACO])


def test_a_page_shows_hostile_text_as_text():
    hostile = "<script>alert(1)</script>"
    cell = Cell("x", "V", hostile, measured=1.0, measured_as=hostile, papers=1, doi=f"10.1/{hostile}", note=hostile)
    html = compare_page(Comparison.of([cell.columns()], 25.0, {}))

    class Tags(HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen = []

        def handle_starttag(self, tag, attrs):
            self.seen.append((tag, dict(attrs)))

    tags = Tags()
    tags.feed(html)
    assert "script" not in {tag for tag, _ in tags.seen}
    links = [told["href"] for tag, told in tags.seen if tag == "a"]
    assert links == ["https://doi.org/10.1/%3Cscript%3Ealert%281%29%3C/script%3E"]
