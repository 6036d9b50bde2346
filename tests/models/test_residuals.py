import numpy as np
import pytest
from scipy.spatial.distance import cdist
from vitrion.models.residuals import Law, ResidualProcess, covariance, learn, reweighted

LAW = Law(1.0, 0.7, 1.5, 0.06)


def drawn(law, size, draw, dimensions=3):
    """Results of one paper as the law has them."""
    points = draw.normal(size=(size, dimensions))
    matrix = covariance(cdist(points, points), law) + law.row * np.eye(size)
    return points, np.linalg.cholesky(matrix) @ draw.normal(size=size)


@pytest.fixture
def process():
    points, errors = drawn(LAW, 6, np.random.default_rng(1))
    return ResidualProcess(LAW).extended(points, errors, np.zeros(6))


def test_posterior_is_that_of_a_gaussian_process(process):
    asked = np.random.default_rng(2).normal(size=(5, 3))
    among = covariance(cdist(process.points, process.points), LAW)
    noise = reweighted(among, process.errors, np.full(6, LAW.row))
    across = covariance(cdist(process.points, asked), LAW)
    solved = np.linalg.solve(among + np.diag(noise), np.column_stack([process.errors, across]))
    found = process.posterior(asked)
    np.testing.assert_allclose(found.mean, across.T @ solved[:, 0])
    np.testing.assert_allclose(found.variance, LAW.prior - (across * solved[:, 1:]).sum(axis=0))
    np.testing.assert_allclose(np.diag(process.joint(asked)), found.variance)
    assert (found.ratio(LAW) < 1).all()


def test_without_results_nothing_is_known():
    found = ResidualProcess(LAW).posterior(np.zeros((2, 3)))
    np.testing.assert_array_equal(found.mean, 0.0)
    np.testing.assert_allclose(found.variance, LAW.prior)
    np.testing.assert_allclose(ResidualProcess(LAW).joint(np.zeros((2, 3)))[0, 1], LAW.laboratory + LAW.field)


def test_no_row_depends_on_the_others(process):
    asked = np.random.default_rng(3).normal(size=(700, 3))
    whole = process.posterior(asked)
    for row in (0, 239, 240, 699):
        alone = process.posterior(asked[[row]])
        for part, one in zip(whole, alone, strict=True):
            assert part[row] == one[0]


def test_each_further_result_leaves_less_open():
    draw = np.random.default_rng(4)
    points, errors = drawn(LAW, 9, draw)
    asked, left = draw.normal(size=(20, 3)), np.full(20, LAW.prior)
    process = ResidualProcess(LAW)
    for row in range(9):
        process = process.extended(points[[row]], errors[[row]] * 0.1, np.zeros(1))
        found = process.posterior(asked).variance
        assert (found < left + 0.02).all()  # how wrong a value may be is judged anew
        assert found.mean() < left.mean()
        left = found
    assert left.mean() < 0.4 * LAW.prior


def test_a_result_that_its_laboratory_calls_uncertain_counts_for_less():
    point, error = np.zeros((1, 3)), np.ones(1)
    sure, unsure = (ResidualProcess(LAW).extended(point, error, np.array([noise])) for noise in (0.0, 5.0))
    assert sure.posterior(point).mean > 2 * unsure.posterior(point).mean
    assert sure.posterior(point).variance < unsure.posterior(point).variance


def test_one_wrong_value_does_not_bend_the_others():
    points = np.random.default_rng(5).normal(size=(8, 3)) * 0.2
    errors = np.r_[np.full(7, 0.5), 7.0]
    found = ResidualProcess(LAW).extended(points, errors, np.zeros(8)).posterior(points[:7])
    assert np.abs(found.mean - 0.5).max() < 0.4


@pytest.mark.parametrize("error", [-8.0, 8.0])
def test_one_result_that_is_off_by_decades_moves_little_and_widens_what_is_left(error):
    asked = np.array([[0.0, 0.0], [0.5, 0.0], [6.0, 0.0]])
    process = ResidualProcess(LAW)
    found = process.extended(np.zeros((1, 2)), np.array([error]), np.zeros(1)).posterior(asked)
    assert np.abs(found.mean).max() < 0.2 * abs(error)
    assert (found.variance * found.wider > LAW.prior).all()
    shifted = process.extended(asked[:2], np.full(2, error), np.zeros(2)).posterior(asked)
    assert (np.abs(shifted.mean[:2] - error) < 0.2 * abs(error)).all(), "two that agree are a shift"


@pytest.mark.parametrize("error", [0.5, 1.5, 3.0])
def test_a_usual_result_is_a_shift(error):
    found = ResidualProcess(LAW).extended(np.zeros((1, 2)), np.array([error]), np.zeros(1)).posterior(np.zeros((1, 2)))
    assert found.mean == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize("times", [2, 5, 50])
def test_repeats_of_a_sample_do_not_narrow_what_is_unlike_it(times):
    far, process = np.array([[9.0, 0.0]]), ResidualProcess(LAW)
    one = process.extended(np.zeros((1, 2)), np.ones(1), np.zeros(1)).posterior(far)
    many = process.extended(np.zeros((times, 2)), np.ones(times), np.zeros(times)).posterior(far)
    before, after = one.variance * one.wider, many.variance * many.wider
    assert after / before == pytest.approx(1.0, abs=0.05)


def test_one_wrong_value_among_many_widens_a_little():
    points = np.random.default_rng(7).normal(size=(9, 3)) * 0.3
    asked = np.array([[0.2, 0.1, 0.0], [9.0, 0.0, 0.0]])
    good, process = np.full(8, 0.5), ResidualProcess(LAW)
    before = process.extended(points[:8], good, np.zeros(8)).posterior(asked)
    after = process.extended(points, np.r_[good, -7.0], np.zeros(9)).posterior(asked)
    factor = (after.variance * after.wider) / (before.variance * before.wider)
    assert (factor > 1.2).all()
    assert (factor < 3.0).all()


def test_repeats_that_disagree_widen_what_is_left():
    process, asked = ResidualProcess(LAW), np.array([[0.3, 0.0]])
    agree, differ = (
        process.extended(np.zeros((2, 2)), np.array(errors), np.zeros(2)).posterior(asked)
        for errors in ([0.0, 0.0], [-2.0, 2.0])
    )
    assert differ.variance * differ.wider > 1.5 * agree.variance * agree.wider


def test_the_law_is_found_again_where_papers_follow_it():
    draw, law = np.random.default_rng(6), Law(2.0, 0.4, 1.0, 0.3)
    parts = [drawn(law, 12, draw) for _ in range(120)]
    points, errors = np.vstack([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    found = learn(errors, points, np.split(np.arange(1440), 120))
    assert 0.5 < found.length / law.length < 2.0, found
    for name in ("field", "row"):  # a t distribution has a smaller scale than the normal one that it is fitted to
        share = getattr(found, name) / found.laboratory
        assert 0.5 < share / (getattr(law, name) / law.laboratory) < 2.0, found


def test_without_papers_to_learn_from_the_law_is_the_usual_one():
    assert learn(np.zeros(2), np.zeros((2, 3)), [np.array([0, 1])]) == Law(1.0, 0.7, 1.5, 0.06)
