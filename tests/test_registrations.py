"""A kind of thing is added in one place: each test names the place that lacks a property, an acquisition or a source.

What is to be known is told by what nobody registers: files of recipes, tables with measurements, functions of beliefs.
"""

import ast
import inspect
import json
import re
import tomllib
from enum import Enum
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
import typer.main
import vitrion.experiments
import vitrion.serve
from vitrion.datasets import load, sources, units
from vitrion.datasets.builders import coverage
from vitrion.datasets.cards import CARDS, DATA, card
from vitrion.datasets.catalogue import export
from vitrion.datasets.properties import BESIDE, OUTCOMES, PROPERTIES, find
from vitrion.datasets.sources import literature, sciglass
from vitrion.datasets.tables.headers import field_and_unit
from vitrion.experiments.backtests import replay as backtest
from vitrion.experiments.backtests import report as backtest_page
from vitrion.experiments.proposals import goal_search as proposal_search
from vitrion.experiments.recipes.glass_formation import recipe_of
from vitrion.experiments.recipes.recipe import RECIPES
from vitrion.experiments.task import acquisitions
from vitrion.experiments.task.acquisitions import ACQUISITIONS
from vitrion.experiments.task.goal import Goal
from vitrion.experiments.tracking import model_card

ROOT = Path(__file__).parents[1]
EXPERIMENTS, SERVE = (Path(part.__file__).parent for part in (vitrion.experiments, vitrion.serve))
TOLD = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (EXPERIMENTS / "recipes" / "data").glob("*.toml")
}
TRAINED = sorted(stem for stem, told in TOLD.items() if told.get("property") == stem)
MEASURED = sorted({*sciglass.COLUMNS, *literature.QUANTITIES})
OF_BELIEFS = sorted(
    name
    for name, one in inspect.getmembers(acquisitions, inspect.isfunction)
    if next(iter(one.__annotations__), "") == "beliefs"
)
FLOORS = ("datasets", "models", "experiments", "serve")
COMPARING = {"eq", "ne", "isin", "startswith", "contains", "match", "replace"}  # methods that compare
PLACES = "see datasets/properties.py"
DOORS = "see there, serve/cli/ and serve/schemas/requests.py"
HEAD = {"formula", "quantity", "value", "unit", "temperature_C"}  # of a table of measurements
TABLES = sorted(
    [path.stem for path in DATA.glob("*.csv") if set(path.open(encoding="utf-8").readline().strip().split(",")) >= HEAD]
    + [path.stem for path in DATA.glob("*.parquet")]
)


def choices(*words):
    """What the last of some words, an option of a command, may be."""
    from vitrion.serve.cli import app

    *commands, option = words
    command = typer.main.get_command(app)
    for word in commands:
        command = command.commands[word]
    kind = next(one for one in command.params if option in one.opts).type_descriptor.annotation
    return {one.value for part in (kind, *get_args(kind)) if inspect.isclass(part) for one in _members(part)}


def _members(kind):
    return kind if issubclass(kind, Enum) else ()


@pytest.fixture(scope="module")
def openapi():
    """The description of the service."""
    from vitrion.serve.api.app import create_app

    return create_app().openapi()


def enumerated(openapi, request, field):
    """What a field of a request may be."""
    schemas = openapi["components"]["schemas"]

    def values(part):
        if "$ref" in part:
            return values(schemas[part["$ref"].rpartition("/")[2]])
        inner = [part["items"]] if "items" in part else part.get("anyOf", [])
        return {
            *part.get("enum", []),
            *([part["const"]] if "const" in part else []),
            *(value for one in inner for value in values(one)),
        }

    return values(schemas[request]["properties"][field])


def page(name):
    return (SERVE / "pages" / "static" / name).read_text(encoding="utf-8")


# Properties


def test_every_recipe_is_of_a_property_that_is_predicted():
    rows = {name: row.predicted for name, row in {**PROPERTIES, **OUTCOMES}.items()}
    for name in TRAINED:
        assert rows.get(name, "never") != "never", (
            f"experiments/recipes/data/{name}.toml: its row in datasets/properties.py predicts nothing"
        )
    for name, predicted in rows.items():
        assert predicted == "never" or name in TRAINED, (
            f"{name} is predicted: write experiments/recipes/data/{name}.toml"
        )
        if predicted != "never":
            assert recipe_of(name).property == name
    assert set(RECIPES) == {name for name in TRAINED if rows[name] == "always"}
    assert set(BESIDE) == {name for name in TRAINED if rows[name] == "where trained"} == set(OUTCOMES)


