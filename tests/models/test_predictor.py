import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from vitrion.datasets import PROPERTIES
from vitrion.datasets.chemistry.possible import ceiling
from vitrion.features import Composition, FormulaError, Fractions
from vitrion.features.featurizer import Featurizer
from vitrion.models.design import conditions
from vitrion.models.design.nearness import nearness
from vitrion.models.domain import VERDICTS
from vitrion.models.fitting import inputs
from vitrion.models.predictor import Predictor
from vitrion.models.temperature import ARRHENIUS, DECADES_PER_EV, LEAST_EV, MOST_EV, ROOM

FIELDS = ("mean", "lower", "upper", "std", "distance", "verdict", "nearest")
FORMULAS = ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl4", "Na2Si2O5", "Li6PS5Cl"]


def equal(a, b):
    return all((np.asarray(getattr(a, name)) == np.asarray(getattr(b, name))).all() for name in FIELDS)


def alike(a, b):
    """Equal but for the last bits, which matrix products of another shape round differently."""
    words = (a.verdict == b.verdict).all() and (a.nearest == b.nearest).all()
    return words and all(getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-5, abs=1e-6) for name in FIELDS[:5])


def test_layout_finds_its_columns(tg, sigma):
    glass = [name.removeprefix("glass ") for name in Featurizer(("glass",)).get_feature_names_out()]
    for predictor, extras in ((tg, 2), (sigma, 1)):
        X = predictor._inputs(Fractions.of(FORMULAS), None)
        assert X.shape[1] == predictor._layout().width
        assert (predictor._glass(X) == Featurizer(("glass",)).transform(Fractions.of(FORMULAS))).all()
        views = predictor._layout().views(X)
        assert views.elements.shape == (len(FORMULAS), 103)
        assert views.elements**2 == pytest.approx(Fractions.of(FORMULAS).matrix)
        assert views.ratios.shape[1] == 10 + extras
        assert views.ratios[0, 1] == pytest.approx(np.log1p(X[0, predictor._layout().glass][glass.index("o_per_m")]))


# What it takes


def test_any_kind_of_composition(tg):
    from pymatgen.core import Composition as PymatgenComposition

    told = tg.predict(FORMULAS)
    for other in (
        [Composition.parse(text) for text in FORMULAS],
        pd.Series(FORMULAS, index=[5, 3, 9, 1, 0]),
        tuple(FORMULAS),
        np.array(FORMULAS),
        Fractions.of(FORMULAS),
        iter(FORMULAS),
    ):
        assert equal(tg.predict(other), told)
    assert alike(tg.predict([PymatgenComposition(text) for text in FORMULAS]), told)


def test_one_bare_string_is_refused(tg):
    with pytest.raises(FormulaError, match="give a list"):
        tg.predict("LiAlCl4")


def test_nothing_asked(tg, sigma):
    for predictor in (tg, sigma):
        told = predictor.predict([])
        assert len(told) == 0
        assert {getattr(told, name).shape for name in FIELDS} == {(0,)}
        assert told.probability(below=1.0).shape == (0,)


def test_asked_before_fit():
    with pytest.raises(NotFittedError):
        Predictor("tg").predict(FORMULAS)
    with pytest.raises(NotFittedError):
        Predictor("tg").held_out()


def test_unknown_property():
    with pytest.raises(ValueError, match="use one of tg"):
        Predictor("hardness").fit(FORMULAS, np.ones(5))


@pytest.mark.parametrize(
    ("settings", "told", "said"),
    [
        ({}, {"values": [1.0]}, "one finite value each"),
        ({}, {"values": [1.0, np.nan, 1, 1, 1]}, "one finite value each"),
        ({}, {"groups": ["a"] * 4}, r"groups of shape \(4,\) for 5"),
        ({}, {"sample_weight": [1.0]}, "sample_weight of shape"),
        ({}, {"estimated": [True]}, "estimated of shape"),
        ({}, {"laboratories": ["a"]}, "laboratories of shape"),
        ({}, {"energies": [0.3]}, "energies of shape"),
        ({}, {"years": [2020.0]}, r"years of shape \(1,\) for 5"),
        ({}, {"conditions": {"temperature_C": 25.0}}, "knows no conditions"),
        ({"blocks": ("glass", "fractions")}, {}, 'put "fractions" first'),
        ({"blocks": ()}, {}, 'put "fractions" first'),
        ({}, {"groups": ["one"] * 5}, "5 folds of 1 groups"),
    ],
)
def test_clear_refusals(settings, told, said):
    with pytest.raises(ValueError, match=said):
        Predictor("tg", **settings).fit(FORMULAS, **({"values": np.arange(5.0)} | told))


