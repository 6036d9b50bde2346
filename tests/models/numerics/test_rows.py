"""Different rows are found as by comparing them all, even where their sums agree."""

import numpy as np
import pytest
from vitrion.models.numerics import rows
from vitrion.models.numerics.rows import different_rows


@pytest.mark.parametrize("factor", [int(rows.FACTOR), 0])
def test_rows_are_those_of_a_comparison(factor):
    matrix = np.random.default_rng(0).integers(0, 4, (500, 4)).astype(float)
    first, kind = different_rows(matrix, np.uint64(factor))  # with 0, all rows have one sum
    expected = np.sort(np.unique(matrix, axis=0, return_index=True)[1])
    assert (first == expected).all()
    assert (matrix[first[kind]] == matrix).all()
    assert (kind[first] == np.arange(len(first))).all()


def test_one_row_and_one_column():
    assert [part.tolist() for part in different_rows(np.array([[3.0]]))] == [[0], [0]]
    assert [part.tolist() for part in different_rows(np.array([[0.0], [-0.0], [0.0]]))] == [[0, 1], [0, 1, 0]]