@pytest.mark.parametrize("name", MEASURED)
def test_what_a_reader_reads_is_a_property(name):
    assert name in PROPERTIES, f"a reader gives {name}: add its row to PROPERTIES in datasets/properties.py"


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_has_all_that_doors_ask_of_it(name):
    row, where = find(name), f"the row of {name} in datasets/properties.py"
    assert row.label and row.words, f"{where}: give label and words"
    assert all(re.fullmatch("[a-zA-Z0-9_]+", column) for column in (*row.columns, row.score_unit)), (
        f"{where}: column_unit"
    )
    assert row.step > 0, f"{where}: step"
    assert units.find(row.unit, row).lab == row.unit, f"datasets/data/units.toml: no unit {row.unit} of {name}"
    heads = tomllib.loads((DATA / "columns.toml").read_text(encoding="utf-8"))["quantities"]
    assert name in heads, f"datasets/data/columns.toml: no column of {name} among its quantities"
    found = field_and_unit(row.column)[0]
    assert found == name, f"datasets/tables/headers.py does not read the column {row.column} as {name}"
    assert name in MEASURED, f"no reader gives {name}: sciglass.COLUMNS or literature.QUANTITIES"
    assert model_card.unit_word(row) == row.score_unit


@pytest.mark.parametrize(
    ("words", "further"),
    [
        (("train", "--property"), False),
        (("evaluate", "--property"), False),
        (("explain", "--property"), False),
        (("rank", "--also"), True),
    ],
)
def test_the_command_line_takes_every_property_with_a_recipe(words, further):
    wanted = set(TRAINED) - {*RECIPES, *BESIDE} if further else {*TRAINED, "all"}
    lacking = wanted ^ choices(*words)
    assert not lacking, f"vitrion {' '.join(words)} and the recipes differ by {lacking}: {PLACES}, serve/cli_*.py"


def test_the_service_takes_every_property_with_a_recipe(openapi):
    for request, field, wanted in (
        ("TrainRequest", "properties", set(TRAINED)),
        ("RankRequest", "also", set(TRAINED) - {*RECIPES, *BESIDE}),
    ):
        lacking = wanted ^ enumerated(openapi, request, field)
        assert not lacking, (
            f"{request}.{field} and the recipes differ by {lacking}: {PLACES}, serve/schemas/requests.py"
        )


def test_the_page_has_words_for_every_property_with_a_recipe():
    from vitrion.serve.service import library

    rows = {row["name"]: row for row in library.trainable()}
    assert set(rows) == set(TRAINED), f"GET models offers {sorted(rows)}: see datasets/properties.py"
    assert all(row["words"] for row in rows.values())
    assert "trainable" in page("models.js"), "static/models.js does not read what GET models says can be trained"
    spelt = [name for name in TRAINED for file in ("models.js", "app.js") if f'"{name}"' in page(file)]
    assert not spelt, f"the page names {spelt} itself: let it read GET models"


def test_a_search_asks_the_table_for_the_step(monkeypatch):
    assert "STEP" not in vars(proposal_search)
    assert proposal_search.find is find


# Acquisitions


@pytest.mark.parametrize("name", OF_BELIEFS)
def test_every_function_of_beliefs_is_an_acquisition(name):
    values = [one.values for one in ACQUISITIONS.values()]
    assert getattr(acquisitions, name) in values, f"{name}: add it to ACQUISITIONS in experiments/task/acquisitions.py"


@pytest.mark.parametrize("words", [("propose", "--acquisition"), ("backtest", "--acquisition")])
def test_the_command_line_takes_every_acquisition(words):
    lacking = choices(*words) ^ set(OF_BELIEFS)
    assert not lacking, f"vitrion {' '.join(words)} and experiments/task/acquisitions.py differ by {lacking}: {DOORS}"


def test_the_service_takes_every_acquisition(openapi):
    lacking = enumerated(openapi, "ProposeRequest", "acquisition") ^ set(OF_BELIEFS)
    assert not lacking, f"ProposeRequest.acquisition and experiments/task/acquisitions.py differ by {lacking}: {DOORS}"


@pytest.mark.parametrize("name", OF_BELIEFS)
def test_goals_and_campaigns_take_every_acquisition(name, tmp_path):
    from vitrion.experiments.campaigns import round as campaign_round

    file = tmp_path / "goal.toml"
    file.write_text(f'acquisition = "{name}"\n', encoding="utf-8")
    assert Goal.load(file).acquisition == name
    begun = campaign_round.begun(
        *("a", ["LiAlCl4", "LiAlCl2O"], {}), goal={"acquisition": name}, batch=1, temperature_C=25.0, seed=0
    )
    assert Goal.kept(begun.goal).acquisition == name
    told = (ROOT / "docs" / "proposals.md").read_text(encoding="utf-8")
    assert name in told, f"docs/proposals.md does not say what {name} is"


