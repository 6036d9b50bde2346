"""The list of scores, filled from predictions made by hand."""

import numpy as np
import pytest
from scipy.stats import norm
from vitrion.experiments.holdout.forecast import crossed_below, plain
from vitrion.experiments.holdout.headline import FIRST, OXYCHLORIDES, OXYHALIDES
from vitrion.experiments.holdout.held_frame import COLUMNS, held_frame, with_chances
from vitrion.experiments.holdout.series import Series, Told
from vitrion.experiments.holdout.subsets import closer, subsets
from vitrion.experiments.scores.calibration import LIKE, masks
from vitrion.experiments.scores.file import Key, ScoreError, ScoreFile
from vitrion.experiments.scores.wanted import HIDDEN, NEVER_SEEN, WANTED, data_counts, scores_of, scores_of_series
from vitrion.experiments.task.judgement import Threshold
from vitrion.experiments.training import evaluate as evaluation
from vitrion.experiments.training.evaluate import OURS, Judged, evaluate


def forecast_of(data, error=0.5):
    """Every row predicted wrong by a little, whole laboratories in two folds."""
    truth = data.property.to_target(data.values)
    mean = truth + error * np.resize([-2.0, -1.0, 0.5, 1.0, 2.0], len(truth))
    fold = np.unique(data.laboratories.astype(str), return_inverse=True)[1] % 2
    return plain(np.arange(len(truth)), fold, truth, mean, 0.9)


@pytest.fixture(params=["tg", "conductivity"])
def data(request, tables):
    return tables[request.param]


def test_every_subset_of_the_list_is_one_that_there_is(tables):
    for name, data in tables.items():
        found = masks(name, held_frame(data, forecast_of(data).held_out), {**subsets(data), **closer(data)})
        wanted = {one.subset for one in WANTED if one.property == name and one.split in ("paper", "known", "time")}
        assert not wanted - set(found)


def test_the_list_begins_with_what_the_program_is_for():
    assert [(one.property, one.subset) for one in WANTED[:2]] == [("conductivity", OXYHALIDES), ("tg", OXYCHLORIDES)]
    assert FIRST[:2] == (OXYHALIDES, OXYCHLORIDES)


def test_the_table_has_the_rows_of_the_data(data):
    held_out = forecast_of(data).held_out
    frame = held_frame(data, held_out)
    assert tuple(frame.columns) == COLUMNS
    assert (frame["paper"] == data.groups).all()
    assert (frame["laboratory"] == data.laboratories).all()
    assert (frame["curated"] == (data.rows["source"] != "SciGlass")).all()
    share = sum(data.fractions.column(symbol) for symbol in ("Cl", "Br", "I"))
    assert (share[frame["near"]] > 0).all()
    assert frame["near"].any()
    assert (frame["year"].dropna() > 1900).all()
    some = forecast_of(data.take(np.arange(len(data)) % 3 == 0)).held_out
    few = held_frame(data.take(np.arange(len(data)) % 3 == 0), some)
    assert few["paper"].tolist() == frame["paper"][np.arange(len(data)) % 3 == 0].tolist()


def drawn(data, fold, shift):
    """Predictions with normal errors of 40 K, whose mean is a shift in the first of two folds."""
    truth = data.property.to_target(data.values)
    mean = truth - np.random.default_rng(0).normal(0, 40, len(truth))
    return plain(np.arange(len(truth)), fold, truth + np.where(fold == 0, shift, 0.0), mean, 0.9).held_out


def test_chances_come_from_the_errors_of_the_other_folds(tables):
    data = tables["tg"]
    fold, limit = np.arange(len(data)) % 2, Threshold("tg", below=120.0)
    held_out = drawn(data, fold, 0.0)
    told = with_chances(held_frame(data, held_out), limit, held_out)
    assert (told["kept"] == (data.values <= 120.0)).all()
    expected = norm.cdf(limit.target - told["mean"], scale=40)
    assert np.abs(told["chance"] - expected).mean() < 0.05
    odd = with_chances(held_frame(data, held_out), limit, drawn(data, fold, -100.0))["chance"]
    changed = np.abs(norm.ppf(odd) - norm.ppf(told["chance"]))
    assert np.nanmean(changed[fold == 0]) < 0.2 * np.nanmean(changed[fold == 1]), "what errs by 100 K is the first fold"


