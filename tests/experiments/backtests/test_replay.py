"""Replays: the scores by hand, the search against chance on a made-up pool, and what is kept of it."""

import dataclasses
import json

import numpy as np
import pytest
from vitrion.experiments.backtests import probe as backtest_probe
from vitrion.experiments.backtests import replay as replays
from vitrion.experiments.backtests import report as backtest_page
from vitrion.experiments.backtests import scores
from vitrion.experiments.backtests import truth as backtest_truth
from vitrion.experiments.backtests.pools import ReplayPool
from vitrion.experiments.backtests.replay import GREEDY, MOST, OURS, WITH_PRIOR, Run, Runs
from vitrion.experiments.backtests.truth import EXACT, SCATTER, Trial, trial
from vitrion.experiments.proposals import search
from vitrion.experiments.task import acquisitions
from vitrion.experiments.task.acquisitions import ACQUISITIONS
from vitrion.features import Fractions, Template
from vitrion.models.fitting import inputs
from vitrion.models.surrogates import surrogate

BLOCKS = ("fractions", "glass")


def made_up(name="halides", two=False):
    """A grid of 84 compositions whose best lies inside it, and a prior that knows nothing."""
    grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.3:0.1", y="0:1:0.2")
    fractions = Fractions.of([member.composition for member in grid])
    x, y = (np.array([member.variables[key] for member in grid]) for key in "xy")
    sigma = -3 - 12 * np.square(x - 0.7) - 3 * np.square(y - 0.4)
    values = np.column_stack([sigma, -250 - 60 * x - 20 * y] if two else [sigma])
    views = inputs.layout(BLOCKS, False).views(inputs.matrix(fractions, BLOCKS, False, None))
    names = [member.composition.formula for member in grid]
    priors, slopes = np.zeros_like(values), np.full(values.shape[1], 0.9)
    return ReplayPool(name, "made up", names, values, views, priors, slopes, fractions.matrix)


@pytest.fixture(scope="module")
def pool():
    return made_up()


def run(pool, order, method=OURS, batch=1, seed=0):
    return Run(pool.name, method, batch, seed, list(order), 0.1, 5, fingerprint=replays.fingerprint(pool, method))


def test_a_world_errs_from_the_record_and_measurements_from_the_world(pool):
    worlds = [trial(pool, seed) for seed in range(60)]
    apart = np.array([one.truth - pool.values for one in worlds])
    read = np.array([one.measured - one.truth for one in worlds])
    assert apart.std() == pytest.approx(SCATTER[0], rel=0.03)
    assert read.std() == pytest.approx(SCATTER[0], rel=0.03)
    assert abs(np.corrcoef(apart.ravel(), read.ravel())[0, 1]) < 0.05
    assert len({int(one.truth.argmax()) for one in worlds}) > 3, "the best of the record is not always the best"
    both = trial(made_up("two", two=True), 0)
    assert np.ptp((both.measured - both.truth)[:, 1]) > 10 * np.ptp((both.measured - both.truth)[:, 0])


def test_every_strategy_has_the_same_world(pool):
    again = trial(made_up(), 3)
    assert (again.truth == trial(pool, 3).truth).all()
    assert (again.measured == trial(pool, 3).measured).all()
    assert (again.truth != trial(pool, 4).truth).all()
    exact = trial(pool, 3, EXACT)
    assert (exact.truth == pool.values).all()
    assert (exact.measured == pool.values).all()


def test_regret_is_counted_in_the_truth_and_not_in_what_is_read():
    truth, read = np.array([[-3.0], [-2.0], [-4.0], [-2.2]]), np.array([[-1.0], [-2.5], [-4.0], [-2.0]])
    assert scores.regrets(Trial(truth, read), [0, 2, 3, 1]) == pytest.approx([1.0, 1.0, 0.2, 0.0])
    assert scores.score(Trial(truth, read), [0, 2, 3, 1]).melts == 3
    assert scores.score(Trial(truth, read), [0, 2]).melts == np.inf


def test_chance_is_what_random_orders_come_to(pool):
    world, begun = trial(pool, 0), replays.starts(pool, 0)
    told = np.array([one.regret for one in scores.by_chance(world, begun, 0)])
    rest = np.setdiff1d(np.arange(84), begun)
    orders = [[*begun, *np.random.default_rng(seed).permutation(rest)] for seed in range(2000)]
    drawn = np.array([scores.score(world, order).regret for order in orders])
    assert (np.abs(told.mean(axis=0) - drawn.mean(axis=0)) < 4 * drawn.std(axis=0) / np.sqrt(len(told))).all()


def test_differences_are_paired():
    assert scores.paired([1.0, 2.0, 3.0], [0.5, 1.5, 2.5]) == pytest.approx((0.5, 0.0))
    apart, error = scores.paired([1.0, 2.0], [0.0, 3.0])
    assert (apart, error) == pytest.approx((0.0, 1.0))


