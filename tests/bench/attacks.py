"""Attacks on a server with small models: what strangers send, and what other software breaks, each several times.

``python tests/bench/attacks.py --times 3 --write docs/benchmarks/faults.md`` plays all; names play some. Each module
``attack_*.py`` beside this one has a mapping ``ATTACKS`` from the name of an attack to a function of the stage and
of how often it is played: it returns the outcome in a few words, and raises where the product did not hold.
"""

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

import faults
import stage

HERE = Path(__file__).parent


def attacks():
    """All attacks by name, with those of each module together."""
    modules = [importlib.import_module(path.stem) for path in sorted(HERE.glob("attack_*.py"))]
    return {name: play for module in modules for name, play in module.ATTACKS.items()}


def main():
    """Play what is asked for, each on a stage of its own, and write the outcomes."""
    known = attacks()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="; ".join(known))
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--home", type=Path, help="a home with versions 8 and 9 of small models; made if not given")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if unknown := set(options.what) - set(known):
        parser.error(f"{', '.join(unknown)} is no attack; give some of {'; '.join(known)}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        template = options.home or Path(folder) / "template"
        if options.home is None:
            stage.small_home(template)
        for number, name in enumerate(options.what or known):
            here = stage.Stage(Path(folder) / f"stage{number}", template)
            began = time.monotonic()
            try:
                outcome = known[name](here, options.times)
            finally:
                here.close()
            seconds = time.monotonic() - began
            command = f"python tests/bench/attacks.py '{name}' --times {options.times}"
            words = faults.public(outcome, folder)
            rows.append(f"| {name} | {options.times} | {words} | {seconds:.0f} | `{command}` |")
            print(rows[-1], flush=True)
    if options.write:
        faults.write(options.write, "attacks", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
