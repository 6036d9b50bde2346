"""No row feels who stands beside it: not in its last bit."""

import numpy as np
import pytest
from vitrion.models.numerics.covariance import PanelCovariance, distances, joined
from vitrion.models.numerics.panels import GUARD, STEP, WIDTH, exact, panels
from vitrion.models.numerics.threads import one_thread

needs_exact = pytest.mark.skipif(not exact(), reason="this library of linear algebra rounds by place")
FIELDS = ("target", "difficulty", "distance", "verdict", "nearest")


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, WIDTH - 2 * GUARD, WIDTH - 2 * GUARD + 1, 1000])
def test_panels_hold_every_row_once(n):
    found = list(panels(n))
    matrix = np.arange(3.0 * n).reshape(n, 3)
    assert all(panel.width % STEP == 0 and panel.width <= WIDTH for panel in found)
    held = [panel.of(matrix, float)[:, panel.used].T for panel in found]
    assert (np.concatenate([np.empty((0, 3)), *held]) == matrix).all()
    assert not any(panel.of(matrix + 1)[:, :GUARD].any() or panel.of(matrix + 1)[:, -GUARD:].any() for panel in found)


@needs_exact
@pytest.mark.parametrize("name", ["tg", "sigma"])
def test_no_batch_moves_the_last_bit(name, request, sigma_rows):
    predictor = request.getfixturevalue(name)
    pool = sigma_rows.fractions
    whole, draw = predictor.predict(pool), np.random.default_rng(1)
    for n in (1, 2, 5, 16, 17, 100, 239, 240, 241, len(pool)):
        rows = draw.permutation(len(pool))[:n]
        part = predictor.predict(pool.take(rows))
        assert all((getattr(part, name) == getattr(whole, name)[rows]).all() for name in FIELDS), n


def test_covariance_in_panels_is_that_in_full():
    draw = np.random.default_rng(0)
    points = [draw.normal(size=(50, k)) for k in (3, 6, 9)]
    asked = [draw.normal(size=(300, k)) for k in (3, 6, 9)]
    idle = np.array([1, 4])
    asked[1][:, idle], asked[2][:, idle] = 0.3, -0.7
    theta = np.log([0.4, 0.8, 0.25, 0.5, 0.2, 0.8, 0.1, 0.1])
    few = [asked[0], np.delete(asked[1], idle, axis=1), np.delete(asked[2], idle, axis=1)]
    covariance = PanelCovariance(points, theta, [view[:1] for view in asked], idle)
    told = np.hstack([covariance(few, panel)[:, panel.used] for panel in panels(300)])
    assert told == pytest.approx(joined(distances(points, asked), theta), abs=2e-5)


def test_many_threads_hold_the_libraries_and_give_them_back():
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_info

    def numbers():
        return [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]

    def work(_):
        with one_thread():
            return max(numbers())

    before = numbers()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(work, range(40))) == {1}
    with one_thread(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(work, 0).result() == max(numbers()) == 1
    assert numbers() == before