def test_waiting():
    series = made_up("series 1")
    world = trial(series, 0)
    order = np.argsort(-world.truth[:, 0]).tolist()
    good = int((world.truth >= world.truth.max() - scores.ENOUGH).sum())
    assert scores.waiting(world, order) == 0
    assert scores.waiting(world, order[::-1]) == pytest.approx((84 - good) / 83)
    orders = [np.random.default_rng(seed).permutation(84).tolist() for seed in range(2000)]
    drawn = [scores.waiting(world, one) for one in orders]
    assert np.mean(drawn) == pytest.approx(scores.waiting_by_chance(world), rel=0.05)


def test_a_batch_counts_whole():
    truth = np.zeros((20, 1))
    truth[9] = 5.0
    assert scores.score(Trial(truth, truth), range(20), batch=4).melts == 12  # 4 starts, then the tenth in the second
    assert scores.score(Trial(truth, truth), range(20)).melts == 10


def test_runs_of_other_values_do_not_count(pool):
    kept = Runs()
    kept.add(run(pool, range(5)))
    assert len(kept.of(pool, OURS, 1)) == 1
    other = made_up()
    other.values[0] += 1
    assert kept.of(other, OURS, 1) == []
    assert replays.fingerprint(other, "baybe") != replays.fingerprint(pool, "baybe")


def test_a_fingerprint_knows_the_noise_and_what_each_strategy_is_told(pool, monkeypatch):
    every = (OURS, "baybe", "baybe" + WITH_PRIOR)
    before = [replays.fingerprint(pool, method) for method in every]
    assert len(set(before)) == 3
    other = made_up()
    other.priors[0] += 1
    changed = [replays.fingerprint(other, method) for method in every]
    assert [a != b for a, b in zip(before, changed, strict=True)] == [True, False, True]
    monkeypatch.setattr(replays, "SCATTER", (0.2, 15.0))
    assert not set(before) & {replays.fingerprint(pool, method) for method in every}


def test_replays_hang_on_what_the_search_does_and_not_on_its_text(monkeypatch):
    before = {(name, explore): backtest_probe.mark(name, explore) for name in ACQUISITIONS for explore in (0.0, 1.0)}
    assert len(set(before.values())) == len(before)
    backtest_probe.mark.cache_clear()
    assert backtest_probe.mark("thompson", 1.0) == before["thompson", 1.0]
    for module, name, value in (
        (surrogate, "OFFSET", 3.0),
        (surrogate, "TREE_SHARE", 0.4),
        (search, "HOPE", 4.0),
        (acquisitions, "USUAL", "thompson"),
        (backtest_probe, "VERSION", 2),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, value)
            backtest_probe.mark.cache_clear()
            moved = backtest_probe.mark("improvement", 1.0) != before["improvement", 1.0]
            assert moved is (name != "USUAL"), name
    backtest_probe.mark.cache_clear()


def test_replays_that_no_longer_count_are_told_and_an_acquisition_is_replayed_besides(pool, monkeypatch):
    kept, said, asked = Runs(), [], []

    def replayed(pool, seed, batch, explore, most, scatter, acquisition):
        asked.append((batch, explore, acquisition))
        method = replays.by(acquisition) if acquisition else OURS if explore else GREEDY
        return run(pool, range(5), method, batch, seed)

    monkeypatch.setattr(replays, "replay", replayed)
    old = run(pool, range(5))
    kept.add(dataclasses.replace(old, fingerprint="another"))
    replays.replay_all([pool], (1,), [0], kept, 1, said.append, ["thompson", "hypervolume"])
    assert said[0].startswith("1 replays that were kept are of another pool, world or search")
    assert asked == [(1, 1.0, ""), (1, 0.0, ""), (1, 1.0, "thompson")], "hypervolume takes two targets"
    assert len(kept.of(pool, OURS, 1)) == len(kept.of(pool, replays.by("thompson"), 1)) == 1
    replays.replay_all([pool], (1,), [0], kept, 1, said.append, ["thompson"])
    assert len(asked) == 3
    assert "ours-thompson" in backtest_page.page({"halides": [pool]}, kept, "c")


def test_a_replay_by_an_acquisition_is_its_own(pool):
    told = replays.replay(pool, 0, 1, 1.0, most=8, acquisition="thompson")
    assert told.method == "ours-thompson"
    assert told.order != replays.replay(pool, 0, 1, 1.0, most=8).order


