import numpy as np
import pytest
from vitrion.datasets import load
from vitrion.experiments.holdout.headline import HALIDES, OXYCHLORIDES, OXYHALIDES
from vitrion.experiments.holdout.protocol import labels
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.training.evaluate import SPLITS, evaluate, hold_out, score, subsets
from vitrion.models.fitting.crossfit import HeldOut


def held_out_of(data, rows):
    truth = data.property.to_target(data.rows["value"].to_numpy()[rows])
    verdict = np.where(np.arange(len(rows)) % 3 == 0, "edge", "inside")
    ones = np.ones(len(rows))
    return HeldOut(
        rows,
        ones.astype(int),
        truth,
        truth + 1,
        truth - 0.5,
        truth + 2,
        ones,
        ones,
        verdict,
        ones > 0,
        rows,
        rows,
        ones,
    )


def test_subsets_hold_what_they_say(tables):
    for name, data in tables.items():
        masks = subsets(data)
        assert masks["all"].all()
        oxychloride = masks["O and Cl"]
        assert (data.fractions.column("O")[oxychloride] > 0).all()
        assert not (oxychloride & ~masks["Cl"]).any()
        assert all(mask.shape == (len(data),) and mask.any() for mask in masks.values())
        assert next(iter(masks)) == {"tg": OXYCHLORIDES, "conductivity": OXYHALIDES}[name]


def test_the_tg_of_oxychloride_electrolytes_are_few():
    data = load("tg", lab=False)
    chosen = data.take(subsets(data)[OXYCHLORIDES])
    assert {"LiAlCl2.5O0.75", "NaAlCl2.5O0.75"} <= set(chosen.rows["formula"])
    assert len(chosen) < 10
    assert all((chosen.fractions.column(symbol) > 0).all() for symbol in ("O", "Cl"))


def test_room_temperature_subsets(tables):
    data = tables["conductivity"]
    masks = subsets(data)
    room, oxy = masks[HALIDES], masks[OXYHALIDES]
    assert data.rows["temperature_C"][room].between(15, 45).all()
    assert (data.rows["source"][room] != "SciGlass").all()
    assert not (oxy & ~room).any()
    assert not sum(data.fractions.column(symbol) for symbol in ("S", "Se", "Cu", "Ag"))[room].any()


def test_score_by_hand(tables):
    data = tables["tg"]
    rows = np.arange(0, len(data), 2)
    table = score(data, held_out_of(data, rows)).set_index("subset")
    assert table.loc["all", "n"] == len(rows)
    assert table.loc["all", ["mae", "rmse", "coverage", "width"]].tolist() == pytest.approx([1, 1, 1, 2.5])
    assert table.loc["verdict edge", "n"] + table.loc["verdict inside", "n"] == len(rows)
    assert "verdict outside" not in table.index
    assert table.loc["Cl", "n"] == subsets(data)["Cl"][rows].sum()
    assert set(table["unit"]) == {"K"}
    assert table.loc["all", "papers"] == len(set(data.groups[rows]))
    assert table.loc["all", ["mae_by_paper", "coverage_by_paper"]].tolist() == pytest.approx([1, 1])
    assert table.loc["all", "interval_score_by_paper"] == pytest.approx(2.5)
    assert table.loc["narrowest tenth", "n"] == pytest.approx(len(rows) / 10, abs=1)


def test_subset_without_held_out_rows_is_left_out(tables):
    data = tables["tg"]
    rows = np.flatnonzero(~subsets(data)["Cl"])
    assert "Cl" not in set(score(data, held_out_of(data, rows))["subset"])


@pytest.mark.parametrize("split", SPLITS)
def test_every_split(tiny, split):
    said = []
    data, held_out = hold_out(Recipe.named("tg"), split, 1, said.append)
    assert len(held_out.row) == len(data)
    whole = None if split == "random" else labels(data, split)
    for number in np.unique(held_out.fold):
        here = held_out.fold == number
        assert whole is None or not set(whole[here]) & set(whole[~here])
    assert said


def test_no_such_split():
    with pytest.raises(ValueError, match="'year' is not a way to split; use one of paper, system, family, random"):
        hold_out(Recipe.named("tg"), "year", 1, print)


def test_evaluate_is_logged(tiny, home, stored):
    import mlflow

    said = []
    table = evaluate(["tg"], split="paper", n_jobs=1, progress=said.append)
    assert set(table["split"]) == {"paper"}
    assert all(line.startswith("tg: ") for line in said)
    runs = mlflow.search_runs(experiment_names=["vitrion evaluation"])
    overall = table.set_index("subset").loc["all"]
    assert runs.loc[0, "metrics.all/mae_K"] == pytest.approx(overall["mae"])
    assert runs.loc[0, "tags.split"] == "paper"
    assert len(runs) == 1
    run_id = runs.loc[0, "run_id"]
    assert {one.path for one in mlflow.MlflowClient().list_artifacts(run_id, "figures")} == {"figures/parity.html"}
    assert (home / "mlflow.db").exists()
