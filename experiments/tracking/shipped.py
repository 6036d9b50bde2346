"""The shipped predictors in MLflow, which numbers from 1: a run each, and tags of the registered model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...datasets.properties import Property, find
from . import log as tracking
from .experiment_names import TRAINING
from .model_card import SCORES, markdown, metric_name
from .store import begun

VERSION = "0"
DIGEST, RUN = "shipped_sha256", "shipped_run"  # tags of a registered model


def log_shipped(name: str, card: Mapping[str, Any], gate: Mapping[str, Any]) -> bool:
    """Have MLflow know the predictor of a property that came with the package; return whether it was new to it.

    The run ``shipped NAME (version 0)`` holds recipe, scores and versions of packages; the registered model has the
    tags ``shipped`` (the version), ``shipped_sha256`` and ``shipped_run``.

    Parameters
    ----------
    name
        Of the property.
    card
        Of the predictor: ``sha256``, ``created``, ``fingerprint``, ``recipe``, ``metrics``, ``versions``.
    gate
        What the gate said of it.
    """
    client, model = tracking.store(), tracking.registered_name(name)
    tracking.ensure(client, name)
    known = client.get_registered_model(model).tags
    if known.get(DIGEST) == card["sha256"]:
        for key, value in tracking.gate_tags(gate).items():
            client.set_tag(known[RUN], key, value)
        return False
    quantity = find(name)
    tags = {"property": name, "unit": quantity.score_unit, "model": f"{model} {VERSION}", "shipped": "true"}
    tags |= {key: str(card[key]) for key in ("sha256", "created", "fingerprint")} | tracking.gate_tags(gate)
    with begun(TRAINING, f"shipped {name} (version {VERSION})", tags) as run:
        run.params({**card["recipe"], **{f"version_{key}": value for key, value in card["versions"].items()}})
        run.metrics(metrics(card["metrics"], quantity))
        run.note(_note(name, card, quantity))
    for key, value in (("shipped", VERSION), (DIGEST, card["sha256"]), (RUN, run.id)):
        client.set_registered_model_tag(model, key, str(value))
    return True


def metrics(scores: Mapping[str, float], quantity: Property) -> dict[str, float]:
    """Scores of a card, named ``subset/score``, as a training logs them.

    >>> metrics({"O and Cl/mae": 12.5, "all/n": 4.0}, find("tg"))
    {'O_and_Cl/mae_K': 12.5, 'all/n': 4.0}
    """
    parts = ((*key.rpartition("/")[::2], value) for key, value in scores.items())
    return {
        f"{subset.replace(' ', '_')}/{metric_name(score, quantity)}": float(value)
        for subset, score, value in parts
        if score in SCORES
    }


def _note(name: str, card: Mapping[str, Any], quantity: Property) -> str:
    """What the page of the run says."""
    rows = [[key, f"{value:.4g}"] for key, value in metrics(card["metrics"], quantity).items() if key[:4] == "all/"]
    return (
        f"## {quantity.label[0].upper()}{quantity.label[1:]}: the predictor that is shipped with Vitrion\n\n"
        f"Version {VERSION} of `{tracking.registered_name(name)}`. It was trained on {str(card['created'])[:10]} from "
        "the data of the package by `make champions`, scored on what was held out, and lies in the package, sha256 "
        f"`{str(card['sha256'])[:12]}`. The first training of a home is held against it.\n\n"
        f"{markdown(['score', ''], rows)}"
    )
