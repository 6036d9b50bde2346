"""The gate: what is better passes, what was made worse on purpose is refused with the reason."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.experiments import gate, held_rows, promotion, registry, tracking
from vitrion.experiments.recipe import Recipe
from vitrion.experiments.training import train
from vitrion.models import inputs


@pytest.fixture(scope="module")
def data():
    return load("tg", lab=False)


@pytest.fixture(scope="module")
def champion(data):
    """A made-up version that errs by some 25 K on every tenth row, with intervals that hold nine in ten."""
    return version(data, np.arange(len(data)) % 10 == 0, 25.0, 0)


def version(data, rows, error, seed):
    draw = np.random.default_rng(seed)
    known = held_rows.now_known(data)
    known = known[np.isin(known["key"], held_rows.identities(data)[rows])].reset_index(drop=True)
    paper = pd.factorize(known["paper"])[0]
    missed = np.random.default_rng(0).laplace(0, 1, len(known)) + draw.normal(0, 0.1, paper.max() + 1)[paper]
    mean = known["value"] + error * missed
    reach = error * np.quantile(np.abs(missed), 0.9)
    told = {"key": known["key"], "paper": known["paper"], "fold": paper % 5, "truth": known["value"]}
    return pd.DataFrame(told | {"mean": mean, "lower": mean - reach, "upper": mean + reach})


@dataclasses.dataclass
class Sane:
    """Stands for a predictor that keeps the order of the anchors."""

    property: str = "tg"
    conditions: bool = False
    order: int = 1

    def predict(self, compositions, conditions=None):
        return dataclasses.make_dataclass("Told", ["mean"])(np.array([500.0, 200.0])[:: self.order])


def failed(decision):
    assert not decision.passed
    return {check.name for check in decision.checks if not check.passed}


def test_a_first_version_passes_and_faults_are_told(data, champion):
    decision = gate.judge(data, champion, None, Sane())
    assert decision.passed
    assert decision.first
    assert decision.reason == "the first of its kind"
    insane = gate.judge(data, champion, None, Sane(order=-1))
    assert insane.passed
    assert "must be higher" in insane.reason


def test_better_beyond_noise_passes(data, champion):
    better = champion.assign(mean=champion["truth"] + 0.9 * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, better, champion, Sane())
    assert decision.passed, decision.reason
    assert decision.reason.startswith("better: mean error")


def test_the_same_again_is_refused_and_with_more_rows_passes(data, champion):
    assert failed(gate.judge(data, champion, champion, Sane())) == {"error"}
    more = pd.concat([champion, version(data, np.arange(len(data)) % 10 == 1, 25.0, 0)]).drop_duplicates("key")
    decision = gate.judge(data, more, champion, Sane())
    assert decision.passed, decision.reason
    assert f"told {len(more) - len(champion):,} measurements more" in decision.reason


def test_worse_is_refused(data, champion):
    worse = champion.assign(mean=champion["truth"] + 1.1 * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, worse, champion, Sane())
    assert "error" in failed(decision)
    assert "worse: mean error" in decision.reason


def test_one_family_made_worse_is_refused_by_name(data, champion):
    known = held_rows.now_known(data).set_index("key")["family"].loc[champion["key"]].to_numpy()
    name = pd.Series(known).value_counts().index[2]
    off = np.where(known == name, 1.4, 0.97)
    worse = champion.assign(mean=champion["truth"] + off * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, worse, champion, Sane())
    assert "families" in failed(decision)
    assert str(name) in decision.reason


def test_a_family_left_out_is_refused_by_name(data, champion):
    known = held_rows.now_known(data).set_index("key")["family"].loc[champion["key"]].to_numpy()
    name = pd.Series(known).value_counts().index[3]
    decision = gate.judge(data, champion[known != name], champion, Sane())
    assert "rows" in failed(decision)
    assert f"{name}: judged on 0 %" in decision.reason


def test_narrow_and_wide_intervals_are_refused(data, champion):
    half = champion["upper"] - champion["mean"]
    for factor, name in ((0.5, "coverage"), (2.0, "width")):
        ends = {"lower": champion["mean"] - factor * half, "upper": champion["mean"] + factor * half}
        assert name in failed(gate.judge(data, champion.assign(**ends), champion, Sane()))


def test_too_good_is_refused(data, champion):
    leaked = champion.assign(mean=champion["truth"] + 0.02 * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, leaked, champion, Sane())
    assert "leak" in failed(decision)
    assert "too good to be true" in decision.reason


def test_wrong_truths_and_anchors_are_refused(data, champion):
    told = champion.assign(truth=np.random.default_rng(0).permutation(champion["truth"]))
    assert "truths" in failed(gate.judge(data, told, champion, Sane()))
    assert "anchors" in failed(gate.judge(data, champion, champion, Sane(order=-1)))


def test_difference_is_paired_over_folds():
    both = pd.DataFrame({"fold": [0, 0, 1, 1], "miss": [1.0, 3.0, 2.0, 2.0], "champion_miss": [2.0, 4.0, 4.0, 4.0]})
    change, low, high = gate.difference(both)
    assert change == -1.5
    reach = 6.313751514675043 * np.sqrt((1 / 2 + 1) * 0.5)  # t of 1 degree of freedom at 0.95; variance of -1 and -2
    assert (low, high) == pytest.approx((change - reach, change + reach))


def test_scatter_leaves_each_paper_out():
    told = {"composition": [1, 1, 1, 2], "paper": list("abca"), "value": [0.0, 3.0, 6.0, 9.0], "mean": 0.0}
    floor, reached, n = gate.scatter(pd.DataFrame(told))
    assert (floor, reached, n) == (pytest.approx((4.5 + 0 + 4.5) / 3), pytest.approx(3.0), 3)


def shuffled(table):
    rows = table.rows.assign(value=np.random.default_rng(0).permutation(table.values))
    return dataclasses.replace(table, measured=dataclasses.replace(table.measured, rows=rows))


def test_challengers_made_worse_on_purpose_are_refused(tiny, tables, monkeypatch, tmp_path):
    """Trained for real, on few rows: shuffled targets, a leaked column, a family left out, intervals too narrow."""
    (first,) = train(["tg"], n_jobs=1)
    assert first.promoted
    assert first.reason.startswith("the first of its kind")
    table = tables["tg"]
    whole, refusals = Recipe.rows, {}

    def challenge(name, **options):
        (done,) = train(["tg"], n_jobs=1, anew=True, **options)
        assert not done.promoted, name
        refusals[name] = done.reason

    with monkeypatch.context() as patch:
        patch.setattr(Recipe, "rows", lambda recipe: whole(recipe, shuffled(table)))
        challenge("shuffled")
    with monkeypatch.context() as patch:
        few = table.take(table.fractions.column("Cl") == 0)
        patch.setattr(Recipe, "rows", lambda recipe: whole(recipe, few))
        challenge("family")
    with monkeypatch.context() as patch:
        patch.setattr(inputs, "matrix", leaking(inputs.matrix, table))
        challenge("leak")
    narrow = tmp_path / "narrow.toml"
    narrow.write_text('property = "tg"\ncoverage = 0.5\n')
    challenge("narrow", recipe=narrow)
    assert "values are those of the data" in refusals["shuffled"]
    assert "worse" in refusals["shuffled"]
    assert "of the champion's" in refusals["family"]
    assert "too good to be true" in refusals["leak"]
    assert "intervals hold" in refusals["narrow"]
    assert registry.champions()["tg"].version == 1
    client = tracking.store()
    aliases = client.get_registered_model("vitrion-tg").aliases
    assert {name: int(number) for name, number in aliases.items()} == {"champion": 1, "challenger": 5}
    told = client.get_model_version("vitrion-tg", "5").tags
    assert told["gate"] == "refused"
    assert told["gate_reason"] == refusals["narrow"]
    card = registry.read_card("tg", 5)
    assert any(entry.path == "gate.json" for entry in client.list_artifacts(card.run_id))


def leaking(matrix, table):
    """A descriptor that is the target itself."""
    target = dict(zip(table.measured.keys.tolist(), (table.rows["value"] / 300.0).tolist(), strict=True))

    def leaked(fractions, *told):
        from vitrion.datasets.measurement import composition_keys

        X = matrix(fractions, *told).copy()
        X[:, -2] = [target.get(key, 1.0) for key in composition_keys(fractions.matrix).tolist()]
        return X

    return leaked


def test_by_hand_forward_and_back(tiny):
    for _ in range(2):
        train(["tg"], n_jobs=1, anew=True)
    with pytest.raises(promotion.RefusedError, match="tg version 2 is not promoted: no better beyond noise"):
        promotion.promote("tg", 2)
    assert registry.champions()["tg"].version == 1
    assert "although" in promotion.promote("tg", 2, force=True).reason
    assert registry.champions()["tg"].version == 2
    assert promotion.rollback("tg") == 1
    assert registry.champions()["tg"].version == 1
    alias = tracking.store().get_model_version_by_alias("vitrion-tg", "champion")
    assert int(alias.version) == 1
    with pytest.raises(registry.NoChampionError, match="none to go back to"):
        promotion.rollback("tg")
