"""What stands behind a prediction: drivers that add up, measurements with papers, and what is most like it."""

import numpy as np
import pandas as pd
import pytest
from vitrion.experiments.comparison import Reasons, explain
from vitrion.features.composition import FormulaError
from vitrion.models.explanation.shapley import explain as driven

LACO = "LiAlCl2.5O0.75"
pytestmark = pytest.mark.filterwarnings("ignore")


def test_drivers_add_up_and_measurements_have_their_papers(predictors):
    told = explain(LACO, 25.0, nearest=3, predictors=predictors)
    assert set(told.drivers["property"]) == {"conductivity", "tg"} == set(told.nearest["property"])
    for name, part in told.drivers.groupby("property"):
        conditions = {"temperature_C": 25.0, "phase": "glass"} if name == "conductivity" else None
        (one,) = driven(predictors[name], [LACO], conditions)
        assert part["change"].sum() == pytest.approx(one.target - one.reference_target)
        assert set(part["against"]) == {one.reference}
    near = told.nearest[told.nearest["property"] == "tg"]
    assert len(near) == 3 and near["distance"].is_monotonic_increasing
    known = told.measured
    for row in known.to_dict("records"):
        assert np.isfinite(row["value"]) and row["reference"]
    assert (known["phase"] != "").equals(known["property"] == "conductivity")


def test_a_reference_can_be_chosen_and_tables_come_back(predictors):
    told = explain([LACO], against="NaAlCl4", predictors=predictors)
    assert set(told.drivers["against"]) == {"NaAlCl4"} and set(told.drivers["relation"]) == {"as asked"}
    tables = {name: getattr(told, name).to_dict("records") for name in ("drivers", "measured", "nearest")}
    again = Reasons.of(tables, told.temperature_C, told.models)
    pd.testing.assert_frame_equal(again.drivers, told.drivers)
    assert "what drives it" in str(told) and "NaAlCl4" in told._repr_html_()


def test_what_cannot_be_explained_is_refused(predictors):
    with pytest.raises(FormulaError, match="given twice"):
        explain([LACO, "Li4Al4Cl10O3"], predictors=predictors)
    with pytest.raises(ValueError, match="nearest"):
        explain(LACO, nearest=0, predictors=predictors)
