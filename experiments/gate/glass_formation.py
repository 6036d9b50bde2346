"""The gate of glass formation: whether a new version may answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...datasets import Dataset
from ...datasets.sources.glass_formation import GLASS
from ...models.fitting.glass_former import GlassFormer
from ..holdout.glass_formation import calibration_error
from .decision import Check, Decision
from .held_out import identities

LOSS = 0.02  # of the Brier score that a challenger may lose: what seeds differ by
CALIBRATED = 0.05  # calibration error on sets of elements held out
FEWEST_SHARED = 0.9  # of the champion's rows that a challenger is judged on
GLASSES = ("B2O3", "LiPO3", "ZnCl2")
CRYSTALS = ("NaCl", "LiCl", "CaF2")
COLUMNS = ("key", "paper", "fold", "truth", "mean", "lower", "upper")


def kept(data: Dataset, former: GlassFormer) -> pd.DataFrame:
    """Held-out probabilities of a glass, a row an outcome; as `held_out.kept` has them, without intervals."""
    n = len(data)
    columns = {
        "key": identities(data),
        "paper": data.groups.astype(str),
        "fold": former.fold_[:n],
        "truth": data.rows["value"].to_numpy(),
        "mean": former.held_out_[:n, 2],
        "lower": np.nan,
        "upper": np.nan,
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def judge(
    data: Dataset, challenger: pd.DataFrame, champion: pd.DataFrame | None, former: GlassFormer, lost: str = ""
) -> Decision:
    """Hold a challenger against the champion on the same outcomes, sets of elements held out from both.

    Parameters
    ----------
    data
        What is known now; its outcomes are the truth.
    challenger, champion
        Held-out probabilities of both, as `kept` makes them; None where there is no champion yet.
    former
        The challenger, for the mixtures that everybody knows.
    lost
        Why the champion cannot answer any more, where that is so.
    """
    now = pd.DataFrame({"key": identities(data), "glass": (data.rows["value"] == GLASS).to_numpy(dtype=float)})
    mine = now.merge(challenger[["key", "mean"]], on="key").dropna()
    checks = [*_own(mine), *_anchors(former)]
    if champion is None:
        return Decision.of_first(*checks)
    theirs = champion[["key", "mean"]].rename(columns={"mean": "champion"})
    both = mine.merge(theirs, on="key").dropna()
    share = len(both) / len(champion) if len(champion) else 1.0
    checks.append(Check("rows", share >= FEWEST_SHARED, f"judged on {100 * share:.1f} % of the champion's rows"))
    if both.empty:
        return Decision.of(*checks)
    new, old = (float(((both[name] - both["glass"]) ** 2).mean()) for name in ("mean", "champion"))
    worse = new > (1 + LOSS) * old and not lost
    said = f"the champion cannot answer: {lost}; " if lost else ""
    checks.append(Check("champion", not worse, f"{said}Brier score {new:.4f}, the champion's {old:.4f}"))
    return Decision.of(*checks)


def _own(mine: pd.DataFrame) -> Iterator[Check]:
    """Whether it is better than the share of glasses, and calibrated."""
    if mine.empty:
        yield Check("baseline", False, "no outcome was predicted")
        return
    glass = mine["glass"].to_numpy()
    brier = float(np.mean((mine["mean"] - glass) ** 2))
    base = float(glass.var())
    yield Check("baseline", brier < base, f"Brier score {brier:.4f}, of the share of glasses {base:.4f}")
    error = calibration_error(glass > 0, mine["mean"].to_numpy())
    yield Check("calibration", error <= CALIBRATED, f"calibration error {error:.3f}; at most {CALIBRATED:g}")


def _anchors(former: GlassFormer) -> Iterator[Check]:
    """Whether every known glass is more probable than every salt that no one has quenched to one."""
    chance = former.predict([*GLASSES, *CRYSTALS]).glass
    least, most = chance[: len(GLASSES)].min(), chance[len(GLASSES) :].max()
    said = f"{', '.join(GLASSES)} at least {least:.2f}; {', '.join(CRYSTALS)} at most {most:.2f}"
    yield Check("anchors", bool(least > most), said if least > most else f"{said}: the first must be higher")
