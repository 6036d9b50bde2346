"""Held-out predictions as a table that is kept with a version, so that a later one can be held against it."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...datasets import Dataset
from ...datasets.splits import by_family
from ...models.fitting.crossfit import HeldOut
from ..holdout.subsets import region

ODD = np.uint64(0x9E3779B97F4A7C15)  # keeps the numbers of repeats apart from those of other measurements
COLUMNS = ("key", "paper", "fold", "truth", "mean", "lower", "upper")


def identities(data: Dataset) -> npt.NDArray[np.uint64]:
    """What a measurement is, without its value, as a number each, shape (n,): composition, conditions, paper, place.

    Repeats that nothing tells apart are counted through, the smallest value first.
    """
    rows = data.rows
    texts = rows["paper"] + "|" + rows["place"].astype(str) + "|" + rows["phase"]
    numbers = zip(data.measured.keys.tolist(), rows["temperature_C"].fillna(-1e6).tolist(), texts, strict=True)
    digests = [hashlib.blake2b(f"{k}|{t:.6g}|{text}".encode(), digest_size=8).digest() for k, t, text in numbers]
    keys = pd.Series(np.frombuffer(b"".join(digests), dtype=np.uint64))
    repeat = keys[np.argsort(data.values, kind="stable")].groupby(keys).cumcount().sort_index()
    return np.asarray(keys.to_numpy() + repeat.to_numpy(dtype=np.uint64) * ODD)


def kept(data: Dataset, held_out: HeldOut) -> pd.DataFrame:
    """A row a measurement with `COLUMNS`; the numbers in the unit of the regressor (K, log10 of S/cm)."""
    told = {name: getattr(held_out, name) for name in ("fold", "truth", "mean", "lower", "upper")}
    ours = {"key": identities(data)[held_out.row], "paper": data.groups[held_out.row].astype(str)}
    return pd.DataFrame(ours | told, columns=list(COLUMNS))


def now_known(data: Dataset) -> pd.DataFrame:
    """What the data hold now, a row a measurement.

    ``key``, ``value`` (unit of the regressor), ``paper``, ``composition`` (a number, by 10 K), ``family``, and whether
    it is in the ``region`` of the candidates (see `subsets.region`).
    """
    tens = np.rint(data.rows["temperature_C"].fillna(0.0).to_numpy() / 10.0).astype(np.int64).astype(np.uint64)
    told = {
        "key": identities(data),
        "value": data.property.to_target(data.values),
        "paper": data.groups.astype(str),
        "composition": data.measured.keys + tens * ODD,
        "family": by_family(data),
        "region": region(data)[1],
    }
    return pd.DataFrame(told)
