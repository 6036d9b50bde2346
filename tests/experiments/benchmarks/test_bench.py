"""The benchmark as a whole on few rows, and its page on tables made by hand."""

import contextlib
import dataclasses
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.experiments.benchmarks import bench
from vitrion.experiments.benchmarks import report as bench_page
from vitrion.experiments.benchmarks.figures import oxychloride_series, parity, reliability, shares_within
from vitrion.experiments.benchmarks.goals import FREE, Goal, goals
from vitrion.experiments.holdout.forecast import N_QUANTILES, plain
from vitrion.experiments.holdout.series import Series, Told
from vitrion.experiments.holdout.subsets import closer
from vitrion.experiments.plots.chart import Panel, picture, ticks
from vitrion.experiments.scores.file import NAME, Key, ScoreFile
from vitrion.experiments.scores.run_facts import Facts
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training.evaluate import OURS, Judged, by_families, compare

FACTS = Facts("2026-01-02", "2 cores", "abc1234", "make bench-models", 39.6)


def forecast_of(data, error=0.5):
    """Every row predicted wrong by a little, in two folds."""
    truth = data.property.to_target(data.values)
    mean = truth + error * np.resize([-2.0, -1.0, 0.5, 1.0, 2.0], len(truth))
    return plain(np.arange(len(truth)), np.arange(len(truth)) % 2, truth, mean, 0.9)


def told_of(orders, error=0.3):
    """Series of five members in the order or against it."""
    series = [Series(f"10.1/{i}", "Al-Cl-Li-O", np.arange(5), np.arange(5)) for i in range(len(orders))]
    truth = np.arange(5.0)
    return [
        Told(one, truth, truth[::order] + error, np.full(6, 0.4), np.full(6, 0.1), truth, np.array([0, 2]))
        for one, order in zip(series, orders, strict=True)
    ]


@pytest.fixture
def results(tables):
    found = bench.Results(seconds={"tg": 100.0, "conductivity": 80.0}, memory=2.5, rows_per_second=41_000.0)
    for data in tables.values():
        table = compare(Judged(OURS, data, forecast_of(data)))
        worse = compare(Judged("mean", data, forecast_of(data, 3.0)))
        found.scores.append(pd.concat([table, worse]).assign(split="paper"))
    found.series = {OURS: told_of([1, 1, 1]), "mean": told_of([1, -1, 1])}
    found.skipped.append("conductivity by obelix: nothing there")
    return found


def test_compare_by_hand(tables):
    data = tables["tg"]
    table = compare(Judged("mean", data, forecast_of(data))).set_index("subset")
    assert set(table["model"]) == {"mean"}
    errors = np.abs(np.resize([-1.0, -0.5, 0.25, 0.5, 1.0], len(data)))
    assert table.loc["all", "mae"] == pytest.approx(errors.mean())
    assert table.loc["all", "width"] == pytest.approx(2.0)
    assert table.loc["all", "crps"] < table.loc["all", "mae"]
    assert table.loc["all", "log_likelihood"] > compare(Judged("", data, forecast_of(data, 3.0)))["log_likelihood"][0]
    assert table.loc["all distinct", "n"] == len(set(data.measured.keys))


def test_closer_subsets(tables):
    data = tables["conductivity"]
    masks = closer(data)
    assert (masks["15-45 C"] == data.rows["temperature_C"].between(15, 45)).all()
    assert any(name.endswith("oxychloride") for name in closer(load("conductivity", lab=False)))


def test_families_worst_first(tables):
    data = tables["conductivity"]
    table = by_families(data, forecast_of(data).held_out)
    assert len(table) and table["n"].min() >= 50
    assert table["coverage"].is_monotonic_increasing


def test_goals_say_what_is_missing():
    assert Goal("a", "K", "", -FREE, 23.0, 22.9).verdict == "yes"
    assert Goal("a", "K", "", -FREE, 23.0, 24.5).verdict == "no, by 1.5"
    assert Goal("a", "", "", 0.88, 0.92, 0.95).verdict == "no, by 0.03"
    assert Goal("a", "", "", 0.88, 0.92, float("nan")).verdict == "-"
    assert (Goal("", "", "", 3e4, FREE, 0).words, Goal("", "", "", -FREE, 6, 0).words) == (
        "at least 30,000",
        "at most 6",
    )


