"""The models as MLflow reads them: the same answers to the last bit, and an error in the row of what is no formula."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest
import vitrion
from vitrion.experiments import flavour
from vitrion.experiments.flavour import TableModel
from vitrion.experiments.registry import versions as registry
from vitrion.experiments.tracking import log as tracking
from vitrion.experiments.training.train import train
from vitrion.models.artifacts import artifact

FORMULAS = ["LiAlCl2.5O0.75", "not a formula", "NaAlCl2.5O0.75", "", None, "LiAlCl4", "Li2O-TaCl5", "Xx2"]


@pytest.fixture(scope="module")
def folders(predictors, tmp_path_factory):
    """Folders as MLflow keeps them, by property."""
    made = {}
    for name, predictor in predictors.items():
        place = tmp_path_factory.mktemp(name)
        artifact.save(predictor, place / "bundle")
        made[name] = flavour.fill(place / "predictor", place / "bundle")
    return made


@pytest.mark.parametrize("name", ["tg", "conductivity"])
def test_answers_are_those_of_the_predictor(folders, predictors, name):
    table = pd.DataFrame({"formula": FORMULAS}, index=list("abcdefgh"))
    told = flavour._load_pyfunc(str(folders[name])).predict(table)
    assert told.columns.tolist() == list(flavour.COLUMNS)
    assert told.index.tolist() == list("abcdefgh")
    good = told["error"] == ""
    assert good.tolist() == [True, False, True, False, False, True, True, False]
    said = predictors[name].predict([text for text, fine in zip(FORMULAS, good, strict=True) if fine])
    for column in flavour.NUMBERS:
        np.testing.assert_array_equal(told.loc[good, column].to_numpy(), getattr(said, column))
    assert told.loc[good, "verdict"].tolist() == said.verdict.tolist()
    assert told.loc[~good, list(flavour.NUMBERS)].isna().all(axis=None)
    assert (told.loc[~good, "verdict"] == "").all()
    assert "not a formula" in told.loc["b", "error"]


def test_conditions_of_each_row(predictors):
    table = pd.DataFrame(
        {
            "formula": ["LiAlCl2.5O0.75"] * 6,
            "temperature_C": [25, 60, None, -300, "warm", 60],
            "phase": ["glass", "crystal", None, "glass", "", "soup"],
        }
    )
    told = TableModel(predictors["conductivity"]).predict(table)
    conditions = {"temperature_C": [25.0, 60.0, 25.0], "phase": ["glass", "crystal", "glass"]}
    said = predictors["conductivity"].predict(["LiAlCl2.5O0.75"] * 3, conditions)
    np.testing.assert_array_equal(told["mean"].to_numpy()[:3], said.mean)
    assert told["error"].tolist()[:3] == ["", "", ""]
    for word, error in zip(("-300", "warm", "soup"), told["error"].tolist()[3:], strict=True):
        assert word in error
    assert (TableModel(predictors["tg"]).predict(table)["error"] == "").all()  # Tg hangs on no temperature


def test_nothing_and_nothing_good(predictors):
    model = TableModel(predictors["tg"])
    assert model.predict(pd.DataFrame({"formula": []})).columns.tolist() == list(flavour.COLUMNS)
    assert model.predict(pd.DataFrame({"formula": ["?"]}))["mean"].isna().all()


def test_a_changed_file_is_refused(folders, tmp_path):
    path = flavour.fill(tmp_path / "model", folders["tg"] / flavour.FILE)
    assert (path / flavour.DIGEST).read_text().split()[0] == artifact.sha256(path / flavour.FILE)
    content = bytearray((path / flavour.FILE).read_bytes())
    content[len(content) // 2] ^= 1
    (path / flavour.FILE).write_bytes(bytes(content))
    with pytest.raises(artifact.ArtifactError, match="changed after training"):
        flavour._load_pyfunc(str(path))
    (path / flavour.DIGEST).unlink()
    with pytest.raises(artifact.ArtifactError, match="train again"):
        flavour._load_pyfunc(str(path))


def test_the_champion_through_mlflow(tiny, home, stored, tmp_path):
    """Training registers it with signature and example; a notebook loads it, whole numbers and further columns too."""
    tracking.store()
    mlflow.set_experiment("of a notebook")
    train(["conductivity"], n_jobs=1)
    model = mlflow.pyfunc.load_model("models:/vitrion-conductivity@champion")
    table = pd.DataFrame({"formula": FORMULAS[:3], "temperature_C": [25, 60, 100], "sample": ["a", "b", "c"]})
    told = model.predict(table)
    ours = vitrion.load_predictor("conductivity")
    said = ours.predict([FORMULAS[0], FORMULAS[2]], {"temperature_C": [25.0, 100.0]})
    np.testing.assert_array_equal(told["mean"].to_numpy()[[0, 2]], said.mean)
    np.testing.assert_array_equal(told["upper"].to_numpy()[[0, 2]], said.upper)
    assert told["error"][1]
    plain = ours.predict([FORMULAS[0], FORMULAS[2]])
    np.testing.assert_array_equal(model.predict(table[["formula"]])["mean"].to_numpy()[[0, 2]], plain.mean)
    signature = model.metadata.signature
    optional = {column.name for column in signature.inputs.inputs if not column.required}
    assert optional == {"temperature_C", "phase"}
    assert signature.outputs.input_names() == list(flavour.COLUMNS)
    assert model.metadata.load_input_example("models:/vitrion-conductivity/1")["formula"].tolist()[0] == FORMULAS[0]
    with pytest.raises(mlflow.exceptions.MlflowException, match="formula"):
        model.predict(pd.DataFrame({"composition": ["LiCl"]}))
    place = tracking.store().get_experiment_by_name(tracking.TRAINING).experiment_id
    (logged,) = mlflow.search_logged_models([place], output_format="list")
    assert logged.metrics[0].model_id == logged.model_id
    assert logged.status == "READY"
    version = tracking.store().get_model_version("vitrion-conductivity", "1")
    card = registry.read_card("conductivity", 1)
    assert version.tags["sha256"] == card.sha256
    assert "## Ionic conductivity" in version.description
    assert model.metadata.metadata["sha256"] == card.sha256
    place = tracking.fetch("conductivity", 1, tmp_path)
    assert artifact.sha256(place) == card.sha256
    assert not list(home.rglob("*.pkl"))
    flavour_of = model.metadata.flavors["python_function"]
    assert flavour_of["loader_module"] == "vitrion.experiments.flavour"
    assert "cloudpickle" not in json.dumps(flavour_of)