def test_conductivity_of_zero_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        Predictor("conductivity", conditions=True).fit(FORMULAS, np.array([0, 1, 1, 1, 1.0]))


# What it says


def test_shapes_and_order(tg, sigma):
    for predictor in (tg, sigma):
        told = predictor.predict(FORMULAS)
        assert len(told) == 5
        assert {getattr(told, name).shape for name in FIELDS} == {(5,)}
        assert (told.lower <= told.mean).all() and (told.mean <= told.upper).all()
        assert set(told.verdict) <= set(VERDICTS)
        assert (told.std > 0).all()
        assert not any(np.isnan(np.asarray(getattr(told, name), float)).any() for name in FIELDS[:5])


def test_lab_units(tg, sigma, tg_rows, sigma_rows):
    kelvin = tg.predict(tg_rows.fractions)
    assert np.median(np.abs(kelvin.mean - tg_rows.values)) < 60  # noqa: PD011
    assert kelvin.target == pytest.approx(kelvin.mean + 273.15)
    told = sigma.predict(sigma_rows.fractions, sigma_rows.conditions)
    assert np.median(np.abs(np.log10(told.mean / sigma_rows.values))) < 0.8  # noqa: PD011
    assert (told.lower >= 0).all()
    assert told.target == pytest.approx(np.log10(told.mean))


def test_a_known_composition_has_distance_zero_and_its_name(tg, tg_rows):
    told = tg.predict(tg_rows.fractions)
    assert told.distance == pytest.approx(0, abs=1e-6)
    assert set(told.verdict) == {"inside"}
    names, papers = tg.known_formulas_[told.nearest], tg.known_references_[told.nearest]
    assert (names == tg_rows.rows["formula"].to_numpy(str)).mean() > 0.99
    assert len(names) == len(papers) == len(tg_rows)


def test_probability(tg):
    told = tg.predict(FORMULAS)
    below, above = told.probability(below=100.0), told.probability(above=100.0)
    assert below + above == pytest.approx(1)
    assert told.probability(below=200.0, above=100.0) == pytest.approx(told.probability(below=200) - below)
    assert (told.probability(below=100.0, above=200.0) == 0).all()
    grid = np.array([told.probability(below=t) for t in range(-200, 1500, 25)])
    assert (np.diff(grid, axis=0) >= 0).all()
    with pytest.raises(ValueError, match="no limit; give below=, above= or both, in degC"):
        told.probability()


def test_interval_and_probability_agree(tg):
    told = tg.predict(FORMULAS[:4])
    for row in range(4):
        if np.isfinite(told.lower[row]) and told.verdict[row] == "inside":
            assert told.probability(below=float(told.lower[row]))[row] == pytest.approx(0.05, abs=0.02)
            assert told.probability(above=float(told.upper[row]))[row] == pytest.approx(0.05, abs=0.02)


def test_no_temperature_below_absolute_zero(tg):
    assert (tg.predict(["LiAlCl4", "Cs3Bi2I9", "NaTaCl6", "LiCl", "U3Th7Br"]).lower >= -273.15).all()


def test_mean_differs_from_a_lookup(tg, tg_rows):
    assert (tg.predict(tg_rows.fractions).mean != tg_rows.values).mean() > 0.99  # noqa: PD011


def test_conductivity_grows_with_temperature(sigma, sigma_rows):
    glass = {"phase": "glass"}
    cold, warm = (sigma.predict(sigma_rows.fractions, glass | {"temperature_C": t}) for t in (25.0, 210.0))
    assert np.median(warm.target - cold.target) > 1.0
    assert (warm.target > cold.target).all()


