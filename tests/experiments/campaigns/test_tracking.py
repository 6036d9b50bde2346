"""Campaigns in MLflow: one run a campaign, its rounds below it, and nothing lost when the store is away."""

import warnings

import pandas as pd
import pytest
from vitrion.experiments.campaigns import round as campaign_round
from vitrion.experiments.campaigns import tracking as campaign_runs
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.proposals.pool import Pool
from vitrion.experiments.tracking import log as tracking


def stand_in(candidates, batch, results, pending, without, **_):
    """Proposals in the order of the grid."""
    pool = Pool.of(candidates)
    gone = {*pending, *without, *results["formula"]}
    names = [name for name in pool.formulas(range(len(pool))) if name not in gone][:batch]
    table = pd.DataFrame({"formula": names, "reason": "fills a gap", "p_goal": 0.25, "verdict": "inside"})
    sigma = {"conductivity_S_cm": 1e-3, "conductivity_low_S_cm": 1e-4, "conductivity_high_S_cm": 1e-2}
    return table.assign(**sigma, tg_C=-10.0, tg_low_C=-60.0, tg_high_C=40.0)


@pytest.fixture
def laco(monkeypatch):
    monkeypatch.setattr(campaign_round, "propose", stand_in)
    return Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.5:0.25", batch=2, seed=3)


def runs(**tags):
    client = tracking.store()
    place = client.get_experiment_by_name(tracking.CAMPAIGN).experiment_id
    found = client.search_runs([place], order_by=["attributes.start_time ASC"])
    return [run for run in found if tags.items() <= run.data.tags.items()]


def history_of(run, name):
    told = sorted(tracking.store().get_metric_history(run.info.run_id, name), key=lambda one: one.timestamp)
    return {one.step: one.value for one in told}


def test_rounds_stand_below_their_campaign(tracked, laco, stored):
    first = laco.propose()["formula"].tolist()
    laco.record(first[0], conductivity_S_cm=1e-4, temperature_C=25.0)
    second = Campaign.load("laco").propose()["formula"].tolist()
    laco.record(second[0], conductivity_S_cm=2e-3, temperature_C=25.0, tg_C=-5.0)
    laco.propose()
    parent, *rounds = runs(campaign="laco")
    assert parent.info.run_name == "laco"
    assert [run.info.status for run in (parent, *rounds)] == ["FINISHED"] * 4
    assert [run.data.tags["mlflow.parentRunId"] for run in rounds] == [parent.info.run_id] * 3
    assert [run.data.params["round"] for run in rounds] == ["1", "2", "3"]
    assert [run.data.tags["event"] for run in rounds] == ["1", "3", "5"]
    best = history_of(parent, campaign_runs.BEST)
    assert best == pytest.approx({2: 1e-4, 3: 2e-3})
    assert history_of(parent, campaign_runs.REGRET) == pytest.approx({2: 1.30103, 3: 0}, abs=1e-5)
    assert history_of(parent, campaign_runs.TO_GOAL) == pytest.approx({2: 1, 3: 0})
    assert parent.data.params["seed"] == "3"
    assert rounds[1].inputs.dataset_inputs[0].dataset.name == "results of laco"
    files = {entry.path for entry in tracking.store().list_artifacts(rounds[1].info.run_id)}
    assert {"proposals.csv", "proposals.json", "results.csv", "figures"} <= files
    files = {entry.path for entry in tracking.store().list_artifacts(parent.info.run_id)}
    assert {"campaign.json", "history.csv", "goal.toml", "figures"} <= files
    assert first[0] in rounds[0].data.tags["mlflow.note.content"]
    assert "3 rounds, 2 results" in parent.data.tags["mlflow.note.content"]


def test_a_correction_is_logged_again(tracked, laco, stored):
    formula = laco.propose()["formula"][0]
    event = laco.record(formula, conductivity_S_cm=1e-1, temperature_C=25.0)
    laco.propose()
    with pytest.warns(UserWarning, match="was proposed before this correction"):
        laco.correct(event, conductivity_S_cm=1e-4)
    laco.propose()
    assert history_of(runs(campaign="laco")[0], campaign_runs.BEST)[2] == pytest.approx(1e-4)


def test_what_is_not_tracked(tracked, laco, home):
    laco.propose(track=False)
    assert not (home / "mlflow.db").exists()


def test_a_round_that_never_came_to_mlflow_is_logged_by_the_next(tracked, laco, stored, monkeypatch):
    """Killed between the campaign's file and MLflow, or in the middle of a run; each round has one finished run."""
    first = laco.propose(track=False)["formula"][0]
    laco.record(first, conductivity_S_cm=1e-4, temperature_C=25.0)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as at_once, pytest.raises(KeyboardInterrupt):
        at_once.setattr(campaign_runs, "_log_results", killed)
        laco.propose()
    laco.propose()
    _, *rounds = runs(campaign="laco")
    done = [run for run in rounds if run.info.status == "FINISHED"]
    assert [run.data.params["round"] for run in done] == ["1", "2", "3"]
    learnt = [run.inputs.dataset_inputs[0].dataset.digest for run in done]
    assert learnt[0] != learnt[1] == learnt[2]
    assert {run.info.status for run in rounds} == {"FINISHED", "KILLED"}


def test_a_store_that_is_away_loses_nothing(tracked, laco, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no database")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/file/mlflow.db")
    with pytest.warns(UserWarning, match=r"event 1 of laco is kept, but MLflow did not take it .*--no-track"):
        table = laco.propose()
    assert table.attrs["event"] == 1
    assert len(laco.pending()) == 2


def test_another_campaign_of_that_name_is_another_run(tracked, laco, stored, home):
    laco.propose()
    text = laco.to_json().replace(laco.state.created, "2020-01-01T00:00:00+00:00")
    (home / "campaigns" / "laco.json").unlink()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Campaign.from_json(text).propose()
    assert len([run for run in runs(campaign="laco") if "mlflow.parentRunId" not in run.data.tags]) == 2
