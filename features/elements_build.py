"""Rebuild `data/elements.csv` and its card from pymatgen and matminer: ``python -m vitrion.features.elements_build``.

The hand-kept choices of oxidation state and coordination are in `data/ion_choices.csv`.
"""

from __future__ import annotations

import csv
import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .descriptors.magpie import PROPERTIES

DATA = Path(__file__).parent / "data"
ROMAN = {2: "II", 3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII"}
HEADER = [
    "atomic_number",
    "symbol",
    "name",
    "mass",
    "electronegativity",
    "common_states",
    "known_states",
    "positive_states",
    "typical_state",
    "coordination",
    "cation_radius",
    "negative_state",
    "anion_radius",
]


def shannon(element: Any, state: int, coordination: int) -> float | None:
    """Shannon effective ionic radius in angstrom, at the nearest tabulated coordination; None where none is known."""
    radii = element.data.get("Shannon radii")
    table = radii.get(str(state), {}) if isinstance(radii, dict) else {}
    found: dict[int, float] = {}
    for roman, spins in table.items():
        number = {name: cn for cn, name in ROMAN.items()}.get(roman.removesuffix("PY").removesuffix("SQ"))
        spin = spins.get("High Spin") or spins.get("") or next(iter(spins.values()))
        if number is not None and (number not in found or not roman.endswith(("PY", "SQ"))):
            found[number] = float(spin["ionic_radius"])
    return found[min(found, key=lambda cn: (abs(cn - coordination), cn))] if found else None


def row(element: Any, choice: dict[str, str], magpie: Any) -> list[object]:
    """One line of the table, in the order of `HEADER` and then `PROPERTIES`."""
    common = sorted(element.common_oxidation_states)
    positive = choice["positive_states"] if choice else " ".join(str(s) for s in common if s > 0)
    states = [int(s) for s in positive.split()]
    typical = int(choice["typical_state"]) if choice.get("typical_state") else (max(states) if states else None)
    coordination = int(choice["coordination"]) if choice.get("coordination") else (6 if states else None)
    negative = choice.get("negative_state", "")
    known = set(common) | set(element.icsd_oxidation_states) | set(states) | ({int(negative)} if negative else set())
    return [
        element.Z,
        element.symbol,
        element.long_name,
        float(element.atomic_mass),
        "" if element.symbol in {"He", "Ne", "Ar"} else float(element.X),
        " ".join(map(str, common)),
        " ".join(map(str, sorted(known - {0}))),
        positive,
        "" if typical is None else typical,
        "" if coordination is None else coordination,
        "" if typical is None or coordination is None else _blank(shannon(element, typical, coordination)),
        negative,
        _blank(shannon(element, int(negative), 6)) if negative else "",
        *(float(magpie.get_elemental_property(element, name)) for name in PROPERTIES),
    ]


def _blank(value: float | None) -> float | str:
    return "" if value is None else value


def build(folder: Path = DATA) -> None:
    """Write the table and its card into a folder that holds what was chosen by hand."""
    from matminer.utils.data import MagpieData
    from pymatgen.core.periodic_table import Element

    with (folder / "ion_choices.csv").open(encoding="utf-8", newline="") as file:
        choices = {line["symbol"]: line for line in csv.DictReader(file)}
    magpie = MagpieData()
    target = folder / "elements.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER + [f"magpie {name}" for name in PROPERTIES])
        for number in range(1, 104):
            element = Element.from_Z(number)
            writer.writerow(row(element, choices.get(element.symbol, {}), magpie))
    card = (
        (folder / "elements_card.txt")
        .read_text(encoding="utf-8")
        .format(
            sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
            pymatgen=version("pymatgen-core"),
            matminer=version("matminer"),
        )
    )
    (folder / "elements.toml").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    build()