def mixtures(n, seed):
    """Compositions of two to five elements drawn by chance, near the candidates and far from them."""
    draw, found = np.random.default_rng(seed), []
    cations = ["Li", "Na", "K", "Ag", "Al", "Zr", "Ta", "Y", "Si", "B", "P", "Ge", "Bi", "La", "Zn", "Mg"]
    for _ in range(n):
        anions = draw.choice(["O", "Cl", "Br", "I", "S", "F"], draw.integers(1, 3), replace=False)
        chosen = [*draw.choice(cations, draw.integers(1, 4), replace=False), *anions]
        found.append("".join(f"{symbol}{draw.uniform(0.1, 4):.2f}" for symbol in chosen))
    return found


@pytest.mark.parametrize("phase", ["glass", "crystal", "unknown"])
def test_no_conductivity_falls_as_it_gets_warmer(sigma, sigma_rows, phase):
    """Of anything in one phase, near and far, before and after own results at several temperatures."""
    between = [f"Li12Al2O{10 - x:.1f}Cl{x:.1f}" for x in np.linspace(2.0, 3.0, 11)]
    batch = Fractions.of([*mixtures(150, 0), *between, *FORMULAS])
    near = nearness(batch)
    assert (near == 0).sum() > 20 and (near == 1).sum() > 20 and ((near > 0) & (near < 1)).sum() > 2
    own = ["LiAlCl2.5O0.75", "LiAlCl2.9O0.55", "Na2Si2O5"]
    at = {"temperature_C": [25.0, 80.0, 200.0]}
    pupils = [sigma.updated(own, sigma.predict(own, at).mean * by, at) for by in (20.0, 0.05)]
    celsius = [-150.0, -50.0, -10.0, 25.0, 40.0, 60.0, 100.0, 101.0, 150.0, 199.0, 210.0, 700.0]
    for one in (sigma, *pupils):
        told = np.array([one.predict(batch, {"temperature_C": t, "phase": phase}).target for t in celsius])
        energy = np.diff(told, axis=0) / np.diff(-1000.0 / (np.array(celsius) + 273.15))[:, None] / DECADES_PER_EV
        assert energy.min() >= -1e-9  # at the most that any solid is known to conduct, the bound, it may stand still
        free = told < ceiling(1000.0 / (np.array(celsius) + 273.15))[:, None] - 1e-6
        assert energy[free[1:] & free[:-1]].min() >= LEAST_EV - 1e-6
        assert energy.max() <= MOST_EV + 1e-6


def falls(told, limit, mean):
    """By how much P(above the limit) falls at most as rows of rising temperature follow each other."""
    above = 1.0 - told.calibration.below(mean, told.difficulty, told.near, told.ratio, limit)
    return float((np.maximum.accumulate(above) - above).max())


def test_the_chance_of_a_conductivity_hardly_falls_as_it_gets_warmer(sigma):
    """Errors are told apart by the mean at the temperature asked; with those of 25 C for all, no chance falls."""
    celsius = np.arange(-50.0, 301.0, 10.0)
    found = []
    for formula in (*FORMULAS, "LiTaOCl4", "NaTaCl6", "LiGaCl2.5O0.75"):
        told = sigma.predict([formula] * len(celsius), {"temperature_C": celsius, "phase": "glass"})
        room = np.full(len(celsius), sigma.predict([formula], {"temperature_C": 25.0, "phase": "glass"}).target)
        for limit in (-5.0, -4.0, -3.0, -2.0):
            shifted = limit + room - told.target  # the same distance from the mean
            fixed = [
                1.0 - told.calibration.below(room, told.difficulty, told.near, told.ratio, float(one))[place]
                for place, one in enumerate(shifted)
            ]
            found.append((falls(told, limit, told.target), float((np.maximum.accumulate(fixed) - fixed).max())))
    largest = np.max(found, axis=0)
    assert largest[0] < 0.05 and largest[1] < 1e-3


def test_measured_energies_are_heard(sigma, learn, sigma_rows):
    """Without them every composition near the candidates rises alike; with them each as it was measured."""
    batch = Fractions.of(FORMULAS[:3])
    blind = learn("conductivity", sigma_rows, energies=None)
    rise = [one.predict(batch, {"temperature_C": 100.0}).target - one.predict(batch).target for one in (sigma, blind)]
    assert rise[1] == pytest.approx(ARRHENIUS * (ROOM - 1000.0 / 373.15))
    assert np.ptp(rise[0]) > 0.01


