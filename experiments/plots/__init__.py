"""All pictures in one place, as plotly figures that read in light and dark, and as files for a talk or a paper.

`vitrion.plots` is this module: every function gives a figure, `save` writes one as SVG, PNG or HTML, and `picture`
shows one in a notebook so that any viewer displays it.

- `style`: What all figures share: colours that the colour-blind can tell apart, symbols, axes, fonts, subscripts.
- `export`: Figures as SVG and PNG, drawn by a Chromium that runs without a window and without a network.
- `chart`: Panels of points, lines and density as SVG text: a few lines of our own.
- `accuracy`: How good predictions are, as pictures: measured against predicted, and how often intervals hold.
- `elements`: The periodic table as a picture: how many compositions of the data hold each element.
- `ternary`: A ternary map: a property over the shares of three elements or groups, such as O, Cl and M.
- `ranking_map`: A ranking as a picture: the map of Tg and conductivity, with intervals, names and the goal.
- `labels`: Names beside points of a plot, placed so that none covers another.
- `sweep`: A sweep as a picture: conductivity and Tg as bands against one variable, or as maps over two.
- `figures`: Figures of a training: measured against predicted, and how often the intervals hold.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accuracy import calibration, coverage_curve, parity
    from .elements import element_counts, periodic_table
    from .export import PictureError, picture, png, save, svg
    from .ranking_map import LARGEST, conductivity_map, map_names, named
    from .sweep import sweep_lines, sweep_maps
    from .ternary import corner_shares, ternary_map

__all__ = [
    "LARGEST",
    "PictureError",
    "calibration",
    "conductivity_map",
    "corner_shares",
    "coverage_curve",
    "element_counts",
    "map_names",
    "named",
    "parity",
    "periodic_table",
    "picture",
    "png",
    "progress_lines",
    "proposal_lines",
    "save",
    "svg",
    "sweep_lines",
    "sweep_maps",
    "ternary_map",
]
_HOMES = {
    "LARGEST": ".ranking_map",
    "PictureError": ".export",
    "calibration": ".accuracy",
    "conductivity_map": ".ranking_map",
    "corner_shares": ".ternary",
    "coverage_curve": ".accuracy",
    "element_counts": ".elements",
    "map_names": ".ranking_map",
    "named": ".ranking_map",
    "parity": ".accuracy",
    "periodic_table": ".elements",
    "picture": ".export",
    "png": ".export",
    "progress_lines": "..campaigns.plot",
    "proposal_lines": "..proposals.plot",
    "save": ".export",
    "svg": ".export",
    "sweep_lines": ".sweep",
    "sweep_maps": ".sweep",
    "ternary_map": ".ternary",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
