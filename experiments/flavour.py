"""The models as MLflow reads them: a table of formulas in, a table of predictions out.

MLflow imports this module by its name and calls `_load_pyfunc`; nothing of a model is pickled.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..datasets.properties import GLASS_FORMATION
from ..datasets.readings import conditions as judge
from ..datasets.readings import is_marked, trusting
from ..models.artifacts import artifact
from ..models.design.conditions import CRYSTALLINITY, DEFAULTS, ConditionError, encode
from ..models.fitting.glass_former import GlassFormer
from ..models.predictor import Predictor
from .task.candidates import given as whole
from .task.candidates import read

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

FILE, DIGEST = "predictor.safetensors", "predictor.sha256"
NUMBERS = ("mean", "lower", "upper", "std", "distance")
CHANCES = ("glass", "partial", "crystal", "distance")  # of glass formation
COLUMNS = (*NUMBERS, "verdict", "error")
EXAMPLE = {"formula": ["LiAlCl2.5O0.75", "NaAlCl2.5O0.75"], "temperature_C": [25.0, 60.0], "phase": ["glass", "glass"]}


class TableModel:
    """A predictor behind the interface of `mlflow.pyfunc`.

    Parameters
    ----------
    predictor
        Of one property.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor

    def predict(self, table: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Predictions of the rows of a table, in lab units.

        Parameters
        ----------
        table
            A column ``formula``; where the property hangs on them also ``temperature_C`` (25 where it is not told) and
            ``phase`` (``glass``).
        params
            None are known.

        Returns
        -------
        DataFrame
            ``mean, lower, upper`` in the lab unit, ``std`` in that of the regressor (K, or decades), ``distance``,
            ``verdict`` and ``error``, with the index of `table`. A row that cannot be read has its error and blanks.
        """
        told = whole(table).cells
        batch = read(told)
        errors = dict(batch.errors)
        conditions, wrong = self._conditions(table)
        good = np.array([int(row) not in wrong for row in batch.rows], dtype=bool)
        errors |= {row: text for row, text in wrong.items() if row not in errors}
        rows = batch.rows[good]
        answer = pd.DataFrame({name: np.full(len(told), np.nan) for name in NUMBERS}, index=table.index)
        verdict, error = np.full(len(told), "", dtype=object), np.full(len(told), "", dtype=object)
        if rows.size:
            given = conditions.iloc[rows].reset_index(drop=True) if conditions is not None else None
            with trusting():
                said = self.predictor.predict(batch.fractions.take(good), given)
            for place, name in enumerate(NUMBERS):
                answer.iloc[rows, place] = getattr(said, name)
            verdict[rows] = said.verdict
        for row, text in errors.items():
            error[row] = text
        return answer.assign(verdict=verdict, error=error)

    def _conditions(self, table: pd.DataFrame) -> tuple[pd.DataFrame | None, dict[int, str]]:
        """Temperature and phase of each row, and what is wrong with those that cannot be."""
        if not self.predictor.conditions:
            return None, {}
        given = pd.DataFrame({name: _filled(table, name, usual) for name, usual in DEFAULTS.items()})
        wrong: dict[int, str] = {}
        temperature = pd.to_numeric(given["temperature_C"], errors="coerce")
        strange = temperature.isna() | ~given["phase"].isin(list(CRYSTALLINITY)) | ~temperature.between(-223, 2700)
        if temperature.notna().any() and temperature.dropna().map(is_marked).all():
            strange |= temperature.notna()  # as kelvin: each row says so
        for row in np.flatnonzero(strange):
            try:
                encode({name: given[name].iloc[row] for name in DEFAULTS}, 1)
                judge(np.array(temperature.iloc[row]), ConditionError)
            except ConditionError as error:
                wrong[int(row)] = str(error)
        return given.assign(temperature_C=temperature), wrong


class FormationModel:
    """The predictor of glass formation behind the interface of `mlflow.pyfunc`.

    Parameters
    ----------
    former
        The predictor.
    """

    def __init__(self, former: GlassFormer) -> None:
        self.former = former

    def predict(self, table: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Predictions of the rows of a table with a column ``formula``, with its index.

        Returns
        -------
        DataFrame
            ``glass, partial, crystal`` (probabilities), ``distance``, ``verdict`` and ``error``. A row that cannot be
            read has its error and blanks.
        """
        cells = whole(table).cells
        batch = read(cells)
        answer = pd.DataFrame({name: np.full(len(cells), np.nan) for name in CHANCES}, index=table.index)
        verdict, error = np.full(len(cells), "", dtype=object), np.full(len(cells), "", dtype=object)
        if len(batch.rows):
            predicted = self.former.predict(batch.fractions)
            for place, name in enumerate(CHANCES):
                answer.iloc[batch.rows, place] = getattr(predicted, name)
            verdict[batch.rows] = predicted.verdict
        for row, text in dict(batch.errors).items():
            error[row] = text
        return answer.assign(verdict=verdict, error=error)


def _filled(table: pd.DataFrame, name: str, usual: float | str) -> pd.Series[Any]:
    """A column with what is usual where nothing is told, by place."""
    told = table[name].tolist() if name in table.columns else [None] * len(table)
    return pd.Series([usual if cell is None or cell != cell or cell == "" else cell for cell in told], dtype=object)  # noqa: PLR0124 - NaN


def _load_pyfunc(data_path: str) -> TableModel | FormationModel:
    """Read the folder of a model: the file is checked against the sha256 beside it and by the guard of model files."""
    folder = Path(data_path)
    try:
        expected = (folder / DIGEST).read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError) as error:
        raise artifact.ArtifactError(
            f"{DIGEST} is not beside {FILE} ({error}); train again with 'vitrion train'"
        ) from None
    predictor = artifact.opened(folder / FILE, expected)
    if isinstance(predictor, GlassFormer):
        return FormationModel(predictor)
    return TableModel(predictor)


def fill(folder: Path, bundle: Path) -> Path:
    """Put a predictor's file and its sha256 (as ``sha256sum -c`` reads it) into a folder of a model."""
    folder.mkdir()
    shutil.copyfile(bundle, folder / FILE)
    (folder / DIGEST).write_text(f"{artifact.sha256(folder / FILE)}  {FILE}\n", encoding="ascii")
    return folder


def signature(quantity: str = "") -> ModelSignature:
    """What goes in and comes out; temperature and phase are optional, and a temperature may be a whole number."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema
    from mlflow.types.schema import AnyType

    conditions = [ColSpec(AnyType(), "temperature_C", required=False), ColSpec("string", "phase", required=False)]
    numbers = [ColSpec(DataType.double, name) for name in (CHANCES if quantity == GLASS_FORMATION.name else NUMBERS)]
    words = [ColSpec(DataType.string, name) for name in ("verdict", "error")]
    return ModelSignature(Schema([ColSpec(DataType.string, "formula"), *conditions]), Schema([*numbers, *words]))
