"""What a predictor consists of, field by field: the one table by which it is written into a file and read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ..blend import BlendedRegressor
from ..committee import Committee
from ..difficulty import CLUES, Difficulty
from ..domain import Domain
from ..localised import LEVELS, LocalCalibration
from ..predictor import Predictor
from ..process import FARTHEST, FamilyProcess, Views, compared
from ..residuals import SILENT, Law, ResidualProcess
from ..temperature import MOST_EV, EnergyModel
from .codecs import (
    Columns,
    Networks,
    Number,
    Plain,
    Repeated,
    Scales,
    Sparse,
    Texts,
    Trees,
    Triangle,
    read_all,
    write_all,
)
from .fields import Content, Draft, Field, UnsoundError

STRANGE = 100.0  # logarithm of an expected error beyond which no difficulty lies
LARGEST_ENERGY = 2.0 * MOST_EV
SINGLE = np.float32

DOMAIN: dict[str, Field] = {
    "scale_": Scales("glass"),
    "components_": Plain(("space", "glass")),
    "origin_": Plain(("space",)),
    "points_": Repeated("fitted", ("space",)),
    "limits_": Plain((2,), least=0.0),
}
DIFFICULTY: dict[str, Field] = {
    "floors_": Plain((4,), least=0.0),
    "centre_": Plain(("clues",)),
    "spread_": Plain(("clues",), least=1e-300),
    "level_": Number(-STRANGE, STRANGE),
    "scale_": Number(1e-300, STRANGE),
    "networks_": Networks("clues", np.float64),
}
COMMITTEE: dict[str, Field] = {
    "offset_": Number(),
    "scale_": Number(1e-300),
    "trees_": Trees("width", "largest target"),
    "column_scale_": Scales("seen"),
    "networks_": Networks("seen", SINGLE),
}
PROCESS: dict[str, Field] = {
    "offset_": Number(),
    "scale_": Number(1e-300),
    "theta_": Plain((8,), least=-50.0, most=50.0),
    "coefficients_": Plain(("learnt",)),
    "whitener_": Triangle("learnt"),
}
VIEWS: dict[str, Field] = {
    "ratios": Plain(("learnt", "ratios"), SINGLE, least=-FARTHEST, most=FARTHEST),
    "elements": Sparse("learnt", "elements"),
    "others": Plain(("learnt", "others"), SINGLE, least=-FARTHEST, most=FARTHEST),
}
SCALES: dict[str, Field] = {"ratios": Scales("ratios"), "everything": Scales("everything")}
CALIBRATION: dict[str, Field] = {
    "means": Plain(("means",)),
    "ratios": Plain(("steps",)),
    "laboratories": Plain(("means", 2, "steps"), least=0.0),
}
RESIDUALS: dict[str, Field] = {
    "points": Plain(("own", "own space")),
    "errors": Plain(("own",)),
    "noise": Plain(("own",), least=0.0, most=1e3 * SILENT),
}
LAW: dict[str, Field] = {name: Number(1e-300) for name in Law._fields}
KNOWN: dict[str, Field] = {
    "known_formulas_": Texts("known"),
    "known_references_": Texts("known"),
    "known_measured_": Columns("known", "measured"),
}


def draft(predictor: Predictor) -> Draft:
    """The arrays and numbers of a fitted predictor, without its held-out rows."""
    made, regressor = Draft(), predictor.regressor_
    _check_kind(regressor, BlendedRegressor)
    _check_kind(regressor.committee_, Committee)
    write_all(DOMAIN, vars(predictor.domain_), "domain", made)
    write_all(DIFFICULTY, vars(predictor.difficulty_), "difficulty", made)
    write_all(COMMITTEE, vars(regressor.committee_), "committee", made)
    Trees("width", "largest target", may_lack=True).write(regressor.trees_, "near", made)
    if regressor.energies_ is not None:
        made.numbers["energies"] = 1
        Trees("width", "largest energy", may_lack=True).write(regressor.energies_.trees_, "energies.trees_", made)
    Sparse("foreign", "elements").write(regressor.foreign_, "foreign", made)
    if (process := regressor.process_) is not None:
        made.numbers["process"] = len(process.coefficients_)
        write_all(PROCESS, vars(process), "process", made)
        points = process.points_._asdict()
        points["others"] = process.points_.everything[:, process.points_.elements.shape[1] :]
        write_all(VIEWS, points, "process.points_", made)
        write_all(SCALES, dict(zip(SCALES, process.scales_, strict=True)), "process.scales_", made)
    write_all(CALIBRATION, vars(predictor.calibration_), "calibration", made)
    _Quantiles().write(predictor.calibration_.quantiles, "calibration.quantiles", made)
    write_all(LAW, predictor.residuals_.law._asdict(), "residuals.law", made)
    write_all(RESIDUALS, vars(predictor.residuals_), "residuals", made)
    write_all(KNOWN, vars(predictor), "known", made)
    return made


def assemble(predictor: Predictor, regressor: BlendedRegressor, content: Content) -> None:
    """Give a predictor that is not fitted, and its regressor, what a file holds for them.

    Raises
    ------
    UnsoundError
        Where that is not what a training writes.
    """
    layout, ends = predictor._layout(), predictor.quantity.to_target(predictor.quantity.plausible)
    views = layout.views(np.zeros((1, layout.width)))
    sizes = content.sizes
    sizes |= {name: view.shape[1] for name, view in views._asdict().items()}
    sizes |= {"width": layout.width, "glass": layout.glass.stop - layout.glass.start}
    sizes |= {"clues": layout.local.stop - layout.local.start + CLUES, "measured": layout.width - layout.glass.stop}
    sizes |= {"others": sizes["everything"] - sizes["elements"]}
    sizes |= {"seen": layout.n_shares + layout.width}
    # a usual activation energy may be taken off
    sizes |= {"largest target": int(2.0 * float(np.ptp(ends)) + float(np.abs(ends).max())) + 1}
    sizes |= {"largest energy": int(LARGEST_ENERGY) + 1}
    predictor.domain_ = _with(Domain(), read_all(DOMAIN, "domain", content))
    predictor.difficulty_ = _with(Difficulty(), read_all(DIFFICULTY, "difficulty", content))
    predictor.regressor_ = _regressor(regressor, layout.width, content)
    predictor.calibration_ = _calibration(content)
    law = Law(**read_all(LAW, "residuals.law", content))
    predictor.residuals_ = ResidualProcess(law, **read_all(RESIDUALS, "residuals", content))
    n_own, own_space = sizes["own"], sizes["own space"]
    if own_space != (sizes["space"] if n_own else 0):
        raise UnsoundError(f"{n_own} own results in {own_space} dimensions")
    content.fix("known results", "known", sizes["fitted"] + n_own)
    _with(predictor, read_all(KNOWN, "known", content))
    content.check_empty()


def _regressor(regressor: BlendedRegressor, width: int, content: Content) -> BlendedRegressor:
    regressor.committee_ = _with(regressor.unfitted_committee(width), read_all(COMMITTEE, "committee", content))
    regressor.trees_ = Trees("width", "largest target", may_lack=True).read("near", content)
    regressor.energies_ = None
    if "energies" in content.numbers:
        content.number("energies", 1, 1, whole=True)
        energies = Trees("width", "largest energy", may_lack=True).read("energies.trees_", content)
        regressor.energies_ = _with(EnergyModel(regressor.random_state), {"trees_": energies, "n_features_in_": width})
    regressor.foreign_ = Sparse("foreign", "elements").read("foreign", content)
    regressor.process_ = _process(content) if "process" in content.numbers else None
    regressor.n_features_in_ = width
    return regressor


def _calibration(content: Content) -> LocalCalibration:
    fields = read_all(CALIBRATION, "calibration", content)
    for grid in (fields["means"], fields["ratios"]):
        if not len(grid) or (np.diff(grid) <= 0).any():
            raise UnsoundError("a calibration whose grid does not rise")
    return LocalCalibration(**fields, quantiles=_Quantiles().read("calibration.quantiles", content))


def _process(content: Content) -> FamilyProcess:
    content.fix("process", "learnt", content.number("process", 1, 20_000, whole=True))
    fields = read_all(PROCESS, "process", content)
    views = read_all(VIEWS, "process.points_", content)
    fields["scales_"] = [*read_all(SCALES, "process.scales_", content).values()]
    elements, width = views["elements"], content.sizes["everything"]
    first = compared(elements, fields["scales_"][1], np.arange(elements.shape[1]), width)
    everything = np.concatenate([first.astype(SINGLE), views["others"]], axis=1)
    fields["points_"] = Views(views["ratios"], elements, everything)
    process: FamilyProcess = _with(FamilyProcess(), fields)
    return process


class _Quantiles:
    """Quantiles of a calibration: rising, and infinite where too few errors are held out."""

    def write(self, value: Any, name: str, draft: Draft) -> None:
        """Put the numbers into a file, and for each curve how many of its ends are infinite."""
        quantiles = np.asarray(value, dtype=SINGLE)
        draft.arrays[name] = np.where(np.isfinite(quantiles), quantiles, SINGLE(0.0))
        ends = [(np.isinf(quantiles) & (quantiles * sign > 0)).sum(axis=-1) for sign in (-1.0, 1.0)]
        draft.arrays[f"{name}.open"] = np.stack(ends).astype(np.uint8)

    def read(self, name: str, content: Content) -> Any:
        """The numbers, rising, with the infinite ends."""
        quantiles = content.array(name, SINGLE, ("means", 2, "steps", len(LEVELS))).copy()
        low, high = content.array(f"{name}.open", np.uint8, (2, "means", 2, "steps"))
        place = np.arange(len(LEVELS))
        quantiles[place < low[..., None]] = -np.inf
        quantiles[place >= len(LEVELS) - high[..., None].astype(int)] = np.inf
        if (quantiles[..., 1:] < quantiles[..., :-1]).any():
            raise UnsoundError("a calibration whose quantiles do not rise")
        return quantiles


def _with(estimator: Any, fields: Mapping[str, Any]) -> Any:
    for name, value in fields.items():
        setattr(estimator, name, value)
    return estimator


def _check_kind(part: BaseEstimator, kind: type) -> None:
    if type(part) is not kind:
        raise TypeError(
            f"a {type(part).__name__} cannot be kept in a model file; a {kind.__name__} can: leave the setting out"
        )
