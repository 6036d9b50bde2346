"""The names of our experiments in MLflow, each with what its runs are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TRAINING = "vitrion training"
EVALUATION = "vitrion evaluation"
REPLAY = "vitrion backtest"
CAMPAIGN = "vitrion campaign"
RANKING = "vitrion ranking"
EXPERIMENTS: Mapping[str, str] = MappingProxyType(
    {
        TRAINING: "Predictors fitted on all data and scored on papers held out; each is a version of a model.",
        EVALUATION: "Recipes scored on what was held out: papers, families, systems, later papers.",
        REPLAY: "Campaigns replayed on measured compositions: how many melts until the best are found.",
        CAMPAIGN: "Campaigns, each with its rounds; the step of a metric is the round.",
        RANKING: "Rankings of candidates, with the versions of the models that made them.",
    }
)