def test_chances_above_and_below_a_limit(tables):
    data = tables["tg"]
    held_out = drawn(data, np.arange(len(data)) % 2, 0.0)
    above = with_chances(held_frame(data, held_out), Threshold("tg", above=120.0), held_out)
    assert above["chance"].to_numpy() == pytest.approx(1 - crossed_below(held_out, 120.0 + 273.15))
    assert (above["kept"] == (data.values >= 120.0)).all()
    alone = held_frame(data, held_out).assign(fold=0)
    assert "chance" not in with_chances(alone, Threshold("tg", above=120.0), held_out)


def test_scores_of_one_split(data):
    name, unit = data.property.name, data.property.target_unit
    found = scores_of(data, "paper", forecast_of(data).held_out)
    scores = {score.key: score for score in found.scores}
    whole = scores[Key(name, "paper", "all", "mae")]
    errors = np.abs(np.resize([-1.0, -0.5, 0.25, 0.5, 1.0], len(data)))
    assert whole.value == pytest.approx(errors.mean(), rel=1e-5)
    assert (whole.rows, whole.unit) == (len(data), unit)
    assert (whole.papers, whole.laboratories) == (len(set(data.groups)), len(set(data.laboratories)))
    share = scores[Key(name, "paper", "all", "coverage_by_paper")]
    assert share.unit == ""
    assert share.standard_error is None or share.standard_error >= 0
    chief = {"tg": OXYCHLORIDES, "conductivity": OXYHALIDES}[name]
    assert found.scores[0].key.subset == chief
    assert found.scores[0].rows == subsets(data)[chief].sum()
    (table,) = found.reliability.values()
    assert table["subset"] == LIKE
    assert table["rows"][-1]["rows"] == scores[Key(name, "paper", LIKE, "predicted_over_observed")].rows
    assert table["chance"] == {"tg": "P(tg < 25 degC)", "conductivity": "P(conductivity > 0.001 S/cm)"}[name]


def test_no_split_fills_the_scores_of_another(data):
    found = scores_of(data, "time", forecast_of(data).held_out)
    assert {score.key.split for score in found.scores} == {"time"}
    assert not found.reliability
    assert not scores_of(data, "family", forecast_of(data).held_out).scores


def test_scores_of_series():
    def told(paper, error, order):
        truth, nothing = np.arange(5.0), np.empty(0)
        series = Series(paper, "Al-Cl-Li-O", np.arange(5), np.arange(5))
        return Told(series, truth, truth[::order] + error, nothing, nothing, nothing, np.empty(0, dtype=int))

    given = [told("a", 0.2, 1), told("a", 0.2, 1), told("b", 0.5, 1), told("last", 0.7, 1)]
    scores = {(one.key.subset, one.key.measure): one for one in scores_of_series(given)}
    mean = scores[NEVER_SEEN, "mae"]
    assert mean.value == pytest.approx(0.3)
    assert mean.standard_error == pytest.approx(np.sqrt(2 * (0.2**2 + 0.2**2)) / 3, rel=1e-5)
    assert (mean.rows, mean.papers) == (3, 2)
    assert scores[NEVER_SEEN, "spearman"].value == 1.0
    assert scores[HIDDEN, "mae"].value == pytest.approx(0.7)
    assert scores[HIDDEN, "mae"].standard_error is None


def test_counts(tables):
    counts = data_counts(tables["tg"])
    assert counts[OXYCHLORIDES] == 2
    assert counts["measurements"] == len(tables["tg"])
    assert counts["SciGlass"] == len(tables["tg"]) - 2
    assert data_counts(tables["conductivity"])[OXYCHLORIDES] == 0


def test_an_evaluation_fills_the_file(tables, monkeypatch, tmp_path, tiny, stored):
    monkeypatch.setattr(evaluation, "load", lambda name, lab: tables[name])
    monkeypatch.setattr(evaluation, "judge", lambda recipe, rows, *_: [Judged(OURS, rows.data, forecast_of(rows.data))])
    evaluate(["tg"], split="paper", scores=tmp_path / "scores.json")
    file = ScoreFile.load(tmp_path / "scores.json")
    score = file.get(Key("tg", "paper", "all", "coverage"))
    assert file.runs[score.run]["command"] == "vitrion evaluate --property tg --split paper"
    assert file.data["tg"]["fingerprint"] == tables["tg"].fingerprint
    for split in ("family", "episodes"):
        with pytest.raises(ScoreError, match=f"no score by {split} is quoted; use one of known, obelix, paper, time"):
            evaluate(["tg"], split=split, scores=tmp_path / "scores.json")