def test_default_condition_is_glass_at_25(sigma):
    assert equal(sigma.predict(FORMULAS), sigma.predict(FORMULAS, {"temperature_C": 25.0, "phase": "glass"}))


def test_conditions_one_each_or_one_for_all(sigma):
    each = pd.DataFrame({"temperature_C": [60.0] * 5, "phase": ["glass"] * 5}, index=list("abcde"))
    assert equal(sigma.predict(FORMULAS, each), sigma.predict(FORMULAS, {"temperature_C": 60.0}))
    with pytest.raises(conditions.ConditionError, match="2 values of temperature_C for 5"):
        sigma.predict(FORMULAS, {"temperature_C": [1.0, 2.0]})
    with pytest.raises(ValueError, match="no conditions"):
        Predictor("tg").fit(FORMULAS, np.ones(5), conditions={"phase": "glass"})


# Same in, same out


def test_any_order_and_batch(sigma, sigma_rows):
    n = len(sigma_rows)
    whole = sigma.predict(sigma_rows.fractions)
    order = np.random.default_rng(0).permutation(n)
    turned = sigma.predict(sigma_rows.fractions.take(order))
    back = np.argsort(order)
    for name in FIELDS:
        one, other = np.asarray(getattr(whole, name)), np.asarray(getattr(turned, name))[back]
        if one.dtype.kind == "f":
            assert one == pytest.approx(other, rel=1e-5, abs=1e-6)
        elif name == "verdict":
            assert (one == other).all()
    for size in (1, 3, 100):
        parts = [sigma.predict(sigma_rows.fractions.take(slice(i, i + size))) for i in range(0, min(n, 3 * size), size)]
        for name in ("mean", "lower", "upper"):
            told = np.concatenate([getattr(part, name) for part in parts])
            assert told == pytest.approx(getattr(whole, name)[: len(told)], rel=1e-5)


def test_asking_again_changes_nothing(sigma):
    assert equal(sigma.predict(FORMULAS), sigma.predict(FORMULAS))


def test_same_seed_same_model_and_any_number_of_jobs(tg, tg_rows, learn):
    two = learn("tg", tg_rows, n_jobs=2)
    assert equal(tg.predict(tg_rows.fractions), two.predict(tg_rows.fractions))
    for name in ("mean", "lower", "upper", "difficulty", "distance", "fold"):
        assert (getattr(tg.held_out(), name) == getattr(two.held_out(), name)).all()


def test_another_seed_deals_other_folds(tg, tg_rows, learn):
    assert (learn("tg", tg_rows, random_state=1, n_folds=2).held_out().fold != tg.held_out().fold).any()


def test_cross_validate_is_what_fit_held_out(tg, tg_rows):
    told = clone(tg).cross_validate(
        tg_rows.fractions, tg_rows.values, tg_rows.groups, laboratories=tg_rows.laboratories
    )
    assert (told.mean == tg.held_out().mean).all()
    assert (told.lower == tg.held_out().lower).all()


def test_held_out_covers(tg, sigma):
    for predictor in (tg, sigma):
        held = predictor.held_out()
        inside = (held.lower <= held.truth) & (held.truth <= held.upper)
        assert inside.mean() == pytest.approx(0.9, abs=0.05)


def test_order_of_the_rows_says_nothing_to_the_last_bit(sigma, sigma_rows):
    order = np.random.default_rng(3).permutation(len(sigma_rows))
    whole, turned = sigma.predict(sigma_rows.fractions), sigma.predict(sigma_rows.fractions.take(order))
    for name in ("target", "difficulty", "distance", "lower", "upper", "ratio"):
        assert (getattr(whole, name)[order] == getattr(turned, name)).all()


def test_descriptors_of_a_batch_are_made_once_and_go_with_it():
    batch = Fractions.of(["LiAlCl4", "NaAlCl4"])
    before, blocks = len(inputs._DESCRIBED), ("fractions", "glass")
    told = inputs.matrix(batch, blocks, False, None)
    assert inputs._descriptors(batch, blocks) is inputs._descriptors(batch, blocks)
    assert (inputs.matrix(batch, blocks, True, None)[:, : told.shape[1] - 1] == told[:, :-1]).all()
    assert len(inputs._DESCRIBED) == before + 1
    del batch
    assert len(inputs._DESCRIBED) == before


