"""Refusals that offer other spellings: raised with what they may offer, settled where formulas are read."""

import pickle

import pytest
from vitrion.features.composition import Composition, FormulaError
from vitrion.features.formula.grammar import tokenise
from vitrion.features.readings.ambiguities import reject_capitals
from vitrion.features.readings.parser import amounts_of
from vitrion.features.space.template import Template

REFUSED = ["LIALCL4", "lialcl4", "LiDO", "CO2-SIO2", "SIO2", "LiAlCl2·5O", "LiAlCl4 S1", "LiAlCl4-S1", "SO42-", "Li20"]
REFUSED += ["LIALCL{4-x}O{x}", "LiAlCI{4-2x}O{x}", "LiDO{x}", "{x}Li20-{1-x}B203"]


def test_an_open_refusal_can_be_sent_as_well():
    """Libraries that hand on what an error was raised from send it along with the error that was settled."""
    with pytest.raises(FormulaError) as raised:
        reject_capitals("SIO2", tokenise("SIO2", "SIO2"), "SIO2")
    copy = pickle.loads(pickle.dumps(raised.value))
    assert str(copy) == str(copy.settled(amounts_of)) == str(raised.value)


def test_an_offer_holds_what_can_be_read_alone():
    with pytest.raises(FormulaError) as raised:
        tokenise("LIALCL4", "LIALCL4")
    assert raised.value.refusal.ways == ()
    assert raised.value.settled(lambda _: None).refusal.ways == ()
    assert raised.value.settled(amounts_of).refusal.ways == ("LiAlCl4",)


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_goes_to_another_process(text):
    """Nothing is left to settle in it: what it would ask could not be sent along."""
    with pytest.raises(FormulaError) as raised:
        (Template if "{" in text else Composition).parse(text)
    assert raised.value.settled(amounts_of) is raised.value
    copy = pickle.loads(pickle.dumps(raised.value))
    assert (str(copy), copy.refusal) == (str(raised.value), raised.value.refusal)
