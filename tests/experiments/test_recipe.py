import dataclasses

import numpy as np
import pytest
from vitrion.experiments.recipe import RECIPES, Recipe, RecipeError, TrainingRows


@pytest.mark.parametrize("name", RECIPES)
def test_shipped(name):
    recipe = Recipe.named(name)
    assert recipe.property == name
    assert recipe.conditions is (name == "conductivity")
    assert recipe.predictor(n_jobs=2).get_params()["n_jobs"] == 2
    assert recipe.predictor().property == name
    assert recipe.predictor().coverage == 0.9
    assert recipe.blocks[-1] == "glass"


def test_settings_of_the_committee_reach_it():
    recipe = Recipe.from_toml('property = "tg"\n[committee]\nn_networks = 1\nalpha = 2')
    committee = recipe.predictor()._regressor().committee
    assert (committee.n_networks, committee.alpha, committee.roots) == (1, 2, 103)
    assert recipe.parameters()["committee_alpha"] == 2


def test_no_such_recipe():
    with pytest.raises(
        RecipeError, match="no recipe for 'density'; there is one for each of tg, conductivity, liquidus"
    ):
        Recipe.named("density")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("property = ", "is not TOML"),
        ("", "property None"),
        ('property = "hardness"', "property 'hardness'"),
        ('property = "tg"\ntrees = 3', "unknown trees"),
    ],
)
def test_bad_recipe(text, said):
    with pytest.raises(RecipeError, match=said):
        Recipe.from_toml(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("n_folds = 1", "n_folds"),
        ('n_folds = "five"', "n_folds"),
        ("coverage = 90", "coverage"),
        ("coverage = 1.0", "coverage"),
        ('seed = "a"', "seed"),
        ("conditions = 1", "conditions"),
        ('blocks = "glass"', "blocks"),
        ('blocks = ["glass", "fractions"]', "blocks"),
        ('blocks = ["spectra", "glass"]', "blocks"),
        ("weights = 3", "weights"),
        ("[weights]\nliterature = -1", "weights"),
        ("[weights]\nliteratur = 5", "weights"),
        ("committee = 3", "committee"),
        ("[committee]\nalpha = -0.1", "committee"),
        ("[committee]\nn_networks = 2.5", "committee"),
        ("[committee]\nn_networks = true", "committee"),
        ("[committee]\nroots = 3", "committee"),
        ("[local]\nheard = [0.4, 0.1]", "local"),
        ("[local]\nshared = 1.5", "local"),
        ("conditions = true\n[weights]\nmelting_rule = 2", "melting_rule"),
    ],
)
def test_bad_values(line, said):
    with pytest.raises(RecipeError, match=said):
        Recipe.from_toml(f'property = "tg"\n{line}')


def test_unreadable_file(tmp_path):
    with pytest.raises(RecipeError, match=r"none\.toml cannot be read"):
        Recipe.load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeError, match="cannot be read"):
        Recipe.load(tmp_path / "bytes.toml")


def test_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'property = "tg"\nblocks = ["fractions", "magpie", "glass"]\nseed = 7\n[weights]\nliterature = 3.0\n'
    )
    recipe = Recipe.load(path)
    assert recipe.blocks == ("fractions", "magpie", "glass")
    assert recipe.predictor().random_state == 7
    assert recipe.parameters() == {
        "property": "tg",
        "blocks": "fractions+magpie+glass",
        "conditions": False,
        "n_folds": 5,
        "coverage": 0.9,
        "seed": 7,
        "weight_literature": 3.0,
    }


def test_literature_weighs_more(tables):
    rows = TrainingRows.of(dataclasses.replace(Recipe.named("tg"), weights={"literature": 5.0}), tables["tg"])
    literature = (tables["tg"].rows["source"] != "SciGlass").to_numpy()
    expected = tables["tg"].rows["weight"].to_numpy() * np.where(literature, 5.0, 1.0)
    assert literature.any()
    assert (rows.sample_weight == expected).all()
    assert not rows.estimated.any()


def test_rule_adds_salts_at_the_end(tables):
    data = tables["tg"]
    rows = Recipe.named("tg").rows(data)
    told, n = rows.keywords(), len(data)
    extra = int(rows.estimated.sum())
    assert extra > 10
    assert not rows.estimated[:n].any()
    assert {len(column) for column in told.values()} == {n + extra} == {len(c) for c in rows.names().values()}
    assert (told["values"][:n] == data.values).all()
    assert (told["sample_weight"][n:] == 2.0).all()
    assert "conditions" not in told
    assert rows.data is data


def test_conditions_go_with_conductivity(tables):
    recipe = Recipe.named("conductivity")
    assert recipe.rows(tables["conductivity"]).keywords()["conditions"].equals(tables["conductivity"].conditions)


def test_groups_of_ones_own(tables):
    groups = np.arange(len(tables["tg"])).astype(str)
    told = Recipe.named("tg").rows(tables["tg"]).keywords(groups)["groups"]
    assert (told[: len(groups)] == groups).all()
    assert set(told[len(groups) :]) == {"rule"}


def test_references_are_dois_or_papers(tables):
    names = Recipe.named("conductivity").rows(tables["conductivity"]).names()
    assert "10.1038/s41560-023-01356-y" in names["references"]
    assert (names["references"] != "").all()
    assert not {"nan", "None", "<NA>"} & set(names["references"])
