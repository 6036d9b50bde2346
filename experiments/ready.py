"""The predictors that a piece of work needs: those given, else the champions, with the laboratory's own results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..models.predictor import Predictor
from .own_results import informed
from .registry import load_predictor


class Informed(dict[str, Predictor]):
    """Predictors that have learnt all that they are to know: of what comes into the store later they learn nothing."""


def ready(names: Iterable[str], given: Mapping[str, Predictor] | None = None) -> Informed:
    """Predictors of some properties that know what stands in the store of the laboratory now.

    Parameters
    ----------
    names
        Of the properties.
    given
        Predictors to take, by property; the champions where there is none. Those that are `Informed` stay as they are.
    """
    known = given or {}
    if isinstance(known, Informed):
        return Informed({name: known[name] if name in known else informed(load_predictor(name)) for name in names})
    return Informed({name: informed(known[name] if name in known else load_predictor(name)) for name in names})
