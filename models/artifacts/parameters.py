"""Parameters of estimators as JSON, and estimators that are not fitted made of them again."""

from __future__ import annotations

from typing import Any

from ..blend import BlendedRegressor
from ..committee import Committee
from ..fitting.glass_former import GlassFormer
from ..predictor import Predictor
from ..process import FamilyProcess
from .fields import UnsoundError

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (Predictor, BlendedRegressor, Committee, FamilyProcess, GlassFormer)
}
KIND = "estimator"  # entry with the name of the class
ESTIMATORS = {
    ("Predictor", "regressor"): BlendedRegressor,
    ("BlendedRegressor", "committee"): Committee,
    ("BlendedRegressor", "process"): FamilyProcess,
}
SETTINGS = (("Predictor", "local"), ("Predictor", "committee"))  # of what a predictor makes by itself
MAY_LACK = ("random_state", "n_jobs")
MOST_PARTS = 1000  # of a list or a mapping
LONGEST = 200  # characters of a text


def describe(estimator: Any) -> dict[str, Any]:
    """Name of the class and parameters of an estimator, for JSON.

    Examples
    --------
    >>> describe(FamilyProcess(n_steps=12))
    {'estimator': 'FamilyProcess', 'n_steps': 12, 'random_state': 0}
    """
    if KINDS.get(type(estimator).__name__) is not type(estimator):
        raise TypeError(f"a {type(estimator).__name__} cannot be kept in a model file; one of {', '.join(KINDS)} can")
    told = {name: _plain(value, name) for name, value in estimator.get_params(deep=False).items()}
    return {KIND: type(estimator).__name__} | told


def make(told: Any, kind: type[Any]) -> Any:
    """An estimator of a class, by what `describe` gave.

    Raises
    ------
    UnsoundError
        Where a parameter is missing, unknown, or of another kind than its default.
    """
    if not isinstance(told, dict) or told.get(KIND) != kind.__name__:
        raise UnsoundError(f"parameters of no {kind.__name__}")
    usual = kind().get_params(deep=False)
    given = {name: value for name, value in told.items() if name != KIND}
    if given.keys() != usual.keys():
        raise UnsoundError(f"other parameters than those of a {kind.__name__}")
    return kind(**{name: _alike(given[name], usual[name], (kind.__name__, name)) for name in usual})


def _plain(value: Any, name: str) -> Any:
    """A parameter for JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(part, name) for part in value]
    if hasattr(value, "get_params"):
        return describe(value)
    if hasattr(value, "items"):
        return {str(key): _plain(part, name) for key, part in value.items()}
    if hasattr(value, "item"):
        return _plain(value.item(), name)
    raise TypeError(f"a parameter {name} that is a {type(value).__name__} cannot be kept in a model file")


def _alike(value: Any, usual: Any, place: tuple[str, str]) -> Any:
    """A parameter, which must be of the kind of its default."""
    name = " of a ".join(reversed(place))
    if place in ESTIMATORS:
        return None if value is None else make(value, ESTIMATORS[place])
    if value is None and (usual is None or place[1] in MAY_LACK):
        return None
    if usual is None:
        if isinstance(value, dict) is (place in SETTINGS) and isinstance(value, dict | int | float):
            return _tuples(value, name)
        raise UnsoundError(f"a parameter {name} that is a {type(value).__name__}")
    told = _tuples(value, name)
    if type(told) is not type(usual) and (type(usual), type(told)) != (float, int):
        raise UnsoundError(f"a parameter {name} that is a {type(told).__name__}")
    if isinstance(usual, tuple):
        kinds = (str,) if isinstance(usual[0], str) else (int, float)
        if any(type(part) not in kinds for part in told):
            raise UnsoundError(f"a parameter {name} of other parts")
    return told


def _tuples(value: Any, name: str) -> Any:
    """A value of JSON, with tuples in place of lists, which are flat."""
    if (isinstance(value, list | dict) and len(value) > MOST_PARTS) or (
        isinstance(value, str) and len(value) > LONGEST
    ):
        raise UnsoundError(f"a parameter {name} that is too long")
    if isinstance(value, list):
        if any(isinstance(part, list | dict) for part in value):
            raise UnsoundError(f"a parameter {name} of lists in lists")
        return tuple(value)
    if isinstance(value, dict):
        if any(isinstance(part, dict) for part in value.values()):
            raise UnsoundError(f"a parameter {name} of settings in settings")
        return {key: _tuples(part, name) for key, part in value.items()}
    return value
