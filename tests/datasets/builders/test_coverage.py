import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.datasets.builders import bar_chart, coverage
from vitrion.experiments.recipes.melting_rule import MeltingRule

DOCS = Path(__file__).parents[3] / "docs"


def test_one_command_writes_page_and_figures_as_they_are_committed(tmp_path, capsys):
    assert coverage.main([str(tmp_path)]) == 0
    written = capsys.readouterr().out.split()
    assert len(written) == 6
    for name in written:
        path = Path(name)
        committed = DOCS / path.relative_to(tmp_path)
        assert path.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8"), (
            f"run coverage again: {committed}"
        )


def words(place):
    return " ".join(DOCS.joinpath(place).read_text(encoding="utf-8").split())


def test_documents_tell_the_share_of_the_melting_rule():
    share = MeltingRule.learn(load("tg", lab=False), load("liquidus", lab=False)).share
    assert f"an estimated Tg of {share:.2f} of the liquidus" in words("explanation/chemistry.md")


@pytest.mark.parametrize("name", coverage.FIGURES)
def test_figures_are_small_and_well_formed(name):
    path = DOCS / "images" / f"data-{name}.svg"
    assert path.stat().st_size < 20_000
    root = ET.parse(path).getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "with Tg" in texts or "all" in texts or {"SciGlass (15-45 degC)", "crystal"} & set(texts)


def test_bars_grow_with_counts_and_none_is_drawn_for_zero():
    chart = bar_chart.draw("A < B", "x", ["a", "b", "c"], {"n": np.array([1, 0, 1000])})
    root = ET.fromstring(chart)
    bars = [e for e in root.iter("{http://www.w3.org/2000/svg}rect") if len(e)]
    heights = [float(bar.get("height")) for bar in bars]
    assert len(bars) == 2
    assert 0 < heights[0] < heights[1]
    assert "A < B" in [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
