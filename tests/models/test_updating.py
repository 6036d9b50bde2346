"""One's own results are learnt at once: what is like them is corrected, and its interval narrowed."""

import copy

import numpy as np
import pytest
from vitrion.features import FormulaError, Fractions
from vitrion.models.artifacts import artifact

OWN = ["LiAlCl2.5O0.75", "LiAlCl2.9O0.55", "LiAlCl2.2O0.9"]
ALIKE, UNLIKE = "LiAlCl2.7O0.65", "Na2Si2O5"
STATE = ("target", "difficulty", "distance", "verdict", "nearest", "near", "ratio", "lower", "upper")


def same(one, other):
    return all((getattr(one, name) == getattr(other, name)).all() for name in STATE)


def unit(told):
    """Expected size of an error without any result of one's own or of others, in the unit of the regressor."""
    return told.difficulty / np.sqrt(told.ratio)


def width(told):
    """Of the interval, in the unit of the regressor."""
    to_target = told.quantity.to_target
    return to_target(told.upper) - to_target(told.lower)


@pytest.fixture(scope="module")
def pupil(sigma):
    """What has learnt three results that conduct thirty times as well as predicted."""
    return sigma.updated(OWN, 30 * sigma.predict(OWN).mean, references=["lab"] * 3)


# What it does


def test_what_is_alike_is_corrected_and_what_is_unlike_by_what_the_laboratory_shares(sigma, pupil):
    """In units of the error that is expected there: an oxide is known better than an oxychloride, or less well."""
    before, after = (one.predict([ALIKE, *OWN, UNLIKE]) for one in (sigma, pupil))
    moved = after.target - before.target
    assert moved[:4] / np.log10(30) == pytest.approx(0.9, abs=0.2)
    law = sigma.residuals_.law
    shared = (moved / unit(before))[4] / (moved / unit(before))[0]
    by_law = law.laboratory / (law.laboratory + law.field)
    assert shared == pytest.approx(by_law, abs=0.2)
    assert shared < (1.0 + by_law) / 2.0  # less than halfway from what a laboratory shares to all


def test_intervals_narrow_near_the_results_and_nowhere_widen(sigma, pupil):
    before, after = (one.predict([ALIKE, *OWN, UNLIKE]) for one in (sigma, pupil))
    assert (after.ratio < before.ratio).all()
    assert (after.ratio[:4] < 0.5 * before.ratio[:4]).all()
    assert after.ratio[4] > after.ratio[0]
    assert (width(after)[:4] < 0.8 * width(before)[:4]).all()
    assert (after.std[:4] < before.std[:4]).all()


def test_chances_follow(sigma, pupil):
    """Where the limit lies between what was predicted and what the results tell, it is soon as good as met."""
    limit = 8 * float(sigma.predict([ALIKE]).mean[0])
    before, after = (one.predict([ALIKE]).probability(above=limit)[0] for one in (sigma, pupil))
    assert before < 0.5 < 0.8 < after
    told = pupil.predict([ALIKE])
    assert told.probability(below=float(told.lower[0]))[0] == pytest.approx(0.05, abs=0.01)
    above = told.probability(above=float(told.upper[0]))[0]
    clipped = np.log10(told.upper[0]) == pytest.approx(told.bounds.most[0])
    assert above == 0 if clipped else above == pytest.approx(0.05, abs=0.01)


def test_each_further_result_of_a_family_leaves_less_open(sigma):
    ratio, one = [], sigma
    for formula in OWN:
        one = one.updated([formula], one.predict([formula]).mean)
        ratio.append(one.predict([ALIKE]).ratio[0])
    assert (np.diff([sigma.predict([ALIKE]).ratio[0], *ratio]) < 0).all()
    assert one.predict([ALIKE]).target == pytest.approx(sigma.predict([ALIKE]).target, abs=0.02)


def test_a_glass_of_ones_own_is_known_and_named(sigma, pupil):
    told = pupil.predict(OWN)
    assert (told.distance == 0).all()
    assert set(told.verdict) == {"inside"}
    fresh = sigma.predict(OWN).distance > 0
    assert fresh.any()
    assert pupil.known_formulas_[told.nearest][fresh].tolist() == np.array(OWN)[fresh].tolist()
    assert set(pupil.known_references_[told.nearest][fresh]) == {"lab"}
    assert len(pupil.known_points) == len(pupil.known_formulas_) == len(sigma.known_formulas_) + 3
    assert pupil.known_measured_[-3:, 0] == pytest.approx(np.log10(30 * sigma.predict(OWN).mean))


