import numpy as np
import pytest
from scipy.spatial.distance import cdist
from vitrion.models.fitting.episodes import CHANCE, GREEDY, REVEALED, Errors, play
from vitrion.models.localised import LocalCalibration
from vitrion.models.residuals import Law, ResidualProcess, covariance

LAW = Law(1.0, 0.7, 1.5, 0.06)
PAPERS, MEMBERS = 150, 10


def world(seed):
    """Held-out predictions of papers that follow the law; each pair of papers shares a composition."""
    draw = np.random.default_rng(seed)
    points, errors = [], []
    for _ in range(PAPERS):
        here = draw.normal(size=(MEMBERS, 3))
        matrix = covariance(cdist(here, here), LAW) + LAW.row * np.eye(MEMBERS)
        points.append(here)
        errors.append(np.linalg.cholesky(matrix) @ draw.normal(size=MEMBERS))
    n = PAPERS * MEMBERS
    keys = np.arange(n)
    keys[MEMBERS :: 2 * MEMBERS] = keys[:: 2 * MEMBERS]
    paper = np.repeat(np.arange(PAPERS), MEMBERS)
    mean, difficulty = draw.uniform(300, 900, n), draw.uniform(5, 30, n)
    truth = mean + difficulty * np.concatenate(errors)
    near, cold = np.ones(n, dtype=bool), np.zeros(n)
    return Errors(truth, mean, difficulty, np.vstack(points), keys, paper, paper, near, cold, better=-1.0)


@pytest.fixture(scope="module")
def played():
    errors = world(0)
    return errors, play(errors, LAW)


def test_each_number_of_results_is_played_by_chance_and_as_a_campaign_would(played):
    _, episodes = played
    for kind in (CHANCE, GREEDY):
        assert set(episodes.revealed[episodes.kind == kind]) == set(REVEALED[kind == GREEDY :])


def test_papers_weigh_alike(played):
    errors, episodes = played
    for kind, revealed in {(CHANCE, 0), (CHANCE, 1), (CHANCE, 8), (GREEDY, 1), (GREEDY, 8)}:
        here = (episodes.kind == kind) & (episodes.revealed == revealed)
        total = np.bincount(errors.papers[episodes.row[here]], episodes.scores.weight[here])
        np.testing.assert_allclose(total, 1.0)


def test_results_leave_smaller_errors_and_these_are_what_was_expected(played):
    errors, episodes = played
    residual = np.abs(errors.truth - errors.mean)[episodes.row]
    left = np.abs(errors.truth[episodes.row] - errors.mean[episodes.row] - episodes.correction)
    before = 1.0
    for revealed in (1, 2, 4, 8):
        here = (episodes.revealed == revealed) & (episodes.kind == CHANCE)
        after = left[here].mean() / residual[here].mean()
        assert after < before
        before = after
        spread = np.sqrt(np.square(episodes.scores.score[here]).mean())
        assert spread == pytest.approx(np.sqrt(LAW.prior), rel=0.15)
    assert before < 0.6


def test_no_result_that_is_judged_was_revealed():
    """With a row whose error is far off, the correction of every episode in which it is judged knows nothing of it."""
    errors = world(1)
    truth = errors.truth.copy()
    truth[0] += 7 * errors.difficulty[0]
    moved = Errors(**{**vars(errors), "truth": truth})
    for one, other in zip(*(_chance(play(told, LAW)) for told in (errors, moved)), strict=True):
        if one[0] == 0:
            assert one == other


def _chance(episodes):
    here = (episodes.kind == CHANCE) & (episodes.revealed < 2)
    return list(zip(episodes.row[here].tolist(), episodes.correction[here].tolist(), strict=True))


def test_intervals_hold_at_every_number_of_results_on_papers_that_did_not_play():
    scores = play(world(2), LAW).scores
    calibration = LocalCalibration.of(scores, 75.0)
    errors = world(3)
    fresh = play(errors, LAW)
    scale = errors.difficulty[fresh.row] * np.sqrt(fresh.scores.ratio)
    low, high = calibration.interval(fresh.scores.mean, scale, fresh.scores.near, fresh.scores.ratio, 0.9)
    held = (errors.truth[fresh.row] >= low) & (errors.truth[fresh.row] <= high)
    widths = []
    for revealed in REVEALED:
        here = fresh.revealed == revealed
        assert held[here].mean() == pytest.approx(0.9, abs=0.05), revealed
        widths.append(((high - low)[here] / errors.difficulty[fresh.row][here]).mean())
    assert widths[-1] < 0.6 * widths[0]


def test_a_paper_tells_what_the_residual_process_tells():
    errors = world(4)
    episodes = play(errors, LAW)
    row = int(np.flatnonzero((episodes.revealed == 1) & (episodes.kind == GREEDY))[0])
    paper = next(rows for rows in errors.of_papers() if episodes.row[row] in rows)
    best = paper[[np.argmin(errors.mean[paper])]]
    process = ResidualProcess(LAW).extended(errors.points[best], errors.scores[best], np.zeros(1))
    told = process.posterior(errors.points[[episodes.row[row]]])
    assert episodes.correction[row] == pytest.approx(told.mean[0] * errors.difficulty[episodes.row[row]])
    assert episodes.scores.ratio[row] == pytest.approx(told.ratio(LAW)[0])


def test_a_paper_plays_at_the_temperature_at_which_it_measured_most():
    n = 7
    told = Errors(
        *(np.arange(n, dtype=float), np.zeros(n), np.ones(n), np.zeros((n, 2)), np.array([1, 2, 3, 1, 2, 9, 9])),
        *(np.array([0, 0, 0, 0, 0, 1, 1]), np.zeros(n, dtype=int), np.ones(n, dtype=bool)),
        np.array([25.0, 27.0, 24.0, 100.0, 100.0, 25.0, 25.0]),
    )
    assert [rows.tolist() for rows in told.of_papers()] == [[0, 1, 2], [5]]
