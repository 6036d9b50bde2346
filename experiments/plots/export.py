"""Figures as SVG and PNG, drawn by a Chromium that runs without a window and without a network."""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SUFFIXES = (".svg", ".png", ".html")
_PAGE = """<!doctype html><meta charset="utf-8"><body><script src="plotly.js"></script><script>
Plotly.toImage({figure}, {asked}).then(
  (url) => {{ document.body.textContent = url }}, (error) => {{ document.body.textContent = "error " + error }})
</script></body>"""
_TIME_S = 90


class PictureError(RuntimeError):
    """A figure that cannot be drawn into a file."""


def browser() -> str | None:
    """The Chromium that draws: `VITRION_CHROMIUM`, else the first of `BROWSERS` on the path; None without one."""
    told = os.environ.get("VITRION_CHROMIUM")
    if told:
        return shutil.which(told)
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def svg(figure: go.Figure) -> str:
    """A figure as SVG text, on white, in the size of its layout."""
    return urllib.parse.unquote(_drawn(figure, "svg", 1.0).partition(",")[2])


def png(figure: go.Figure, scale: float = 2.0) -> bytes:
    """A figure as a PNG, on white, `scale` times the pixels of its layout."""
    return base64.b64decode(_drawn(figure, "png", scale).partition(",")[2])


def save(figure: go.Figure, path: Path | str) -> Path:
    """Write a figure into a file, its form by the ending: .svg, .png, or .html that opens without a network.

    Parameters
    ----------
    figure
        Any plotly figure.
    path
        File to write; SVG and PNG need a Chromium, HTML does not.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise PictureError(f"{path.name} ends with {path.suffix or 'nothing'}; use one of {', '.join(SUFFIXES)}")
    if path.suffix == ".svg":
        path.write_text(svg(figure), encoding="utf-8")
    elif path.suffix == ".png":
        path.write_bytes(png(figure))
    else:
        figure.write_html(path, include_plotlyjs=True, full_html=True)
    return path


class Picture:
    """A figure that a notebook keeps as a PNG, which any viewer shows; without a Chromium as a plotly figure."""

    def __init__(self, figure: go.Figure, scale: float = 1.25) -> None:
        self.figure, self.scale = figure, scale

    def __repr__(self) -> str:
        return f"a picture of {len(self.figure.data)} traces"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """What IPython shows and keeps."""
        if browser() is None:
            shown: dict[str, Any] = self.figure._repr_mimebundle_(include, exclude)
            return shown
        return {"image/png": base64.b64encode(png(self.figure, self.scale)).decode(), "text/plain": repr(self)}


def picture(figure: go.Figure, scale: float = 1.25) -> Picture:
    """Show a figure in a notebook so that the kept notebook displays it anywhere.

    Parameters
    ----------
    figure
        Any plotly figure.
    scale
        Pixels of the picture for each of the layout.
    """
    return Picture(figure, scale)


def _drawn(figure: go.Figure, form: str, scale: float) -> str:
    """Data URL of a figure in that form."""
    import plotly.offline

    found = browser()
    if found is None:
        raise PictureError(
            "there is no Chromium to draw with; install it (on Debian: apt-get install chromium), name it in "
            "VITRION_CHROMIUM, or save the figure as .html"
        )
    with tempfile.TemporaryDirectory(prefix="vitrion-picture-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        (folder / "plotly.js").write_text(plotly.offline.get_plotlyjs(), encoding="utf-8")
        (folder / "page.html").write_text(_page(figure, form, scale), encoding="utf-8")
        told = _dumped([found, *_flags(folder), (folder / "page.html").as_uri()])
    url = re.search(r"<body[^>]*>\s*(data:image/[^<]*)", told)
    if url is None:
        said = re.search(r"error [^<]*", told)
        raise PictureError(f"{Path(found).name} drew nothing ({said[0] if said else 'no answer'}); save it as .html")
    return html.unescape(url[1]).strip()


def _page(figure: go.Figure, form: str, scale: float) -> str:
    """A page that draws the figure and then holds nothing but its data URL."""
    import json

    import plotly.graph_objects as go

    whole = go.Figure(figure).update_layout(paper_bgcolor="#ffffff")
    whole.for_each_annotation(lambda name: name.update(bgcolor="rgba(255, 255, 255, 0.75)"), {"showarrow": True})
    width, height = whole.layout.width or 1000, whole.layout.height or 600
    asked = json.dumps({"format": form, "width": width, "height": height, "scale": scale})
    return _PAGE.format(figure=str(whole.to_json()).replace("<", "\\u003c"), asked=asked)


def _flags(folder: Path) -> list[str]:
    """Options of Chromium: no window, no network, a profile of its own, and no sandbox where root would have none."""
    flags = ["--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking"]
    flags += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000", "--dump-dom"]
    flags += ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-dev-shm-usage"]
    return flags + (["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])


def _dumped(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIME_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PictureError(f"{Path(command[0]).name} could not draw ({error}); save the figure as .html") from None
    return done.stdout.decode("utf-8", errors="replace")
