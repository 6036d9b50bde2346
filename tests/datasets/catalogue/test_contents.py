import tomllib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner
from vitrion.datasets import add, lab, load
from vitrion.datasets.catalogue import contents as catalogue
from vitrion.datasets.catalogue import export
from vitrion.datasets.catalogue.contents import CatalogueError
from vitrion.datasets.tables.grid import TableError
from vitrion.serve.cli.data import app

RESULTS = "formula,temperature_C,conductivity_mS_cm,outcome,phase,year\n"
RESULTS += "LiAlCl2.5O0.75,25,1.4,,glass,2025\nLiAlCl2O,,,no glass,,\n"
run = CliRunner()


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(RESULTS)
    return path


def test_the_listing_counts_every_property_by_source(results):
    add(results)
    table = catalogue.listing().set_index("name")
    assert (table[["sciglass", "literature", "liverpool", "lab"]].sum(axis=1) == table["rows"]).all()
    assert (table["liverpool"] > 0)[table.index != "conductivity"].sum() == 0
    assert table.loc["conductivity", ["literature", "liverpool"]].tolist() == [823 + 59, 717]
    assert table.loc["tg", "compositions"] >= 70_000
    assert table.loc["conductivity", ["rows", "lab"]].tolist()[1] == 1
    assert table.loc["conductivity", "rows"] >= 30_000
    assert catalogue.listing(lab=False)["lab"].sum() == 0


def test_a_composition_is_found_however_it_is_written(results):
    add(results)
    found = catalogue.show("conductivity", "O3Li4Al4Cl10")
    assert set(found["source"].str.split(":").str[0]) == {"halide literature table", "lab"}
    assert catalogue.show("lab", "Li4Al4Cl10O3")["fact"].tolist() == ["L1"]
    assert catalogue.show("syntheses", "LiAlCl2O")["outcome"].tolist() == ["no glass formed"]


def test_syntheses_are_none_where_the_store_holds_values_alone(tmp_path):
    (tmp_path / "tg.csv").write_text("formula,tg_C\nLiAlCl2.5O0.75,-16\n")
    add(tmp_path / "tg.csv")
    assert catalogue.show("syntheses").empty
    assert list(catalogue.show("syntheses")) == list(lab.OUTCOME_COLUMNS)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("additions", {"formula": "LiCl"}, "'additions' is a view .* without formulas; leave out --formula"),
        ("sciglass", {"formula": "LiCl"}, "'sciglass' is the card of a source without formulas; leave out --formula"),
        ("lab", {"dropped": True}, "'lab' is a view .* leave out --dropped"),
        ("curation", {"dropped": True}, "'curation' is the card .* leave out --dropped"),
        ("syntheses", {"lab": False}, "without the lab nothing is left; leave out --no-lab"),
    ],
)
def test_options_that_a_view_does_not_have_are_told(name, options, message):
    with pytest.raises(CatalogueError, match=message):
        catalogue.show(name, **options)


def test_a_composition_without_rows_is_told():
    for arguments in (["tg"], ["lab"], ["tg", "--dropped"]):
        done = run.invoke(app, ["show", *arguments, "--formula", "Li7Cl8"])
        assert done.exit_code == 0
        assert done.stderr.strip().endswith(f"row of {arguments[0]} has the composition Li7Cl8")


def test_dropped_rows_show_their_reason():
    table = catalogue.show("conductivity", dropped=True)
    assert len(table) > 30_000
    assert (table["reason"] != "").all()


@pytest.mark.parametrize("name", ["sciglass", "curation"])
def test_cards_are_shown(name):
    assert {"title", "licence", "sha256", "note"} <= set(catalogue.show(name)["field"])


def test_unknown_names_list_the_known():
    with pytest.raises(CatalogueError, match="'tG' is neither a property nor a source; give one of tg, conductivity"):
        catalogue.show("tG")
    with pytest.raises(CatalogueError, match="'lab' is not a property"):
        catalogue.conflicts("lab")


def test_an_export_is_whole_and_says_what_it_is(results, tmp_path):
    add(results)
    folder = tmp_path / "out"
    files = export.export(folder, ["conductivity"])
    assert {path.name for path in files if path.suffix == ".parquet"} == {
        *("conductivity.parquet", "conductivity.dropped.parquet", "lab_facts.parquet", "lab_additions.parquet")
    }
    data = load("conductivity")
    card = tomllib.loads((folder / "conductivity.card.toml").read_text(encoding="utf-8"))
    assert (card["rows"], card["fingerprint"]) == (len(data), data.fingerprint)
    assert sum(card["left_out"].values()) == len(pd.read_parquet(folder / "conductivity.dropped.parquet"))
    back = pd.read_parquet(folder / "conductivity.parquet")
    np.testing.assert_array_equal(back["value"], data.values)
    assert {"ODbL-1.0", "CC-BY-4.0"} <= set(card["licence"].replace(";", "").split())
    assert "Hargreaves" in card["attribution"]
    for path in files:
        if path.suffix == ".toml":
            facts = tomllib.loads(path.read_text(encoding="utf-8"))
            assert export.hashlib.sha256((folder / facts["file"]).read_bytes()).hexdigest() == facts["sha256"]
    with pytest.raises(export.ExportError, match="not empty; name a new folder"):
        export.export(folder)
    assert [path.name for path in tmp_path.iterdir()].count("out") == 1


