"""The nearest measured composition of the same anions and with a cation in common."""

import numpy as np
import pytest
from vitrion.features.elements import SYMBOLS
from vitrion.features.fractions import Fractions
from vitrion.models.explanation.analogues import analogues
from vitrion.models.explanation.related import ANIONS, elements_of, nearest_related, related, related_rows

MIXED = ["LiTaCl4O", "Na3PS4", "LiHfBr3O", "AgI", "K2SiO3", "Li3InCl6", "CsPbCl3", "NaLaCl5", "SO2"]


@pytest.fixture(params=["tg", "sigma"])
def predictor(request):
    return request.getfixturevalue(request.param)


def answer(predictor, names):
    fractions = Fractions.of(names)
    told = predictor.predict(fractions)
    return fractions.matrix > 0, told, *nearest_related(predictor, fractions, told, np.arange(len(names)))


def test_it_is_the_nearest_of_its_kind_and_the_nearest_of_all_where_there_is_none(predictor):
    asked, told, far, near = answer(predictor, MIXED)
    points = predictor.domain_.projected(predictor._glass(predictor._inputs(Fractions.of(MIXED), None)))
    kinds, kept = set(), elements_of(predictor.known_formulas_)
    for row, point in enumerate(points):
        of_kind = [place for place, one in enumerate(kept) if _alike(asked[row], one)]
        kinds.add(bool(of_kind))
        apart = np.sqrt(np.square(predictor.known_points - point).sum(axis=1))
        assert np.isclose(far[row], apart[near[row]], atol=1e-6), "the distance is that of the composition named"
        if of_kind:
            assert near[row] in of_kind
            assert far[row] <= 2 * apart[of_kind].min() + 1e-9, "the search may end at twice the distance"
        else:
            assert (far[row], near[row]) == (told.distance[row], told.nearest[row])
    assert kinds == {True, False}


def _alike(one, other):
    """In plain sets."""
    one, other = ({SYMBOLS[place] for place in np.flatnonzero(elements)} for elements in (one, other))
    anions = {SYMBOLS[place] for place in np.flatnonzero(ANIONS)}
    return one & anions == other & anions and bool((one & other) - anions)


def test_it_says_the_same_of_some_rows_as_of_all(predictor):
    fractions, rows = Fractions.of(MIXED), np.array([4, 0, 2])
    _, told, far, near = answer(predictor, MIXED)
    some = nearest_related(predictor, fractions, told, rows)
    assert some[0].tolist() == far[rows].tolist() and some[1].tolist() == near[rows].tolist()


def test_own_results_count_among_them(sigma):
    own = "K0.5Li0.5HfTe0.5F3"
    assert not related_rows(sigma, Fractions.of([own]).matrix[0] > 0).any()
    learnt = sigma.updated([own], [1e-5], {"temperature_C": [25.0], "phase": ["glass"]}, references=["lab"])
    _, _, far, near = answer(learnt, [own, "LiHfTe0.5F3", "LiAlCl2.5O0.75"])
    assert learnt.known_formulas_[near].tolist()[:2] == [own, own] and far[0] == 0 < far[1]
    assert "Hf" not in learnt.known_formulas_[near[2]]
    assert analogues(learnt, ["LiHfTe0.5F3"], 1)[0][0].formula == own
    assert own not in sigma.known_formulas_, "the predictor itself stays as it is"


def test_analogues_of_its_kind_come_first_then_all_others(predictor):
    for name, found in zip(MIXED, analogues(predictor, MIXED, 6), strict=True):
        kin = elements_of(np.array([one.formula for one in found]))
        alike = related(Fractions.of([name]).matrix[0] > 0, kin).tolist()
        assert alike == sorted(alike, reverse=True)
        for kind in (True, False):
            distances = [one.distance for one, same in zip(found, alike, strict=True) if same == kind]
            assert distances == sorted(distances)
        assert len({one.formula for one in found}) == 6


def test_elements_are_read_off_odd_names_too():
    names = ["0.5Li2O-TaCl5", "a label", "Si24Te76", "LiAl(OH)4\nCl", "Ω", ""]
    found = [{SYMBOLS[place] for place in np.flatnonzero(row)} for row in elements_of(np.array(names))]
    assert found == [{"Li", "O", "Ta", "Cl"}, set(), {"Si", "Te"}, {"Li", "Al", "O", "H", "Cl"}, set(), set()]
