"""What is kept of the measurements, what is not, and why: every dropped row carries its reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..cards import DATA
from ..measurement import CONFIDENCE_WEIGHT, Measurements
from ..properties import Property
from . import arrhenius, conduction, literature_checks
from .neighbours import DOUBTED, LEFT_OUT

Mask = npt.NDArray[np.bool_]

NOT_A_NUMBER = "the value is missing or infinite"
IMPLAUSIBLE = "outside the plausible range of the property"
SAME_GLASS = "another temperature of the same glass in the same paper is impossible"
EXTRAPOLATED = "below what an electrometer reads: extrapolated by the source"


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return the rules of `data/curation.toml`."""
    with (DATA / "curation.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def astray() -> pd.DataFrame:
    """Return the papers of `data/astray_papers.csv`: their ``property``, the ``verdict`` and the ``reason`` for it."""
    return pd.read_csv(DATA / "astray_papers.csv", encoding="utf-8")


def curate(measured: Measurements, prop: Property, *, astray_papers: bool = True) -> tuple[Measurements, pd.DataFrame]:
    """Return what is kept of the measurements, and the rows that are not with their ``reason``.

    With `astray_papers` false, papers that no other author bears out are judged like all others.
    """
    reasons = np.full(len(measured), "", dtype=object)
    values = measured.rows["value"].to_numpy()
    _note(reasons, ~np.isfinite(values), NOT_A_NUMBER)
    for mask, reason in _exclusions(measured, prop):
        _note(reasons, mask, reason)
    for mask, reason in literature_checks.withdrawn(measured, literature_checks.LEFT_OUT):
        _note(reasons, mask, reason)
    if prop.name == "conductivity":
        _judge_conductivity(measured, reasons)
    _note(reasons, ~prop.is_plausible(values), IMPLAUSIBLE)
    if astray_papers:
        for mask, reason in _of_astray_papers(measured, prop, LEFT_OUT):
            _note(reasons, mask, reason)
    good = reasons == ""
    dropped = measured.rows[~good].assign(reason=reasons[~good]).reset_index(drop=True)
    kept = measured.take(good)
    far = _of_astray_papers(kept, prop, DOUBTED) if astray_papers else ()
    return doubt(kept, [*far, *_doubts(kept, prop), *literature_checks.doubts(kept, prop, rules())]), dropped


def _note(reasons: npt.NDArray[np.object_], mask: Mask, reason: str) -> None:
    reasons[mask & (reasons == "")] = reason


def _exclusions(measured: Measurements, prop: Property) -> Iterable[tuple[Mask, str]]:
    for rule in rules()["exclude"]:
        if prop.name in rule["properties"]:
            of_source = measured.rows["source"].str.startswith(rule["source"])
            yield (of_source & measured.rows["formula"].isin(rule["formulas"])).to_numpy(), rule["reason"]


def _of_astray_papers(measured: Measurements, prop: Property, verdict: str) -> Iterable[tuple[Mask, str]]:
    listed = astray()
    listed = listed[(listed["property"] == prop.name) & (listed["verdict"] == verdict)]
    for reason, papers in listed.groupby("reason")["paper"]:
        yield measured.rows["paper"].isin(papers).to_numpy(), str(reason)


def _judge_conductivity(measured: Measurements, reasons: npt.NDArray[np.object_]) -> None:
    """Note what is not the ionic conductivity of a glass; crystals, melts and unknown phases are not judged."""
    glass = (measured.rows["phase"] == "glass").to_numpy()
    part = measured.take(glass)
    values, temperature = part.rows["value"].to_numpy(), part.rows["temperature_C"].to_numpy()
    found = reasons[glass]
    for mask, reason in conduction.not_ionic(part.matrix, rules()):
        _note(found, mask, reason)
    possible = found == ""
    series = series_numbers(part)
    for mask, reason in conduction.impossible(values, temperature, part.matrix, series, rules()):
        _note(found, mask, reason)
    impossible = possible & (found != "")
    _note(found, np.isin(series, series[impossible]), SAME_GLASS)
    reasons[glass] = found


def series_numbers(measured: Measurements) -> npt.NDArray[np.int64]:
    """Return a number for each series of temperatures, shape (n,): one sample of one composition in one paper."""
    same = measured.rows[["paper", "place", "method", "phase"]].assign(key=measured.keys)
    return same.groupby(list(same.columns), sort=False).ngroup().to_numpy().astype(np.int64)


def doubt(measured: Measurements, doubts: Iterable[tuple[Mask, str]]) -> Measurements:
    """Return the measurements with ``doubt`` filled in and the doubtful given low confidence and weight."""
    rows = measured.rows.copy()
    for mask, reason in doubts:
        rows.loc[mask, "doubt"] = reason
        rows.loc[mask, "confidence"] = "low"
        rows.loc[mask, "weight"] = CONFIDENCE_WEIGHT["low"]
    return Measurements(rows, measured.matrix)


def _doubts(measured: Measurements, prop: Property) -> Iterable[tuple[Mask, str]]:
    """Yield masks of doubtful conductivities, with reasons, the gravest last."""
    if prop.name != "conductivity" or not len(measured):
        return
    values, temperature = measured.rows["value"].to_numpy(), measured.rows["temperature_C"].to_numpy()
    series, rule = series_numbers(measured), rules()["arrhenius"]
    known = np.isfinite(temperature)
    judged = values[known], temperature[known], series[known]
    lines = {
        arrhenius.BENT: arrhenius.lawless(*judged, rule),
        arrhenius.ODD_PREFACTOR: arrhenius.odd_prefactor(arrhenius.fit(*judged), rule),
    }
    for reason, mask in lines.items():
        yield known & np.isin(series, np.flatnonzero(mask)), reason
    step = conduction.steps(values, temperature, series, rule["least_step_K"])
    yield step.touched(step.energy < 0), conduction.FALLING
    yield values < rules()["extrapolated"]["below_S_cm"], EXTRAPOLATED


def merge_repeats(measured: Measurements, prop: Property) -> Measurements:
    """Return one row for each composition, temperature and phase of a paper: the median, with the number of `repeats`.

    The median is taken of targets, so that of conductivities is a geometric one. Confidence is the lowest of the rows.
    """
    rows = measured.rows
    key = pd.DataFrame(
        {
            "paper": rows["paper"],
            "key": measured.keys,
            "temperature": rows["temperature_C"].fillna(-1e6),
            "phase": rows["phase"],
        }
    )
    number = key.groupby(list(key.columns), sort=False).ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    if len(first) == len(rows):
        return measured
    targets = pd.Series(prop.to_target(rows["value"].to_numpy())).groupby(number)
    merged = rows.iloc[first].reset_index(drop=True)
    repeats = targets.size().to_numpy()
    several = repeats > 1
    merged.loc[several, "value"] = prop.from_target(targets.median().to_numpy())[several]
    merged["repeats"] = repeats
    worst = rows["weight"].groupby(number).idxmin().to_numpy()
    merged[["confidence", "weight", "doubt"]] = rows[["confidence", "weight", "doubt"]].iloc[worst].to_numpy()
    return Measurements(merged.astype({"weight": float}), measured.matrix[first])