def test_goals_of_a_run(results):
    table = goals(results).set_index("what")
    assert table.loc["Tg, papers and compositions unseen, distinct compositions, MAE (K)", "met"] == "yes"
    assert table.loc["log10 sigma, OBELiX official test, MAE", ["reached", "met"]].tolist() == ["not measured", "-"]
    assert table.loc["log10 sigma, papers and compositions unseen, SciGlass, MAE", "reached"].startswith("0.6")
    assert table.loc["few-shot: MAE after 2 members over before", "reached"] == "0.25"
    assert table.loc["Spearman inside a series never seen, mean of 2", "reached"] == "1 (90 %: 1.00 to 1.00)"
    assert table.loc["fits of one training, both properties (min)", "reached"] == "3"


def test_a_run_of_the_series_alone():
    """Nothing was scored by rows, and what was found is told."""
    found = bench.Results(series={OURS: told_of([1, 1, 1])})
    table = goals(found).set_index("what")
    assert table.loc["few-shot: MAE after 2 members over before", "reached"] == "0.25"
    assert "## Series never seen" in bench_page.page(found, FACTS)


def test_page(results, tmp_path):
    results.drawings["series"] = picture("nothing", (10, 10), [])
    text = bench_page.page(results, FACTS)
    assert "Measured on 2026-01-02 with `make bench-models` in 40 minutes at commit abc1234: 2 cores." in text
    assert "Not done: conductivity by obelix: nothing there." in text
    assert "quick run" not in text
    assert "quick run" in bench_page.page(results, dataclasses.replace(FACTS, quick=True))
    for title in ("## Goals", "## Series never seen", "## Papers and compositions unseen: conductivity"):
        assert title in text
    assert re.search(r"\n\| Vitrion \| 602 \| 0\.650 \|", text)
    models = text.split("Mean absolute errors:")[2]
    assert models.startswith("\n\n| subset | Vitrion | mean |\n|---|---|---|\n| Li-Na oxyhalides 15-45 C | 0.")
    assert "| all | 0.650 | 3.9" in text
    assert "| from 2005 on |" in models
    assert "| mae_by_paper |" in text
    assert "| coverage_by_paper |" in text
    assert "widest tenth" not in models, "each model has its own"
    assert "nan" not in text
    assert text.count("| verdict inside |") == 2
    for line in text.splitlines():
        assert line.count("|") == 0 or (line.startswith("|") and line.endswith("|"))
    written = bench_page.write(text, results.drawings, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "benchmarks/models.md",
        "images/bench-series.svg",
    ]
    assert (tmp_path / "benchmarks/models.md").read_text() == text


def test_figures_are_small_and_whole(tables):
    told = {name: (data, forecast_of(data)) for name, data in tables.items()}
    data = tables["conductivity"]
    rows = np.flatnonzero(data.fractions.column("Cl") > 0)[:5]
    series = [dataclasses.replace(told_of([1])[0], series=Series("p", "Al-Cl-Li-O", rows, np.arange(5)))]
    drawn = [parity(*told["tg"]), reliability(told), oxychloride_series(data, series)]
    for text in drawn:
        assert len(text.encode()) < 200_000
        assert ET.fromstring(text).tag.endswith("svg")
        assert "nan" not in text
    assert drawn[2].count("<circle") == 5 + 2


def test_shares_within_by_hand():
    truth, none = np.tile(np.linspace(-1, 1, 2001), 2), np.zeros(4002)
    told = plain(np.arange(4002), np.repeat([0, 1], 2001), truth, none, 0.9)  # errors spread evenly from -1 to 1
    nominal, found = shares_within(told, np.ones(4002, dtype=bool))
    assert nominal[0] == pytest.approx(1 - 1 / N_QUANTILES)
    assert nominal[-1] == pytest.approx(1 / N_QUANTILES)
    assert found == pytest.approx(nominal, abs=2e-3)
    assert shares_within(told, np.abs(truth) < 0.01)[1].min() == 1.0


def test_panel():
    panel = Panel("t", "x", "y", (0.0, 10.0), (0.0, 1.0), (10.0, 20.0), (100.0, 50.0))
    assert panel.at(5.0, 1.0) == [(60.0, 20.0)]
    assert len(panel.points(np.array([-5.0, 50.0]), np.array([0.0, 2.0]), "red")) == 2
    assert 'cx="10.0"' in panel.points(np.array([-5.0]), np.array([0.0]), "red")[0]
    assert sum(path.count("M") for path in panel.density(np.array([1.0, 1.0, 9.0]), np.array([0.5, 0.5, 0.1]))) == 2
    assert all(len(ticks(low, high)) >= 3 for low, high in ((0, 1), (-8, 0), (250, 1400), (0.55, 1.13)))


