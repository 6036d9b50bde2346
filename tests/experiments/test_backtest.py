"""Replays: the scores by hand, the search against chance on a made-up pool, and what is kept of it."""

import numpy as np
import pytest
from vitrion.experiments import backtest as replays
from vitrion.experiments import backtest_page
from vitrion.experiments.backtest import GREEDY, OURS, Run, Runs
from vitrion.experiments.backtest_pools import ReplayPool
from vitrion.features import Fractions, Template
from vitrion.models import inputs

BLOCKS = ("fractions", "glass")


def made_up(name="halides", two=False):
    """A grid of 84 compositions whose best lies inside it, and a prior that knows nothing."""
    grid = Template.parse("Li{1-y}Na{y}AlCl{4-2x}O{x}").grid(x="0:1.3:0.1", y="0:1:0.2")
    fractions = Fractions.of([member.composition for member in grid])
    x, y = (np.array([member.variables[key] for member in grid]) for key in "xy")
    sigma = -3 - 4 * np.square(x - 0.7) - np.square(y - 0.4)
    values = np.column_stack([sigma, -250 - 60 * x - 20 * y] if two else [sigma])
    views = inputs.layout(BLOCKS, False).views(inputs.matrix(fractions, BLOCKS, False, None))
    names = [member.composition.formula for member in grid]
    return ReplayPool(name, "made up", names, values, views, np.zeros_like(values), fractions.matrix, (0.05, 0.8))


@pytest.fixture(scope="module")
def pool():
    return made_up()


def run(pool, order, method=OURS, batch=1, seed=0):
    return Run(pool.name, method, batch, seed, list(order), 0.1, 5, fingerprint=replays.fingerprint(pool, method))


def test_goal_and_chance(pool):
    assert (len(pool), len(pool.goal), pool.needed) == (84, 5, 4)
    assert pool.values[pool.goal[0], 0] == pool.values.max()
    assert replays.found_by_chance(pool) == pytest.approx((4 * 85 / 6, 85 / 2))
    orders = [np.random.default_rng(seed).permutation(84) for seed in range(2000)]
    drawn = np.array([replays.found(pool, run(pool, order.tolist())) for order in orders])
    assert drawn.mean(axis=0) == pytest.approx(replays.found_by_chance(pool), rel=0.03)


def test_waiting(pool):
    series = made_up("series 1")
    best, worst = int(np.argmax(series.values)), int(np.argmin(series.values))
    assert replays.waiting(series, run(series, [best])) == 0
    assert replays.waiting(series, run(series, [worst, best])) == pytest.approx(1 / 83)
    orders = [np.random.default_rng(seed).permutation(84).tolist() for seed in range(2000)]
    drawn = [replays.waiting(series, run(series, order)) for order in orders]
    assert np.mean(drawn) == pytest.approx(replays.waiting_by_chance(series), rel=0.05)


def test_a_batch_counts_whole(pool):
    order = [*(row for row in range(84) if row not in pool.goal)][:5]
    late = run(pool, [*order, *pool.goal], batch=4)
    assert replays.found(pool, late) == (12, 8)  # 4 starts; the best is sixth, the fourth of the goal ninth
    assert replays.found(pool, run(pool, [*order, *pool.goal])) == (9, 6)


def test_runs_of_other_values_do_not_count(pool):
    kept = Runs()
    kept.add(run(pool, range(5)))
    assert len(kept.of(pool, OURS, 1)) == 1
    other = made_up()
    other.values[0] += 1
    assert kept.of(other, OURS, 1) == []
    assert replays.fingerprint(other, "baybe") != replays.fingerprint(pool, "baybe")


def test_hypervolume():
    assert replays.area(np.array([[1.0, 1.0], [2.0, 0.5], [0.5, 0.5]])) == pytest.approx(1.5)
    both = made_up("two", two=True)
    shares = replays.volumes(both, range(84))
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == pytest.approx(1)


def test_the_search_beats_chance_by_far(pool):
    told = np.array([replays.found(pool, replays.replay(pool, seed, 1, 1.0)) for seed in range(3)])
    assert told[:, 0].mean() < replays.found_by_chance(pool)[0] / 2
    fours = replays.replay(pool, 0, 4, 1.0)
    assert len(set(fours.order)) == len(fours.order)
    assert fours.order[:4] == replays.starts(pool, 0)
    both = made_up("two", two=True)
    assert replays.found(both, replays.replay(both, 0, 2, 1.0))[0] < replays.found_by_chance(both)[0]


def test_a_replay_is_reproducible_and_hides_values(pool):
    first, second = (replays.replay(pool, 1, 4, 1.0, most=16).order for _ in range(2))
    assert first == second
    other, hidden = made_up(), np.setdiff1d(np.arange(len(pool)), first[:4])
    other.values[hidden] = np.random.default_rng(0).permutation(other.values[hidden])
    assert replays.replay(other, 1, 4, 1.0, most=16).order[:8] == first[:8]


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
    assert "chance | - | exact mean | 57 | 42" in text
    assert backtest_page.figure(pool, kept).startswith("<svg")


def test_the_peers_get_the_same_starts(pool, tmp_path):
    import json

    replays.to_peers(pool, (0, 1), tmp_path / "pool.json")
    told = json.loads((tmp_path / "pool.json").read_text())
    assert told["starts"] == {"0": replays.starts(pool, 0), "1": replays.starts(pool, 1)}
    assert np.shape(told["X"]) == (84, len(told["columns"]))
    assert told["goal"] == pool.goal.tolist()
