"""SIGKILL at random moments, again and again: what was acknowledged stays, and nothing stays half done.

``python tests/bench/kills.py training campaign --times 100 --write docs/benchmarks/kills.md``

training: train -> register -> promote with models that train in a moment; after each kill the store is mended and
checked. campaign: record -> update -> propose; each record that was acknowledged must be there once.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

TRAIN = """
import dataclasses, warnings
warnings.simplefilter("ignore")
from sklearn.ensemble import HistGradientBoostingRegressor
from vitrion.datasets import load
from vitrion.experiments.recipe import Recipe
from vitrion.experiments.training import train
from vitrion.models.blend import BlendedRegressor
from vitrion.models.process import FamilyProcess
import numpy as np, sys
data = load("tg", lab=False)
few = data.take(np.random.default_rng(int(sys.argv[1])).choice(len(data), 400, replace=False))
whole, usual = Recipe.rows, Recipe.predictor
Recipe.rows = lambda recipe, data=None: whole(dataclasses.replace(recipe, weights={}), few)
light = HistGradientBoostingRegressor(max_iter=10, max_bins=32)
Recipe.predictor = lambda recipe, n_jobs=1: usual(recipe, 1).set_params(
    n_folds=3, regressor=BlendedRegressor(0, light, FamilyProcess(n_steps=4)))
print("begun", flush=True)
(done,) = train(["tg"], n_jobs=1, anew=True)
print("done", done.version, done.promoted, flush=True)
"""
CHECK = """
from vitrion.experiments import reconcile, registry, tracking
from vitrion.models import artifact
said = reconcile.reconcile()
client = tracking.store()
experiments = [e.experiment_id for e in client.search_experiments()]
open_runs = client.search_runs(experiments, "attributes.status = 'RUNNING'")
assert not open_runs, open_runs
for name, card in registry.champions().items():
    bundle = registry.folder(name, card.version) / registry.BUNDLE
    assert artifact.sha256(bundle) == card.sha256
    alias = client.get_model_version_by_alias(tracking.registered_name(name), "champion")
    assert int(alias.version) == card.version, (alias.version, card.version)
    assert alias.tags["sha256"] == card.sha256
    registry.load_predictor(name).predict(["LiAlCl2.5O0.75"])
for version in registry.versions("tg"):
    card = registry.read_card("tg", version)
    assert artifact.sha256(registry.folder("tg", version) / registry.BUNDLE) == card.sha256
assert reconcile.reconcile() == []
print(len(said), {name: card.version for name, card in registry.champions().items()}, registry.versions("tg"))
"""
CAMPAIGN = """
import sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
from vitrion.experiments import campaign_round
from vitrion.experiments.campaign import Campaign
from vitrion.experiments.pool import Pool
def stand_in(candidates, batch, results, pending, without, **_):
    pool = Pool.of(candidates)
    gone = {*pending, *without, *results["formula"]}
    names = [name for name in pool.formulas(range(len(pool))) if name not in gone][:batch]
    table = pd.DataFrame({"formula": names, "reason": "next", "p_goal": 0.5, "verdict": "inside"})
    table.attrs["stop"] = ""
    return table
campaign_round.propose = stand_in
campaign_round.champions = dict
if "laco" not in Campaign.list():
    Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.999:0.001")
campaign = Campaign.load("laco")
for number in range(int(sys.argv[1]), int(sys.argv[1]) + 1000):
    event = campaign.record("LiAlCl2.5O0.75", tg_C=-17.0 + number * 1e-3, sample=f"s{number}")
    print("record", event, number, flush=True)
    campaign.propose(1, track=False)
    print("proposed", number, flush=True)
"""


def run(code, home, *arguments):
    """A process of its own that runs the code in a home folder."""
    env = {**os.environ, "VITRION_HOME": str(home), "OMP_NUM_THREADS": "1"}
    env.pop("MLFLOW_TRACKING_URI", None)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def killed(process, seconds):
    """What a process said before it was killed with all its children, or ended by itself."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return out, True
    if process.returncode:
        raise RuntimeError(err[-2000:])
    return out, False


def intact(home):
    """Raise unless every SQLite database passes its own check."""
    for path in Path(home).rglob("*.db"):
        with sqlite3.connect(path) as database:
            (told,) = database.execute("PRAGMA integrity_check").fetchone()
        if told != "ok":
            raise AssertionError(f"{path.name}: {told}")


def training(times, draw):
    """Kill trainings; the store is mended and whole after each."""
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        out, _ = killed(run(TRAIN, home, 0), 600)
        whole = time.monotonic() - began
        if "done 1 True" not in out:
            raise AssertionError(out)
        kills = finished = mended = 0
        versions = 0
        for number in range(1, times + 1):
            out, was_killed = killed(run(TRAIN, home, number), draw.uniform(0.15, 1.0) * whole)
            kills += was_killed
            finished += not was_killed
            intact(home)
            told, _ = killed(run(CHECK, home), 300)
            mended += int(told.split()[0]) > 0
            versions = told.strip()
            for line in out.splitlines():
                if line.startswith("done"):
                    version = int(line.split()[1])
                    if not (Path(home) / "models" / "tg" / str(version) / "card.json").exists():
                        raise AssertionError(f"version {version} was acknowledged and is gone")
        return f"{kills} kills, {finished} trainings to their end; mended after {mended}; at the end {versions}"


def campaign(times, draw):
    """Kill recorders; each acknowledged record stands once, and no proposal twice."""
    with tempfile.TemporaryDirectory() as home:
        acknowledged, kills, start = set(), 0, 0
        for _ in range(times):
            out, was_killed = killed(run(CAMPAIGN, home, start), draw.uniform(1.0, 6.0))
            kills += was_killed
            acknowledged |= {line.split()[2] for line in out.splitlines() if line.startswith("record ")}
            start += 1000
            told = json.loads((Path(home) / "campaigns" / "laco.json").read_text()) if acknowledged else {"events": []}
            samples = [event["values"]["sample"] for event in told["events"] if event["kind"] == "measured"]
            lost = {f"s{number}" for number in acknowledged} - set(samples)
            if lost or len(samples) > len(set(samples)):
                raise AssertionError(f"lost {lost}, or twice: {len(samples)} records of {len(set(samples))} samples")
            proposed = [
                one["formula"] for event in told["events"] if event["kind"] == "proposed" for one in event["proposals"]
            ]
            if len(proposed) > len(set(proposed)):
                raise AssertionError("a proposal stands twice")
        return f"{kills} kills, {len(acknowledged)} records acknowledged, none lost, none twice"


def main():
    """Run what is asked for, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["training", "campaign"], choices=["training", "campaign"])
    parser.add_argument("--times", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    lines = []
    for what in given.what:
        began = time.monotonic()
        told = {"training": training, "campaign": campaign}[what](given.times, random.Random(given.seed))
        lines.append(f"- {what}: {told} ({time.monotonic() - began:.0f} s)")
        print(lines[-1], flush=True)
    if given.write:
        head = f"# Killed at random moments\n\nWritten on {datetime.now(UTC):%Y-%m-%d} by `python tests/bench/kills.py "
        head += f"{' '.join(given.what)} --times {given.times}`. Do not edit.\n\n"
        given.write.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
