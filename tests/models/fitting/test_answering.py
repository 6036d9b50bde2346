"""An answer by hand, from what the regressor, the difficulty and one's own results say."""

import numpy as np
import pytest
from vitrion.features import Fractions
from vitrion.models.fitting.answering import NOTHING, answered, base
from vitrion.models.prediction import ROWS

ASKED = ["LiAlCl2.7O0.65", "LiAlCl4", "Na2Si2O5", "Li7O3Cl", "CsPbI3"]
WARM = {"temperature_C": [25.0, 60.0, 100.0, 180.0, 60.0]}


@pytest.fixture(scope="module", params=[None, WARM], ids=["25 C", "warm"])
def rows(request, sigma, sigma_rows):
    """A predictor with own results, rows of its design matrix, and their points; the last ones were measured."""
    own = ["LiAlCl2.5O0.75", "LiAlCl2.9O0.55"]
    pupil = sigma.updated(own, [1e-2, 3e-3], errors=[0.0, 0.2])
    learnt = Fractions.from_matrix(sigma_rows.fractions.matrix[:5])
    batch = Fractions.from_matrix(np.vstack([Fractions.of(ASKED).matrix, learnt.matrix]))
    conditions = None if request.param is None else {"temperature_C": request.param["temperature_C"] * 2}
    X = pupil._inputs(batch, conditions)
    return pupil, X, pupil.domain_.projected(pupil._glass(X))


def test_by_itself_it_says_what_its_parts_say(rows):
    pupil, X, points = rows
    told = base(pupil, X, points)
    answer = pupil.regressor_.answer(X)
    assert (told.mean == answer.mean).all()
    distance, nearest = pupil.domain_.nearest(points)
    assert (told.distance == distance).all() and (told.nearest == nearest).all()
    assert (told.distance[5:] == 0).all()
    clues = np.column_stack([X[:, pupil._layout().local], distance, answer.clues])
    assert (told.difficulty == pupil.difficulty_.predict(clues)).all()
    room = X.copy()
    room[:, pupil._layout().glass.stop] = 1000.0 / 298.15
    assert (told.unit == base(pupil, room, points).difficulty).all()


def test_the_answer_is_that_corrected_by_ones_own_results(rows):
    pupil, X, points = rows
    by_itself, told = base(pupil, X, points), dict(zip(ROWS, answered(pupil, X), strict=True))
    posterior = pupil.residuals_.posterior(points)
    assert (told["target"] == by_itself.mean + posterior.mean * by_itself.unit).all()
    moved = np.square(0.1 * 5.0402 * (X[:, pupil._layout().glass.stop] - 1000.0 / 298.15) / by_itself.unit)
    prior = pupil.residuals_.law.prior
    assert told["ratio"] == pytest.approx((posterior.variance + moved) / (prior + moved))
    assert told["difficulty"] == pytest.approx(by_itself.difficulty * np.sqrt(told["ratio"] * posterior.wider))
    assert (told["ratio"] > 0).all() and (told["ratio"] < 1).all()
    assert (told["near"] == (X[:, -1] >= 0.5)).all()
    assert set(told["near"]) == {True, False}


def test_nothing_asked_has_the_kinds_of_an_answer(rows):
    pupil, X, _ = rows
    told = answered(pupil, X)
    assert len(told) == len(NOTHING) == len(ROWS)
    assert [part.dtype.kind for part in told] == [part.dtype.kind for part in NOTHING]


def test_salts_without_vacancies_are_outside_but_where_they_were_measured(sigma, tg):
    """What is published conducts, and speaks for its kin: Na3HoCl6 for one is far beyond a decade lower."""
    salt, other = "Na3HoCl6", "LiAlCl2.5O0.75"
    assert sigma.predict([salt, other]).verdict[0] == "outside"
    assert (sigma.predict(["LiTaO3", "Na2CO3", "LiAlO2", "Na2SiF6"]).verdict == "outside").all()
    told = sigma.updated([salt], [1e-9], {"temperature_C": [25.0], "phase": ["crystal"]}, references=["lab"])
    at = [25.0, 60.0, 200.0]
    verdicts = told.predict([salt] * 3, {"temperature_C": at, "phase": ["crystal"] * 3}).verdict.tolist()
    assert verdicts == ["inside", "inside", "outside"]
    elsewhere = told.predict([other] * 3, {"temperature_C": at, "phase": ["glass"] * 3}).verdict
    assert (elsewhere == sigma.predict([other] * 3, {"temperature_C": at, "phase": ["glass"] * 3}).verdict).all()
    assert tg.predict(["NaCl"]).verdict[0] == tg.domain_.verdict(tg.predict(["NaCl"]).distance)[0], "Tg goes by itself"
