"""Tg of halide salts that nobody has vitrified, estimated from where they melt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...datasets import Dataset
from ...features.fractions import Fractions
from ...models.design.nearness import nearness


@dataclass(frozen=True)
class MeltingRule:
    """The two-thirds rule: Tg in kelvin is a fixed share of the liquidus in kelvin.

    Kauzmann (10.1021/cr60135a002, 1948) saw Tg/Tm near 2/3 over all kinds of glass; the share used here is the median
    over the halide-rich glasses of SciGlass for which one paper gives both temperatures.

    Parameters
    ----------
    share
        Tg over liquidus, both in K.
    n_glasses
        Number of these glasses.
    """

    share: float
    n_glasses: int

    @classmethod
    def learn(cls, tg: Dataset, liquidus: Dataset) -> MeltingRule:
        """Take the share from glasses with both temperatures in one paper; nothing of VIGLAS is among them."""
        glass = tg.take((nearness(tg.fractions) >= 1) & _embedded(tg)).rows
        melt = liquidus.take((nearness(liquidus.fractions) >= 1) & _embedded(liquidus)).rows
        both = glass.merge(melt, on=["paper", "formula"], suffixes=("_glass", "_melt"))
        if both.empty:
            raise ValueError("no halide-rich glass has both Tg and liquidus in one paper; the rule cannot be learnt")
        share = tg.property.to_target(both["value_glass"]) / liquidus.property.to_target(both["value_melt"])
        return cls(float(np.median(share)), len(both))

    def apply(self, tg: Dataset, liquidus: Dataset) -> tuple[Fractions, npt.NDArray[np.float64]]:
        """Halides of the literature tables without oxygen, n of them, and their estimated Tg in degC, shape (n,)."""
        pure = (nearness(liquidus.fractions) >= 1) & (liquidus.fractions.column("O") == 0) & ~_embedded(liquidus)
        salts = liquidus.take(pure)
        rows = salts.rows.reset_index(drop=True).assign(key=salts.measured.keys).sort_values(["value", "formula"])
        rows = rows.drop_duplicates("key").sort_values("formula")
        kelvin = self.share * liquidus.property.to_target(rows["value"])
        return salts.fractions.take(rows.index.to_numpy()), tg.property.from_target(kelvin)


def _embedded(data: Dataset) -> npt.NDArray[np.bool_]:
    return ~data.curated
