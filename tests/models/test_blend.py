from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits
from vitrion.experiments.recipes.energies import measured_energies
from vitrion.features import Fractions
from vitrion.models import blend
from vitrion.models.blend import BlendedRegressor
from vitrion.models.committee import Committee
from vitrion.models.design.nearness import ramp
from vitrion.models.predictor import Predictor
from vitrion.models.process import FamilyProcess
from vitrion.models.temperature import ARRHENIUS, DECADES_PER_EV, LEAST_EV, MOST_EV, ROOM, USUAL_EV

INVERSE = -4  # column of 1000 K / T
CELSIUS = np.array([-150.0, -60.0, -20.0, 25.0, 26.0, 60.0, 99.0, 101.0, 180.0, 350.0, 500.0, 900.0])


@pytest.fixture(scope="module")
def design(sigma_rows):
    data = sigma_rows
    told = {"laboratories": data.laboratories, "energies": measured_energies(data)}
    predictor = Predictor("conductivity", conditions=True)
    return predictor._design(data.fractions, data.values, data.groups, data.conditions, **told)


def regressor(**settings):
    committee = HistGradientBoostingRegressor(max_iter=20, max_bins=32)
    return BlendedRegressor(3, committee, FamilyProcess(n_steps=12), **({"n_trees": 10} | settings))


def learn(design, rows=None, weight=None, **settings):
    """A regressor fitted on some rows, some of them heavier."""
    made = design if weight is None else replace(design, weight=weight)
    return made.fit(regressor(**settings), np.arange(len(design.y)) if rows is None else rows)


@pytest.fixture(scope="module")
def fitted(design):
    return learn(design)


def at(X, celsius, crystallinity=None):
    """The same compositions at another temperature."""
    warm = X.copy()
    warm[:, INVERSE] = 1000.0 / (celsius + 273.15)
    if crystallinity is not None:
        warm[:, INVERSE + 1] = crystallinity
    return warm


def parts(fitted, X):
    """What committee, trees and process say of rows near the candidates, at 25 C, and how much the process knows."""
    room = at(X, 25.0)
    with threadpool_limits(1):  # as many threads, as many orders of summing single precision
        mean, known = fitted.process_.predict(fitted._layout(X).views(room))
    return fitted.committee_.predict(room), fitted.trees_.predict(room.astype(np.float32)), mean, known


# Who is heard


def test_far_from_the_candidates_the_committee_is_alone(fitted, design):
    room = at(design.X, 25.0)
    far = room[:, -1] == 0
    mean, trust, known, spread, gap = fitted.answer(room)
    assert (mean[far] == fitted.committee_.predict(room)[far]).all()
    for part in (trust, known, gap):
        assert (part[far] == 0).all()
    assert (gap[~far] > 0).all()
    assert (trust[room[:, -1] == 1] > 0).all()
    assert (trust <= room[:, -1]).all()
    assert (mean == fitted.predict(room)).all()
    assert (spread == 0).all()  # one member alone


def test_near_them_trees_have_half_a_say_and_the_process_as_far_as_it_knows(fitted, design):
    room = at(design.X[design.X[:, -1] == 1], 25.0)
    committee, trees, process, known = parts(fitted, room)
    answer = fitted.answer(room)
    assert answer.trust == pytest.approx(ramp(known, fitted.heard), abs=1e-6)  # each of them was learnt
    others = (committee + trees) / 2
    assert answer.mean == pytest.approx(others + answer.trust * (process - others), abs=1e-5)
    assert answer.known == pytest.approx(known, abs=1e-6)


