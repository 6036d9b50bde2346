"""Pools of replays are made with the rows that rules estimate, and from nothing that a rule learnt of them."""

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.experiments.backtests.pools import Source, halides, series, two
from vitrion.models.design.nearness import nearness


def thinned(name):
    """The rows of a property that are curated or like the candidates, and one in a hundred of the others."""
    data = load(name, lab=False)
    return data.take(data.curated | (nearness(data.fractions) >= 1) | (np.arange(len(data)) % 100 == 0))


@pytest.fixture(scope="module")
def source(quick):
    return Source({name: thinned(name) for name in ("conductivity", "tg")}, quick)


def test_estimates_have_no_fold_and_are_in_no_prior(source):
    for name, made in source.designs.items():
        measured = made.fold >= 0
        assert (~measured).sum() > 0, "both recipes have a rule that estimates rows"
        assert len(source.without(name, made.keys[:1])) == measured.sum() == len(source.data[name])


def test_what_a_pool_holds_is_hidden_with_its_papers(source):
    sigma = source.data["conductivity"]
    keys = np.unique(sigma.measured.keys[nearness(sigma.fractions) >= 1])
    left = sigma.take(source.without("conductivity", keys))
    assert len(left)
    assert not np.isin(left.measured.keys, keys).any()
    assert not np.isin(left.groups, sigma.groups[np.isin(sigma.measured.keys, keys)]).any()


@pytest.mark.slow
@pytest.mark.parametrize("maker", [halides, series, two])
def test_pools_of_each_kind_have_a_finite_prior(source, maker):
    pools = maker(source)
    assert pools
    for pool in pools:
        assert np.isfinite(pool.priors).all()
        assert pool.priors.shape == pool.values.shape
        assert ((pool.slopes > 0) & (pool.slopes <= 1)).all()
