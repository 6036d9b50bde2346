"""Write examples/oxychloride_candidates.csv: families of Li and Na oxychlorides that a laboratory could weigh.

Run it as `python examples/make_candidates.py`; the file it writes is committed.
"""

import csv
from pathlib import Path

from vitrion.features import Composition, Fractions, Template
from vitrion.features.charge import neutral

X = "0,0.25,0.5,0.6,0.7,0.75,0.8,1"
FAMILIES = [
    ("Li-Al", "LiAlCl{4-2x}O{x}", {"x": "0:1.3:0.1"}),
    ("Li-Al", "LiAlCl{4-2x}O{x}", {"x": "0.65,0.75,0.85"}),
    ("Na-Al", "NaAlCl{4-2x}O{x}", {"x": "0:1.3:0.1"}),
    ("Na-Al", "NaAlCl{4-2x}O{x}", {"x": "0.65,0.75,0.85"}),
    ("Li-Al (LiCl poor)", "Li{y}AlCl{3+y-2x}O{x}", {"y": "0.5,0.65,0.8", "x": "0.5,0.75,1"}),
    ("Li-Al (LiCl rich)", "Li{y}AlCl{3+y-2x}O{x}", {"y": "1.25,1.5", "x": "0.5,0.75,1"}),
    ("Li/Na-Al", "Li{1-y}Na{y}AlCl{4-2x}O{x}", {"y": "0.1,0.25,0.5,0.75,0.9", "x": "0.5,0.6,0.7,0.75,0.8,1"}),
    ("Li-Ga", "LiGaCl{4-2x}O{x}", {"x": X}),
    ("Na-Ga", "NaGaCl{4-2x}O{x}", {"x": X}),
    ("Li/Na-Ga", "Li{1-y}Na{y}GaCl{4-2x}O{x}", {"y": "0.25,0.5,0.75", "x": "0.5,0.75,1"}),
    ("Li-Al/Ga", "LiAl{1-y}Ga{y}Cl{4-2x}O{x}", {"y": "0.1,0.25,0.5,0.75", "x": "0.5,0.6,0.75,0.9,1"}),
    ("Na-Al/Ga", "NaAl{1-y}Ga{y}Cl{4-2x}O{x}", {"y": "0.25,0.5", "x": "0.5,0.75,1"}),
    ("Li-Zr", "Li2ZrCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Na-Zr", "Na2ZrCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Li-Hf", "Li2HfCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Na-Hf", "Na2HfCl{6-2x}O{x}", {"x": "0:1.5:0.5"}),
    ("Li-Zr/Hf", "Li2Zr{1-y}Hf{y}Cl{6-2x}O{x}", {"y": "0.25,0.5", "x": "0.5,1"}),
    ("Li-Ta", "LiTaCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Na-Ta", "NaTaCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Li/Na-Ta", "Li{1-y}Na{y}TaCl{6-2x}O{x}", {"y": "0.25,0.5,0.75", "x": "0.5,1,1.25"}),
    ("Li-Nb", "LiNbCl{6-2x}O{x}", {"x": "0:1.5:0.25"}),
    ("Na-Nb", "NaNbCl{6-2x}O{x}", {"x": "0:1.5:0.5"}),
    ("Li-Nb/Ta", "LiNb{1-y}Ta{y}Cl{6-2x}O{x}", {"y": "0.25,0.5,0.75", "x": "0.5,1,1.25"}),
    ("Li2O-TaCl5", "{x}Li2O-TaCl5", {"x": "0.5:2:0.25"}),
    ("Li2O-NbCl5", "{x}Li2O-NbCl5", {"x": "0.5:2:0.25"}),
    ("Na2O-TaCl5", "{x}Na2O-TaCl5", {"x": "0.5:1.5:0.25"}),
    ("Li2O-HfCl4", "{x}Li2O-HfCl4", {"x": "0.5:1.5:0.25"}),
    ("Li2O-ZrCl4", "{x}Li2O-ZrCl4", {"x": "0.5:1.5:0.25"}),
    ("Li2O-AlCl3", "{x}Li2O-AlCl3", {"x": "0.3:0.8:0.1"}),
    ("Li-Al/Zr", "Li{1+y}Al{1-y}Zr{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25,0.5", "x": "0.5,0.75,1"}),
    ("Na-Al/Zr", "Na{1+y}Al{1-y}Zr{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25", "x": "0.5,0.75"}),
    ("Li-Al/Hf", "Li{1+y}Al{1-y}Hf{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25", "x": "0.5,0.75,1"}),
    ("Li-Al/Ta", "LiAl{1-y}Ta{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25,0.5", "x": "0.5,0.75,1"}),
    ("Na-Al/Ta", "NaAl{1-y}Ta{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25", "x": "0.5,0.75,1"}),
    ("Li-Al/Nb", "LiAl{1-y}Nb{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25,0.5", "x": "0.5,0.75,1"}),
    ("Na-Al/Nb", "NaAl{1-y}Nb{y}Cl{4+2y-2x}O{x}", {"y": "0.1,0.25", "x": "0.5,0.75,1"}),
    ("Na-Ga/Ta", "NaGa{1-y}Ta{y}Cl{4+2y-2x}O{x}", {"y": "0.25,0.5", "x": "0.75,1"}),
    ("Li-Ga/Ta", "LiGa{1-y}Ta{y}Cl{4+2y-2x}O{x}", {"y": "0.25,0.5", "x": "0.75,1"}),
    ("Li-Zr/Ta", "Li{2-y}Zr{1-y}Ta{y}Cl{6-2x}O{x}", {"y": "0.25,0.5,0.75", "x": "0.5,1"}),
    ("argyrodite (comparison)", "Li6PS5Cl", {}),
]


def candidates() -> dict[Composition, str]:
    """Every neutral member once, with its family; the first family wins."""
    found: dict[Composition, str] = {}
    for family, template, ranges in FAMILIES:
        for member in Template.parse(template).grid(**ranges):
            if neutral(Fractions.of([member.composition]))[0]:
                found.setdefault(member.composition, family)
    return found


if __name__ == "__main__":
    target = Path(__file__).with_name("oxychloride_candidates.csv")
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["formula", "family"])
        writer.writerows((composition.formula, family) for composition, family in candidates().items())
