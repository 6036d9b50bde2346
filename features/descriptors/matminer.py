"""Any matminer composition featurizer as a scikit-learn transformer, for recipes that want one beside our own blocks.

matminer takes milliseconds a composition; equal compositions are computed once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from ..elements import SYMBOLS
from ..fractions import Fractions, as_list

_FINEST = 1000
_MOST_ATOMS = 10_000


class BridgeError(ValueError):
    """matminer is not there, has no such featurizer, or the featurizer cannot describe a composition."""


class MatminerFeaturizer(TransformerMixin, BaseEstimator):
    """Compositions to the numbers of one matminer featurizer; learns nothing from the data.

    The featurizer sees the smallest whole numbers in the ratio of the atoms, with guessed oxidation states if it asks
    for some. `AtomicOrbitals` and `WenAlloys`, which answer with words too, and `CohesiveEnergy`, which asks a
    service on the net, are refused.

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
        rows, places = np.unique(Fractions.of(as_list(X)).matrix, axis=0, return_inverse=True)
        found = np.empty((len(rows), len(made.feature_labels())))
        for at, row in enumerate(rows):
            composition = pymatgen.Composition(_whole(row))
            try:
                found[at] = _described(made, composition)
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


def _whole(row: NDArray[np.float64]) -> dict[str, float]:
    """Amounts by symbol: whole numbers where such are in the ratio of the fractions, for some featurizers ask for them.

    Examples
    --------
    >>> _whole(Fractions.of(["LiAlCl2.5O0.75"]).matrix[0])
    {'Li': 4.0, 'O': 3.0, 'Al': 4.0, 'Cl': 10.0}
    """
    present = np.flatnonzero(row)
    ratios = [Fraction(float(row[column] / row[present].min())).limit_denominator(_FINEST) for column in present]
    scale = math.lcm(*(ratio.denominator for ratio in ratios))
    counts = np.array([float(ratio * scale) for ratio in ratios])
    exact = np.allclose(counts / counts.sum(), row[present], rtol=0, atol=1e-12)
    chosen = counts if exact and counts.sum() <= _MOST_ATOMS else row[present]
    return dict(zip([SYMBOLS[column] for column in present], chosen.tolist(), strict=True))


def _described(made: Any, composition: Any) -> Any:
    """Numbers of a featurizer; one that asks for oxidation states gets those that pymatgen guesses."""
    try:
        return made.featurize(composition)
    except ValueError:
        return made.featurize(composition.add_charges_from_oxi_state_guesses())


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BridgeError(
            f"{name} cannot be imported ({error}); install what is missing in the folder of the source: pip install ."
        ) from error
