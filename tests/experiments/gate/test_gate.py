"""The gate: what is better passes, what was made worse on purpose is refused with the reason."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.experiments.gate import errors as gate_errors
from vitrion.experiments.gate import gate
from vitrion.experiments.gate import held_out as held_rows
from vitrion.experiments.gate import leaks as gate_leaks
from vitrion.experiments.holdout import subsets
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import promotion, reconcile, record
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training import retraining
from vitrion.experiments.training.train import train
from vitrion.models.fitting import inputs


@pytest.fixture(scope="module")
def data():
    return load("tg", lab=False)


@pytest.fixture(scope="module", autouse=True)
def told_once(data):
    """Say what all of the data hold once, not in every test."""
    usual, whole = held_rows.now_known, held_rows.now_known(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "now_known", lambda table: whole if table is data else usual(table))
        yield


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
    fold = pd.util.hash_array(known["paper"].to_numpy(dtype=object)) % 5
    told = {"key": known["key"], "paper": known["paper"], "fold": fold.astype(int), "truth": known["value"]}
    return pd.DataFrame(told | {"mean": mean, "lower": mean - reach, "upper": mean + reach})


@dataclasses.dataclass
class Sane:
    """Stands for a predictor that keeps the order of the anchors, and is as far as told from VIGLAS."""

    property: str = "tg"
    conditions: bool = False
    order: int = 1
    off: float = 0.0

    def predict(self, compositions, conditions=None):
        values = [500.0, -20.0][:: self.order] if len(compositions) == 2 else [-20.0 + self.off]
        return dataclasses.make_dataclass("Told", ["mean"])(np.array(values))


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


def of_others(told, how):
    """What a model that learns no more than one number predicts: it of the other folds."""
    return told["fold"].map({k: told.loc[told["fold"] != k, "truth"].agg(how) for k in range(5)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.assign(mean=of_others(told, "mean")), "it predicts no better than one number for all"),
        (lambda told: told.assign(mean=of_others(told, "median")), "it predicts no better than one number for all"),
        (lambda told: told.assign(mean=told["truth"].to_numpy()[::-1]), "it predicts no better than one number"),
        (lambda told: told.assign(lower=told["mean"], upper=told["mean"]), "intervals have no width"),
        (lambda told: told.assign(lower=-np.inf, upper=np.inf), "every interval is infinite"),
        (lambda told: told.assign(key=np.arange(len(told), dtype=np.uint64)), "none of its held-out predictions"),
    ],
)
def test_a_first_version_that_says_nothing_is_kept_and_not_promoted(data, champion, change, said):
    decision = gate.judge(data, change(champion), None, Sane())
    assert decision.first and not decision.passed
    assert said in decision.reason.partition(";")[0], decision.reason
    assert "must be higher" not in gate.judge(data, change(champion), None, Sane(order=-1)).reason, "that alone is told"
    assert said in gate.judge(data, change(champion), champion, Sane()).reason or said.startswith("none")


def test_some_infinite_ends_and_few_anchors_do_not_hold_a_first_version_back(data, champion):
    some = champion["upper"].where(np.arange(len(champion)) % 50 > 0, np.inf)
    assert gate.judge(data, champion.assign(upper=some), None, Sane()).passed


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


def test_two_percent_worse_is_refused_and_half_a_percent_with_news_is_not(data, champion):
    fewer = champion.drop(index=np.arange(8))
    for factor, passes in ((1.03, False), (1.005, True)):
        near = champion.assign(mean=champion["truth"] + factor * (champion["mean"] - champion["truth"]))
        decision = gate.judge(data, near, fewer, Sane())
        assert decision.passed == passes, decision.reason
        assert decision.reason.startswith(
            "as good within noise, and told 8 measurements more" if passes else "worse: mean"
        )


def test_wider_intervals_are_refused_by_their_score(data, champion):
    half = champion["upper"] - champion["mean"]
    wide = champion.assign(lower=champion["mean"] - 1.2 * half, upper=champion["mean"] + 1.2 * half)
    decision = gate.judge(data, wide, champion.drop(index=np.arange(8)), Sane())
    assert failed(decision) == {"interval score"}
    assert decision.reason.startswith("worse: interval score by paper")


def test_endless_intervals_are_refused(data, champion):
    ends = champion["upper"].where(np.arange(len(champion)) % 20 > 0, np.inf)
    decision = gate.judge(data, champion.assign(upper=ends), champion.drop(index=np.arange(8)), Sane())
    assert failed(decision) == {"width"}
    assert "5.0 % more of the intervals have no end" in decision.reason


def test_the_region_of_the_candidates_is_guarded_by_name(data, champion):
    near = held_rows.now_known(data).set_index("key")["region"].loc[champion["key"]].to_numpy()
    assert 100 < near.sum() < 0.05 * len(near)
    worse = champion.assign(mean=champion["truth"] + np.where(near, 1.2, 0.98) * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, worse, champion, Sane())
    assert "region" in failed(decision)
    assert "near the candidates: mean error by paper" in decision.reason and "+20.0 %, margin 10 %" in decision.reason
    few = data.take(np.flatnonzero(held_rows.now_known(data)["family"] == "oxide"))
    told = [check.said for check in gate.judge(few, champion, champion, Sane()).checks if check.name == "region"]
    assert told == ["near the candidates: 0 measurements of 0 papers are too few to compare"]


def test_the_region_of_conductivities_is_that_of_curated_halides_at_room_temperature():
    table = load("conductivity", lab=False)
    name, inside = subsets.region(table)
    assert name == "Li-Na halides 15-45 C"
    assert table.curated[inside].all() and 300 < inside.sum() < 0.1 * table.curated.size
    assert table.rows["temperature_C"][inside].between(15, 45).all()
    assert set(table.rows["source"][~table.curated]) == {"SciGlass"}


def test_coverage_is_judged_by_paper_too(data, champion):
    """Nine in ten rows are held, since the large papers are; of every paper of one to three rows, none."""
    size = champion.groupby("paper")["key"].transform("size")
    small = (size <= 3).to_numpy() & (np.arange(len(champion)) % 2 == 0)
    missed = champion["upper"] - champion["mean"] + 1.0
    low = champion["truth"] - missed
    told = champion.assign(lower=champion["truth"] - missed, upper=champion["truth"] + missed)
    told.loc[small, ["lower", "upper"]] = np.column_stack([low - 9.0, low])[small]
    decision = gate.judge(data, told, None, Sane())
    rows, papers = [check for check in decision.checks if check.name == "coverage"][:2]
    assert "of rows" in rows.said and papers.said.startswith("by paper")
    assert not papers.passed


def test_a_family_whose_intervals_hold_too_little_is_refused_by_name(data, champion):
    known = held_rows.now_known(data).set_index("key")["family"].loc[champion["key"]].to_numpy()
    half = np.where(known == "chalcogenide", 0.2, 1.0) * (champion["upper"] - champion["mean"])
    narrow = champion.assign(lower=champion["mean"] - half, upper=champion["mean"] + half)
    decision = gate.judge(data, narrow, champion.drop(index=np.arange(8)), Sane())
    assert "coverage" in failed(decision)
    assert "chalcogenide: intervals hold" in decision.reason and "surely less than 90 %" in decision.reason
    same = gate.judge(data, narrow, narrow.drop(index=np.arange(8)), Sane())
    assert "chalcogenide" not in same.reason, "a family may be as low as the champion's"


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
    far = gate.judge(data, champion, champion, Sane(off=60.0))
    assert "tg of LiAlCl2.5O0.75 40, measured -16.8: it must lie from -57 to 23" in far.reason


def test_a_paper_in_several_folds_is_a_leak(data, champion):
    dealt = champion.assign(fold=np.arange(len(champion)) % 5)
    decision = gate.judge(data, dealt, champion, Sane())
    assert "papers stand in several folds" in decision.reason


def test_small_families_are_held_together(data, champion):
    """None of them has enough rows to be judged alone; together they are not made worse for the sake of the rest."""
    family = gate.joined(data, champion, champion).set_index("key")["family"].reindex(champion["key"])
    small = (family.map(family.value_counts()) < gate_errors.FAMILY_ROWS).to_numpy()
    assert small.any()
    factor = np.where(small, 3.0, 0.95)
    worse = champion.assign(mean=champion["truth"] + factor * (champion["mean"] - champion["truth"]))
    decision = gate.judge(data, worse, champion, Sane())
    assert "families" in failed(decision)
    assert f"families of less than {gate_errors.FAMILY_ROWS} rows" in decision.reason


def test_a_small_family_left_out_is_refused_by_name(data, champion):
    known = held_rows.now_known(data).set_index("key")["family"].loc[champion["key"]].to_numpy()
    counts = pd.Series(known).value_counts()
    name = counts.index[counts <= 5][0]
    assert f"{name}: judged on 0 %" in gate.judge(data, champion[known != name], champion, Sane()).reason


def test_data_that_lost_much_are_refused(data, champion):
    some = data.take(np.arange(len(data)) % 20 == 0)
    decision = gate.judge(some, champion, champion, Sane())
    assert f"of the {len(champion):,} measurements that the champion was judged on" in decision.reason
    none = gate.judge(data.take(np.arange(len(data)) % 10 == 1), champion, champion, Sane())
    assert "no measurement was predicted" in none.reason


def test_a_champion_that_cannot_answer_is_replaced_by_one_as_good(data, champion):
    decision = gate.judge(data, champion, champion, Sane(), lost="its file is gone")
    assert decision.passed
    assert decision.reason == "the champion cannot answer: its file is gone"
    worse = champion.assign(mean=champion["truth"] + 1.2 * (champion["mean"] - champion["truth"]))
    assert "worse" in gate.judge(data, worse, champion, Sane(), lost="its file is gone").reason


def test_scatter_leaves_each_paper_out():
    told = {"composition": [1, 1, 1, 2], "paper": list("abca"), "value": [0.0, 3.0, 6.0, 9.0], "mean": 0.0}
    floor, reached, n = gate_leaks.scatter(pd.DataFrame(told))
    assert (floor, reached, n) == (pytest.approx((4.5 + 0 + 4.5) / 3 * np.sqrt(2 / 3)), pytest.approx(3.0), 3)


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


def test_a_first_model_of_shuffled_values_is_kept_and_a_good_one_answers(tiny, tables, monkeypatch):
    whole, table = Recipe.rows, tables["tg"]
    with monkeypatch.context() as patch:
        patch.setattr(Recipe, "rows", lambda recipe: whole(recipe, shuffled(table)))
        patch.setattr(promotion, "load", lambda name: shuffled(table))
        patch.setattr(retraining, "load", lambda name: shuffled(table))
        (done,) = train(["tg"], n_jobs=1)
        assert not done.promoted
        assert done.reason.startswith("it predicts no better than one number for all: mean error")
        assert (
            registry.champions() == {} and registry.versions("tg") == [1] and registry.standing_of("tg", 1) == "refused"
        )
        with pytest.raises(
            registry.NoChampionError, match="no predictor of tg answers: version 1 was not promoted: it pred"
        ):
            registry.load_predictor("tg")
        reason = retraining.why("tg")
        assert not reason.needed and reason.said.startswith("version 1 knows all that is known; it predicts no better")
        with pytest.raises(
            promotion.RefusedError, match="tg version 1 is not promoted: it predicts no better than one"
        ):
            promotion.promote("tg", 1)
    assert retraining.why("tg").needed
    (good,) = train(["tg"], n_jobs=1)
    assert (good.version, good.promoted) == (2, True) and good.reason.startswith("the first of its kind")
    assert "by hand, although" in promotion.promote("tg", 1, force=True).reason


def test_by_hand_forward_and_back(tiny):
    for _ in range(2):
        train(["tg"], n_jobs=1, anew=True)
    with pytest.raises(promotion.RefusedError, match=r"tg version 2 is not promoted: .*no better beyond noise"):
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


def test_a_rollback_passes_over_a_version_whose_file_is_gone(tiny):
    for _ in range(3):
        train(["tg"], n_jobs=1, anew=True)
    for number in (2, 3):
        promotion.promote("tg", number, force=True)
    (registry.folder("tg", 2) / registry.BUNDLE).unlink()
    assert promotion.rollback("tg") == 1
    with pytest.raises(promotion.RefusedError, match="tg version 1 is the champion already"):
        promotion.promote("tg", 1, force=True)


def test_without_mlflow_nothing_is_promoted_but_one_can_go_back(tiny, monkeypatch):
    for _ in range(2):
        train(["tg"], n_jobs=1, anew=True)
    promotion.promote("tg", 2, force=True)
    before = record.record()

    def away():
        raise ConnectionError("no server")

    with monkeypatch.context() as patch:
        patch.setattr(tracking, "store", away)
        with pytest.raises(ConnectionError):
            promotion.promote("tg", 1)
        assert record.record() == before
        patch.setattr(tracking, "set_champion", lambda name, number: away())
        with pytest.warns(UserWarning, match="done, but MLflow did not hear of it"):
            assert promotion.rollback("tg") == 1
    assert any("it is at version 1 now" in sentence for sentence in reconcile.reconcile())
