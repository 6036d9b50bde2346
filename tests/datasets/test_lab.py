import pandas as pd
import pytest
from vitrion.datasets import lab, load, splits
from vitrion.datasets.curation.curate import SAME_GLASS
from vitrion.datasets.measurement import schema
from vitrion.datasets.results import standing, store
from vitrion.datasets.results.store import StoreError
from vitrion.datasets.results.table import RowsError
from vitrion.datasets.tables.grid import TableError

RESULTS = pd.DataFrame(
    {
        "formula": ["LiAlCl2.5O0.75", "LiAlCl2.4O0.8", "LiAlCl2O"],
        "temperature_C": [25.0, 25.0, None],
        "conductivity_mS_cm": [1.4, 1.1, None],
        "tg_C": [-16.0, None, None],
        "phase": ["glass", "glass", None],
        "outcome": ["glass", None, "no glass"],
        "sample": ["A1", "A2", "A3"],
    }
)


def correction(number, **columns):
    return pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "supersedes": [f"L{number}"], **columns})


def test_added_results_are_loaded_with_source_weight_and_paper():
    before = load("conductivity")
    addition = lab.add(RESULTS)
    assert addition.version == 1
    assert len(addition.facts) == 5
    data = load("conductivity")
    own = data.rows[data.rows["source"] == "lab"]
    assert own[["formula", "value", "weight", "paper", "group"]].to_numpy().tolist() == [
        ["LiAlCl2.5O0.75", pytest.approx(1.4e-3), 1.0, "lab:addition 1", "lab:addition 1"],
        ["LiAlCl2.4O0.8", pytest.approx(1.1e-3), 1.0, "lab:addition 1", "lab:addition 1"],
    ]
    assert own["place"].tolist() == ["sample A1", "sample A2"]
    schema().validate(own.reset_index(drop=True))
    assert set(own["licence"]) == {"the lab's own"}
    assert data.compositions[-1].formula == "LiAlCl2.4O0.8"
    without = load("conductivity", lab=False)
    assert without.fingerprint == before.fingerprint != data.fingerprint
    assert "Al oxychloride" in splits.by_family(data)[-2:]


def test_low_confidence_weighs_less():
    lab.add(pd.DataFrame({"formula": ["LiAlCl4"], "tg_C": [20.0], "confidence": ["low"]}))
    assert load("tg").rows["weight"].iloc[-1] == 0.3


def test_failed_syntheses_are_facts_of_their_own():
    lab.add(RESULTS)
    lab.add(pd.DataFrame({"formula": ["LiAlCl4", "NaAlO2"], "outcome": ["crystallized", "decomposed"]}))
    made = lab.syntheses()
    assert made[["formula", "outcome"]].to_numpy().tolist() == [
        ["LiAlCl2.5O0.75", "glass"],
        ["LiAlCl2O", "no glass formed"],
        ["LiAlCl4", "crystallised"],
        ["NaAlO2", "decomposed"],
    ]
    assert lab.summary() == {"synthesis": 4, "conductivity": 2, "tg": 1}
    assert "LiAlCl2O" not in set(load("tg").rows["formula"])


def test_a_correction_supersedes_and_keeps_what_it_corrects():
    lab.add(RESULTS)
    lab.add(correction(2, tg_C=[-17.0]))
    assert load("tg").rows["value"].iloc[-1] == -17.0
    additions, facts = lab.history()
    assert len(additions) == 2
    assert facts.loc[facts["id"] == 2, ["value", "superseded_by"]].to_numpy().tolist() == [[-16.0, 6]]
    assert standing.read("tg", version=1).rows["value"].tolist() == [-16.0]
    assert standing.read("tg").rows["group"].tolist() == ["lab:addition 1"]


def test_a_withdrawal_names_the_composition_of_what_it_withdraws():
    lab.add(RESULTS)
    wrong = pd.DataFrame({"formula": ["NaAlCl4"], "outcome": ["withdrawn"], "supersedes": ["L2"]})
    with pytest.raises(RowsError, match=r"fact L2 is a \w+ of LiAlCl2.5O0.75, not of NaAlCl4"):
        lab.add(wrong)
    assert lab.add(wrong.assign(formula="LiAl(Cl0.5)5O0.75")).version == 2


def test_a_correction_changes_the_formula_only_if_the_user_insists():
    lab.add(RESULTS)
    other = correction(2, tg_C=[-16.0]).assign(formula="LiAlCl2.4O0.8")
    message = r"fact L2 is a tg of LiAlCl2.5O0.75, not of LiAlCl2.4O0.8; check the number, or insist with --again"
    with pytest.raises(RowsError, match=message):
        lab.add(other)
    lab.add(other, again=True)
    assert standing.read("tg").rows["formula"].tolist() == ["LiAlCl2.4O0.8"]
    assert lab.add(correction(6, tg_C=[-15.0]).assign(formula="Li5Al5Cl12O4")).version == 3


