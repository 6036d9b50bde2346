"""All pictures in one place, as plotly figures that read in light and dark, and as files for a talk or a paper.

`vitrion.plots` is this module: every function gives a figure, `save` writes one as SVG, PNG or HTML, and `picture`
shows one in a notebook so that any viewer displays it.
"""

from .accuracy_plot import calibration, coverage_curve, parity
from .campaign_plot import progress_lines
from .element_plot import element_counts, periodic_table
from .export import PictureError, picture, png, save, svg
from .proposal_plot import proposal_lines
from .ranking_plot import LARGEST, conductivity_map, map_names, named
from .sweep_plot import sweep_lines
from .ternary_plot import corner_shares, ternary_map

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
    "ternary_map",
]
