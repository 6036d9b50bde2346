"""What a run, a model and a version say of themselves on the MLflow page: markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ...datasets import Dataset, sources
from ...datasets.properties import Property, find
from ..holdout.headline import headline
from ..recipes.glass_formation import FormationRecipe
from ..recipes.recipe import Recipe

HAVE_UNIT = (
    "mae",
    "mae_by_paper",
    "rmse",
    "width",
    "interval_score_by_paper",
    "crps",
)  # scores in the unit of the regressor; the others have none
SCORES = (
    *("n", "papers", "mae", "mae_by_paper", "coverage", "coverage_by_paper", "width"),
    *("interval_score_by_paper", "rmse", "r2", "crps", "log_likelihood"),
    *("sets", "share", "auc", "brier", "calibration_error"),
)


def unit_word(quantity: Property) -> str:
    """The unit of the scores of a property, as the name of a metric may hold it.

    >>> unit_word(find("conductivity")), unit_word(find("tg"))
    ('decades', 'K')
    """
    return quantity.score_unit


def metric_name(name: str, quantity: Property) -> str:
    """The name of a score as a metric.

    >>> metric_name("mae", find("tg")), metric_name("coverage", find("tg"))
    ('mae_K', 'coverage')
    """
    return f"{name}_{unit_word(quantity)}" if name in HAVE_UNIT else name


def metrics_of(scores: pd.DataFrame, quantity: Property) -> dict[str, float]:
    """Scores as metrics ``subset/score_unit``; the page puts those of a subset in one group."""
    told: dict[str, float] = {}
    for row in scores.to_dict("records"):
        subset = str(row["subset"]).replace(" ", "_")
        for name in SCORES:
            if name in row:
                told[f"{subset}/{metric_name(name, quantity)}"] = float(row[name])
    return told


def sources_of(data: Dataset) -> dict[str, int]:
    """Rows of a data set by source."""
    return {str(name): int(count) for name, count in data.rows["source"].value_counts().items()}


def licences_of(data: Dataset) -> str:
    """Licences of the code and of the sources of a data set, with the words that these ask for."""
    held = sources.of_rows(data.rows)
    told = [f"{source.name} {source.licence}" for source in held]
    words = dict.fromkeys(source.attribution for source in held)
    return f"code MIT; {'; '.join(told)}. {' '.join(words)}".strip()


def score_table(scores: pd.DataFrame, quantity: Property) -> str:
    """Scores as a table of markdown, at most forty rows."""
    names = [name for name in SCORES if name in scores.columns]
    heads = ["held out", *(metric_name(name, quantity).replace("_", " ") for name in names)]
    rows = [[str(row["subset"]), *(_number(row[name]) for name in names)] for row in scores.to_dict("records")[:40]]
    return markdown(heads, rows)


def markdown(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table of markdown."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _number(value: Any) -> str:
    number = float(value)
    return "" if number != number else f"{number:,.0f}" if number.is_integer() else f"{number:.3g}"  # noqa: PLR0124


def model_card(recipe: Recipe | FormationRecipe, data: Dataset, scores: pd.DataFrame, sha256: str) -> str:
    """The card of one version of a model."""
    if isinstance(recipe, FormationRecipe):
        return formation_card(data, scores, sha256)
    quantity, told = data.property, sources_of(data)
    papers = data.rows["paper"].nunique()
    listed = ", ".join(f"{count:,} of {name}" for name, count in told.items())
    rows: dict[str, Any] = {str(row["subset"]): row for row in scores.to_dict("records")}
    chief = headline(quantity.name, unit_word(quantity), rows)
    inputs = "composition, temperature and phase" if recipe.conditions else "composition"
    return "\n".join(
        [
            f"## {quantity.label[0].upper()}{quantity.label[1:]} of glasses, in {quantity.unit}",
            "",
            *([f"- **First**: {chief}."] if chief else []),
            f"- **Answers** from {inputs}: `mean`, and `lower` to `upper` which are made to hold the truth "
            f"{recipe.coverage:.0%} of the time, in {quantity.unit}; `std` in {unit_word(quantity)}; `distance` to the "
            "nearest measured glass and `verdict` (inside, edge, outside).",
            f"- **Learnt from** {len(data):,} measurements of {papers:,} papers ({listed}); fingerprint "
            f"`{data.fingerprint[:12]}`.",
            f"- **Scored** on papers held out whole; errors in {unit_word(quantity)}.",
            "- **Do not use** it where the verdict is outside: errors are larger there. The interval is right on "
            "average, not for each paper: rows of one paper err together, and `by paper` lets each weigh alike.",
            f"- **File** `predictor.safetensors`, sha256 `{sha256[:12]}`; arrays and a card, nothing that could run.",
            f"- **Licences**: {licences_of(data)}",
            "",
            score_table(scores, quantity),
        ]
    )


def formation_card(data: Dataset, scores: pd.DataFrame, sha256: str) -> str:
    """The card of one version of the model of glass formation."""
    listed = ", ".join(f"{count:,} of {name}" for name, count in sources_of(data).items())
    return "\n".join(
        [
            "## Glass formation",
            "",
            "- **Answers** from composition: the probability that a melt comes out as a glass, partly crystalline or "
            "crystalline, `distance` to the nearest known mixture and `verdict` (measured, inside, edge, outside).",
            f"- **Learnt from** {len(data):,} outcomes of {data.rows['place'].nunique():,} systems ({listed}); "
            f"fingerprint `{data.fingerprint[:12]}`.",
            "- **Scored** on sets of elements held out whole: area under the ROC curve of glass against the rest, "
            "Brier score and calibration error.",
            "- **Do not use** it where the verdict is outside: the tables hold no AlCl3, GaCl3, TaCl5, NbCl5 or ZrCl4. "
            "Crystalline is partly cooled too slowly: cooling rates are not in them.",
            f"- **File** `predictor.safetensors`, sha256 `{sha256[:12]}`; arrays and a card, nothing that could run.",
            "- **Licences**: code MIT; SciGlass data ODbL 1.0, (c) 2019 EPAM Systems.",
            "",
            score_table(scores, data.property),
        ]
    )


def registered_card(name: str) -> str:
    """The card of a registered model, whatever its versions are."""
    quantity = find(name)
    return "\n".join(
        [
            f"Vitrion's predictor of the {quantity.label} of glasses, in {quantity.unit}, from the formula.",
            "",
            "The alias `champion` is the version that answers, `challenger` the one that would follow it.",
            "",
            "```python",
            "import mlflow, pandas",
            f'model = mlflow.pyfunc.load_model("models:/vitrion-{name}@champion")',
            'model.predict(pandas.DataFrame({"formula": ["LiAlCl2.5O0.75"]}))',
            "```",
        ]
    )


def evaluation_note(data: Dataset, scores: pd.DataFrame, split: str) -> str:
    """What an evaluation found."""
    quantity = data.property
    return (
        f"## {quantity.label[0].upper()}{quantity.label[1:]}, held out by {split}\n\n"
        f"Scored on {len(data):,} measurements that the model did not see; errors in {unit_word(quantity)}. "
        f"A baseline stands before the name of its subset.\n\n{score_table(scores, quantity)}"
    )