# What others measured


def test_what_others_measured_settles_nothing_of_the_shift_of_ones_own_laboratory(sigma, sigma_rows):
    """It is in the regressor; the ratio is that of one's own results alone."""
    told = sigma.predict(sigma_rows.fractions, sigma_rows.conditions)
    assert (told.ratio == 1.0).all()
    assert (sigma.updated(["LiAlCl2.5O0.75"], [1e-3]).predict(sigma_rows.fractions).ratio < 1.0).all()


def test_old_papers_may_count_for_less(tg, learn, tg_rows):
    """In the intervals alone, and only where a memory is asked for."""
    years = np.where(np.arange(len(tg_rows)) % 2 == 0, 1970.0, 2020.0)
    dated, told = (learn("tg", tg_rows, years=years, memory_years=memory) for memory in (None, 5.0))
    for one in (dated, told):
        assert (one.predict(FORMULAS).target == tg.predict(FORMULAS).target).all()
    assert (dated.calibration_.quantiles == tg.calibration_.quantiles).all()
    assert (told.calibration_.quantiles != tg.calibration_.quantiles).any()


# Estimates


def test_estimates_are_learnt_but_known_to_nobody(learn, tg_rows):
    data = tg_rows.take(np.arange(300))
    salts = Fractions.of(["LiTaCl6", "NaTaCl6", "LiNbCl6"] * 5)
    both = Fractions.from_matrix(np.vstack([data.fractions.matrix, salts.matrix]))
    told = learn(
        "tg",
        data,
        n_folds=2,
        compositions=both,
        values=np.r_[data.values, np.full(15, -40.0)],  # noqa: PD011
        groups=np.r_[data.groups, ["rule"] * 15],
        estimated=np.r_[np.zeros(300, bool), np.ones(15, bool)],
        formulas=np.r_[data.rows["formula"].to_numpy(str), [""] * 15],
        references=None,
        laboratories=None,
    )
    assert told.held_out().row.max() < 300
    assert len(told.domain_.points_) == len(told.known_formulas_) == 300
    answer = told.predict(["LiTaCl6"])
    assert answer.distance[0] > 0.1
    assert answer.mean[0] < learn("tg", data, n_folds=2).predict(["LiTaCl6"]).mean[0]


# As scikit-learn has it


def test_clone_and_parameters(sigma):
    other = clone(sigma)
    assert not hasattr(other, "regressor_")
    assert other.get_params(deep=False).keys() == sigma.get_params(deep=False).keys()
    assert other.set_params(coverage=0.8, regressor__capacity=7).regressor.capacity == 7
    assert sigma.regressor.capacity != 7
    with pytest.raises(ValueError, match="Invalid parameter"):
        other.set_params(cover=0.8)


def test_fit_leaves_parameters_alone(tg):
    assert not {"committee_", "process_", "trees_"} & set(vars(tg.regressor))
    assert {"committee_", "process_", "trees_", "energies_", "foreign_"} <= set(vars(tg.regressor_))
    assert repr(tg).startswith("Predictor(")


def test_score_is_r2_of_targets(tg, tg_rows):
    from sklearn.metrics import r2_score

    told = tg.predict(tg_rows.fractions).mean
    assert tg.score(tg_rows.fractions, tg_rows.values) == pytest.approx(r2_score(tg_rows.values, told))
    assert tg.score(tg_rows.fractions, tg_rows.values) > 0.7


def test_score_minds_the_conditions(sigma, sigma_rows):
    told = sigma_rows.fractions, sigma_rows.rows["value"].to_numpy()
    assert sigma.score(*told, conditions=sigma_rows.conditions) > sigma.score(*told)


def test_coverage_widens(tg, tg_rows):
    wide, narrow = tg.predict(FORMULAS), clone(tg).set_params(coverage=0.5)
    narrow.__dict__.update({name: value for name, value in vars(tg).items() if name.endswith("_")})
    assert (narrow.predict(FORMULAS).upper <= wide.upper).all()


def test_quantity(tg):
    assert tg.quantity is PROPERTIES["tg"]
