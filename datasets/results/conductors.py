"""Compositions that were measured to conduct, in the literature tables and by the laboratory itself.

A rule on a composition alone says what is expected; what was measured outranks it. Every door that shows flags asks
here, so that all of them say the same.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...features.fractions import Fractions
from ...features.notices import notice
from .. import sources
from ..curation.curate import curate
from ..measurement import Measurements, composition_keys
from ..properties import CONDUCTIVITY
from . import standing
from .store import StoreError

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]


def measured_to_conduct(fractions: Fractions, above_S_cm: float, warmest_C: float) -> Mask:
    """Whether a conductivity above a limit was measured of each composition at some temperature or below, shape (n,).

    Of any phase: a crystal has the vacancies of its composition. Rows that curation refuses do not count.

    Parameters
    ----------
    fractions
        The n compositions.
    above_S_cm
        The limit, in S/cm.
    warmest_C
        The highest temperature that counts, in degC.

    Examples
    --------
    >>> measured_to_conduct(Fractions.of(["Li3GaF6", "LiF"]), 1e-7, 35.0).tolist()
    [True, False]
    """
    keys = composition_keys(fractions.matrix)
    tables = _of_tables(above_S_cm, warmest_C)
    return np.asarray(
        np.isin(keys, tables) | np.isin(keys, _of_the_laboratory(above_S_cm, warmest_C, standing.store_state()[1]))
    )


@lru_cache(maxsize=4)
def _of_tables(above_S_cm: float, warmest_C: float) -> Keys:
    """Numbers of the compositions of the embedded tables that were read row by row."""
    some = [group for group in sources.together() if group[0].trust == "curated"]
    read = [curate(group[0].read(CONDUCTIVITY.name), CONDUCTIVITY)[0] for group in some]
    return _conducting(Measurements.join(read), above_S_cm, warmest_C)


@lru_cache(maxsize=4)
def _of_the_laboratory(above_S_cm: float, warmest_C: float, state: tuple[int, ...]) -> Keys:
    """Numbers of the compositions in the store in this state; none, with a notice, of a store that cannot be read."""
    if not state:
        return np.empty(0, dtype=np.uint64)
    try:
        own = standing.read(CONDUCTIVITY.name)
    except StoreError as error:
        notice(f"what the laboratory measured itself does not count for flags: {error}")
        return np.empty(0, dtype=np.uint64)
    return _conducting(curate(own, CONDUCTIVITY)[0], above_S_cm, warmest_C)


def _conducting(measured: Measurements, above_S_cm: float, warmest_C: float) -> Keys:
    rows = measured.rows
    held = (rows["value"] > above_S_cm) & (rows["temperature_C"] <= warmest_C) & (rows["doubt"] == "")
    return np.unique(measured.keys[held.to_numpy(dtype=bool)])