def test_results_far_from_the_candidates_are_learnt_too(sigma):
    asked = [UNLIKE, "Li2Si2O5", ALIKE]
    before = sigma.predict(asked)
    assert before.distance[0] > 0
    after = sigma.updated(asked[:1], 10 * before.mean[:1]).predict(asked)
    assert after.distance[0] == 0
    moved = after.target - before.target
    assert 0.7 < moved[0] < 1.0
    here, beside, away = moved / unit(before)
    assert here > beside > away > 0


@pytest.mark.filterwarnings("ignore:.*learnt as told")
def test_of_tg_too(tg):
    formulas = [f"LiAlCl{4 - 2 * x:g}O{x:g}" for x in (0.7, 0.75, 0.8, 0.9)]
    pupil = tg.updated(formulas, tg.predict(formulas).mean + 40.0)
    before, after = (one.predict(["LiAlCl2.3O0.85", "SiO2"]) for one in (tg, pupil))
    moved = after.target - before.target
    assert 25 < moved[0] < 45
    beside, away = moved / unit(before)
    assert 0 < away < beside
    assert width(after)[0] < width(before)[0]


def test_a_result_at_another_temperature_corrects_all_of_them_alike(sigma):
    """What is missed at 100 C is missed at 25 C: decades are added, whatever the temperature."""
    warm = {"temperature_C": 100.0}
    pupil = sigma.updated(OWN[:1], 10 * sigma.predict(OWN[:1], warm).mean, warm)
    for conditions in ({"temperature_C": -20.0}, None, warm, {"temperature_C": 180.0}):
        moved = pupil.predict([ALIKE], conditions).target - sigma.predict([ALIKE], conditions).target
        assert moved == pytest.approx(pupil.predict([ALIKE]).target - sigma.predict([ALIKE]).target)
        assert 0.6 < moved[0] < 1.1


def test_no_row_depends_on_the_others_to_the_last_bit(pupil, sigma_rows):
    whole = pupil.predict(sigma_rows.fractions)
    order = np.random.default_rng(0).permutation(len(sigma_rows))
    turned = pupil.predict(sigma_rows.fractions.take(order))
    for name in ("target", "difficulty", "ratio", "lower", "upper"):
        assert (getattr(whole, name)[order] == getattr(turned, name)).all()
    assert pupil.predict(sigma_rows.fractions.take(slice(5, 6))).target[0] == whole.target[5]


def test_along_a_family_nothing_jumps(sigma, pupil):
    """Neither what is left open nor what the results add, in steps of a thousandth."""
    family = Fractions.of([f"LiAlCl{4 - 2 * x:.4f}O{x:.4f}" for x in np.arange(0.55, 0.9, 0.001)])
    before, after = (one.predict(family) for one in (sigma, pupil))
    added = (after.target - before.target) / unit(before)
    assert np.abs(np.diff(after.ratio)).max() < 0.01
    assert np.abs(np.diff(added)).max() < 0.02


# What counts how much


def test_a_result_that_its_laboratory_calls_uncertain_counts_for_less(sigma):
    value, before = 30 * sigma.predict(OWN[:1]).mean, sigma.predict([ALIKE])
    moved, left = [], []
    for error in (None, [0.0], [0.5], [2.0]):
        told = sigma.updated(OWN[:1], value, errors=error).predict([ALIKE])
        moved.append(told.target[0] - before.target[0])
        left.append(told.ratio[0])
    assert moved[0] == moved[1] > moved[2] > moved[3] > 0
    assert left[0] == left[1] < left[2] < left[3] < before.ratio[0]


def test_errors_are_standard_errors_of_the_target(sigma):
    """In decades: their squares, in units of the difficulty, are the noise of the results."""
    pupil = sigma.updated(OWN, [1e-3] * 3, errors=[0.0, 0.1, 0.3])
    noise = pupil.residuals_.noise
    assert noise[0] == 0
    before = sigma.predict(OWN)
    assert noise == pytest.approx(np.square([0.0, 0.1, 0.3] / unit(before)))
    assert pupil.residuals_.errors == pytest.approx((-3.0 - before.target) / unit(before))


@pytest.mark.filterwarnings("ignore:.*learnt as told")
def test_one_wrong_value_does_not_bend_the_others(sigma):
    family = [f"LiAlCl{4 - 2 * x:.2f}O{x:.2f}" for x in (0.5, 0.55, 0.6, 0.7, 0.75, 0.8, 0.85)]
    right = sigma.predict(family).mean
    wrong = right.copy()
    wrong[3] *= 1000
    bent = sigma.updated(family, wrong).predict([ALIKE]).target - sigma.updated(family, right).predict([ALIKE]).target
    assert abs(bent[0]) < 0.5


