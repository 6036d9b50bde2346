"""The periodic table of the data."""

import pytest
from vitrion.experiments.plots.elements import element_counts, periodic_table


def test_counts_are_of_compositions(tables):
    data = tables["tg"]
    counts = element_counts(data)
    assert counts["Cl"] == len({c for c in data.compositions if c.fraction("Cl") > 0})
    assert "Tc" not in counts


def test_every_element_has_a_tile_of_its_own():
    figure = periodic_table({"O": 60000, "Cl": 12, "U": 1})
    places = [(word.x, word.y) for word in figure.layout.annotations]
    assert len(set(places)) == len(places) == len(figure.layout.shapes) >= 94
    words = {word.text.split("</b>")[0].removeprefix("<b>"): word for word in figure.layout.annotations}
    assert "60k" in words["O"].text
    assert "12" in words["Cl"].text
    assert words["Li"].text == "<b>Li</b>"
    assert (words["H"].x, words["H"].y) == (1, 1)
    assert (words["Cl"].x, words["Cl"].y) == (17, 3)
    assert words["La"].y == words["Lu"].y > words["Fr"].y
    shade = {
        word.text.split("</b>")[0].removeprefix("<b>"): tile.fillcolor
        for word, tile in zip(figure.layout.annotations, figure.layout.shapes, strict=True)
    }
    assert len({shade["O"], shade["Cl"], shade["Li"]}) == 3
    assert shade["Li"] == shade["Na"]


def test_what_is_no_element_is_refused():
    with pytest.raises(ValueError, match="'LI' is no element"):
        periodic_table({"LI": 3})