def test_part_of_the_process_rises_with_what_it_knows_and_falls_to_its_share(fitted, design):
    """What nothing learnt is like it hardly tells of; what it half knows it tells alone; of the rest its share."""
    strange = ["NCl3", "Tl3AuCl6", "PtI2", "Bi2Te2Br2", "BI3", "RhCl3", "UCl6"]
    X = Predictor("conductivity", conditions=True)._inputs(Fractions.of(strange), None)
    near = at(design.X[design.X[:, -1] == 1], 25.0)
    between = 0.5 * (near[:-1] + near[1:])  # compositions that nobody learnt, among those that were
    rows = np.vstack([X, between, near])
    trust, known = fitted.answer(rows)[1:3]
    home, learnt = fitted._at_home(np.sqrt(rows[:, :103]))
    share = 1.0 - (1.0 - fitted.share) * ramp(known, fitted.shared) * (1.0 - learnt)
    assert trust == pytest.approx(ramp(known, fitted.heard) * home * share * rows[:, -1], abs=1e-6)
    deaf, well = known < fitted.heard[0], (known > fitted.shared[1]) & (learnt < 1e-3)
    assert min(deaf.sum(), (well & (rows[:, -1] == 1)).sum()) > 0
    assert (trust[deaf] == 0).all()
    assert trust[well & (rows[:, -1] == 1)] == pytest.approx(fitted.share, abs=1e-3)
    assert learnt[-len(near) :] == pytest.approx(1.0)
    assert (learn(design, heard=(0.99999, 1.0)).answer(design.X).trust < 0.01).all()


def test_where_nearness_begins_nothing_jumps(fitted, design):
    X = at(design.X[design.X[:, -1] == 1], 60.0)
    X[:, -1] = 0.0
    far = fitted.predict(X)
    X[:, -1] = 1e-9
    assert fitted.predict(X) == pytest.approx(far, abs=1e-6)


def test_process_and_trees_learn_where_the_candidates_lie(fitted, design):
    near = design.X[:, -1] == 1
    room = np.abs(design.X[:, INVERSE] - ROOM) < 0.1
    here = near & room
    error = np.abs(fitted.predict(design.X) - design.y)[here].mean()
    assert error < 0.9 * np.abs(fitted.committee_.predict(design.X) - design.y)[here].mean()


def test_few_near_rows_leave_the_committee_alone(design):
    near = np.flatnonzero(design.X[:, -1] == 1)[: blend.FEWEST_ROWS - 1]
    lean = learn(design, np.concatenate([np.flatnonzero(design.X[:, -1] == 0), near]))
    assert lean.process_ is lean.trees_ is lean.energies_ is None
    assert (lean.answer(design.X).clues == 0).all()
    room = at(design.X, 25.0)
    assert (lean.predict(room) == lean.committee_.predict(room)).all()
    assert (lean.predict(at(room, 90.0)) > lean.predict(room)).all()


def test_no_trees_where_none_are_asked_for(design):
    bare = learn(design, n_trees=0)
    assert bare.trees_ is None
    room = at(design.X[design.X[:, -1] == 1], 25.0)
    with threadpool_limits(1):
        local = bare.process_.predict(bare._layout(room).views(room))[0]
    committee, answer = bare.committee_.predict(room), bare.answer(room)
    assert answer.mean == pytest.approx(committee + answer.trust * (local - committee), abs=1e-5)
    assert learn(design, n_trees=7).trees_.n_estimators == 7


def test_no_row_depends_on_the_others(fitted, design):
    hot = at(design.X, 77.0)
    whole = fitted.answer(hot)
    for start in (0, 1, 250, 599):
        for part, alone in zip(whole, fitted.answer(hot[start : start + 1]), strict=True):
            assert part[start] == alone[0]


# What they learn


def test_capacity_prefers_the_heavy_rows(design):
    weight = np.where(np.arange(len(design.y)) % 3 == 0, 5.0, 1.0)
    chosen = regressor(capacity=30)._choose(design.X[:, -1] >= 1, weight)
    assert len(chosen) == 30
    assert (weight[chosen] == 5).all()
    assert (design.X[chosen, -1] == 1).all()
    assert len(learn(design, capacity=30).process_.targets_) == 30


