"""Where the columns of a design matrix stand, and the three ways in which a `FamilyProcess` sees its rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...features.descriptors.glass import NAMES as GLASS
from ...features.elements import SYMBOLS
from ..process import Views
from ..temperature import ROOM

Matrix = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

AMOUNTS = ("mobile_per_m", "o_per_m", "halide_per_m", "anions_per_m")  # ratios without an upper end: their logarithm
SHARES = (
    "o_share",
    "mobile_fraction",
    "bridging_o_per_m",
    "free_halide_per_m",
    "terminal_halide_per_m",
    "plasticiser",
)
THERMAL = ("parent_melting", "cation_entropy")  # ratios of a property that is a temperature or goes with one
USUAL = (  # elements of most candidates: rows of these alone leave the columns of all others out of the matrix work
    *("Li", "Na", "K", "Ag", "Mg", "Ca", "Sr", "Ba", "Zn", "Al", "Ga", "In", "B", "Si", "Ge", "Sn"),
    *("P", "Sb", "Sc", "Y", "La", "Ti", "Zr", "Hf", "Nb", "Ta", "O", "S", "F", "Cl", "Br", "I"),
)
MOST = 30.0  # ratio beyond which more makes no difference


@dataclass(frozen=True)
class Layout:
    """Columns of a design matrix: atomic fractions first, then further blocks, glass descriptors, conditions, nearness.

    Parameters
    ----------
    width
        Number of columns.
    n_conditions
        Number of columns of conditions, 0 where there are none.
    descriptors
        Names of the glass descriptors among the columns: those that the model was trained on.
    """

    width: int
    n_conditions: int = 0
    descriptors: tuple[str, ...] = GLASS

    @property
    def fractions(self) -> slice:
        """Atomic fractions of all elements."""
        return slice(0, len(SYMBOLS))

    @property
    def n_shares(self) -> int:
        """Number of leading columns that are shares."""
        return len(SYMBOLS)

    @property
    def glass(self) -> slice:
        """Glass descriptors: the space of distances."""
        end = self.width - 1 - self.n_conditions
        return slice(end - len(self.descriptors), end)

    @property
    def local(self) -> slice:
        """Glass descriptors, conditions and nearness."""
        return slice(self.glass.start, self.width)

    def at_room(self, X: Matrix) -> Matrix:
        """The rows of a design matrix as if at 25 C; the same array where they are, or know no temperature."""
        if self.n_conditions == 0 or (X[:, self.glass.stop] == ROOM).all():
            return X
        room = X.copy()
        room[:, self.glass.stop] = ROOM
        return room

    def kinds(self, X: Matrix) -> list[tuple[Rows, Rows | None]]:
        """Rows of usual elements alone with the columns of the others, which are zero; and all other rows with none.

        What a row is depends on itself alone, so that its numbers do not depend on the others.
        """
        unusual = np.array([place for place, symbol in enumerate(SYMBOLS) if symbol not in USUAL])
        usual = ~X[:, unusual].any(axis=1)
        found = [(np.flatnonzero(usual), unusual), (np.flatnonzero(~usual), None)]
        return [(rows, idle) for rows, idle in found if len(rows)]

    def views(self, X: Matrix) -> Views:
        """The rows of a design matrix as ratios, elements and everything."""
        glass, conditions = X[:, self.glass], X[:, self.glass.stop : self.width - 1]
        amounts, shares = glass[:, self._places(AMOUNTS)], glass[:, self._places(SHARES)]
        roots = np.sqrt(X[:, self.fractions])
        # the phase is no ratio: a family crystallised is the same family
        heat = conditions[:, :1] if self.n_conditions else glass[:, self._places(THERMAL)]
        return Views(
            ratios=np.column_stack([np.log1p(np.clip(amounts, 0.0, MOST)), shares, heat]),
            elements=roots,
            everything=np.column_stack([roots, glass, conditions]),
        )

    def _places(self, names: tuple[str, ...]) -> list[int]:
        """Where some glass descriptors stand among those of the model."""
        return [self.descriptors.index(name) for name in names]