def test_the_page_offers_every_acquisition_in_words():
    from vitrion.serve.api.routes import pages

    path = SERVE / "pages" / "templates" / "service.html"
    text = pages._content(path, path.stat().st_mtime_ns)[0].decode()
    found = re.search(r'data-acquisitions="([^"]*)"', text)
    assert found, "templates/service.html does not hand the acquisitions to the page"
    assert json.loads(unescape(found[1])) == {name: ACQUISITIONS[name].words for name in OF_BELIEFS}
    assert "dataset.acquisitions" in page("goal.js"), "static/goal.js does not read the acquisitions"
    assert "acquisitionField()" in page("campaigns.js"), "static/campaigns.js does not ask for an acquisition"


@pytest.mark.parametrize("name", OF_BELIEFS)
def test_replays_know_every_acquisition(name):
    assert backtest.by(name) in backtest_page.METHODS, f"experiments/backtests/report.py shows no replays by {name}"


# Sources


def test_every_table_of_measurements_is_a_source():
    lacking = set(TABLES) ^ {source.card for source in sources.all()}
    assert not lacking, f"datasets/data and SOURCES in datasets/sources/__init__.py differ by {lacking}"


@pytest.fixture(scope="module")
def held():
    """Data sets of which every source has some."""
    return [load(name, lab=False) for name in ("conductivity", *OUTCOMES)]


@pytest.mark.parametrize("name", TABLES)
def test_a_source_is_known_to_all_that_have_to(name, held):
    source = next((one for one in sources.all() if one.card == name), None)
    assert source is not None, f"datasets/data/{name}: add it to SOURCES in datasets/sources/__init__.py"
    assert name in CARDS, f"datasets/data/{name}.card.toml is not there"
    whole = next((data for data in held if source.holds(data.rows).any()), None)
    assert whole is not None, f"no row of {source.name} comes through `load`"
    own = whole.rows[source.holds(whole.rows)]
    shared = [other.name for other in sources.all() if other is not source and other.holds(own).any()]
    assert not shared, f"rows of {source.name} are taken for {shared}: give SOURCES names that do not begin alike"
    trusted = whole.curated[source.holds(whole.rows)] == (source.trust == "curated")
    assert trusted.all(), f"Dataset.curated does not follow the trust of {source.name} in SOURCES"
    told = export._about(whole)
    assert card(name).licence in told["licence"], f"an export leaves out the licence of {source.name}"
    assert card(name).attribution in told["attribution"], f"an export leaves out the attribution of {source.name}"
    assert source.terms in told["licence"], f"an export leaves out the terms of {source.name}"
    words = model_card.licences_of(whole)
    assert f"{source.name} {card(name).licence}" in words, f"the page of a model leaves out {source.name}"
    assert source in sources.columns()[source.column]
    head = (ROOT / "docs" / "data-coverage.md").read_text(encoding="utf-8").split("|---")[0]
    assert f" {source.column} " in head, f"docs/data-coverage.md: run python -m {coverage.__name__} docs"
    if source.papers:
        assert own["paper"].str.startswith(source.papers).all()


def compared(path):
    """Lines of a module on which something is compared with a text or with the name of a reader, and with which."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMPARING
        parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else node.args if called else []
        for one in (inner for part in parts for inner in ast.walk(part)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield node.lineno, one.value
            if isinstance(one, ast.Attribute) and one.attr == "NAME":
                yield node.lineno, getattr(one.value, "id", "")
            if isinstance(one, ast.Name) and one.id.isupper():
                yield node.lineno, one.id


def test_no_other_place_compares_with_the_name_of_a_source():
    """Trust, exactness and licence are of the registration, wherever it is a source that makes the difference."""
    names = {text for source in sources.all() for text in (source.name, source.papers) if text}
    names |= {"sciglass", "liverpool", "SCIGLASS", "LIVERPOOL"}
    readers = {"sciglass.py", "sciglass_build.py", "literature.py", "liverpool.py"}
    modules = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules
        if path.name not in readers and path.parent.name != "sources"
        for line, text in compared(path)
        if text in names
    ]
    assert not found, f"{', '.join(found)}: ask datasets/sources instead"


def test_readers_of_what_is_not_embedded_need_no_registration():
    from vitrion.datasets.sources import matminer as matminer_reader
    from vitrion.datasets.sources import obelix

    assert callable(obelix.read)
    assert callable(matminer_reader.read)
    assert obelix.NAME not in {source.name for source in sources.all()}
