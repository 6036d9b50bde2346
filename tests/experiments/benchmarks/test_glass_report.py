"""The page of the bench of glass formation shows what was found, and nothing else."""

from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from vitrion.datasets import load
from vitrion.datasets.sources.glass_formation import GLASS
from vitrion.experiments.benchmarks import glass_bench, glass_figures, glass_report
from vitrion.experiments.scores.run_facts import Facts

SVG = "{http://www.w3.org/2000/svg}"
FACTS = Facts("2026-12-01", "a machine", "abc", "the command", 3.0)


@pytest.fixture(scope="module")
def data():
    whole = load("glass_formation", lab=False)
    return whole.take(np.flatnonzero(whole.rows["place"].isin(glass_figures.SYSTEMS)))


@pytest.fixture(scope="module")
def found(data):
    chance = np.where(data.rows["value"] == GLASS, 0.8, 0.3)
    made = glass_report.Found(data)
    for by in glass_report.TITLES:
        made.chances[by, glass_report.FORMER] = chance
        made.scores[by, glass_report.FORMER] = glass_bench.scores(data, chance)
    made.goals = glass_bench.against_goals(made.scores["elements", glass_report.FORMER])
    made.cases = pd.DataFrame([("hidden", "LiAlCl2.5O0.75", 0.6, "outside")], columns=["case", "formula", *LAST])
    return made


LAST = ["p_glass", "verdict"]


def circles(text):
    return [one.get("fill") for one in ET.fromstring(text).iter(f"{SVG}circle")]


def test_each_outcome_is_a_dot_and_each_predicted_glass_is_shaded(data, found):
    chance = found.chances["elements", glass_report.FORMER]
    drawn = circles(glass_figures.regions(data, chance))
    assert drawn.count(glass_figures.SHADE) == np.count_nonzero(chance >= glass_figures.PREDICTED)
    for outcome, colour in enumerate(glass_figures.OF_OUTCOME):
        assert drawn.count(colour) == np.count_nonzero(data.rows["value"] == outcome)


def test_a_system_lies_inside_its_triangle(data):
    for system in glass_figures.SYSTEMS:
        rows = np.flatnonzero(data.rows["place"] == system)
        x, y = glass_figures.corners(data.measured.matrix[rows], system.split("-"))
        assert len(rows) > 50
        assert (y >= -1e-9).all()
        assert (y <= glass_figures.HIGH * (1 - abs(2 * x - 1)) + 1e-6).all()


def test_the_diagram_shows_share_against_probability(data, found):
    text = glass_figures.reliability_diagram(data, {"unseen": found.chances["elements", glass_report.FORMER]})
    assert len(circles(text)) == 2 * len({"all", "halide", "Cl"})  # two bins of probability hold rows
    assert "share of glasses" in text


def test_the_page_tells_scores_goals_and_cases(found, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "images").mkdir()
    paths = glass_report.write(tmp_path, found, FACTS)
    assert {path.suffix for path in paths} == {".svg", ".md"}
    text = (tmp_path / glass_report.PAGE).read_text()
    assert "`the command`" in text
    assert "| all | AUC | 1.000 | 0.830 | yes |" in text
    assert "| hidden | LiAlCl2.5O0.75 | 0.60 | outside |" in text
    assert all(f"## Scores, {title}" in text for title in glass_report.TITLES.values())
    assert all((tmp_path / "benchmarks" / link).is_file() for link in ("../images/bench-glass-regions.svg",))
