"""Spaces of candidates: templates, substitution lines, mixtures of precursors, simplex grids of ions, and limits."""

from .enumeration import Block, Member, Space
from .grid import Grid, axis
from .limits import AtMost, Limit, Ratio, Total
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
