"""Figures as files."""

import xml.etree.ElementTree as ET

import plotly.graph_objects as go
import pytest
from vitrion.experiments import plots
from vitrion.experiments.plots import export


@pytest.fixture
def figure():
    drawn = go.Figure({"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4], "name": "</script>Δ"}]})
    return drawn.update_layout(width=320, height=240, title="LiAlCl₂.₅O₀.₇₅ <i>& co</i>", showlegend=True)


needs_browser = pytest.mark.skipif(export.browser() is None, reason="there is no Chromium")


@needs_browser
def test_svg_is_whole_and_holds_the_words(figure, tmp_path):
    path = plots.save(figure, tmp_path / "figure.svg")
    root = ET.parse(path).getroot()
    assert root.tag.endswith("svg")
    assert (root.get("width"), root.get("height")) == ("320", "240")
    text = "".join(root.itertext())
    assert "LiAlCl₂.₅O₀.₇₅" in text
    assert "Δ" in text


@needs_browser
def test_png_has_the_pixels_that_were_asked_for(figure):
    image = plots.png(figure, scale=2)
    assert image.startswith(b"\x89PNG")
    assert (int.from_bytes(image[16:20]), int.from_bytes(image[20:24])) == (640, 480)


def test_html_needs_no_browser_and_no_network(figure, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_CHROMIUM", str(tmp_path / "none"))
    page = plots.save(figure, tmp_path / "figure.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page


def test_without_a_browser_it_says_what_to_do(figure, tmp_path, monkeypatch):
    monkeypatch.setenv("VITRION_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(plots.PictureError, match="no Chromium to draw with; install it"):
        plots.save(figure, tmp_path / "figure.svg")
    shown = plots.picture(figure)
    assert shown.figure is figure
    assert "image/png" not in shown._repr_mimebundle_()


def test_a_browser_that_is_none_is_told(figure, monkeypatch, tmp_path):
    mock = tmp_path / "chromium"
    mock.write_text("#!/bin/sh\necho nothing\n", encoding="utf-8")
    mock.chmod(0o755)
    monkeypatch.setenv("VITRION_CHROMIUM", str(mock))
    with pytest.raises(plots.PictureError, match="drew nothing"):
        plots.svg(figure)


def test_other_endings_are_refused(figure, tmp_path):
    with pytest.raises(plots.PictureError, match=r"figure\.gif ends with \.gif; use one of \.svg, \.png, \.html"):
        plots.save(figure, tmp_path / "figure.gif")