def test_hypervolume():
    assert scores.area(np.array([[1.0, 1.0], [2.0, 0.5], [0.5, 0.5]])) == pytest.approx(1.5)
    both = made_up("two", two=True)
    shares = scores.volumes(both.values, range(84))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == pytest.approx(1)
    low, unit = both.values.min(axis=0), np.ptp(both.values, axis=0)
    whole = scores.area((both.values - low) / unit)
    assert shares[30] == pytest.approx(scores.area((both.values[:31] - low) / unit) / whole)


def test_the_search_beats_chance_by_far(pool):
    for one, batch in ((pool, 1), (pool, 4), (made_up("two", two=True), 2)):
        worlds = [trial(one, seed) for seed in range(4)]
        runs = [replays.replay(one, seed, batch, 1.0, most=20) for seed in range(4)]
        assert all(len(set(told.order)) == len(told.order) for told in runs)
        assert [told.order[:4] for told in runs] == [replays.starts(one, seed) for seed in range(4)]
        ours = np.mean([scores.score(w, told.order).regret[1] for w, told in zip(worlds, runs, strict=True)])
        luck = [each.regret[1] for s, w in enumerate(worlds) for each in scores.by_chance(w, runs[s].order[:4], s)]
        assert ours < 0.6 * np.mean(luck)


def test_a_replay_is_reproducible_and_hides_values(pool):
    first, second = (replays.replay(pool, 1, 4, 1.0, most=16).order for _ in range(2))
    assert first == second
    other, hidden = made_up(), np.setdiff1d(np.arange(len(pool)), first[:4])
    other.values[hidden] = np.random.default_rng(0).permutation(other.values[hidden])
    assert replays.replay(other, 1, 4, 1.0, most=16).order[:8] == first[:8]


def test_what_is_measured_decides_and_the_truth_stays_unseen(pool, monkeypatch):
    before = replays.replay(pool, 1, 4, 1.0, most=16).order
    world = backtest_truth.trial(pool, 1)
    unseen, other = Trial(-world.truth, world.measured), Trial(world.truth, -world.measured)
    monkeypatch.setattr(replays, "trial", lambda *told: unseen)
    assert replays.replay(pool, 1, 4, 1.0, most=16).order == before
    monkeypatch.setattr(replays, "trial", lambda *told: other)
    assert replays.replay(pool, 1, 4, 1.0, most=16).order != before


def test_runs_are_kept_one_by_one_and_not_redone(pool, tmp_path):
    path, lines = tmp_path / "loop.json", []
    replays.replay_all([pool], (1,), (0,), Runs(path), 1, lines.append)
    kept = Runs(path)
    assert {run.method for run in kept.runs.values()} == {OURS, GREEDY}
    before = path.read_text()
    replays.replay_all([pool], (1,), (0,), kept, 1, lines.append)
    assert path.read_text() == before
    text = backtest_page.page({"halides": [pool], "series": [made_up("series 1")]}, kept, "the command")
    assert "| ours | 1 | 1 |" in text
    assert "| chance | - | 1 |" in text
    assert "slope of nan where the search expects 0.90" in text, "a prior that knows nothing has no slope"
    assert backtest_page.figure(pool, kept).startswith("<svg")


def test_a_page_compares_in_pairs(pool):
    kept = Runs()
    for seed in range(3):
        world = trial(pool, seed).truth[:, 0]
        rest = [row for row in np.argsort(world).tolist() if row not in replays.starts(pool, seed)]
        kept.add(run(pool, [*replays.starts(pool, seed), *rest[::-1][: MOST - 4]], seed=seed))
        kept.add(run(pool, [*replays.starts(pool, seed), *rest[: MOST - 4]], method="baybe", seed=seed))
    lines = {
        line.split(" | ")[0]: line.split(" | ")
        for line in backtest_page.page({"halides": [pool]}, kept, "c").split("\n")
    }
    best, worst = lines["| ours"], lines["| baybe"]
    assert best[3].startswith("0.00")
    assert best[6] == ""
    assert float(worst[6].split(" ± ")[0]) == pytest.approx(
        float(worst[4].split(" ± ")[0]) - float(best[4].split(" ± ")[0])
    )
    assert worst[7].startswith("more than 40 (")


def test_the_peers_get_the_same_starts_and_readings(pool, tmp_path):
    replays.to_peers(pool, (0, 1), ("baybe", "baybe" + WITH_PRIOR), tmp_path / "pool.json")
    told = json.loads((tmp_path / "pool.json").read_text())
    assert told["starts"] == {"0": replays.starts(pool, 0), "1": replays.starts(pool, 1)}
    assert np.shape(told["X"])[0] == len(told["prior"]) == 84
    assert np.array(told["measured"]["1"]) == pytest.approx(trial(pool, 1).measured, abs=1e-6)
    assert told["fingerprints"] == {method: replays.fingerprint(pool, method) for method in ("baybe", "baybe+prior")}
    assert told["most"] == MOST
    assert "truth" not in told
