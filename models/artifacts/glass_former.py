"""What a predictor of glass formation consists of, field by field, and whether one made of a file can answer."""

from __future__ import annotations

import numpy as np

from ...features.elements import SYMBOLS
from ..design.descriptor_record import columns
from ..design.mixture import BLOCKS, KIN_NAMES, all_names
from ..domain import Domain
from ..fitting.glass_former import COARSE, DIMENSIONS, GlassFormer
from ..fitting.outcome_stack import OutcomeStack
from .codecs import Plain, Repeated, Texts, Trees, read_all, write_all
from .contents import DOMAIN
from .fields import Content, Draft, Field, UnsoundError

TRIAL = ("LiAlCl2.5O0.75", "SiO2")
STACKS = {"any_glass_": COARSE, "all_glass_": 1}  # and how much smaller their forests are
FARTHEST = 1e6  # coefficient of a stack beyond which none lies

HALF = np.float16
FORESTS: dict[str, Field] = {
    "full": Trees("width", "certainty", kind=HALF),
    "kin": Trees("kin width", "certainty", kind=HALF),
}
BORDER = Trees("kin width", "certainty", may_lack=True, kind=HALF)
COEFFICIENTS: dict[str, Field] = {"coefficients_": Plain(("terms",), least=-FARTHEST, most=FARTHEST)}
POINTS: dict[str, Field] = {**DOMAIN, "points_": Repeated("fitted", ("space",), HALF)}
OWN: dict[str, Field] = {
    "own_points_": Plain(("own", "space")),
    "own_outcomes_": Plain(("own",), np.uint8, np.float64, most=2.0),
}
KNOWN: dict[str, Field] = {
    "known_keys_": Plain(("different",), np.uint64),
    "known_counts_": Plain(("different", 3), np.uint8, np.float64),
    "known_glass_": Plain(("fitted",), np.uint8, np.bool_, most=1.0),
    "elements_": Plain((len(SYMBOLS),), np.uint8, np.bool_, most=1.0),
    "known_formulas_": Texts("known"),
    "known_references_": Texts("known"),
}


def draft_former(former: GlassFormer) -> Draft:
    """The arrays and numbers of a fitted predictor of glass formation, without its held-out rows."""
    made = Draft()
    write_all(POINTS, vars(former.domain_), "domain", made)
    for name in STACKS:
        stack = getattr(former, name)
        write_all(COEFFICIENTS, vars(stack), name, made)
        write_all(FORESTS, dict(zip(FORESTS, stack.forests_[:2], strict=True)), name, made)
        BORDER.write(stack.forests_[2] if stack.border else None, f"{name}.border", made)
    write_all(OWN, vars(former), "known", made)
    write_all(KNOWN, vars(former), "known", made)
    return made


def assemble_former(former: GlassFormer, content: Content) -> None:
    """Give a predictor that is not fitted what a file holds for it.

    Raises
    ------
    UnsoundError
        Where that is not what a training writes.
    """
    elements = len(SYMBOLS)
    if former.descriptors_[:elements] != columns(BLOCKS[:1]) or not set(former.descriptors_) <= set(columns(BLOCKS)):
        raise UnsoundError("descriptors that are not those of a mixture")
    width = len(all_names(former.descriptors_))
    content.sizes |= {"width": width, "kin width": width - elements, "certainty": 1}
    content.sizes |= {"glass": width - elements - len(KIN_NAMES)}
    former.domain_ = Domain(DIMENSIONS, half=True)
    _give(former.domain_, read_all(POINTS, "domain", content))
    for name, coarse in STACKS.items():
        setattr(former, name, _stack(former._stack(coarse), name, content))
    _give(former, read_all(OWN, "known", content))
    content.fix("known outcomes", "known", content.sizes["fitted"] + content.sizes["own"])
    _give(former, read_all(KNOWN, "known", content))
    keys = former.known_keys_
    if not len(keys) or (keys[1:] <= keys[:-1]).any():
        raise UnsoundError("known compositions that do not rise")
    content.check_empty()


def check_answers(former: GlassFormer) -> None:
    """Refuse a predictor that cannot answer, or answers with what is no probability."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            answer = former.predict(TRIAL)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise UnsoundError(f"what gives no answer ({type(error).__name__}: {error})") from None
    chances = answer.probabilities
    if not np.isfinite(answer.distance).all() or not np.allclose(chances.sum(axis=1), 1.0) or (chances < 0).any():
        raise UnsoundError("a predictor that answers with what is no probability")


def _stack(stack: OutcomeStack, name: str, content: Content) -> OutcomeStack:
    stack.forests_ = [*read_all(FORESTS, name, content).values()]
    border = BORDER.read(f"{name}.border", content)
    if (border is not None) != stack.border:
        raise UnsoundError(f"other forests in {name} than a training grows")
    content.sizes["terms"] = 3 + stack.border
    _give(stack, read_all(COEFFICIENTS, name, content))
    if any(float(forest.value.min()) < 0.0 for forest in stack.forests_):
        raise UnsoundError(f"a forest in {name} with a probability below 0")
    if border is not None:
        stack.forests_.append(border)
    return stack


def _give(estimator: object, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(estimator, name, value)
