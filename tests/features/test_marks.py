"""Marks of other scripts: what can only be meant is read, what is not seen or only looks alike is named, not joined."""

import pytest
from vitrion.features import Composition, FormulaError

BLANKS = "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
DOTS = "·⋅•∙‧・●･⸱ꞏ᛫"
DASHES = "-‐‑‒–—−﹣－"


@pytest.mark.parametrize("blank", BLANKS)
def test_every_blank_is_a_blank(blank):
    assert Composition.parse(f"Li{blank}Al{blank}Cl4") == Composition.parse("LiAlCl4")
    with pytest.raises(FormulaError, match="write LiAlCl4 or LiAlCl4S1, and put a label"):
        Composition.parse(f"LiAlCl4{blank}S1")


@pytest.mark.parametrize("dot", DOTS)
def test_every_middle_dot_joins_compounds(dot):
    assert Composition.parse(f"CuSO4{dot}5H2O") == Composition.parse("CuSO4(H2O)5")


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_joins_compounds(dash):
    assert Composition.parse(f"Li2O{dash}2TaCl5") == Composition.parse("Li2OTa2Cl10")


@pytest.mark.parametrize("mark", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202e\u2066\x1b\x07\r\x00")
def test_a_mark_that_is_not_seen_is_refused_and_shown(mark):
    for text in (f"Li{mark}Cl", f"LiAlCl4{mark}S1", f"\x1b[31mLiCl{mark}F"):
        with pytest.raises(FormulaError) as error:
            Composition.parse(text)
        assert str(error.value).isprintable()
        assert mark not in str(error.value)


@pytest.mark.parametrize(
    ("mark", "plain"), [("（", "("), ("）", ")"), ("２", "2"), ("Ｏ", "O"), ("［", "["), ("，", ",")]
)
def test_a_mark_of_full_width_is_to_be_typed_anew(mark, plain):
    with pytest.raises(FormulaError, match="type a plain") as error:
        Composition.parse(f"Li{mark}Cl")
    assert plain in str(error.value) or "point" in str(error.value)
