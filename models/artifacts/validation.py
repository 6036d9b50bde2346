"""Whether a loaded predictor can answer: its parts fit together, its numbers are numbers, and it does answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.neural_network import MLPRegressor
from sklearn.tree import ExtraTreeRegressor
from sklearn.tree._tree import Tree

from ..blend import BlendedRegressor
from ..design.descriptor_record import blocks_of
from ..difficulty import Difficulty
from ..domain import Domain
from ..localised import LEVELS, LocalCalibration
from ..predictor import Predictor
from ..process import FamilyProcess, Views
from ..residuals import Law, ResidualProcess
from ..temperature import EnergyModel
from .tree_check import UnsoundError, check_boosted, check_size

STRANGE = 100.0  # logarithm of an expected error beyond which no difficulty lies
TRIAL = ("LiAlCl2.5O0.75", "SiO2")  # one composition that the process answers for, and one that it does not
TRIAL_CONDITIONS = (None, {"temperature_C": 60.0})  # at another temperature the activation energies are asked too
PARTS = {
    "regressor_": BlendedRegressor,
    "difficulty_": Difficulty,
    "calibration_": LocalCalibration,
    "domain_": Domain,
    "residuals_": ResidualProcess,
}
FORESTS = (ExtraTreesRegressor, ExtraTreeRegressor)
KNOWN = ("known_formulas_", "known_references_", "known_measured_")  # one's own results last


def check(predictor: Predictor) -> None:
    """Refuse a predictor that training cannot have made; its trees of scikit-learn were checked before (`read`)."""
    _has(predictor, *PARTS, *KNOWN)
    for name, kind in PARTS.items():
        if type(getattr(predictor, name)) is not kind:
            raise UnsoundError(f"a {name} that is a {type(getattr(predictor, name)).__name__}")
    _check_finite(predictor)
    if blocks_of(predictor.descriptors) != tuple(predictor.blocks):
        raise UnsoundError("descriptors that are not those of its blocks")
    layout, ends = predictor._layout(), predictor.quantity.to_target(predictor.quantity.plausible)
    largest = 2.0 * float(np.ptp(ends)) + float(np.abs(ends).max())  # a usual activation energy may be taken off
    if vars(predictor.regressor_).get("descriptors") != layout.descriptors:
        raise UnsoundError("a regressor over other descriptors")
    _check_regressors(predictor.regressor_, layout.width, largest)
    _check_regressors(predictor.difficulty_, layout.local.stop - layout.local.start + 4, STRANGE)
    _check_near(predictor.regressor_, [view.shape[1] for view in layout.views(np.zeros((1, layout.width)))])
    _check_residuals(predictor.residuals_, predictor.domain_.points_.shape[1])
    n_known = len(predictor.known_points)
    shapes = [(n_known,)] * 2 + [(n_known, layout.width - layout.glass.stop)]
    for name, shape in zip(KNOWN, shapes, strict=True):
        if _shape(getattr(predictor, name)) != shape:
            raise UnsoundError(f"{name} of a shape other than {shape}")
    _check_calibration(predictor.calibration_)
    for conditions in TRIAL_CONDITIONS if layout.n_conditions else (None,):
        answer = predictor.predict(TRIAL, conditions)
        if not all(np.isfinite(part).all() for part in (answer.target, answer.difficulty, answer.distance)):
            raise UnsoundError("a predictor that answers with what is no number")


def _check_regressors(part: Any, width: int, largest: float) -> None:
    """Check everything with trees or layers in a part of the predictor that sees `width` columns.

    An ensemble that knows its number of columns refuses other inputs by itself, and none of its trees asks for more.
    """
    for ensemble in _kind(part, *FORESTS, HistGradientBoostingRegressor):
        fitted = {"n_features_in_", "tree_", "estimators_", "_predictors"} & vars(ensemble).keys()
        if fitted and getattr(ensemble, "n_features_in_", None) != width:
            raise UnsoundError(f"a {type(ensemble).__name__} that is not over {width} columns")
        if getattr(ensemble, "_preprocessor", None) is not None:
            raise UnsoundError(f"a {type(ensemble).__name__} that does not see its columns as they are")
    for tree in _kind(part, Tree):
        if tree.n_features != width:
            raise UnsoundError(f"a tree that is not over {width} columns")
        check_size(tree.value, largest)
    if boosted := list(_kind(part, TreePredictor)):
        check_boosted(boosted, width, largest)
    for network in _kind(part, MLPRegressor):
        if "coefs_" in vars(network):
            _check_network(network)


def _check_network(network: Any) -> None:
    _has(network, "coefs_", "intercepts_", "n_layers_", "n_features_in_")
    ends = [network.n_features_in_]
    for weights, offsets in zip(network.coefs_, network.intercepts_, strict=True):
        if _shape(offsets) != _shape(weights)[1:] or _shape(weights)[:1] != (ends[-1],):
            raise UnsoundError("a network whose layers do not follow each other")
        ends.append(len(offsets))
    if ends[-1] != 1 or len(ends) != network.n_layers_:
        raise UnsoundError(f"a network of {len(ends)} layers and {ends[-1]} outputs")


def _check_near(regressor: BlendedRegressor, widths: list[int]) -> None:
    """Check what speaks near the candidates, where it sees that many columns in each view."""
    _has(regressor, "process_", "trees_", "energies_", "foreign_")
    for name, kind in (("trees_", ExtraTreesRegressor), ("energies_", EnergyModel)):
        if type(getattr(regressor, name)) not in (kind, type(None)):
            raise UnsoundError(f"a {type(getattr(regressor, name)).__name__} in place of {name}")
    if regressor.energies_ is not None:
        _has(regressor.energies_, "trees_")
        if type(regressor.energies_.trees_) not in (ExtraTreesRegressor, type(None)):
            raise UnsoundError("activation energies that no trees know")
    if regressor.process_ is not None:
        _check_process(regressor.process_, widths)
    foreign = _shape(regressor.foreign_)
    if len(foreign) != 2 or (foreign[0] and foreign[1] != widths[1]):
        raise UnsoundError("foreign rows of other elements")


def _check_process(process: Any, widths: list[int]) -> None:
    if type(process) is not FamilyProcess:
        raise UnsoundError(f"a {type(process).__name__} in place of a process")
    _has(process, "points_", "targets_", "coefficients_", "whitener_", "papers_", "weights_", "heaviest_")
    n = len(process.targets_)
    shapes = [_shape(getattr(process, name)) for name in ("targets_", "coefficients_", "papers_", "weights_")]
    views = [_shape(view) for view in process.points_] if type(process.points_) is Views else []
    if shapes != [(n,)] * 4 or views != [(n, width) for width in widths] or _shape(process.whitener_) != (n, n):
        raise UnsoundError(f"a process of {n} rows whose arrays are of other shapes")


def _check_residuals(process: ResidualProcess, width: int) -> None:
    law, n = process.law, len(process.errors)
    if type(law) is not Law or not all(type(part) is float and np.isfinite(part) and part > 0 for part in law):
        raise UnsoundError("a law of errors that is not of four numbers above zero")
    shapes = [_shape(part) for part in (process.points, process.errors, process.noise)]
    if shapes != [(n, width if n else 0), (n,), (n,)] or (process.noise < 0).any():
        raise UnsoundError(f"{n} own results whose arrays are of other shapes")


def _check_calibration(calibration: LocalCalibration) -> None:
    grids = [_shape(grid) for grid in (calibration.means, calibration.ratios)]
    if not all(len(shape) == 1 and shape[0] > 0 for shape in grids):
        raise UnsoundError("a calibration without a grid")
    if any((np.diff(grid) <= 0).any() for grid in (calibration.means, calibration.ratios)):
        raise UnsoundError("a calibration whose grid does not rise")
    points = (grids[0][0], 2, grids[1][0])
    if _shape(calibration.quantiles) != (*points, len(LEVELS)) or _shape(calibration.laboratories) != points:
        raise UnsoundError("a calibration whose tables are not of its grid")
    if (calibration.quantiles[..., 1:] < calibration.quantiles[..., :-1]).any():
        raise UnsoundError("a calibration whose quantiles do not rise")


def _check_finite(part: Predictor) -> None:
    open_ends = id(part.calibration_.quantiles)  # infinite where too few errors are held out
    for array in _kind(part, np.ndarray):
        odd = (
            np.isnan(array)
            if id(array) == open_ends
            else ~np.isfinite(array)
            if array.dtype.kind == "f"
            else np.zeros(1)
        )
        if odd.any():
            raise UnsoundError("an array with what is no number")


def _kind(whole: object, *kinds: type) -> Iterator[Any]:
    """Everything of some kinds inside an object, its lists, tuples and dictionaries, once each."""
    seen: set[int] = set()
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, kinds):
            yield part
        if isinstance(part, list | tuple):
            waiting.extend(part)
        else:
            waiting.extend((part if isinstance(part, dict) else getattr(part, "__dict__", {})).values())


def _shape(given: object) -> tuple[int, ...]:
    """Shape of an array, and one that no array has for all else."""
    return given.shape if type(given) is np.ndarray else (-1,)


def _has(given: object, *names: str) -> None:
    missing = [name for name in names if name not in vars(given)]
    if missing:
        raise UnsoundError(f"a {type(given).__name__} without {', '.join(missing)}")
