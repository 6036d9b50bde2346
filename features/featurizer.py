"""The scikit-learn transformer from compositions to descriptors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from .composition import Composition
from .descriptors import glass
from .descriptors import magpie as statistics
from .descriptors.ionic_sums import no_data, undescribed
from .elements import SYMBOLS, ElementDataError
from .fractions import Fractions, as_list
from .sparse import Slots, each_block

BLOCKS: dict[str, tuple[str, ...]] = {
    "fractions": tuple(f"fraction {symbol}" for symbol in SYMBOLS),
    "magpie": statistics.NAMES,
    "glass": tuple(f"glass {name}" for name in glass.NAMES),
}
_OF_SLOTS = {"magpie": statistics.of_slots, "glass": glass.of_slots}


class Featurizer(TransformerMixin, BaseEstimator):
    """Compositions to a matrix of descriptors, block by block; learns nothing from the data.

    Takes a list of anything that `Composition.of` takes, a Series, a table of one column (as a ColumnTransformer
    gives), `Fractions`, or the members of a space.

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
        told = as_list(X)
        fractions = Fractions.of(told)
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

        try:
            each_block(len(fractions), fill)
        except ElementDataError:
            raise _undescribed(fractions, told) from None
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


def _undescribed(fractions: Fractions, told: Fractions | list[Any]) -> ElementDataError:
    """The error for a batch with elements that lack data, with row and formula of the first."""
    lacking = undescribed(Slots.of(fractions.matrix))
    row, symbols = next(iter(lacking.items()))
    if isinstance(told, Fractions):
        at = np.flatnonzero(fractions.matrix[row])
        shares = [Fraction(share).limit_denominator(1000) for share in fractions.matrix[row, at].tolist()]
        made = Composition({SYMBOLS[i]: share for i, share in zip(at, shares, strict=True) if share})
        formula = Composition({symbol: Fraction(count) for symbol, count in made.counts}).formula
    else:
        formula = told[row] if isinstance(told[row], str) else Composition.of(told[row]).formula
    more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
    return ElementDataError(
        f'row {row}: "{formula}": {no_data(symbols)}{more}; leave such compositions out, or do without the glass '
        'block: blocks=("fractions", "magpie")'
    )
