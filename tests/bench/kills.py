"""SIGKILL at random moments, again and again: what was acknowledged stays, and nothing stays half done.

``python tests/bench/kills.py training campaign --times 100 --write docs/benchmarks/kills.md``

training: train -> register -> promote, with models that train in a moment; after each kill the store is mended and
checked. campaign: record -> update -> propose; each record that was acknowledged must be there once, each round too.
The work runs in a forked child whose imports are done, so that kills fall into the work.
"""

import argparse
import dataclasses
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ.pop("MLFLOW_TRACKING_URI", None)

import numpy as np
import pandas as pd
from vitrion.datasets import load
from vitrion.experiments.campaigns import round as campaign_round
from vitrion.experiments.campaigns.campaign import Campaign
from vitrion.experiments.gate.decision import Check, Decision
from vitrion.experiments.proposals.pool import Pool
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import promotion, reconcile
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training.train import train
from vitrion.features.elements import SYMBOLS
from vitrion.models.artifacts import artifact
from vitrion.models.blend import BlendedRegressor
from vitrion.models.committee import Committee
from vitrion.models.process import FamilyProcess

ROWS = 400
PATIENCE_S = 600


def child(work, *told):
    """A forked process that runs the work, and the end of a pipe on which it acknowledges."""
    there, here = os.pipe()
    number = os.fork()
    if number:
        os.close(here)
        return number, there
    os.close(there)
    os.setsid()
    code = 1
    try:
        work(lambda text: os.write(here, f"{text}\n".encode()), *told)
        code = 0
    except BaseException:
        os.write(here, f"error {traceback.format_exc()}".encode()[:4000])
    os._exit(code)