def test_sample_keeps_the_curated_table_and_whole_papers():
    data = bench.load("conductivity", lab=False)
    few = bench.sample(data, 300)
    embedded = (few.rows["source"] == "SciGlass").to_numpy()
    assert (~embedded).sum() == (data.rows["source"] != "SciGlass").sum()
    assert 200 < embedded.sum() <= 300
    for paper in set(few.groups[embedded]):
        assert (few.groups == paper).sum() == (data.groups == paper).sum()


def test_a_run_fills_the_file_of_scores(tables, monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "load", lambda name, lab: tables[name])
    monkeypatch.setattr(bench.tracking, "together", lambda *given: contextlib.nullcontext())
    monkeypatch.setattr(bench, "log", lambda *given: None)
    monkeypatch.setattr(bench, "judge", lambda recipe, rows, *given: [Judged(OURS, rows.data, forecast_of(rows.data))])
    path = tmp_path / NAME
    path.parent.mkdir()
    ScoreFile().save(path)
    assert bench.main(["--splits", "paper", "--write", str(tmp_path)]) == 0
    file = ScoreFile.load(path)
    one = file.get(Key("conductivity", "paper", "all", "mae_by_paper"))
    assert one.value == pytest.approx(0.65, abs=0.05)
    assert 0 < one.standard_error < 0.1
    assert (one.rows, one.papers) == (602, len(set(tables["conductivity"].groups)))
    assert (
        file.runs[one.run]["command"]
        == f"python -m vitrion.experiments.benchmarks.bench --splits paper --write {tmp_path}"
    )
    assert file.data["tg"]["oxychloride electrolytes"] == 2
    assert set(file.reliability) == {"tg", "conductivity"}
    assert {key.split for key in file.scores} == {"paper"}
    text = (tmp_path / bench.bench_page.PAGE).read_text()
    assert re.search(r"\| coverage by paper, tg, all \|  \| 0.88 to 0.92 \| \S+ ± \S+ \(\d+ papers\) \|", text)
    assert re.search(r"\| P\(tg < 25 degC\), like the candidates, predicted too often \|  \| -2 to 2 \| -?\d", text)
    assert bench.main(["--quick", "--splits", "paper", "--write", str(tmp_path)]) == 0
    assert ScoreFile.load(path) == file, "a sample of the papers is quoted nowhere"


@pytest.mark.slow
def test_a_run_that_is_stopped_keeps_what_it_found(tiny, tables, monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "load", lambda name, lab: tables[name])
    monkeypatch.setattr(bench, "sample", lambda data, n: data)
    monkeypatch.setattr(bench, "_series", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bench.main(["--quick", "--jobs", "1", "--splits", "paper", "series", "--write", str(tmp_path)])
    text = (tmp_path / bench.bench_page.PAGE).read_text()
    assert "## Papers and compositions unseen: conductivity" in text
    assert "Not run yet: conductivity by series." in text


@pytest.mark.slow
def test_a_quick_run(tiny, tables, monkeypatch, tmp_path, capsys):
    whole = dict(tables)
    monkeypatch.setattr(bench, "load", lambda name, lab: whole[name])
    monkeypatch.setattr(bench, "sample", lambda data, n: data)
    monkeypatch.setattr(bench, "CANDIDATES", 200)
    monkeypatch.setattr(bench, "series", lambda *given: told_of([1, 1, -1]))
    monkeypatch.setattr(bench, "series_by", lambda *given: told_of([1, 1, -1]))
    monkeypatch.setattr(bench.bench_figures, "oxychloride_series", lambda *given: picture("", (1, 1), []))
    monkeypatch.setenv("VITRION_OBELIX", str(tmp_path))
    assert bench.main(["--quick", "--jobs", "1", "--write", str(tmp_path / "docs")]) == 0
    assert "| predictions of both properties a second |" in capsys.readouterr().out
    text = (tmp_path / "docs/benchmarks/models.md").read_text()
    assert "conductivity by obelix" in text
    assert "## Later papers: conductivity" in text
    assert "| nearest neighbour |" in text
    assert {path.name for path in (tmp_path / "docs/images").iterdir()} == {
        f"bench-{name}.svg" for name in ("parity-tg", "parity-conductivity", "reliability", "series")
    }
    assert "Not run yet" not in text
    import mlflow

    tracking.store()
    runs = mlflow.search_runs(experiment_names=[tracking.EVALUATION])
    assert sorted(runs["tags.split"].dropna()) == ["known", "paper", "paper", "time", "time"]
    (parent,) = runs.loc[runs["tags.split"].isna(), "run_id"]
    assert set(runs["tags.mlflow.parentRunId"].dropna()) == {parent}
    assert {"metrics.all/mae_K", "metrics.mean/all/mae_decades", "metrics.ridge/Cl/coverage"} <= set(runs.columns)
