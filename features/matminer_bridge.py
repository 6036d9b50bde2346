"""Any matminer composition featurizer as a scikit-learn transformer, for recipes that want one beside our own blocks.

Needs the `interop` extra. matminer takes milliseconds a composition; equal compositions are computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from .elements import SYMBOLS
from .fractions import Fractions


class BridgeError(ValueError):
    """matminer is not there, has no such featurizer, or the featurizer cannot describe a composition."""


class MatminerFeaturizer(TransformerMixin, BaseEstimator):
    """Compositions to the numbers of one matminer featurizer; learns nothing from the data.

    Parameters
    ----------
    featurizer
        Name of a class in `matminer.featurizers.composition`, such as "ElementProperty" or "Stoichiometry".
    preset
        Preset of that class, such as "magpie" or "matminer"; None for its constructor.
    options
        Keyword arguments of the constructor, or of `from_preset`.
    """

    def __init__(
        self,
        featurizer: str = "ElementProperty",
        preset: str | None = "magpie",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.featurizer = featurizer
        self.preset = preset
        self.options = options

    def fit(self, X: Fractions | Iterable[Any], y: object = None) -> MatminerFeaturizer:
        """Check that matminer has the featurizer; nothing is learnt."""
        self._made()
        return self

    def transform(self, X: Fractions | Iterable[Any]) -> NDArray[np.float64]:
        """Numbers of the featurizer, ndarray of shape (n, p); NaN where matminer knows none."""
        pymatgen = _imported("pymatgen.core")
        made = self._made()
        rows, places = np.unique(Fractions.of(X).matrix, axis=0, return_inverse=True)
        found = np.empty((len(rows), len(made.feature_labels())))
        for at, row in enumerate(rows):
            amounts = {SYMBOLS[column]: float(row[column]) for column in np.flatnonzero(row)}
            composition = pymatgen.Composition(amounts)
            try:
                found[at] = made.featurize(composition)
            except Exception as error:
                what = f"{self.featurizer} cannot describe {composition.formula}: {error}"
                raise BridgeError(f"{what}; leave this featurizer or the composition out") from error
        values: NDArray[np.float64] = found[places.ravel()]
        return values

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Matminer's labels after the name of the featurizer."""
        return np.array([f"{self.featurizer} {label}" for label in self._made().feature_labels()], dtype=object)

    def _made(self) -> Any:
        home = _imported("matminer.featurizers.composition")
        kind: Any = getattr(home, str(self.featurizer), None)
        if not hasattr(kind, "featurize"):
            known = sorted(n for n in dir(home) if isinstance(getattr(home, n), type) and n[0].isupper())
            raise BridgeError(
                f"matminer has no composition featurizer '{self.featurizer}'; choose from {', '.join(known)}"
            )
        options = dict(self.options or {})
        try:
            make: Any = kind.from_preset if self.preset else kind
            return make(self.preset, **options) if self.preset else make(**options)
        except (AttributeError, TypeError, ValueError) as error:
            what = f"{self.featurizer} with preset={self.preset!r} and options={options}: {error}"
            raise BridgeError(f"{what}; see its documentation for presets and options") from error

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BridgeError(f"{name} cannot be imported ({error}); install vitrion[interop]") from error
