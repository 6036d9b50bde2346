"""The figures of the page on glass formation: reliability, and known systems against what was predicted, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from ...datasets import Dataset
from ...datasets.sources.glass_formation import CLASSES, atoms
from ..holdout.glass_formation import glasses, reliability, subsets
from ..plots.chart import COLOURS, Panel, picture

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

SYSTEMS = ("Al2O3-CaO-SiO2", "BaF2-NaF-ZrF4", "P2O5-SnCl2-SnO")
"""Systems whose regions are drawn: an oxide, a fluoride and an oxychloride."""
OF_OUTCOME = (COLOURS[1], "#8b8f98", COLOURS[0])  # crystal, partial, glass
HIGH = 0.5 * np.sqrt(3.0)  # of a triangle with sides of 1
PREDICTED = 0.5  # probability from which a glass is predicted
SHADE = "#cfe3ee"


def reliability_diagram(data: Dataset, chances: Mapping[str, Vector]) -> str:
    """Share of glasses against the predicted probability, a panel for each way of holding out.

    Parameters
    ----------
    data
        Outcomes.
    chances
        Held-out probability of a glass by what was held out, each of shape (n,).
    """
    parts: list[str] = []
    for number, (title, chance) in enumerate(chances.items()):
        panel = Panel(
            title, "predicted probability of a glass", "share of glasses", (0, 1), (0, 1), (64.0 + 440 * number, 40.0)
        )
        parts += panel.frame() + panel.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "#333333", dashed=True)
        masks = {name: mask & np.isfinite(chance) for name, mask in subsets(data.fractions).items()}
        names = [name for name in ("all", "halide", "Cl") if masks[name].any()]
        for name, colour in zip(names, COLOURS, strict=False):
            table = reliability(glasses(data)[masks[name]], chance[masks[name]])
            x, y = table["predicted"].to_numpy(), table["observed"].to_numpy()
            parts += panel.line(x, y, colour) + panel.points(x, y, colour)
        parts += panel.legend(list(zip(names, COLOURS, strict=False)))
    return picture("Glass formation: how often what is predicted happens", (24 + 440 * len(chances), 472), parts)


def regions(data: Dataset, chance: Vector, systems: Sequence[str] = SYSTEMS) -> str:
    """Measured outcomes of some systems in a triangle each, and where a glass was predicted without having seen them.

    Parameters
    ----------
    data
        Outcomes.
    chance
        Held-out probability of a glass, shape (n,).
    systems
        Names of systems of three components, as in the column ``place``; those without a row are left out.
    """
    place = data.rows["place"].to_numpy()
    known = [system for system in systems if (place == system).any()]
    parts: list[str] = []
    for number, system in enumerate(known):
        rows = np.flatnonzero(place == system)
        left = 64.0 + 330 * number
        panel = Panel("", "", "", (-0.05, 1.05), (-0.1, HIGH + 0.08), (left - 40, 30.0), (300.0, 285.4))
        parts += _triangle(panel, system.split("-"))
        x, y = corners(data.measured.matrix[rows], system.split("-"))
        likely = chance[rows] >= PREDICTED
        parts += panel.points(x[likely], y[likely], SHADE, 9.0)
        for outcome, colour in enumerate(OF_OUTCOME):
            here = (data.rows["value"].to_numpy() == outcome)[rows]
            parts += panel.points(x[here], y[here], colour, 2.6)
    key = Panel("", "", "", (0.0, 1.0), (0.0, 1.0), (24.0, 312.0), (100.0, 10.0))
    names = [f"reported: {name}" for name in reversed(CLASSES)]
    parts += key.legend([*zip(names, reversed(OF_OUTCOME), strict=True), ("a glass predicted, unseen", SHADE)])
    return picture("Glass-forming regions, reported and predicted", (24 + 330 * max(len(known), 1), 400), parts)


def corners(matrix: Matrix, components: Sequence[str]) -> tuple[Vector, Vector]:
    """Places of n mixtures of three components in a triangle with sides of 1: across and up, both of shape (n,).

    >>> x, y = corners(atoms(["SiO2", "Na2O"]), ["B2O3", "Na2O", "SiO2"])
    >>> x.round(2).tolist(), y.round(2).tolist()
    ([0.5, 1.0], [0.87, 0.0])
    """
    units = atoms(components).T
    amounts = np.array([nnls(units, row)[0] for row in matrix])
    shares = amounts / amounts.sum(axis=1, keepdims=True)
    return shares[:, 1] + 0.5 * shares[:, 2], HIGH * shares[:, 2]


def _triangle(panel: Panel, components: Sequence[str]) -> list[str]:
    """Sides, and the names of the components at the corners."""
    parts = panel.line(np.array([0.0, 1.0, 0.5, 0.0]), np.array([0.0, 0.0, HIGH, 0.0]), "#333333")
    spots = ((0.0, -0.09, "start"), (1.0, -0.09, "end"), (0.5, HIGH + 0.03, "middle"))
    for (x, y, anchor), name in zip(spots, components, strict=True):
        (across, down), *_ = panel.at(x, y)
        parts.append(f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}">{name}</text>')
    return parts