def test_order_of_the_results_says_nothing(sigma):
    values = np.array([1e-3, 3e-4, 2e-3])
    one = sigma.updated(OWN, values).predict([ALIKE, UNLIKE]).target
    two = sigma.updated(OWN[::-1], values[::-1]).predict([ALIKE, UNLIKE]).target
    each = sigma
    for formula, value in zip(OWN, values, strict=True):
        each = each.updated([formula], [value])
    assert two == pytest.approx(one, abs=1e-9)
    assert each.predict([ALIKE, UNLIKE]).target == pytest.approx(one, abs=1e-9)


# What it leaves as it is


def test_a_copy_leaves_the_first_as_it_is(sigma):
    before, known = sigma.predict([ALIKE, *OWN]), len(sigma.known_formulas_)
    pupil = sigma.updated(OWN, [1e-2] * 3)
    assert pupil is not sigma
    assert same(sigma.predict([ALIKE, *OWN]), before)
    assert len(sigma.known_formulas_) == len(sigma.known_points) == known
    assert len(sigma.residuals_) == 0
    assert pupil.regressor_ is sigma.regressor_, "the regressor is not learnt anew"
    third = pupil.updated(OWN, [1e-3] * 3)
    assert len(pupil.residuals_) == 3 and len(third.residuals_) == 6


def test_update_is_in_place_and_answers_with_itself(sigma):
    pupil = copy.copy(sigma)
    assert pupil.update(OWN, [1e-2] * 3) is pupil
    assert same(pupil.predict([ALIKE]), sigma.updated(OWN, [1e-2] * 3).predict([ALIKE]))
    assert pupil.update([], []) is pupil
    assert len(pupil.residuals_) == 3


def test_an_updated_predictor_outlives_its_file(sigma, tmp_path):
    pupil = sigma.updated(OWN, [4e-4, 1e-3, 2e-3], errors=[0.0, 0.1, 0.2], references=["lab"] * 3)
    loaded = artifact.load(tmp_path / "p.safetensors", artifact.save(pupil, tmp_path / "p.safetensors"))
    asked = [ALIKE, *OWN, UNLIKE]
    for conditions in (None, {"temperature_C": 80.0}):
        assert same(loaded.predict(asked, conditions), pupil.predict(asked, conditions))
    assert (loaded.known_formulas_ == pupil.known_formulas_).all()
    again = loaded.updated([ALIKE], [1e-3]).predict(asked)
    assert same(again, pupil.updated([ALIKE], [1e-3]).predict(asked))


# What it refuses


def test_nonsense_is_not_learnt(tg):
    for values, message in (([np.nan], "finite"), ([1.0, 2.0], "one finite value each")):
        with pytest.raises(ValueError, match=message):
            tg.update(["LiAlCl4"], values)
    with pytest.raises(ValueError, match="no conditions"):
        tg.update(["LiAlCl4"], [10.0], {"temperature_C": 25.0})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"values": [1e30]}, "1e[+]30 S/cm is no ionic conductivity"),
        ({"errors": [np.nan]}, "negative or no number; give 0 or more, in log10"),
        ({"errors": [-0.1]}, "negative or no number"),
        ({"errors": [0.1, 0.1]}, r"errors of shape \(2,\) for 1"),
        ({"errors": [[0.1]]}, r"errors of shape \(1, 1\) for 1"),
        ({"formulas": ["LiAlCl4", "NaAlCl4"]}, "give one each"),
        ({"conditions": {"temperature_C": 1e9}}, "cannot be"),
    ],
)
def test_a_result_that_cannot_be_learnt_changes_nothing(sigma, told, said):
    before = sigma.predict(["LiAlCl4"])
    with pytest.raises(ValueError, match=said):
        sigma.update(["LiAlCl4"], **({"values": [1e-6]} | told))
    assert same(sigma.predict(["LiAlCl4"]), before)
    assert len(sigma.known_formulas_) == len(sigma.known_measured_) == len(sigma.known_points)


def test_weights_are_no_longer_taken(sigma):
    with pytest.raises(TypeError, match="sample_weight"):
        sigma.update(["LiAlCl4"], [1e-6], sample_weight=[1.0])


