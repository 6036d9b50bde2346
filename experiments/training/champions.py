"""The predictors that are shipped: trained from the data of the package by the committed recipes, and compared again.

`make champions` writes them into `models/shipped`; `make check-champions` trains them once more and compares the files
to the last bit. Both give this module the environment that it wants: one thread, one set of kernels.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ...datasets.exchange.structured import of_json
from ...datasets.properties import MODELLED
from ...models.artifacts import artifact
from ..recipes.glass_formation import FormationRecipe, recipe_of
from ..recipes.recipe import Recipe
from ..registry import shipped
from ..registry import versions as registry
from ..registry.promotion import held_against
from ..registry.record import write
from .fit import Fit, fit

PINNED = ("OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "NPY_DISABLE_CPU_FEATURES")
COMPARED = (registry.BUNDLE, registry.HELD_OUT)
SINGLE = ("truth", "mean", "lower", "upper")  # columns of held-out rows that are shipped in single precision
LEVEL = 19  # of their compression

Fitting = Callable[[Recipe | FormationRecipe, int, Callable[[str], None]], Fit]


class NotShippedError(RuntimeError):
    """A predictor that is not to be shipped: its environment is not pinned, or its gate says no."""


@dataclass(frozen=True)
class Outcome:
    """Whether the files of a property are the same to the last bit, and what to know where they are not."""

    property: str
    same: bool
    words: str


def make(
    place: Path,
    properties: Sequence[str] = shipped.SHIPPED,
    progress: Callable[[str], None] = lambda text: None,
    fitting: Fitting = fit,
) -> None:
    """Train predictors from the data of the package alone, and write each into a folder of its own.

    Parameters
    ----------
    place
        Where the folders go.
    properties
        Names of properties that have a recipe.
    progress
        Called with a line of text after each step.
    fitting
        Fits a recipe.

    Raises
    ------
    NotShippedError
        Where the kernels are not pinned, or where the gate would not let a predictor answer as the first of its kind.
    """
    if lacking := [name for name in PINNED if not os.environ.get(name)]:
        raise NotShippedError(f"{', '.join(lacking)} must be set, or the bits differ: run 'make champions'")
    with tempfile.TemporaryDirectory() as empty, _at_home(Path(empty)):
        for name in properties:
            _write(fitting(recipe_of(name), 1, partial(_named, progress, name)), place / name)
            progress(f"{name}: written, {(place / name / registry.BUNDLE).stat().st_size:,} bytes")


def _named(progress: Callable[[str], None], name: str, text: str) -> None:
    progress(f"{name}: {text}")


def _write(result: Fit, folder: Path) -> None:
    """Write predictor, held-out rows, gate and card of a fit into a folder."""
    decision = held_against(result.data, result.held_out, None, result.predictor)
    if not decision.passed:
        raise NotShippedError(f"{result.recipe.property} is not to be shipped: {decision.reason}")
    folder.mkdir(parents=True, exist_ok=True)
    digest = artifact.save(result.predictor, folder / registry.BUNDLE)
    lean = result.held_out.astype(dict.fromkeys(SINGLE, "float32"))
    lean.to_parquet(folder / registry.HELD_OUT, index=False, compression="zstd", compression_level=LEVEL)
    write(folder / registry.GATE, asdict(decision) | {"reason": decision.reason})
    write(folder / registry.CARD, asdict(result.card(shipped.VERSION, digest, "")))


def check(
    place: Path,
    properties: Sequence[str] = shipped.SHIPPED,
    progress: Callable[[str], None] = lambda text: None,
    fitting: Fitting = fit,
) -> list[Outcome]:
    """Train anew, as `make` does, and compare with the files of a folder.

    Returns
    -------
    list of Outcome
        One a property, with the packages that differ where the bits do.
    """
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch), properties, progress, fitting)
        return [_compared(name, place / name, Path(scratch) / name) for name in properties]


def _compared(name: str, kept: Path, new: Path) -> Outcome:
    """Hold the files of two folders against each other."""
    try:
        differing = [file for file in COMPARED if (kept / file).read_bytes() != (new / file).read_bytes()]
        before, now = (of_json((folder / registry.CARD).read_text(encoding="utf-8")) for folder in (kept, new))
    except OSError as error:
        return Outcome(name, False, f"{error.filename} cannot be read ({error.strerror})")
    if not differing:
        return Outcome(name, True, f"the same to the last bit, sha256 {now['sha256'][:12]}")
    reasons = [key for key in ("fingerprint", "recipe") if before[key] != now[key]]
    reasons += [
        f"{key} {before['versions'].get(key)} then, {told} now"
        for key, told in now["versions"].items()
        if before["versions"].get(key) != told
    ]
    why = "; ".join(reasons) or "data, recipe and packages are the same: other kernels or another processor"
    return Outcome(name, False, f"{' and '.join(differing)} differ ({why})")


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Have the home folder be an empty one, so that nothing of a laboratory's own is learnt."""
    before = os.environ.get("VITRION_HOME")
    os.environ["VITRION_HOME"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("VITRION_HOME")
        if before is not None:
            os.environ["VITRION_HOME"] = before


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the shipped predictors, or check that they are made the same again."""
    parser = argparse.ArgumentParser(description="Make the predictors that are shipped, or compare them with new ones.")
    parser.add_argument("do", choices=("make", "check"))
    parser.add_argument("place", type=Path, help="folder with one folder a property, such as models/shipped")
    parser.add_argument("--property", "-p", action="append", choices=MODELLED, help="by default those that are shipped")
    told = parser.parse_args(arguments)

    def said(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    chosen = tuple(told.property or shipped.SHIPPED)
    if told.do == "make":
        make(told.place, chosen, said)
        return 0
    outcomes = check(told.place, chosen, said)
    for one in outcomes:
        sys.stdout.write(f"{one.property}: {one.words}\n")
    return 0 if all(one.same for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