def test_options_of_a_workbook_and_of_text_are_not_passed_over(tmp_path):
    RESULTS.to_csv(tmp_path / "r.csv", index=False)
    RESULTS.to_parquet(tmp_path / "r.parquet")
    RESULTS.to_excel(tmp_path / "r.xlsx", index=False)
    for name in ("r.csv", "r.parquet"):
        with pytest.raises(TableError, match=f"{name} is no workbook and has no sheet 'Sheet1'; leave out --sheet"):
            lab.add(tmp_path / name, sheet="Sheet1")
    for name in ("r.xlsx", "r.parquet"):
        with pytest.raises(TableError, match=f"{name} is no text and has no encoding 'latin-1'; leave out --encoding"):
            lab.add(tmp_path / name, encoding="latin-1")
    with pytest.raises(TableError, match="a DataFrame has no sheet 'Sheet1'"):
        lab.add(RESULTS, sheet="Sheet1")
    assert lab.add(tmp_path / "r.xlsx", sheet="Sheet1").version == 1


def test_the_same_fact_in_another_unit_is_taken_once():
    lab.add(RESULTS)
    again = pd.DataFrame({"formula": ["AlLiCl2.4O0.8"], "temperature_K": [298.15], "conductivity_S_cm": [1.1e-3]})
    with pytest.raises(RowsError, match="the store says so already"):
        lab.add(again.assign(phase="glass", sample="A2"))


def test_a_correction_may_change_what_stands_beside_the_value():
    lab.add(RESULTS)
    same = {"tg_C": [-16.0], "phase": ["glass"], "sample": ["A1"]}
    lab.add(correction(2, confidence=["low"], **same))
    assert standing.read("tg").rows["confidence"].tolist() == ["low"]


def test_what_a_paper_tells_already_is_stored_and_said_not_to_be_used():
    doi = "10.1038/s41560-023-01356-y"
    told = lab.add(pd.DataFrame({"formula": ["LiAlCl2.5O0.75"], "tg_C": [-16.8], "doi": [doi]}))
    assert any("1 stored, but not used by load('tg'): the same measurement" in notice for notice in told.notices)
    assert (load("tg").rows["source"] != "lab").all()


@pytest.mark.parametrize("table", [["LiCl"], {"formula": ["LiCl"], "tg_C": [1]}])
def test_what_is_no_table_is_told_so(table):
    with pytest.raises(TableError, match=r"is no table; give the path"):
        lab.add(table)


def test_notices_stay_few_however_many_formulas_are_odd():
    formulas = [f"LiAlCl{2 + i / 100:.2f}O2" for i in range(30)]
    notices = lab.add(pd.DataFrame({"formula": formulas, "tg_C": [20.0 + i for i in range(30)]})).notices
    assert len(notices) == 11
    assert notices[0].startswith("row 1: LiAlCl2.00O2 is not neutral")
    assert notices[-1] == "20 more formulas are not neutral"


def test_a_withdrawal_takes_a_fact_out_and_leaves_it_in_the_history():
    lab.add(RESULTS)
    lab.add(correction(2, outcome=["withdrawn"], note=["wrong crucible"]))
    assert len(standing.read("tg")) == 0
    assert lab.history()[1]["note"].iloc[-1] == "wrong crucible"
    assert len(standing.read("tg", version=1)) == 1


@pytest.mark.parametrize(
    "number,columns,message",
    [
        (99, {"tg_C": [-17.0]}, "no fact L99"),
        (1, {"tg_C": [-17.0]}, "fact L1 is a conductivity .*, not a tg"),
        (2, {"tg_C": [-18.0]}, "superseded by L6 already; correct that one"),
    ],
)
def test_a_wrong_correction_says_why(number, columns, message):
    lab.add(RESULTS)
    lab.add(correction(2, tg_C=[-17.0]))
    with pytest.raises(RowsError, match=message):
        lab.add(correction(number, **columns))
    assert len(lab.history()[0]) == 2


def test_a_file_is_taken_once_unless_asked_again(tmp_path):
    path = tmp_path / "results.csv"
    RESULTS.to_csv(path, index=False)
    lab.add(path)
    with pytest.raises(StoreError, match=r"results.csv was added before, as version 1 .*--again"):
        lab.add(path)
    assert lab.add(path, again=True).version == 2


def test_a_fact_is_taken_once_though_the_file_differs():
    lab.add(RESULTS)
    with pytest.raises(RowsError, match=r"row 1, conductivity: the store says so already \(fact L1\)"):
        lab.add(RESULTS.head(1).assign(year=2024))
    assert len(lab.add(RESULTS.head(1).assign(sample="A9")).facts) == 3


