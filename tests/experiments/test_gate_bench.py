"""The bench of the gate on few draws; docs/benchmarks/gate.md has forty of each, on a version trained in full."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

PATH = Path(__file__).parents[1] / "bench" / "gate_bench.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("gate_bench", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stage(bench):
    """A version of 400 papers that errs by some 0.8, half of it in common, in intervals of 90 %."""
    draw = np.random.default_rng(0)
    number = np.repeat(np.arange(400), draw.integers(1, 30, 400))
    n = len(number)
    difficulty = np.exp(draw.normal(-1.0, 0.5, n))
    truth, missed = draw.normal(-6, 3, n), difficulty * (draw.laplace(size=400)[number] + draw.laplace(size=n))
    reach = 3.7 * difficulty
    mean = truth + missed
    told = {"key": np.arange(n, dtype=np.uint64), "paper": number.astype(str), "fold": number % 5, "truth": truth}
    held_out = pd.DataFrame(told | {"mean": mean, "lower": mean - reach, "upper": mean + reach})
    known = pd.DataFrame({"key": told["key"], "value": truth, "region": number % 4 == 0})
    return bench.Stage.of(known, held_out), difficulty, held_out


def test_difficulty_and_noise_are_found_again(bench, stage):
    made, difficulty, held_out = stage
    assert np.corrcoef(made.difficulty, difficulty)[0, 1] > 0.999
    one, other = (made.version(np.random.default_rng(k), (0.3, 0.2)) for k in (1, 2))
    papers, rows, more = bench.noise_between(one.assign(lower=held_out["lower"], upper=held_out["upper"]), other)
    scale = bench.difficulty(held_out).mean() / bench.difficulty(one).mean()
    assert (papers, rows) == (pytest.approx(0.3 * scale, rel=0.15), pytest.approx(0.2 * scale, rel=0.1))
    assert abs(more) < 0.05


def test_versions_hold_nine_tenths_and_err_as_asked(stage):
    made, _, held_out = stage
    plain, worse = (made.version(np.random.default_rng(1), (0.2, 0.25), factors) for factors in ((1, 1), (1, 1.3)))
    missed, more = ((told["mean"] - told["truth"]).abs() for told in (plain, worse))
    inside = made.table["region"]
    assert (more[inside] / missed[inside]).to_numpy() == pytest.approx(1.3)
    assert (more[~inside] / missed[~inside]).to_numpy() == pytest.approx(1.0)
    for told in (plain, worse):
        assert ((told["lower"] <= told["truth"]) & (told["truth"] <= told["upper"])).mean() == pytest.approx(
            0.9, abs=1e-3
        )
    assert list(plain) == list(held_out)


@pytest.mark.parametrize("name", ["experiments/gate.py", "experiments/gate/gate.py"])
def test_an_earlier_gate_comes_with_its_own_modules(bench, tmp_path, monkeypatch, name):
    """At either path, and with what it had beside it at that commit, not with the modules of today."""
    old = tmp_path / "old"
    for file in (name, "experiments/decision.py", *(f"{floor}/__init__.py" for floor in bench.FLOORS)):
        (old / file).parent.mkdir(parents=True, exist_ok=True)
        (old / file).write_text("LIMIT = 7\n")
    dots = "." * name.count("/")
    (old / name).write_text(f"from {dots}decision import LIMIT\n\n\ndef judge():\n    return LIMIT\n")
    (old / name).with_name("__init__.py").touch()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-C", str(old)]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", name]):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    monkeypatch.setattr(bench, "ROOT", old)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert bench.earlier(commit, tmp_path).judge() == 7
