import numpy as np
import pytest
from vitrion.datasets import load, splits
from vitrion.datasets.dataset import Dataset
from vitrion.datasets.measurement import Measurements, composition_keys, tabulate
from vitrion.datasets.properties import CONDUCTIVITY
from vitrion.features import Fractions


@pytest.fixture(scope="module")
def data():
    return load("conductivity")


@pytest.mark.parametrize("by", ["paper", "system", "family"])
def test_no_group_stands_on_both_sides(data, by):
    labels = splits.LABELS[by](data)
    tested = []
    for train, test in splits.split(data, by, 4):
        assert not set(labels[train]) & set(labels[test])
        tested.append(test)
    assert sorted(np.concatenate(tested).tolist()) == list(range(len(data)))


def test_folds_do_not_depend_on_the_order_of_rows(data):
    order = np.random.default_rng(1).permutation(len(data))
    labels = splits.by_paper(data)
    np.testing.assert_array_equal(splits.folds(labels)[order], splits.folds(labels[order]))
    assert (splits.folds(labels, seed=1) != splits.folds(labels)).any()


def test_folds_are_of_nearly_equal_size(data):
    sizes = np.bincount(splits.folds(splits.by_paper(data), 5))
    assert sizes.max() - sizes.min() <= 2


@pytest.mark.parametrize("by", ["paper", "system", "family"])
def test_no_paper_and_no_composition_on_both_sides(data, by):
    keys = composition_keys(data.measured.matrix)
    for train, test in splits.split(data, by):
        assert not set(keys[train]) & set(keys[test])
        assert not set(data.groups[train]) & set(data.groups[test])


@pytest.mark.parametrize(
    "formula,family",
    [
        ("LiAlCl2.5O0.75", "Al oxychloride"),
        ("LiTaCl4O", "Ta oxychloride"),
        ("Li2.25ZrCl5.25O0.5", "Zr oxychloride"),
        ("Li3ClO", "antiperovskite"),
        ("Li2HClO", "antiperovskite"),
        ("LiAlCl4", "Al chloride"),
        ("Li3YBr6", "Y bromide"),
        ("Li2O-B2O3", "oxide"),
        ("Li6PS5Cl", "chalcogenide"),
        ("LiCl", "chloride"),
    ],
)
def test_families(formula, family):
    rows = tabulate(1, formula=[formula], value=[1.0])
    data = Dataset(CONDUCTIVITY, Measurements(rows, Fractions.of([formula]).matrix))
    assert splits.by_family(data).tolist() == [family]


def test_systems_are_named_by_their_elements():
    rows = tabulate(1, formula=["LiAlCl2.5O0.75"], value=[1.0])
    data = Dataset(CONDUCTIVITY, Measurements(rows, Fractions.of(["LiAlCl2.5O0.75"]).matrix))
    assert splits.by_system(data).tolist() == ["Al-Cl-Li-O"]


def test_a_split_by_year_puts_later_papers_to_the_test(data):
    train, test = splits.split_by_year(data, 2010)
    years = data.rows["year"].astype(float).to_numpy()
    assert np.nanmax(years[train]) < 2010
    assert not np.isnan(years[train]).any()
    assert not set(data.groups[train]) & set(data.groups[test])


def test_impossible_splits_say_what_is_possible(data):
    with pytest.raises(ValueError, match="paper, system, family"):
        next(splits.split(data, "colour"))
    with pytest.raises(ValueError, match="1 folds"):
        splits.folds(splits.by_paper(data), 1)


def test_the_fold_of_a_group_is_its_own_whatever_else_there_is(data):
    labels = splits.by_paper(data)
    fold, some = splits.hashed(labels), labels[::3]
    np.testing.assert_array_equal(splits.hashed(some), fold[::3])
    assert (splits.hashed(labels, seed=1) != fold).any()
    assert np.bincount(fold).min() > 0.5 * len(labels) / 5


def test_too_few_groups_for_every_fold_are_dealt():
    labels = np.array(["a", "b", "c", "d", "e"], dtype=object)
    assert sorted(splits.hashed(labels, 5).tolist()) == [0, 1, 2, 3, 4]


def test_close_pairs_are_all_that_differ_by_little_in_every_element():
    draw = np.random.default_rng(0)
    base = draw.dirichlet(np.ones(5), 60)
    matrix = np.vstack([base, base + draw.uniform(-0.003, 0.003, base.shape), base[:3]])
    keys = np.r_[np.arange(120), np.arange(3)].astype(np.uint64)
    found = {tuple(pair) for pair in splits.close_pairs(matrix, keys).tolist()}
    apart = np.abs(matrix[:120, None] - matrix[None, :120]).max(axis=2)
    expected = {(i, j) for i, j in zip(*np.nonzero(apart <= splits.SAME_WITHIN), strict=True) if i != j}
    assert expected
    assert found == expected
    assert len(splits.close_pairs(matrix, keys, within=0.0)) == 0