def test_the_outcome_beside_each_value_of_a_sample_is_kept_once():
    hot = RESULTS.head(1).assign(temperature_C=60.0, conductivity_mS_cm=4.0, tg_C=None)
    warm = hot.assign(temperature_C=40.0, conductivity_mS_cm=2.0)
    lab.add(pd.concat([RESULTS.head(1), hot.drop(columns="tg_C")]))
    lab.add(warm)
    assert sorted(standing.read("conductivity").rows["value"]) == pytest.approx([1.4e-3, 2e-3, 4e-3])
    assert lab.syntheses()["outcome"].tolist() == ["glass"]
    with pytest.raises(RowsError, match="synthesis: the store says so already"):
        lab.add(warm.assign(conductivity_mS_cm=None, temperature_C=None))


def test_a_file_that_grows_does_not_bring_back_what_was_corrected_or_withdrawn():
    lab.add(RESULTS)
    lab.add(correction(2, tg_C=[-17.0]))
    lab.add(correction(1, outcome=["withdrawn"]))
    grown = pd.concat([RESULTS.head(1), pd.DataFrame({"formula": ["LiAlCl2.3O0.85"], "tg_C": [-5.0]})])
    with pytest.raises(RowsError, match=r"row 1, tg: the store held this as L2, superseded by L6; .*--again to insist"):
        lab.add(grown)
    with pytest.raises(RowsError, match=r"row 1, conductivity: the store held this as L1, withdrawn by L7"):
        lab.add(grown)
    assert lab.add(grown, keep_good=True).facts["formula"].tolist() == ["LiAlCl2.3O0.85"]
    assert standing.read("tg").rows["value"].tolist() == [-17.0, -5.0]
    back = correction(6, tg_C=[-16.0], phase=["glass"], sample=["A1"])
    assert lab.add(back).facts["supersedes"].tolist() == [6]
    with pytest.raises(RowsError, match=r"the store says so already \(fact L9\)"):
        lab.add(RESULTS.head(1))
    assert len(lab.add(grown, again=True).facts) == 4


def test_good_rows_alone_only_when_asked():
    mixed = RESULTS.assign(conductivity_mS_cm=["1.4", "about 1", None])
    with pytest.raises(RowsError, match="row 2, conductivity_mS_cm: 'about 1' is not a number"):
        lab.add(mixed)
    assert lab.summary() == {}
    addition = lab.add(mixed, keep_good=True)
    assert addition.problems["row"].tolist() == [2]
    assert lab.summary() == {"synthesis": 2, "conductivity": 1, "tg": 1}


def test_what_curation_leaves_out_is_told_at_once():
    falling = pd.DataFrame(
        {"formula": ["Li2S-P2S5"] * 2, "temperature_C": [25, 100], "conductivity_S_cm": [1e-4, 1e-5], "phase": "glass"}
    )
    assert lab.add(falling).notices == ("2 stored, but not used by load('conductivity'): falls as temperature rises",)
    dropped = load("conductivity").dropped
    assert set(dropped.loc[dropped["source"] == "lab", "reason"]) <= {"falls as temperature rises", SAME_GLASS}


@pytest.mark.parametrize("statement", ["UPDATE facts SET value = 1", "DELETE FROM facts", "DELETE FROM additions"])
def test_nothing_is_ever_changed_or_deleted(statement):
    import sqlite3

    lab.add(RESULTS)
    with (
        sqlite3.connect(store.default_path()) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        connection.execute(statement)
    assert len(lab.history()[1]) == 5


def test_a_store_that_is_none_says_which_file(home):
    (home / "lab.sqlite").write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreError, match=r"lab\.sqlite: file is not a database; restore the file from a backup"):
        load("tg")
    assert len(load("tg", lab=False)) > 80_000


def test_a_store_of_the_future_is_left_alone(home):
    import sqlite3

    with sqlite3.connect(home / "lab.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="format 99, and this Vitrion reads up to 1"):
        lab.add(RESULTS)


def test_no_store_no_rows(home):
    assert len(standing.read("tg")) == 0
    assert lab.syntheses().empty
    assert not (home / "lab.sqlite").exists()


def test_what_the_literature_table_holds_is_not_counted_twice():
    paper = {"formula": ["LiAlCl2.5O0.75"], "tg_C": [-16.8], "doi": ["10.1038/s41560-023-01356-y"]}
    lab.add(pd.DataFrame(paper))
    data = load("tg")
    assert "lab" not in set(data.rows["source"])
    assert data.dropped[["source", "reason"]].to_numpy().tolist()[-1] == [
        "lab",
        "the same measurement is in another source",
    ]


def test_rows_stand_in_one_order_however_they_were_added(monkeypatch, tmp_path):
    told = pd.DataFrame({"formula": ["LiAlCl4", "NaAlCl4", "LiAlCl2.5O0.75"], "tg_C": [-30.0, -20.0, -15.0]})
    told["doi"] = "10.1000/own"
    read = []
    for number, order in enumerate(([0, 1, 2], [2, 0, 1])):
        monkeypatch.setenv("VITRION_HOME", str(tmp_path / str(number)))
        for row in order:
            lab.add(told.iloc[[row]])
        read.append(standing.read("tg").rows["formula"].tolist())
    assert read[0] == read[1]
