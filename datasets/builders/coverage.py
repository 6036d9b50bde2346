"""What the embedded data cover, as figures and a table for the documentation.

``python -m vitrion.datasets.builders.coverage docs`` writes ``docs/data-coverage.md`` and ``docs/images/data-*.svg``;
the same
data give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features.elements import SYMBOLS
from .. import sources
from ..catalogue import contents as catalogue
from ..curation.conduction import share
from ..curation.tellings import agreement
from ..dataset import Dataset, load
from ..sources import glass_formation
from ..splits import CHALCOGENS, HALOGENS, by_family
from . import bar_chart

ROOM_C = (15.0, 45.0)
ELEMENTS_SHOWN = 40
OXYHALIDE_FAMILIES = 12
APART = {"tg": 1, "conductivity": 20}  # steps by which pairs differ that tell what chance brings

FIGURES = ("elements", "cl-share", "tg", "conductivity", "glass-formation")

Counts = npt.NDArray[np.int64]


def _first(data: Dataset) -> Dataset:
    """Return one row of each composition."""
    return data.take(np.sort(np.unique(data.measured.keys, return_index=True)[1]))


def elements(tg: Dataset, conductivity: Dataset) -> str:
    """Return a chart of the number of compositions that hold each of the most frequent elements."""
    held = {
        "with Tg": (_first(tg).measured.matrix > 0).sum(axis=0),
        "with conductivity": (_first(conductivity).measured.matrix > 0).sum(axis=0),
    }
    most = np.argsort(-(held["with Tg"] + held["with conductivity"]), kind="stable")[:ELEMENTS_SHOWN]
    counts = {name: count[most] for name, count in held.items()}
    return bar_chart.draw("Compositions by element", "element", [SYMBOLS[i] for i in most], counts)


def chloride_share(tg: Dataset, conductivity: Dataset) -> str:
    """Return a chart of compositions with both oxygen and chlorine by Cl/(O+Cl)."""
    edges = np.linspace(0, 1, 21)
    counts = {}
    for name, data in (("with Tg", tg), ("with conductivity", conductivity)):
        matrix = _first(data).measured.matrix
        oxygen, chlorine = share(matrix, ["O"]), share(matrix, ["Cl"])
        both = (oxygen > 0) & (chlorine > 0)
        counts[name] = np.histogram(chlorine[both] / (oxygen + chlorine)[both], edges)[0]
    return bar_chart.draw("Oxychlorides by Cl/(O+Cl)", "Cl/(O+Cl)", [f"{edge:.2f}" for edge in edges[:-1]], counts, 2)


def transition(tg: Dataset) -> str:
    """Return a chart of Tg, of all glasses and of those whose anions are mostly chloride."""
    edges = np.arange(-60, 1241, 25)
    matrix = tg.measured.matrix
    soft = share(matrix, ["Cl"]) > share(matrix, ["O"])
    values = tg.rows["value"].to_numpy()
    counts = {"all": np.histogram(values, edges)[0], "more Cl than O": np.histogram(values[soft], edges)[0]}
    return bar_chart.draw("Glass transition temperature", "Tg (degC)", [f"{edge:g}" for edge in edges[:-1]], counts, 4)


def room_temperature(conductivity: Dataset) -> str:
    """Return a chart of conductivities near room temperature, of tables taken over whole and of the literature."""
    rows = conductivity.rows
    edges = np.arange(-20.0, 0.1, 0.5)
    near = rows["temperature_C"].between(*ROOM_C).to_numpy()
    target = np.log10(rows["value"].to_numpy())
    bulk = (source for source in sources.all() if source.trust == "bulk")
    whole = [source.name for source in bulk if sources.count(rows, (source,))]
    counts = {
        f"{' and '.join(whole)} (15-45 degC)": np.histogram(target[near & ~conductivity.curated], edges)[0],
        "literature (15-45 degC)": np.histogram(target[near & conductivity.curated], edges)[0],
    }
    labels = [f"{edge:g}" for edge in edges[:-1]]
    return bar_chart.draw("Conductivity near room temperature", "log10 of S/cm", labels, counts, 4)


def formed(outcomes: Dataset) -> str:
    """Return a chart of the points that came out as glass, in part and not, by element."""
    held = outcomes.measured.matrix > 0
    value = outcomes.rows["value"].to_numpy()
    counts = {glass_formation.CLASSES[i]: held[value == i].sum(axis=0) for i in (2, 1, 0)}
    most = np.argsort(-held.sum(axis=0), kind="stable")[:ELEMENTS_SHOWN]
    chosen = {name: count[most] for name, count in counts.items()}
    return bar_chart.draw("Glass formation by element", "element", [SYMBOLS[i] for i in most], chosen)


def _formation(outcomes: Dataset) -> pd.DataFrame:
    """Return points, systems, papers and outcomes of glass formation, of all and by what they hold."""
    matrix = outcomes.measured.matrix
    halogen, oxygen, chlorine = share(matrix, list(HALOGENS)), share(matrix, ["O"]), share(matrix, ["Cl"])
    chalcogen = share(matrix, list(CHALCOGENS))
    kinds = {
        "all": np.ones(len(outcomes), dtype=bool),
        "oxygen, no halogen": (oxygen > 0) & (halogen == 0) & (chalcogen == 0),
        "S, Se or Te": (chalcogen > 0) & (oxygen == 0),
        "F, Cl, Br or I": halogen > 0,
        "Cl": chlorine > 0,
        "O and Cl": (oxygen > 0) & (chlorine > 0),
    }
    rows = []
    for name, mask in kinds.items():
        part = outcomes.rows[mask]
        each = [int((part["value"] == value).sum()) for value in (2, 1, 0)]
        rows.append((name, len(part), part["place"].nunique(), part["paper"].nunique(), *each))
    return pd.DataFrame(rows, columns=["holds", "points", "systems", "tables", *reversed(glass_formation.CLASSES)])


def _table(frame: pd.DataFrame) -> Iterator[str]:
    yield "| " + " | ".join(frame.columns) + " |"
    yield "|" + "---|" * len(frame.columns)
    for row in frame.itertuples(index=False):
        yield "| " + " | ".join(map(_text, row)) + " |"


def _text(cell: object) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def page(tg: Dataset, conductivity: Dataset, outcomes: Dataset) -> str:
    """Return the text of the page: counts, families, what was not taken and what is doubted, and the figures."""
    listing = catalogue.listing(lab=False).drop(columns=["lab", "label"])
    family = pd.Series(by_family(conductivity)).value_counts()
    oxychloride = family[[name for name in family.index if "oxychloride" in str(name) or name == "antiperovskite"]]
    lines = ["# What the data cover", ""]
    lines += ["Written by `python -m vitrion.datasets.builders.coverage docs`; not by hand.", "", *_table(listing), ""]
    lines += ["## Oxychloride conductivities by family", ""]
    lines += _table(oxychloride.head(OXYHALIDE_FAMILIES).rename_axis("family").reset_index(name="rows"))
    doubts = conductivity.rows["doubt"].replace("", pd.NA).dropna().value_counts()
    for title, counts in (
        ("Conductivities that are not taken", pd.Series(conductivity.reasons)),
        ("Conductivities that are doubted and weigh 0.3", doubts),
        ("Tg values that are doubted and weigh 0.3", tg.rows["doubt"].replace("", pd.NA).dropna().value_counts()),
    ):
        lines += ["", f"## {title}", "", *_table(counts.rename_axis("reason").reset_index(name="rows"))]
    lines += ["", "## Two authors on one composition", "", *_table(_agreements(tg, conductivity))]
    lines += ["", "## Glass formation", "", *_table(_formation(outcomes)), ""]
    disputed = (outcomes.rows["doubt"] != "").sum()
    lines += [
        f"Papers contradict each other on {disputed:,} of these points; such a point weighs the share that agrees."
    ]
    lines += ["", "## Figures", ""]
    lines += [f"![{name}](images/data-{name}.svg)\n" for name in FIGURES]
    return "\n".join(lines).rstrip() + "\n"


def _agreements(*every: Dataset) -> pd.DataFrame:
    """Return how many pairs of papers agree to the digit, and how many chance would let."""
    rows = []
    for data in every:
        exactly, expected, pairs = agreement(data.measured, data.property, APART[data.property.name])
        rows.append((data.property.name, pairs, exactly, round(expected, 1), round(exactly / expected, 2)))
    return pd.DataFrame(rows, columns=["property", "pairs", "agree to the digit", "by chance", "ratio"])


def write(folder: Path) -> list[Path]:
    """Write page and figures into a folder of documentation and return the files."""
    tg, conductivity = load("tg", lab=False), load("conductivity", lab=False)
    outcomes = load("glass_formation", lab=False)
    content = {
        "data-coverage.md": page(tg, conductivity, outcomes),
        "images/data-elements.svg": elements(tg, conductivity),
        "images/data-cl-share.svg": chloride_share(tg, conductivity),
        "images/data-tg.svg": transition(tg),
        "images/data-conductivity.svg": room_temperature(conductivity),
        "images/data-glass-formation.svg": formed(outcomes),
    }
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name, text in content.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in content]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page and its figures, and print their names."""
    parser = argparse.ArgumentParser(
        prog="python -m vitrion.datasets.builders.coverage", description="Write the coverage page."
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs"))
    for path in write(parser.parse_args(arguments).folder):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