def until(number, there, seconds):
    """What a child acknowledged before it was killed after so many seconds, or ended; and whether it was killed."""
    out, end, killed = b"", time.monotonic() + seconds, False
    while True:
        done, status = os.waitpid(number, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            os.killpg(number, signal.SIGKILL)
            os.waitpid(number, 0)
            killed = True
            break
        time.sleep(0.005)
    while part := os.read(there, 65536):
        out += part
    os.close(there)
    lines = out.decode().splitlines()
    if not killed and status:
        raise AssertionError("\n".join(lines))
    return lines, killed


def quick(data, seed):
    """Make recipes train in a moment, on few rows."""
    few = data.take(np.random.default_rng(seed).choice(len(data), ROWS, replace=False))
    whole, usual = Recipe.rows, Recipe.predictor
    committee = Committee(n_iterations=5, n_trees=8, n_networks=0, roots=len(SYMBOLS))
    light = BlendedRegressor(0, committee, FamilyProcess(n_steps=4))
    Recipe.rows = lambda recipe, data=None: whole(dataclasses.replace(recipe, weights={}), few)
    Recipe.predictor = lambda recipe, n_jobs=1: usual(recipe, 1).set_params(n_folds=3, regressor=light)


def once(acknowledge, data, seed):
    """Train, register and let through the gate."""
    warnings.simplefilter("ignore")
    quick(data, seed)
    if seed % 2:  # every other one is promoted, whatever the gate would say
        promotion.judged = lambda *_, **__: Decision.of(Check("error", True, "as asked"))
    (done,) = train(["tg"], n_jobs=1, anew=True)
    acknowledge(f"done {done.version} {done.promoted}")


def check(acknowledge):
    """Mend the store, and raise unless all of it is whole."""
    said = reconcile.reconcile()
    client = tracking.store()
    experiments = [one.experiment_id for one in client.search_experiments()]
    left = client.search_runs(experiments, "attributes.status = 'RUNNING'")
    assert not left, [run.info.run_name for run in left]
    for name, card in registry.champions().items():
        assert artifact.sha256(registry.folder(name, card.version) / registry.BUNDLE) == card.sha256
        alias = client.get_model_version_by_alias(tracking.registered_name(name), "champion")
        assert (int(alias.version), alias.tags["sha256"]) == (card.version, card.sha256)
        registry.load_predictor(name).predict(["LiAlCl2.5O0.75"])
    for version in registry.versions("tg"):
        card = registry.read_card("tg", version)
        assert artifact.sha256(registry.folder("tg", version) / registry.BUNDLE) == card.sha256
    assert reconcile.reconcile() == []
    acknowledge(f"checked {len(said)} {registry.champions()['tg'].version} {len(registry.versions('tg'))}")


def intact(home):
    """Raise unless every SQLite database passes its own check."""
    for path in Path(home).rglob("*.db"):
        with sqlite3.connect(path) as database:
            (told,) = database.execute("PRAGMA integrity_check").fetchone()
        assert told == "ok", f"{path.name}: {told}"


def training(times, draw, home):
    """Kill trainings; the store is mended and whole after each."""
    data, began = load("tg", lab=False), time.monotonic()
    lines, _ = until(*child(once, data, 0), PATIENCE_S)
    whole = time.monotonic() - began
    assert lines[-1] == "done 1 True", lines
    kills = finished = mended = promoted = 0
    while kills < times:
        number, began = kills + finished + 1, time.monotonic()
        lines, killed = until(*child(once, data, number), draw.uniform(0.05, 1.0) * whole)
        kills, finished = kills + killed, finished + (not killed)
        whole = whole if killed else 0.5 * (whole + time.monotonic() - began)
        intact(home)
        for line in lines:
            assert (Path(home) / "models" / "tg" / line.split()[1] / registry.CARD).exists(), f"{line}, and it is gone"
            promoted += line.endswith("True")
            answers = json.loads((Path(home) / "champions.json").read_text())["tg"]["version"]
            assert line.endswith("False") or answers == int(line.split()[1]), f"{line}, and {answers} answers"
        (told,), _ = until(*child(check), PATIENCE_S)
        mended += int(told.split()[1]) > 0
    answers, versions = told.split()[2:]
    return (
        f"{kills} kills, {finished} trainings to their end ({promoted} promoted), mended after {mended}; no run "
        f"left open, no half-promotion, each file with its sha256; {versions} versions at the end, {answers} answers"
    )


def in_order(candidates, batch, results, pending, without, **_):
    """Proposals in the order of the grid: the models themselves have no part in what is kept."""
    pool = Pool.of(candidates)
    gone = {*pending, *without, *results["formula"]}
    names = [name for name in pool.formulas(range(len(pool))) if name not in gone][:batch]
    table = pd.DataFrame({"formula": names, "reason": "next", "p_goal": 0.5, "verdict": "inside"})
    table.attrs["stop"] = ""
    return table


def rounds(acknowledge, start):
    """Record and propose, on and on."""
    warnings.simplefilter("ignore")
    campaign_round.propose, campaign_round.champions = in_order, dict
    if "laco" not in Campaign.list():
        Campaign.new("laco", "LiAlCl{4-2x}O{x}", x="0:1.999:0.001")
    campaign = Campaign.load("laco")
    for number in range(start, start + 1000):
        campaign.record("LiAlCl2.5O0.75", tg_C=-17.0 + number * 1e-3, sample=f"s{number}")
        acknowledge(f"s{number}")
        campaign.propose(1, track=False)


def campaign(times, draw, home):
    """Kill recorders; each acknowledged record stands once, and no proposal twice."""
    acknowledged, kills, found = set(), 0, 0
    for number in range(times):
        lines, killed = until(*child(rounds, 1000 * number), draw.uniform(0.3, 2.5))
        kills, acknowledged = kills + killed, acknowledged | set(lines)
        path = Path(home) / "campaigns" / "laco.json"
        events = json.loads(path.read_text())["events"] if path.exists() else []
        samples = [event["values"]["sample"] for event in events if event["kind"] == "measured"]
        assert not acknowledged - set(samples), f"lost: {acknowledged - set(samples)}"
        assert len(samples) == len(set(samples)), "a record stands twice"
        proposed = [one["formula"] for e in events if e["kind"] == "proposed" for one in e["proposals"]]
        assert len(proposed) == len(set(proposed)), "a proposal stands twice"
        found = len(events)
    said = f"{kills} kills, {len(acknowledged)} records acknowledged, none lost, none twice, {found} events in order"
    return f"{said} (proposals by a stand-in, without models and MLflow)"


def main():
    """Run what is asked for, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    proofs = {"training": training, "campaign": campaign}
    parser.add_argument("what", nargs="*", help=" or ".join(proofs))
    parser.add_argument("--times", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path)
    given, lines = parser.parse_args(), []
    for what in given.what or proofs:
        with tempfile.TemporaryDirectory() as home:
            os.environ["VITRION_HOME"] = home
            began = time.monotonic()
            told = proofs[what](given.times, random.Random(given.seed), home)
        lines.append(f"- **{what}**: {told} ({time.monotonic() - began:.0f} s)")
        print(lines[-1], flush=True)
    if given.write:
        command = f"python tests/bench/kills.py {' '.join(given.what)} --times {given.times}".replace("  ", " ")
        head = f"# Killed at random moments\n\nWritten on {datetime.now(UTC):%Y-%m-%d} by `{command}`. Do not edit.\n\n"
        given.write.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
