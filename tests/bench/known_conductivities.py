"""Ask for conductivities that chemists know by heart, as a newcomer would: at 25 degC, by formula alone.

``python tests/bench/known_conductivities.py`` uses the models in use. An answer is right within a decade (of a bound
on one side), guarded where a flag or the verdict `outside` tells not to trust it, and wrong otherwise. The twenty are
those that the models of the first round missed by more than a decade.
"""

import csv
import math
from pathlib import Path

import vitrion

DECADES = 1.0
GUARDS = ("crystalline_conductor", "no_vacancies", "electronic")  # flags that say not to trust a conductivity


def main():
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ranking = vitrion.rank([row["formula"] for row in rows])
    counts = {"right": 0, "guarded": 0, "wrong": 0}
    for row in rows:
        told = ranking.loc[ranking["input"] == row["formula"]].iloc[0]
        off = math.log10(told["conductivity_S_cm"] / float(row["conductivity_S_cm"]))
        off = max(off, 0.0) if row["bound"] == "at most" else off
        flags, verdict = str(told.get("flags", "") or ""), told["conductivity_verdict"]
        guarded = verdict == "outside" or any(code in flags for code in GUARDS)
        what = "right" if abs(off) <= DECADES else "guarded" if guarded else "wrong"
        counts[what] += 1
        print(
            f"{row['formula']:22s} {float(row['conductivity_S_cm']):8.0e} {told['conductivity_S_cm']:9.1e} {off:+5.1f} "
            f"{verdict:8s} {what:8s} {flags}"
        )
    print(counts)


if __name__ == "__main__":
    main()
