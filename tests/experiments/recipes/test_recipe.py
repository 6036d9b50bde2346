import numpy as np
import pytest
from vitrion.experiments.recipes.energies import measured_energies
from vitrion.experiments.recipes.recipe import RECIPES, Recipe, RecipeError
from vitrion.experiments.recipes.rows import TrainingRows


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


def test_settings_of_what_speaks_near_the_candidates_reach_it():
    told = "capacity = 50\nleast_weight = 2.5\nheard = [0.1, 0.3]\nshared = [0.5, 0.8]\nshare = 0.25\nn_trees = 30"
    blend = Recipe.from_toml(f'property = "tg"\n[local]\n{told}').predictor()._regressor()
    assert (blend.capacity, blend.least_weight, blend.share, blend.n_trees) == (50, 2.5, 0.25, 30)
    assert (list(blend.heard), list(blend.shared)) == ([0.1, 0.3], [0.5, 0.8])
    assert blend.n_conditions == 0
    assert Recipe.named("conductivity").predictor()._regressor().n_conditions == 3


@pytest.mark.parametrize(("years", "memory"), [("20", 20), ("7.5", 7.5), ("0", None)])
def test_memory_of_the_intervals(years, memory):
    recipe = Recipe.from_toml(f'property = "tg"\nmemory_years = {years}')
    assert recipe.predictor().memory_years == memory
    assert recipe.parameters()["memory_years"] == float(years)
    assert Recipe.from_toml(recipe.to_toml()) == recipe


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
        ("[local]\nheard = [0.1, 1.1]", "local"),
        ("[local]\nshared = 1.5", "local"),
        ("[local]\nshared = 0.5", "local"),
        ("[local]\nshared = [0.5]", "local"),
        ("[local]\nshare = 1.5", "local"),
        ("[local]\nshare = true", "local"),
        ("[local]\nn_trees = -1", "local"),
        ("[local]\nn_trees = 2.5", "local"),
        ("[local]\ntrees = 3", "local"),
        ("memory_years = -1", "memory_years"),
        ("memory_years = true", "memory_years"),
        ('memory_years = "20"', "memory_years"),
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
        "memory_years": 0.0,
        "weight_literature": 3.0,
    }


def test_literature_weighs_more(tables):
    rows = TrainingRows.of({"literature": 5.0}, False, tables["tg"])
    literature = (tables["tg"].rows["source"] != "SciGlass").to_numpy()
    assert (tables["tg"].curated == literature).all()
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
    assert (told["sample_weight"][n:] == Recipe.named("tg").weights["melting_rule"]).all()
    assert "conditions" not in told
    assert rows.data is data


def test_conditions_and_energies_go_with_conductivity(tables):
    data = tables["conductivity"]
    rows = Recipe.named("conductivity").rows(data)
    told, n = rows.keywords(), len(data)
    assert told["conditions"][:n].equals(data.conditions.reset_index(drop=True))
    assert (told["conditions"]["phase"][n:] == "glass").all()
    np.testing.assert_array_equal(told["energies"][:n], measured_energies(data))
    assert np.isnan(told["energies"][n:]).all()
    assert "energies" not in Recipe.named("tg").rows(tables["tg"]).keywords()


def test_laboratories_go_with_papers_and_each_estimate_is_one_of_its_own(tables):
    data = tables["tg"]
    rows = Recipe.named("tg").rows(data)
    told, n = rows.keywords()["laboratories"], len(data)
    assert (told[:n] == data.laboratories).all()
    assert len(set(told[n:])) == len(told) - n > 10
    assert not set(told[n:]) & set(told[:n])


def test_years_go_with_all_else(tables):
    data = tables["conductivity"]
    years = Recipe.named("conductivity").rows(data).keywords()["years"]
    assert years.dtype == float
    np.testing.assert_array_equal(years[: len(data)], data.rows["year"].astype(float))
    rule = Recipe.named("tg").rows(tables["tg"])
    assert np.isnan(rule.keywords()["years"][rule.estimated]).all()


def test_groups_of_ones_own(tables):
    groups = np.arange(len(tables["tg"])).astype(str)
    keywords = Recipe.named("tg").rows(tables["tg"]).keywords(groups)
    for told in (keywords["groups"], keywords["laboratories"]):
        assert (told[: len(groups)] == groups).all()
        assert len(set(told[len(groups) :]) - set(groups)) == len(told) - len(groups)


def test_references_are_dois_or_papers(tables):
    rows = Recipe.named("conductivity").rows(tables["conductivity"])
    names = {name: column[~rows.estimated] for name, column in rows.names().items()}
    assert "10.1038/s41560-023-01356-y" in names["references"]
    assert (names["references"] != "").all()
    assert not {"nan", "None", "<NA>"} & set(names["references"])