def test_light_rows_are_left_to_the_others(design):
    weight = np.where(np.arange(len(design.y)) % 3 == 0, 5.0, 1.0)
    heavy = learn(design, weight=weight, least_weight=2.0)
    whole = design.X[:, -1] == 1
    assert len(heavy.process_.targets_) == (whole & (weight == 5)).sum()
    assert len(heavy.foreign_) == (whole & (weight == 1)).sum()
    assert len(learn(design).foreign_) == 0


def test_process_is_silent_where_the_elements_are_those_of_rows_that_it_does_not_learn(design):
    """Rows with lithium are heavy, the others light: of a light row the process says nothing, of a heavy one all."""
    lithium = design.X[:, 2] > 0
    heavy = learn(design, weight=np.where(lithium, 5.0, 1.0), least_weight=2.0)
    room, whole = at(design.X, 25.0), design.X[:, -1] == 1
    home, _ = heavy._at_home(heavy._layout(room).views(room).elements)
    assert (home[whole & ~lithium] == 0).all()
    assert (home[whole & lithium] == 1).all()
    trust = heavy.answer(room).trust
    assert (trust[whole & ~lithium] == 0).all()
    assert (trust[whole & lithium] > 0).all()
    foreign, own = (np.sqrt(room[np.flatnonzero(whole & kind)[0], :103]) for kind in (~lithium, lithium))
    path = np.array([own + share * (foreign - own) for share in np.linspace(0, 1, 51)])
    along, _ = heavy._at_home(path)
    assert along[0] == 1 and along[-1] == 0
    assert np.abs(np.diff(along)).max() < 0.25
    assert (learn(design)._at_home(path)[0] == 1).all()


def test_rows_of_a_large_paper_weigh_less_each(design):
    class Noting(HistGradientBoostingRegressor):
        def fit(self, X, y, sample_weight=None):
            self.told_ = sample_weight
            return super().fit(X, y)

    papers = np.where(np.arange(len(design.y)) < 81, 0, np.arange(len(design.y)))
    fitted = regressor().set_params(committee=Noting(max_iter=2)).fit(design.X, design.y, papers=papers)
    assert fitted.committee_.told_[0] == pytest.approx(81**-0.25)
    assert fitted.committee_.told_[-1] == 1.0


# Temperature


def test_one_temperature_teaches_others(design):
    """Of rows at 25 C alone, the usual activation energy carries the rest: 0.355 eV is 1.1 decades to 80 C."""
    X = at(design.X, 25.0)
    hot = at(X, 80.0)
    fitted = regressor().fit(X, design.y, papers=design.papers)
    assert fitted.predict(hot) - fitted.predict(X) == pytest.approx(ARRHENIUS * (ROOM - 1000.0 / 353.15), abs=1e-9)


def test_energies_that_were_measured_carry_what_is_near(design):
    """With 0.6 eV told of every composition near the candidates, these rise by 0.6 eV, and no other does."""
    energies = np.full(len(design.y), 0.6)
    X = at(design.X, 25.0)
    fitted = regressor().fit(X, design.y, papers=design.papers, energies=energies)
    rise = fitted.predict(at(X, 80.0)) - fitted.predict(X)
    inverse = ROOM - 1000.0 / 353.15
    near, far = X[:, -1] == 1, X[:, -1] == 0
    assert rise[near] == pytest.approx(0.6 * DECADES_PER_EV * inverse)
    assert rise[far] == pytest.approx(USUAL_EV * DECADES_PER_EV * inverse)


