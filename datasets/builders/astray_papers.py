"""The builder of `data/astray_papers.csv`: SciGlass papers that no other author bears out.

Run it as ``python -m vitrion.datasets.builders.astray_papers [OUTPUT]`` after `sciglass_build`; it takes about two
minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..cards import DATA
from ..curation.curate import curate, merge_repeats, rules
from ..curation.neighbours import astray
from ..measurement import Measurements
from ..properties import find
from ..sources import sciglass


def collect(name: str) -> pd.DataFrame:
    """Return the astray papers of the property of that name.

    Once the worst are away, others may stand out that they hid: the search is repeated until it finds none.
    """
    prop, rule = find(name), rules()["astray"]
    kept = curate(sciglass.read(name), prop, astray_papers=False)[0]
    measured = _in_order(merge_repeats(kept, prop))
    found: list[pd.DataFrame] = []
    while True:
        new = astray(measured, prop, rule)
        if new.empty:
            break
        found.append(new)
        measured = measured.take(~measured.rows["paper"].isin(new["paper"]).to_numpy())
    if not found:
        return astray(measured.take([]), prop, rule).assign(property=[])
    return pd.concat(found).sort_values("paper").assign(property=name)


def _in_order(measured: Measurements) -> Measurements:
    """Return the rows in an order of their own, so that ties between neighbours never depend on that of the file."""
    order = np.lexsort((measured.rows["value"], measured.rows["temperature_C"], measured.keys, measured.rows["paper"]))
    return measured.take(order)


def build() -> pd.DataFrame:
    """Return the astray papers of every property that has limits, one row a property and paper."""
    table = pd.concat([collect(name) for name in rules()["astray"]["limits"]], ignore_index=True)
    table["deviation"] = table["deviation"].round(1)
    names = ["paper", "author", "year", "rows", "compared", "authors", "deviation", "reason", "verdict"]
    return table[["property", *names]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the table, write it and print it."""
    parser = argparse.ArgumentParser(prog="python -m vitrion.datasets.builders.astray_papers", description=__doc__)
    parser.add_argument("output", type=Path, nargs="?", default=DATA / "astray_papers.csv")
    output = parser.parse_args(arguments).output
    table = build()
    table.to_csv(output, index=False, encoding="utf-8", lineterminator="\n")
    print(table.to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
