"""The scikit-learn transformer from compositions to descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from . import glass, statistics
from .elements import SYMBOLS
from .fractions import Fractions
from .slots import Slots, each_block

BLOCKS: dict[str, tuple[str, ...]] = {
    "fractions": tuple(f"fraction {symbol}" for symbol in SYMBOLS),
    "magpie": statistics.NAMES,
    "glass": tuple(f"glass {name}" for name in glass.NAMES),
}
_OF_SLOTS = {"magpie": statistics.of_slots, "glass": glass.of_slots}


class Featurizer(TransformerMixin, BaseEstimator):
    """Compositions to a matrix of descriptors, block by block; learns nothing from the data.

    Parameters
    ----------
    blocks
        Which blocks, in this order: "fractions" (103 atomic fractions), "magpie" (132 statistics), "glass".

    Examples
    --------
    >>> Featurizer(blocks=("magpie",)).fit_transform(["LiAlCl2.5O0.75", "NaAlCl4"]).shape
    (2, 132)
    """

    def __init__(self, blocks: Sequence[str] = ("fractions", "magpie", "glass")) -> None:
        self.blocks = blocks

    def fit(self, X: Fractions | Iterable[Any], y: object = None) -> Featurizer:
        """Check the names of the blocks; nothing is learnt."""
        self._checked_blocks()
        return self

    def transform(self, X: Fractions | Iterable[Any]) -> NDArray[np.float64]:
        """Descriptors, ndarray of shape (n, p), columns as `get_feature_names_out`."""
        fractions = Fractions.of(X)
        blocks = self._checked_blocks()
        result = np.empty((len(fractions), sum(len(BLOCKS[block]) for block in blocks)))

        def fill(rows: slice) -> None:
            slots = Slots.of(fractions.matrix[rows])
            start = 0
            for block in blocks:
                part = result[rows, start : start + len(BLOCKS[block])]
                if block == "fractions":
                    part[:] = fractions.matrix[rows]
                else:
                    part[slots.order] = _OF_SLOTS[block](slots)
                start += part.shape[1]

        each_block(len(fractions), fill)
        return result

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns: ``fraction Cl``, ``MagpieData mean Number``, ``glass o_per_m`` ..."""
        return np.array([name for block in self._checked_blocks() for name in BLOCKS[block]], dtype=object)

    def _checked_blocks(self) -> tuple[str, ...]:
        given: Any = (self.blocks,) if isinstance(self.blocks, str) else self.blocks
        chosen = tuple(given) if isinstance(given, Iterable) else ()
        unknown = [block for block in chosen if block not in BLOCKS]
        if unknown or not chosen or len(set(chosen)) < len(chosen):
            raise ValueError(f"blocks={self.blocks!r}; choose some of {', '.join(BLOCKS)}, each once")
        return chosen

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags
