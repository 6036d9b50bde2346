"""What the gate lets through, where the truth is known.

``python tests/bench/gate_bench.py FOLDER/held_out.parquet --before eb2e5ee --write docs/benchmarks/gate.md``

Champion and challenger are the held-out predictions of one trained version (below `models` in the home folder), each
with noise of its own as training again has it: a shift of every paper and one of every row, in units of the difficulty.
The challenger knows eight measurements more, and its errors are as large as the champion's, or larger or smaller by so
much. Each scales its intervals so that they hold 90 % of the rows, as a version does that is calibrated on its own
errors.

The table is of how many of the draws pass each check; `--before` shows the gate of an earlier commit beside it, on the
same draws. `--again` takes the held-out predictions of another training and says how large its noise is.
"""

import argparse
import importlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from vitrion.datasets import load
from vitrion.experiments.gate import gate
from vitrion.experiments.gate import held_out as held_rows

ROOT = Path(__file__).parents[2]
FLOORS = ("features", "datasets", "models", "experiments")
GATES = ("experiments.gate.gate", "experiments.gate")  # where it lies, and where it lay before
NEWS = 8  # measurements that the challenger knows and the champion does not
COVERAGE = 0.9
SMALLEST = 1e-3  # of the median error, below which its logarithm counts no further
KINDS = ("error", "interval score", "families", "region")  # checks with a column; all others are one
TRUTHS = {
    "equal": (1.0, 1.0),
    "1 % worse everywhere": (1.01, 1.01),
    "2 % worse everywhere": (1.02, 1.02),
    "{region} 15 % worse": (1.0, 1.15),
    "{region} 30 % worse": (1.0, 1.30),
    "2 % better everywhere": (0.98, 0.98),
}
"""Factor of the errors of a challenger: elsewhere, and where the candidates are."""


@dataclass
class Stage:
    """A trained version, row by row, and how difficult each row was."""

    table: pd.DataFrame
    paper: np.ndarray
    difficulty: np.ndarray

    @classmethod
    def of(cls, known, held_out):
        """Rows that the data still hold; the difficulty is the width of the interval, as a mean error."""
        table = known[["key", "region", "value"]].merge(held_out, on="key")
        return cls(table, pd.factorize(table["paper"])[0], difficulty(table))

    def version(self, draw, noise, factors=(1.0, 1.0)):
        """Held-out predictions of a version that was trained again, its errors larger by the factors."""
        told = self.table
        papers, rows = draw.normal(0, noise[0], self.paper.max() + 1), draw.normal(0, noise[1], len(told))
        missed = (told["mean"] - told["truth"]).to_numpy() + self.difficulty * (papers[self.paper] + rows)
        missed = missed * np.where(told["region"], factors[1], factors[0])
        below, above = (told["mean"] - told["lower"]).to_numpy(), (told["upper"] - told["mean"]).to_numpy()
        wide = np.quantile(np.where(missed > 0, missed / below, -missed / above), COVERAGE)
        mean = told["truth"] + missed
        ends = {"mean": mean, "lower": mean - wide * below, "upper": mean + wide * above}
        return told.assign(**ends)[list(held_rows.COLUMNS)]


def difficulty(table):
    """Expected size of the error of each row: the width of its interval, scaled to the geometric mean of the errors."""
    missed, width = (table["truth"] - table["mean"]).abs(), table["upper"] - table["lower"]
    scale = np.log(missed + SMALLEST * missed.median()).mean() - np.log(width).mean()
    return np.exp(scale) * width.to_numpy()


def noise_between(one, other):
    """Noise of one training, paper and row in units of the difficulty: that of the difference of two, over sqrt 2."""
    both = one.merge(other, on="key", suffixes=("", "_again"))
    apart = (both["mean_again"] - both["mean"]) / difficulty(both)
    each = apart.groupby(both["paper"]).agg(["size", "mean", "var"])
    several = each[each["size"] > 1]
    rows = float((several["var"] * (several["size"] - 1)).sum() / (several["size"] - 1).sum())
    papers = float((each["mean"] ** 2).mean() - rows * (1 / each["size"]).mean())
    errors = [
        (both["truth"] - both[name]).abs().groupby(both["paper"]).mean().mean() for name in ("mean", "mean_again")
    ]
    return np.sqrt(max(papers, 0) / 2), np.sqrt(rows / 2), errors[1] / errors[0] - 1


