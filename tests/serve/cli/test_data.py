"""`vitrion data` as a newcomer meets it."""

import io

import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.serve.cli import app

RESULTS = "formula,temperature_C,conductivity_mS_cm,phase\nLiAlCl2.4O0.8,25,1.1,glass\nLiAlCl2.3O0.85,25,n.d.,glass\n"


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))

    def invoke(*arguments):
        result = CliRunner().invoke(app, ["data", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


def table(result):
    assert result.exit_code == 0, result.stderr
    return pd.read_csv(io.StringIO(result.stdout))


def test_list_names_every_property_and_every_source(data):
    assert table(data("list")).set_index("name").loc["tg", "compositions"] >= 70_000
    assert "ODbL-1.0" in set(table(data("list", "--sources"))["licence"])


def test_costs_do_not_replace_the_prices_that_they_are_made_of(data, tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("formula,usd_per_kg\nLiCl,10\nAlCl3,2\n")
    refused = data("cost", "LiAlCl4", "--prices", path, "-o", path)
    assert refused.exit_code == 2
    assert "is the table of prices itself; choose another name" in refused.stderr
    assert path.read_text().startswith("formula,usd_per_kg")
    assert data("cost", "LiAlCl4", "--prices", path, "-o", tmp_path / "cost.csv").exit_code == 0


def test_good_rows_are_taken_only_when_asked_and_then_shown(data, tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(RESULTS)
    refused = data("add", path)
    assert refused.exit_code == 2
    assert "row 3, conductivity_mS_cm: 'n.d.' is not a value" in refused.stderr
    assert not len(table(data("show", "lab")))
    taken = data("add", path, "--keep-good")
    assert "added 1 fact (L1) as version 1" in taken.stderr
    assert table(data("show", "lab"))["fact"].tolist() == ["L1"]
    shown = table(data("show", "conductivity", "--formula", "AlLiO0.8Cl2.4"))
    assert "lab" in shown["source"].tolist()


def test_conflicts_are_listed_widest_first(data):
    spread = table(data("conflicts", "tg", "--least", "100"))["spread"]
    assert spread.is_monotonic_decreasing
    assert spread.min() >= 100


def test_cost_shows_route_by_products_supply_and_abundance(data, tmp_path):
    found = table(data("cost", "NaAlCl2.5O0.75", "LiAlCl2.5O0.75", "Li6PS5Cl"))
    assert found["usd_per_kg"].is_monotonic_increasing
    assert {"precursors", "by_products", "estimated", "hhi_production", "crust_mg_per_kg"} <= set(found.columns)
    own = tmp_path / "own.csv"
    own.write_text("formula,usd_per_kg\nNaCl,0.1\n")
    assert table(data("cost", "NaCl", "--prices", own))["usd_per_kg"].tolist() == [0.1]
    own.write_text("formula,usd_per_kg\nNaCl,cheap\n")
    assert "row 2: NaCl has no usable price" in data("cost", "NaCl", "--prices", own).stderr
    assert "Foo is no precursor" in data("cost", "NaCl", "--without", "Foo").stderr
    both = data("cost", "LiAlCl2.5O0.75", "--with", "Al2O3", "--without", "Al2O3")
    assert (both.exit_code, both.stdout) == (2, "")
    assert "Al2O3 shall bring the oxygen (--with) and be left out (--without): that contradicts" in both.stderr
    for year in (1850, 3000):
        refused = data("cost", "LiAlCl2.5O0.75", "--year", year)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "give a year from 2016 to 2025" in refused.stderr


def test_export_writes_parquet_with_cards(data, tmp_path):
    assert data("export", "tg", "-o", tmp_path / "out").exit_code == 0
    assert {path.suffix for path in (tmp_path / "out").iterdir()} >= {".parquet", ".toml"}


@pytest.mark.parametrize(
    "arguments,message",
    [
        (["show", "nope"], "'nope' is neither a property nor a source"),
        (["show", "tg", "--formula", "LiXx"], "Xx at column 3 is no element"),
        (["conflicts", "foo"], "'foo' is not a property"),
        (["add", "none.csv"], "none.csv is not there"),
        (["cost", "Xx"], "Xx at column 1 is no element"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(data, arguments, message):
    result = data(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