def test_what_the_data_room_wrote_is_not_added_again(results, tmp_path):
    add(results)
    files = export.export(tmp_path / "out", ["conductivity"])
    shown = {
        "rows.csv": catalogue.show("conductivity", "LiAlCl2.5O0.75"),
        "dropped.csv": catalogue.show("conductivity", dropped=True).head(3),
        **{f"{name}.csv": catalogue.show(name) for name in catalogue.LAB_VIEWS},
    }
    for name, table in shown.items():
        table.to_csv(tmp_path / name, index=False)
    small = [path for path in files if path.suffix == ".parquet" and "lab" in path.name]
    for path in [*small, *(tmp_path / name for name in shown)]:
        with pytest.raises(TableError, match=r"holds the .*, not new measurements; give a table of your own results"):
            add(path)
    for table in (load("conductivity").rows.head(3), load("conductivity").dropped.head(3)):
        with pytest.raises(TableError, match="not new measurements"):
            add(table)


def test_without_the_lab_an_export_holds_published_data_alone(results, tmp_path):
    add(results)
    files = export.export(tmp_path / "out", ["activation_energy"], with_lab=False)
    assert not [path for path in files if "lab" in path.name]


def test_the_commands(results, tmp_path):
    done = run.invoke(app, ["add", str(results), "--note", "first"])
    assert done.exit_code == 0, done.output
    assert "added 2 facts (L1 to L2) as version 1" in done.stderr
    assert done.stdout == ""
    again = run.invoke(app, ["add", str(results)])
    assert (again.exit_code, "was added before, as version 1" in again.stderr) == (2, True)
    shown = run.invoke(app, ["show", "lab"])
    assert shown.stdout.splitlines()[1].startswith("L1,conductivity,LiAlCl2.5O0.75,1.4,mS/cm,0.0014,S/cm,25,glass")
    found = run.invoke(app, ["show", "conductivity", "--formula", "LiAlCl2.5O0.75"])
    assert found.exit_code == 0
    assert "2025" in found.stdout
    table = tmp_path / "conflicts.csv"
    assert run.invoke(app, ["conflicts", "tg", "-o", str(table)]).exit_code == 0
    assert len(pd.read_csv(table)) > 100
    assert run.invoke(app, ["list", "--sources"]).stdout.startswith("name,title,licence")
    assert (
        "activation_energy.parquet"
        in run.invoke(app, ["export", "activation_energy", "-o", str(tmp_path / "e")]).stdout
    )


def test_one_fact_is_called_one(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("formula,tg_C\nLiAlCl2.5O0.75,256\n")
    done = run.invoke(app, ["add", str(path)])
    assert "added 1 fact (L1) as version 1" in done.stderr
    assert "taken for degC: if kelvin is meant, it is -17.15 degC" in done.stderr


def test_what_is_in_doubt_and_what_is_dropped_are_told_apart():
    listed = run.invoke(app, ["list"])
    assert ",kept_in_doubt,dropped," in listed.stdout
    shown = run.invoke(app, ["show", "tg", "--limit", "1", "--no-lab"])
    table = catalogue.show("tg", lab=False)
    assert f"{(table['doubt'] != '').sum()} of these {len(table)} rows are in doubt" in shown.stderr


def test_a_bad_table_is_refused_row_by_row(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(RESULTS + "LiAlCl4,25,about 1,,glass,\n")
    done = run.invoke(app, ["add", str(path)])
    assert done.exit_code == 2
    assert "row 4, conductivity_mS_cm: 'about 1' is not a number" in done.stderr
    assert "Traceback" not in done.stderr
    kept = run.invoke(app, ["add", str(path), "--keep-good"])
    assert kept.exit_code == 0
    assert "left out: row 4" in kept.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "nothing"],
        ["conflicts", "nothing"],
        ["conflicts", "tg", "--least", "-5"],
        ["conflicts", "tg", "--least", "nan"],
        ["conflicts", "tg", "--least", "inf"],
        ["add", "none.csv"],
        ["show", "tg", "--formula", "LiXx"],
    ],
)
def test_bad_input_is_exit_2(arguments):
    done = run.invoke(app, arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
