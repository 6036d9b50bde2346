"""A batch sheet that was filled in is a table of results, wherever one is taken."""

import datetime as dt
import io

import pandas as pd
import pytest
from vitrion.datasets.results.table import from_frame, read_table
from vitrion.datasets.tables.grid import TableError
from vitrion.experiments.campaign_log.values import of_table
from vitrion.experiments.synthesis.recipe import recipe
from vitrion.experiments.task.outcomes import Outcomes

LACO, OTHER = "LiAlCl2.5O0.75", "LiAlCl2.7O0.65"


@pytest.fixture(scope="module")
def blank():
    sheet = recipe([LACO, OTHER], 2, date=dt.date(2026, 11, 30), stock=[{"formula": "LiCl", "lot": "0071"}])
    return sheet.to_csv()


def filled(blank):
    """The sheet as a person leaves it: two temperatures of the first sample, the second not yet measured."""
    table = pd.read_csv(io.StringIO(blank), dtype=object)
    table["weighed"] = table["mass_g"]
    table.loc[1, "lot"] = "B2"
    table.loc[0, ["conductivity_mS_cm", "temperature_C", "tg_C", "outcome", "note"]] = [
        "1.4",
        "25",
        "-15",
        "glass",
        "clear",
    ]
    table.loc[1, ["conductivity_mS_cm", "temperature_C"]] = ["3.1", "60"]
    return table


def test_rows_with_results_are_facts_and_carry_what_was_weighed(blank, tmp_path):
    path = tmp_path / "batch.csv"
    filled(blank).to_csv(path, index=False)
    reading = read_table(path)
    assert not len(reading.problems) and [one.code for one in reading.notices] == ["phase"]
    facts = reading.facts
    assert set(facts["formula"]) == {LACO} and set(facts["sample"]) == {"261130-1"}
    assert sorted(facts["quantity"]) == ["conductivity", "conductivity", "synthesis", "tg"]
    assert facts.loc[facts["quantity"] == "conductivity", "value"].tolist() == pytest.approx([1.4e-3, 3.1e-3])
    notes = facts["note"].unique().tolist()
    assert notes[0] == "clear; weighed: LiCl 0.63 g (lot 0071), AlCl3 1.982 g (lot B2), Sb2O3 1.083 g"
    assert notes[1] == notes[0].removeprefix("clear; ")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_proposal_and_a_campaign_read_it(blank, tmp_path, kind):
    path = tmp_path / f"batch.{kind}"
    table = filled(blank)
    {"csv": table.to_csv, "xlsx": table.to_excel, "parquet": table.to_parquet}[kind](path, index=False)
    outcomes = Outcomes.of(path)
    assert len(outcomes.of_property("conductivity", 25.0)[0]) == 1
    rows, notes = of_table(path)
    assert [formula for formula, _ in rows] == [LACO, LACO] and not notes
    assert rows[0][1]["tg_C"] == -15 and rows[0][1]["sample"] == "261130-1"


def test_a_frame_is_read_as_its_file(blank):
    table = pd.read_csv(io.StringIO(blank)).astype(object)
    table.loc[0, ["conductivity_mS_cm", "temperature_C"]] = [1.4, 25]
    assert len(from_frame(table).facts) == 1


def test_a_sheet_that_nobody_filled_in_says_what_is_missing(blank, tmp_path):
    path = tmp_path / "batch.csv"
    path.write_text(blank, encoding="utf-8")
    with pytest.raises(TableError, match="is a batch sheet without results; fill in outcome"):
        read_table(path)


def test_a_failed_sample_is_one(blank, tmp_path):
    path, table = tmp_path / "batch.csv", pd.read_csv(io.StringIO(blank), dtype=object)
    table.loc[4, "outcome"] = "no glass formed"
    table.to_csv(path, index=False)
    facts = read_table(path).facts
    assert facts[["formula", "outcome", "note"]].to_numpy().tolist() == [
        [OTHER, "no glass formed", "weighed: LiCl (lot 0071)"]
    ]


def test_other_tables_stay_as_they_are():
    table = pd.DataFrame({"formula": [LACO], "tg_C": [-15.0], "precursor": ["LiCl"]})
    reading = from_frame(table)
    assert len(reading.facts) == 1 and "precursor" in str(reading.notices[0])
