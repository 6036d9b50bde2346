"""Spaces of candidates: templates, substitution lines, mixtures of precursors, simplex grids of ions, and limits.

- `base`: What every space of compositions has in common: a size told before it is built, and members block by block.
- `constraints`: Limits on the members of a space: ranges, sums, ratios, and at most so many components.
- `grid`: The members of a template over a grid of its variables, exact and in blocks.
- `template`: Families of compositions: a formula with expressions in braces, and its members over a grid.
- `replacement`: Lines of compositions on which one element takes the place of another.
- `simplex`: Mixtures of precursors, and of cations and anions, on a simplex grid.
"""

from .base import Block, Member, Space
from .constraints import AtMost, Limit, Ratio, Total
from .grid import Grid, axis
from .replacement import substitution
from .simplex import Ions, Mixtures
from .template import Template

__all__ = [
    "AtMost",
    "Block",
    "Grid",
    "Ions",
    "Limit",
    "Member",
    "Mixtures",
    "Ratio",
    "Space",
    "Template",
    "Total",
    "axis",
    "substitution",
]