def earlier(commit, folder):
    """The gate of an earlier commit, wherever it lay there, with the modules that it had beside it."""
    shown = subprocess.run(["git", "archive", commit, *FLOORS], cwd=ROOT, capture_output=True, check=True).stdout
    package = folder / ("vitrion_" + re.sub(r"\W", "_", commit))
    with tarfile.open(fileobj=io.BytesIO(shown)) as archive:
        archive.extractall(package, filter="data")
    (package / "__init__.py").touch()
    name = next(name for name in GATES if package.joinpath(*name.split(".")).with_suffix(".py").is_file())
    sys.path.insert(0, str(folder))
    return importlib.import_module(f"{package.name}.{name}")


def share_passed(judged, data, known, stage, noise, draws):
    """Share of the draws that pass each kind of check, a row a truth."""
    judged.now_known = lambda _: known  # the same for every draw
    judged.anchors = lambda _: iter(())  # known glasses have no part in it
    table = {}
    for truth, factors in TRUTHS.items():
        passed = []
        for number in range(draws):
            draw = np.random.default_rng([number])
            champion = stage.version(draw, noise)
            champion = champion.drop(index=draw.choice(len(champion), NEWS, replace=False))
            challenger = stage.version(draw, noise, factors)
            decision = judged.judge(data, challenger, champion, SimpleNamespace())
            failed = {check.name if check.name in KINDS else "others" for check in decision.checks if not check.passed}
            passed.append({kind: kind not in failed for kind in (*KINDS, "others")} | {"all": decision.passed})
        table[truth] = pd.DataFrame(passed).mean()
    return pd.DataFrame(table).T


def lines(tables, name, noise):
    """A Markdown table of one size of the noise: a row a truth, the columns of each gate."""
    head = [f"{gate_name}: {kind}" for gate_name, table in tables.items() for kind in columns(gate_name, table)]
    yield f"Noise of training again: {noise[0]:g} of the difficulty a paper, {noise[1]:g} a row."
    yield ""
    yield "| truth | " + " | ".join(head) + " |"
    yield "|---|" + "---|" * len(head)
    for truth in TRUTHS:
        cells = [f"{table.loc[truth, kind]:.2f}" for which, table in tables.items() for kind in columns(which, table)]
        yield f"| {truth.format(region=name)} | " + " | ".join(cells) + " |"
    yield ""


def about():
    """What was done, as the head of this module says it."""
    yield __doc__.split("\n\n")[2].replace("``", "`") + "\n"


def sized(table):
    """How many measurements and papers there are."""
    return f"{len(table):,} measurements of {table['paper'].nunique():,} papers"


def columns(which, table):
    """Kinds of checks that a gate has."""
    return [kind for kind in table.columns if which == "now" or kind not in ("interval score", "region")]


def main():
    """Judge the draws by each gate, and print how many pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("held_out", type=Path, help="held_out.parquet of a trained version")
    parser.add_argument("--property", default="conductivity")
    parser.add_argument("--again", type=Path, help="held_out.parquet of another training, to measure its noise")
    parser.add_argument("--before", help="a commit whose gate is shown beside today's")
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--noise", type=float, nargs=2, action="append", metavar=("PAPER", "ROW"))
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    data = load(given.property, lab=False)
    known, held_out = held_rows.now_known(data), pd.read_parquet(given.held_out)
    stage, name = Stage.of(known, held_out), gate.region(data)[0]
    said = [f"{given.property}: {sized(stage.table)}; {name}: {sized(stage.table[stage.table['region']])}.", ""]
    said += [f"Share of {given.draws} draws that pass each check, and all of them.", ""]
    if given.again:
        papers, rows, more = noise_between(held_out, pd.read_parquet(given.again))
        noise = f"a noise of {papers:.2f} of the difficulty a paper and {rows:.2f} a row in each"
        said += [f"Another training differs by {noise}; by paper it errs by {100 * more:+.1f} %.", ""]
    with tempfile.TemporaryDirectory() as folder:
        gates = ({given.before: earlier(given.before, Path(folder))} if given.before else {}) | {"now": gate}
        for noise in given.noise or [(0.2, 0.25), (0.38, 0.45)]:
            told = {which: share_passed(one, data, known, stage, noise, given.draws) for which, one in gates.items()}
            said += lines(told, name, noise)
            print("\n".join(said), flush=True)
    if given.write:
        command = f"python tests/bench/gate_bench.py HELD_OUT --before {given.before} --draws {given.draws}"
        head = (
            f"# What the gate lets through\n\nWritten on {datetime.now(UTC):%Y-%m-%d} by `{command}`. Do not edit.\n\n"
        )
        given.write.write_text(head + "\n".join(said), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
