"""A batch of compositions as one matrix."""

import numpy as np
import pandas as pd
import pytest
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.features.elements import INDEX, SYMBOLS


def test_rows_sum_to_one_and_cannot_be_written():
    batch = Fractions.of(["LiAlCl2.5O0.75", {"Na": 3}, "40Li2O-60B2O3"])
    assert np.allclose(batch.matrix.sum(axis=1), 1, atol=1e-15)
    with pytest.raises(ValueError, match="read-only"):
        batch.matrix[0, 0] = 1


def test_take():
    batch = Fractions.of(["LiCl", "NaCl", "KCl"])
    assert batch.take([2, 0]).column("K").tolist() == [0.5, 0]
    assert batch.take(np.array([False, True, False])).column("Na").tolist() == [0.5]
    assert len(batch.take(slice(1, 3))) == 2


def test_from_matrix_scales():
    amounts = np.zeros((1, len(SYMBOLS)))
    amounts[0, INDEX["Li"]], amounts[0, INDEX["O"]] = 2, 1
    assert np.array_equal(Fractions.from_matrix(amounts).matrix, Fractions.of(["Li2O"]).matrix)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_from_matrix_refuses(value):
    amounts = np.zeros((2, len(SYMBOLS)))
    amounts[0, 0] = 1
    amounts[1, 2] = value
    with pytest.raises(FormulaError, match="row 1"):
        Fractions.from_matrix(amounts)
    amounts[1, 3] = 2.0
    if value != 0:
        with pytest.raises(FormulaError, match="row 1"):
            Fractions.from_matrix(amounts)


def test_from_matrix_refuses_another_shape():
    with pytest.raises(FormulaError, match="103"):
        Fractions.from_matrix(np.ones((2, 5)))


def test_unknown_column():
    with pytest.raises(FormulaError, match="cl"):
        Fractions.of(["LiCl"]).column("cl")


@pytest.mark.parametrize("read", [Fractions.of, Fractions.read])
@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("LiCl", "one formula"),
        ({"Li": 1, "Cl": 1}, "not a list"),
        (Composition.parse("LiCl"), "not a list"),
        (None, "not a list"),
        (b"LiCl", "not a list"),
        (pd.DataFrame({"Li": [1, 2], "Cl": [1, 1]}), "give one column"),
        (np.array([["LiCl"], ["NaCl"]]), "give one column"),
        (np.array("LiCl"), "give one column"),
    ],
)
def test_one_composition_or_a_table_is_no_list(read, thing, words):
    with pytest.raises(FormulaError, match=words):
        read(thing)
