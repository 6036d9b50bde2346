"""What routes cost here beside what authors published, as a block of the page on costs.

``python -m vitrion.datasets.builders.cost_comparison docs/explanation/cost.md`` rewrites what stands between ``<!--
costs -->``
and ``<!-- /costs -->``; a test compares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ..cards import DATA
from ..economics.prices import default_table
from ..economics.routes import alternatives, routes

BLOCK = re.compile(r"(<!-- costs -->\n).*?(<!-- /costs -->)", re.DOTALL)
DECISIVE = {
    "NaAlCl2.5O0.75": "Sb2O3",
    "LiAlCl2.5O0.75": "Sb2O3",
    "Li1.75ZrCl4.75O0.5": "ZrCl4",
    "Li7P3S7.5O3.5": "Li2O",
    "Li2.7Al0.7Zr0.3Cl3.3O1.35": "Li2CO3",
    "Li6PS5Cl": "Li2S",
}
"""The precursor whose price is asked for that would give the published figure."""


def published() -> pd.DataFrame:
    """Return what authors published: ``formula, usd_per_kg, year, doi, basis, confidence``."""
    return pd.read_csv(DATA / "published_costs.csv", keep_default_na=False)


def comparison() -> pd.DataFrame:
    """Return one row a published figure: ours with the newest prices, and what would make both agree.

    Returns
    -------
    DataFrame
        ``formula, published, ours, ours_2021, route, doi, precursor, price, price_to_agree``: a price in USD/kg of the
        decisive precursor here, and the one with which the route would cost what is published; NaN if none would.
    """
    rows = []
    for one in published().to_dict("records"):
        name = DECISIVE[one["formula"]]
        route, old = routes(one["formula"])[0], routes(one["formula"], year=2021)[0]
        share = route.precursors[name]
        price = _price_of(name)
        needed = price + (one["usd_per_kg"] - route.usd_per_kg) / share
        rows.append(
            {
                "formula": one["formula"],
                "published": one["usd_per_kg"],
                "ours": route.usd_per_kg,
                "ours_2021": old.usd_per_kg,
                "route": route.line,
                "doi": one["doi"],
                "precursor": name,
                "price": price,
                "price_to_agree": needed if needed > 0 else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def _price_of(precursor: str) -> float:
    table = default_table()
    return float(table.usd_per_kg[table.formulas.index(precursor)])


def lines() -> Iterator[str]:
    """Lines of the block."""
    yield "| USD/kg | published | here | here, prices of 2021 | route here | decisive price | price to agree |"
    yield "|---|---|---|---|---|---|---|"
    for row in comparison().to_dict("records"):
        agree = "none" if pd.isna(row["price_to_agree"]) else f"{row['price_to_agree']:.3g}"
        source = f"[{row['published']:g}](https://doi.org/{row['doi']})" if row["doi"] else f"{row['published']:g}"
        decides = f"{row['precursor']} {row['price']:.3g}"
        cells = [row["formula"], source, f"{row['ours']:.3g}", f"{row['ours_2021']:.3g}", row["route"], decides, agree]
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "| route to LiAlCl2.5O0.75 | USD/kg | how well known |"
    yield "|---|---|---|"
    for way in alternatives("LiAlCl2.5O0.75"):
        yield f"| {way.line} | {way.usd_per_kg:.3g} | {way.practice} |"


def rewritten(text: str) -> str:
    """Return a page with its block made anew."""
    block = "\n".join(lines())
    return BLOCK.sub(lambda found: f"{found[1]}{block}\n{found[2]}", text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