@pytest.mark.parametrize(
    ("formulas", "values", "word"),
    [
        (
            ["LiAlCl2.5O0.75"],
            [0.4],
            "LiAlCl2.5O0.75: 0.4 S/cm: no solid of its class conducts better.*it looks like mS/cm (0.0004 S/cm)",
        ),
        (["LiGaCl4", "LiGaCl4"], [1e-6, 1e-3], "LiGaCl4: 1e-06 and 0.001 S/cm contradict each other"),
    ],
)
def test_doubtful_results_are_learnt_with_a_warning(sigma, formulas, values, word):
    with pytest.warns(UserWarning, match=word.replace("(", r"\(").replace(")", r"\)")):
        pupil = sigma.updated(formulas, values)
    assert (pupil.predict(formulas).target != sigma.predict(formulas).target).all()


def test_plausible_results_are_learnt_without_a_word(sigma, recwarn):
    sigma.updated(["LiAlCl2.5O0.75", "LiAlCl4"], [1.5e-3, 1e-6], {"temperature_C": [25.0, 30.0]})
    assert not [one for one in recwarn if "learnt as told" in str(one.message)]


def test_one_formula_is_not_a_list(sigma):
    with pytest.raises(FormulaError, match=r'give a list, such as \["LiAlCl4"\]'):
        sigma.updated("LiAlCl4", [1e-6])


def test_results_that_surprise_leave_more_open(sigma):
    """Twice as far from what was expected, or from each other: a wider interval, not the same one elsewhere."""
    asked, own = ["LiAlCl2.6O0.7"], ["LiAlCl2.5O0.75", "LiAlCl2.7O0.65"]
    expected = sigma.predict(own).mean
    usual, far, apart = (
        sigma.updated(own, expected * factor).predict(asked)
        for factor in (np.ones(2), np.full(2, 1e-3), np.array([1e-3, 1e3]))
    )
    assert usual.difficulty < far.difficulty
    assert usual.difficulty < apart.difficulty
    assert usual.ratio == pytest.approx(far.ratio, rel=0.05)  # what the results say hardly counts in that


def test_a_result_at_another_temperature_is_less_sure_at_this_one(sigma):
    asked, own = ["LiAlCl2.5O0.75"], ["LiAlCl2.5O0.75"]
    here, warm, hot = (
        sigma.updated(own, sigma.predict(own, {"temperature_C": at}).mean, {"temperature_C": at}).predict(asked)
        for at in (25.0, 80.0, 200.0)
    )
    assert here.ratio < warm.ratio < hot.ratio < 1.0


def test_a_crystal_says_nothing_of_the_glass(sigma):
    own, asked = ["LiAlCl2.5O0.75"], ["LiAlCl2.6O0.7"]
    with pytest.warns(UserWarning, match="of a crystal or a melt"):
        pupil = sigma.updated(own, [1e-9], {"phase": "crystal"})
    before, after = sigma.predict(asked), pupil.predict(asked)
    assert after.target == pytest.approx(before.target, abs=1e-6)
    assert after.ratio == pytest.approx(before.ratio, abs=1e-6)
    assert pupil.predict(own).distance == 0.0


def test_a_value_that_contradicts_what_others_measured_of_the_glass_counts_little(sigma):
    """What lies four expected errors off a glass that a paper measured is sooner a slip of the unit than a shift."""
    glass = str(sigma.known_formulas_[sigma.known_measured_[:, 2] == 0.0][0])
    before = sigma.predict([glass, ALIKE, UNLIKE])
    far = before.mean[:1] * 10 ** (-4.0 * unit(before)[:1])
    with pytest.warns(UserWarning, match=r": others measured another value of this glass; yours counts little"):
        slip = sigma.updated([glass], far).predict([glass, ALIKE, UNLIKE])
    assert (np.abs(slip.target - before.target) < 0.6 * unit(before)).all()
    assert (width(slip) > 0.8 * width(before)).all()
    near = sigma.updated([glass], 2.0 * before.mean[:1]).predict([glass])
    assert near.mean[0] == pytest.approx(2.0 * before.mean[0], rel=0.2), "one that is in reach is believed"


def test_of_a_crystal_that_others_measured_a_glass_may_differ(sigma):
    known = sigma.known_measured_[:, 2] == 1.0
    name = str(sigma.known_formulas_[known][0])
    before = sigma.predict([name])
    after = sigma.updated([name], before.mean * 10 ** (-3.5 * unit(before)[0])).predict([name])
    assert after.target[0] < before.target[0] - 1.5 * unit(before)[0]
