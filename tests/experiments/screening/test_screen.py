"""Screening is ranking, of any number: the same rows, number for number, whoever works and whatever happens."""

import json
import os
import random
import signal
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vitrion.datasets import lab
from vitrion.experiments.ranking.rank import rank
from vitrion.experiments.screening import executors as crews
from vitrion.experiments.screening import pruning as sieve
from vitrion.experiments.screening import screen as screening
from vitrion.experiments.screening import screened, streams
from vitrion.experiments.screening.screen import screen
from vitrion.experiments.task.goal import Goal
from vitrion.features import FormulaError, Template
from vitrion.features.space import Mixtures
from vitrion.models.numerics.panels import exact

pytestmark = pytest.mark.skipif(not exact(), reason="this library of linear algebra rounds by place")
FAMILY = "Li{1-y}Na{y}AlCl{4-2x}O{x}"
TOP = 20


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Blocks and chunks of few rows, so that few rows are many blocks."""
    monkeypatch.setattr(streams, "BLOCK", 64)
    monkeypatch.setattr(sieve, "CHUNK", 16)


@pytest.fixture(scope="module")
def pool():
    """Formulas of many kinds: some twice, some not neutral, some that cannot be read."""
    draw = np.random.default_rng(0)
    formers, texts = (("Al", 3), ("Zr", 4), ("Ta", 5), ("Ga", 3)), []
    for _ in range(400):
        metal, charge = formers[draw.integers(4)]
        oxygen = round(float(draw.uniform(0, 1.2)), 2)
        texts.append(f"{('Li', 'Na')[draw.integers(2)]}{metal}Cl{round(charge + 1 - 2 * oxygen, 2):g}O{oxygen:g}")
    texts += ["SiO2", "Li2Si2O5", "Li3AlCl4", "no formula", "", None, "HeCl", *texts[:30]]
    return [texts[place] for place in draw.permutation(len(texts))]


def assert_equal(found, whole, top=TOP):
    """All columns but the front, which counts among the rows that come back."""
    wanted = whole.head(top).drop(columns="pareto")
    pd.testing.assert_frame_equal(found.drop(columns="pareto"), wanted, check_exact=True)


def test_the_first_rows_of_the_ranking(pool, predictors):
    found, whole = screen(pool, TOP, predictors=predictors), rank(pool, predictors=predictors)
    assert_equal(found, whole)
    assert found.attrs["candidates"] == len(pool)
    assert found.attrs["unread"] == (whole["error"] != "").sum() > 3
    assert [place for place, _ in found.attrs["errors"]] == sorted(whole.index[whole["error"] != ""])[:5]


@pytest.mark.parametrize(
    "goal",
    [
        {"forbidden": ["Ta"], "minimum_verdict": "edge"},
        {"max_cost_usd_per_kg": 20.0},
        {"tg_C": None},
        {"weights": {"tg": 2.0}},
        {"conductivity_S_cm": 0.04, "tg_C": -200.0},
    ],
)
def test_any_goal(pool, predictors, goal):
    assert_equal(screen(pool, TOP, goal, 60.0, predictors=predictors), rank(pool, goal, 60.0, predictors))


def test_rows_left_early_are_never_among_the_best(pool, predictors, monkeypatch):
    """The second property is asked of few, and nothing changes."""
    asked = {"conductivity": 0, "tg": 0}
    usual = sieve.predicted

    def counted(name, predictor, fractions, temperature):
        asked[name] += len(fractions)
        return usual(name, predictor, fractions, temperature)

    monkeypatch.setattr(sieve, "predicted", counted)
    found = screen(pool, 3, predictors=predictors)
    assert_equal(found, rank(pool, predictors=predictors), 3)
    assert asked["tg"] < asked["conductivity"] <= len(pool)


def test_more_than_there_are(predictors):
    texts = ["LiAlCl4", "NaAlCl4", "LiAlCl2.5O0.75", "LiAlCl4"]
    assert_equal(screen(texts, 50, predictors=predictors), rank(texts, predictors=predictors), 50)


def test_all_the_same(predictors):
    texts = ["LiAlCl2.5O0.75"] * 300
    assert_equal(screen(texts, 5, predictors=predictors), rank(texts, predictors=predictors), 5)


def test_parquet_files_of_any_make(pool, predictors, tmp_path):
    texts = [text or "" for text in pool]
    whole = rank(texts, predictors=predictors)
    pq.write_table(pa.table({"id": range(len(texts)), "Formula": texts}), tmp_path / "one.parquet", row_group_size=50)
    assert_equal(screen(tmp_path / "one.parquet", TOP, predictors=predictors), whole)
    (tmp_path / "many").mkdir()
    for number in range(3):
        part = texts[number * 150 : (number + 1) * 150]
        encoded = pa.array(part).dictionary_encode()
        pq.write_table(pa.table({"composition": encoded}), tmp_path / "many" / f"part-{number}.parquet")
    assert_equal(screen(str(tmp_path / "many"), TOP, predictors=predictors), whole)


def test_a_family_and_a_mixture(predictors):
    ranges = {"x": "0:2:0.05", "y": "0:1:0.1"}
    members = [member.composition for member in Template.parse(FAMILY).grid(**ranges)]
    found = screen(FAMILY, TOP, predictors=predictors, **ranges)
    assert_equal(found.reset_index(drop=True), rank(members, predictors=predictors).reset_index(drop=True))
    space = Mixtures(("LiCl", "AlCl3", "Li2O"), steps=20, most=3)
    members = [member.composition for member in space]
    assert_equal(screen(space, TOP, predictors=predictors), rank(members, predictors=predictors))


def test_everything_is_written_beside_the_ranking(pool, predictors, tmp_path):
    out = tmp_path / "best.parquet"
    found = screen(pool, TOP, out=out, everything=True, predictors=predictors)
    whole = rank(pool, predictors=predictors).sort_index()
    told = pd.read_parquet(tmp_path / "best.all")
    assert told["place"].tolist() == list(range(len(pool)))
    good = whole["error"] == ""
    assert (told["error"].to_numpy() == [text.removeprefix("") for text in whole["error"]]).sum() >= good.sum()
    for name in ("p_goal", "conductivity_S_cm", "conductivity_low_S_cm", "tg_C", "tg_high_C", "verdict"):
        assert (told[name].to_numpy()[good] == whole[name].to_numpy()[good]).all()
        assert told[name][~good.to_numpy()].isna().all()
    kept = pd.read_parquet(out)
    assert kept["place"].tolist() == found.index.tolist()
    assert (kept["p_goal"] == found["p_goal"].to_numpy()).all()
    assert not (tmp_path / "best.parquet.part").exists()


class StopError(Exception):
    pass


def stopping(after):
    """A step of work that fails after some blocks."""
    usual, done = screened.screened, []

    def work(block, *told):
        if len(done) >= after:
            raise StopError
        done.append(block.number)
        return usual(block, *told)

    return work, done


def test_goes_on_where_it_stopped(pool, predictors, tmp_path, monkeypatch):
    out = tmp_path / "best.parquet"
    work, first = stopping(3)
    monkeypatch.setattr(crews, "screened", work)
    with pytest.raises(StopError):
        screen(pool, TOP, out=out, predictors=predictors)
    kept = {path.name for path in (tmp_path / "best.parquet.part").glob("block-*")}
    assert 1 <= len(kept) <= len(first) == 3
    with pytest.raises(FormulaError, match="something else"):
        screen(pool, TOP + 1, out=out, predictors=predictors)
    work, second = stopping(100)
    monkeypatch.setattr(crews, "screened", work)
    assert_equal(screen(pool, TOP, out=out, predictors=predictors), rank(pool, predictors=predictors))
    assert len(second) == -(-len(pool) // 64) - len(kept)


def test_begins_anew_when_told(pool, predictors, tmp_path, monkeypatch):
    out = tmp_path / "best.parquet"
    usual = crews.screened
    work, _ = stopping(2)
    monkeypatch.setattr(crews, "screened", work)
    with pytest.raises(StopError):
        screen(pool, TOP, out=out, predictors=predictors)
    monkeypatch.setattr(crews, "screened", usual)
    assert_equal(screen(pool, 7, out=out, predictors=predictors, resume=False), rank(pool, predictors=predictors), 7)


def test_killed_at_random_moments(pool, predictors, tmp_path, monkeypatch):
    """The same result, and no block begun more often than one more for each kill that fell into it."""
    draw, usual = random.Random(0), crews.screened
    whole, diary = rank(pool, predictors=predictors), tmp_path / "diary"

    def slow(block, *told):
        time.sleep(0.05)
        found = usual(block, *told)
        with diary.open("a") as lines:
            lines.write(f"{block.number}\n")
        return found

    monkeypatch.setattr(crews, "screened", slow)
    for trial in range(3):
        out = tmp_path / f"{trial}.parquet"
        diary.write_text("")
        child = os.fork()
        if child == 0:
            try:
                screen(pool, TOP, out=out, predictors=predictors)
            finally:
                os._exit(0)
        time.sleep(draw.uniform(0.1, 0.5))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert_equal(screen(pool, TOP, out=out, predictors=predictors), whole)
        done = pd.Series(diary.read_text().split()).value_counts()
        assert len(done) == -(-len(pool) // 64)
        assert done.max() <= 2


def test_kept_blocks_come_back_as_they_were(pool, predictors, tmp_path):
    aim = sieve.Aim(Goal(), 25.0, 5)
    found = screened.screened(next(streams.Listed(pool).blocks()), aim, predictors)
    found.write(tmp_path / "block.parquet")
    back = screened.Screened.read(tmp_path / "block.parquet")
    for name in ("number", "size", "texts", "unread", "errors"):
        assert getattr(back, name) == getattr(found, name)
    for name in ("places", "chance", "margin"):
        assert (getattr(back, name) == getattr(found, name)).all()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"candidates": "nowhere.parquet"}, "is no file, no folder and no template"),
        ({"candidates": ["LiAlCl4"], "top": 0}, "1 or more"),
        ({"candidates": ["LiAlCl4"], "x": "0:1:0.1"}, "variables belong to a template"),
        ({"candidates": ["LiAlCl4"], "everything": True}, "name the ranking"),
        ({"candidates": "LiAlCl{4-2x}O{x}"}, "values are missing for x"),
        ({"candidates": ["LiAlCl4"], "scheduler": 7}, "give an address"),
        ({"candidates": ["LiAlCl4"], "scheduler": "local:none"}, "how many processes"),
    ],
)
def test_what_cannot_be_screened(told, message, predictors):
    with pytest.raises(FormulaError, match=message):
        screen(**told, predictors=predictors)


def test_a_folder_without_files_and_a_file_without_formulas(tmp_path, predictors):
    with pytest.raises(FormulaError, match=r"holds no \.parquet file"):
        screen(tmp_path, predictors=predictors)
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(FormulaError, match="no column named formula"):
        screen(tmp_path / "a.parquet", predictors=predictors)
    (tmp_path / "a.parquet").write_text("no")
    with pytest.raises(FormulaError, match="not a readable Parquet file"):
        screen(tmp_path / "a.parquet", predictors=predictors)


def test_two_processes_of_dask_and_one_that_dies(pool, predictors, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    killed = []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):
        numbers = [worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()]

        def tell(text):
            if not killed and "%" in text:
                os.kill(numbers[0], signal.SIGKILL)
                killed.append(text)

        monkeypatch.setattr(screening, "TOLD_EVERY", 0.0)
        whole = rank(pool, predictors=predictors)
        assert_equal(screen(pool, TOP, scheduler=client, predictors=predictors, progress=tell), whole)
        assert killed
        assert_equal(screen(pool, TOP, scheduler=cluster.scheduler_address, predictors=predictors), whole)


def test_own_results_count_in_every_block(pool, predictors, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "home"))
    before, crew = (
        screen(pool, TOP, predictors=predictors),
        crews.Threads(sieve.Aim(Goal.of(None), 25.0, 3), predictors),
    )
    own = pd.DataFrame({"formula": ["LiAlCl2.4O0.8"], "temperature_C": [25.0], "conductivity_S_cm": [3e-6]})
    lab.add(own.assign(phase="glass"))
    whole = rank(pool, predictors=predictors)
    assert_equal(screen(pool, TOP, predictors=predictors), whole)
    everything = screen(pool, TOP, out=tmp_path / "all.parquet", everything=True, predictors=predictors)
    assert_equal(everything, whole)
    told = pd.concat(map(pd.read_parquet, sorted((tmp_path / "all.all").glob("*.parquet"))), ignore_index=True)
    told = told.set_index("place")["conductivity_S_cm"].dropna()
    assert told.tolist() == whole["conductivity_S_cm"].dropna().loc[told.index].tolist()
    assert before["conductivity_S_cm"].tolist() != whole.head(TOP)["conductivity_S_cm"].tolist()
    after = crews.Threads(crew.aim, predictors)
    assert after.digests()["conductivity"] != crew.digests()["conductivity"]
    assert after.digests()["tg"] == crew.digests()["tg"], "of Tg nothing was measured"
    back, shown = after.files["conductivity"].open(), ["LiAlCl2.5O0.75", "NaTaCl6"]
    assert back.predict(shown).mean.tolist() == after.predictors["conductivity"].predict(shown).mean.tolist()


def test_request_names_all_that_the_result_depends_on(pool, predictors, tmp_path, monkeypatch):
    work, _ = stopping(1)
    monkeypatch.setattr(crews, "screened", work)
    with pytest.raises(StopError):
        screen(pool, TOP, out=tmp_path / "best.parquet", predictors=predictors)
    asked = json.loads((tmp_path / "best.parquet.part" / "request.json").read_text())
    assert set(asked) == {"format", "everything", "source", "models", "top", "goal", "temperature_C"}
    assert set(asked["models"]) == {"tg", "conductivity"}


def test_a_block_without_a_candidate_stops_nothing(pool, predictors, tmp_path):
    told = ["Xx"] * 64 + pool
    out = tmp_path / "best.parquet"
    found = screen(told, TOP, out=out, everything=True, predictors=predictors)
    found.index -= 64
    assert_equal(found, rank(pool, predictors=predictors))
    assert len(pd.read_parquet(tmp_path / "best.all")) == len(told)
    assert screen(["Xx", None], predictors=predictors).empty
    assert len(screen("LiAlCl{4-2x}O{x}", predictors=predictors, x="-2:0.5:0.01")) == 51


def test_what_no_screening_wrote_is_left(pool, predictors, tmp_path):
    own = tmp_path / "best.all" / "notes.txt"
    own.parent.mkdir()
    own.write_text("mine")
    screen(pool[:20], TOP, out=tmp_path / "best.parquet", predictors=predictors)
    with pytest.raises(FormulaError, match=r"holds notes\.txt, which no screening wrote"):
        screen(pool[:20], TOP, out=tmp_path / "best.parquet", everything=True, predictors=predictors)
    assert own.read_text() == "mine"


def test_everything_of_before_is_left_by_who_asks_for_less(pool, predictors, tmp_path):
    out = tmp_path / "best.parquet"
    screen(pool, TOP, out=out, everything=True, predictors=predictors)
    screen(pool[:70], TOP, out=out, predictors=predictors)
    assert len(pd.read_parquet(tmp_path / "best.all")) == len(pool)
    screen(pool[:70], TOP, out=out, everything=True, predictors=predictors)
    assert len(pd.read_parquet(tmp_path / "best.all")) == 70


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("list.parquet", "list.parquet is read from there"),
        ("folder/best.parquet", "lies in the folder that is read"),
        ("best.csv", "end the name in .parquet"),
        ("none/best.parquet", "make it first"),
    ],
)
def test_an_output_that_would_cost_candidates_is_refused_before_any_work(tmp_path, predictors, out, words):
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "list.parquet", tmp_path / "folder" / "a.parquet"):
        pq.write_table(pa.table({"formula": ["LiAlCl4"]}), path)
    source = tmp_path / ("folder" if out.startswith("folder") else "list.parquet")
    with pytest.raises(FormulaError, match=words):
        screen(source, TOP, out=tmp_path / out, predictors=predictors)
    assert pq.read_table(tmp_path / "list.parquet").num_rows == 1


def test_a_family_in_full_tells_variables_and_fractions(predictors, tmp_path):
    for step in ("0.1", "0.02"):
        span = f"0:0.2:{step}"
        screen("LiAlCl{4-2x}O{x}", out=tmp_path / "f.parquet", everything=True, predictors=predictors, x=span)
        told = pd.read_parquet(tmp_path / "f.all").iloc[-1]
        assert told["x"] == pytest.approx(0.2)
        assert told[["Li", "Al", "Cl", "O"]].tolist() == pytest.approx([1 / 5.8, 1 / 5.8, 3.6 / 5.8, 0.2 / 5.8])


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.struct([("a", pa.int8())])])
def test_a_column_that_is_no_text_is_named(tmp_path, predictors, kind):
    pq.write_table(pa.table({"formula": pa.array([None], kind)}), tmp_path / "odd.parquet")
    with pytest.raises(FormulaError, match="the column formula holds"):
        screen(tmp_path / "odd.parquet", predictors=predictors)


def test_a_name_that_begins_like_local_is_an_address(predictors, monkeypatch):
    dask_crew = pytest.importorskip("vitrion.experiments.screening.dask")

    def refused(*told, **named):
        raise OSError("Timed out")

    monkeypatch.setattr(dask_crew, "Client", refused)
    with pytest.raises(FormulaError, match='no scheduler answers at "localhost:8786"'):
        screen(["LiAlCl4"], scheduler="localhost:8786", predictors=predictors)
