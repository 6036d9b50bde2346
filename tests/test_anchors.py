"""What the shipped recipes must know of the glasses that Vitrion is for, on most of what it learns from.

Everything near the candidates and a sample of the rest of SciGlass; the committee is smaller than the shipped one.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.models.committee import Committee
from vitrion.models.design.nearness import nearness

pytestmark = pytest.mark.slow

VIGLAS = "10.1038/s41560-023-01356-y"
LACO, NACO = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75"
OTHERS = 6000  # rows unlike the candidates


def learn(name, without=None):
    data = load(name, lab=False)
    near = nearness(data.fractions) > 0
    far = np.random.default_rng(0).choice(np.flatnonzero(~near), OTHERS, replace=False)
    keep = np.zeros(len(data), dtype=bool)
    keep[far] = True
    keep |= near | data.curated
    if without:
        keep &= (data.rows["doi"] != without).to_numpy()
    recipe = Recipe.named(name)
    rows = recipe.rows(data.take(keep))
    predictor = recipe.predictor(n_jobs=2)
    smaller = predictor._regressor()
    smaller.set_params(committee=Committee(n_iterations=100, n_trees=20, n_networks=1, n_epochs=10, roots=103))
    predictor.set_params(regressor=smaller)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return predictor.fit(**rows.keywords(), **rows.names())


@pytest.fixture(scope="module")
def tg():
    return learn("tg")


@pytest.fixture(scope="module")
def sigma():
    return learn("conductivity")


@pytest.fixture(scope="module")
def tg_without_viglas():
    return learn("tg", without=VIGLAS)


def test_viglas_conducts_better_than_its_parents(sigma):
    laco, naco, *parents = sigma.predict([LACO, NACO, "LiAlCl4", "NaAlCl4"]).mean
    assert min(laco, naco) > max(parents)


def test_viglas_is_soft(tg):
    assert (tg.predict([LACO, NACO]).mean < 25.0).all()


def test_argyrodite_is_no_oxychloride_glass(tg, sigma):
    told = sigma.predict(["Li6PS5Cl"])
    verdicts = {told.verdict[0], tg.predict(["Li6PS5Cl"]).verdict[0]}
    assert verdicts & {"edge", "outside"} or told.upper[0] / told.lower[0] > 30


def test_no_value_is_copied(tg, sigma):
    assert tg.predict([LACO]).mean[0] != pytest.approx(-16.8, abs=1e-3)
    assert sigma.predict([LACO], {"temperature_C": 30.0}).mean[0] != pytest.approx(1.52e-3, rel=1e-3)
    assert -80 < tg.predict([LACO]).mean[0] < 25
    assert 1e-4 < sigma.predict([LACO]).mean[0] < 1e-2


def test_laco_unseen(tg_without_viglas):
    """Without its two rows the truth, 256 K, is within the interval, or the composition is called outside."""
    told = tg_without_viglas.predict([LACO])
    assert VIGLAS not in set(tg_without_viglas.known_references_)
    holds = told.lower[0] <= -16.8 <= told.upper[0]
    assert told.verdict[0] == "outside" or holds


@pytest.mark.parametrize("name", ["tg", "sigma"])
def test_intervals_hold_on_papers_never_seen(name, request):
    """Whole laboratories err together, so each counts alike: of the 169 rows of Tg outside, one laboratory has 31.

    It measured bromides and iodides of K, Cs, Ba and Zn, and 18 of its rows are missed; the other 45 have 0.89 held.
    """
    held = request.getfixturevalue(name).held_out()
    within = (held.lower <= held.truth) & (held.truth <= held.upper)
    assert 0.87 <= within.mean() <= 0.93
    for verdict in ("inside", "edge", "outside"):
        here = held.verdict == verdict
        if here.sum() >= 100:
            by_laboratory = pd.Series(within[here]).groupby(held.laboratories[here]).mean()
            assert by_laboratory.mean() == pytest.approx(0.9, abs=0.08), verdict
            rows = 0.12 if verdict == "outside" else 0.08  # 1.5 standard errors of its rows, as laboratories are drawn
            assert within[here].mean() == pytest.approx(0.9, abs=rows), verdict


def test_finite_where_it_matters(tg, sigma):
    for predictor in (tg, sigma):
        told = predictor.predict([LACO, NACO, "LiTaOCl4", "Li2ZrCl6", "Li6PS5Cl"])
        assert np.isfinite(told.lower).all() and np.isfinite(told.upper).all()