def test_values_at_other_temperatures_are_learnt_as_what_their_energy_makes_of_them_at_room_temperature(design):
    """What was measured at 100 C with 0.8 eV is a poor conductor at 25 C, and is told as one."""
    near = np.flatnonzero(design.X[:, -1] == 1)
    X = at(design.X, 25.0)
    warm = near[::2]
    X[warm] = at(X[warm], 100.0)
    energies = np.full(len(X), 0.3)
    energies[warm] = 0.8
    level = np.where(np.isin(np.arange(len(X)), warm), -6.0, -3.0)
    y = level - energies * DECADES_PER_EV * (X[:, INVERSE] - ROOM)
    fitted = regressor(n_trees=60).fit(X, y, papers=design.papers, energies=energies)
    trees = fitted.trees_.predict(at(X, 25.0)[near].astype(np.float32))
    assert np.corrcoef(trees, level[near])[0, 1] > 0.8
    assert fitted.process_.targets_ == pytest.approx(level[design.X[:, -1] == 1])


def test_usual_temperature_dependence_is_learnt_whole(design):
    usual = -ARRHENIUS * (design.X[:, INVERSE] - ROOM) - 3.0
    fitted = regressor().fit(design.X, usual, papers=design.papers)
    assert fitted.predict(design.X) == pytest.approx(usual, abs=1e-6)


@pytest.mark.parametrize("wild", [False, True])
def test_no_conductivity_falls_as_it_gets_warmer(fitted, design, wild):
    """In one phase, near and far, whatever the regressors learnt of temperature; each rise is one of 0.1 to 1.2 eV."""
    one = fitted
    if wild:  # values that fall steeply with temperature, and jump about
        draw = np.random.default_rng(1)
        y = design.y + 9.0 * (design.X[:, INVERSE] - ROOM) + draw.normal(size=len(design.y))
        one = replace(design, y=y).fit(regressor(), np.arange(len(y)))
    for crystallinity in (0.0, 1.0):
        with threadpool_limits(1):
            told = np.array([one.predict(at(design.X[::2], celsius, crystallinity)) for celsius in CELSIUS])
        energy = np.diff(told, axis=0) / np.diff(-1000.0 / (CELSIUS + 273.15))[:, None] / DECADES_PER_EV
        assert energy.min() >= LEAST_EV - 1e-9
        assert energy.max() <= MOST_EV + 1e-9


def test_a_regressor_without_conditions_knows_no_temperature(tg_rows):
    data = tg_rows
    design = Predictor("tg")._design(data.fractions, data.values, data.groups)
    fitted = design.fit(regressor().set_params(n_conditions=0), np.arange(len(design.y)))
    assert fitted.energies_ is None
    assert fitted.process_ is not None
    assert np.median(np.abs(fitted.predict(design.X) - design.y)) < 60


# As scikit-learn has it


def test_same_seed_same_numbers(design):
    again = [learn(design, random_state=3, capacity=50).predict(design.X) for _ in range(2)]
    assert (again[0] == again[1]).all()
    assert (learn(design, random_state=4, capacity=50).predict(design.X) != again[0]).any()


def test_scikit_learn_contract(fitted):
    other = clone(fitted)
    assert not hasattr(other, "committee_")
    assert other.get_params()["committee__max_iter"] == 20
    assert other.set_params(committee__max_iter=5).committee.max_iter == 5
    assert fitted.committee.max_iter == 20
    assert not hasattr(fitted.committee, "n_iter_")
    assert fitted.committee.random_state is None


def test_what_is_unsure_shows_in_networks_and_process_which_have_no_steps(design):
    committee = Committee(n_iterations=10, n_trees=5, n_networks=3, n_epochs=2)
    room = at(design.X[design.X[:, -1] == 1], 25.0)
    regressor = BlendedRegressor(3, committee, FamilyProcess(n_steps=12)).fit(design.X, design.y)
    networks = regressor.committee_.votes(room)[1:]
    process = parts(regressor, room)[2]
    answer = regressor.answer(room)
    assert answer.spread == pytest.approx(np.std(networks, axis=0), abs=1e-5)
    assert answer.gap == pytest.approx(np.abs(process - np.mean(networks, axis=0)), abs=1e-4)
