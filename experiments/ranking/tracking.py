"""A ranking as a run of MLflow: the candidates, the goal, the order that came of it, and the models that made it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pandas as pd

from ...models.domain import VERDICTS
from ..plots import conductivity_map
from ..recipes.recipe import RECIPES
from ..registry.versions import champions, read_card
from ..task.candidates import as_text
from ..task.goal import Goal
from ..tracking.log import RANKING, begun, log_dataset, log_versions, registered_name
from ..tracking.model_card import markdown
from ..tracking.open_run import OpenRun
from ..tracking.reach import conversation

SHOWN = 15
LOGGED = "models:/m-"  # how the source of a version begins that is a logged model of a run


def log_ranking(
    ranking: pd.DataFrame,
    candidates: Sequence[object],
    goal: Goal,
    temperature_C: float = 25.0,
    source: str = "vitrion.rank",
    also: Sequence[str] = (),
    models: Mapping[str, int] | None = None,
) -> str:
    """Log a ranking as a run, and return its id.

    Parameters
    ----------
    ranking
        As `vitrion.rank` gives it, maybe with further columns.
    candidates
        What was ranked, as it was given.
    goal, temperature_C, also
        With which it was ranked; the temperature in degC.
    source
        Where the candidates came from, such as the name of a file.
    models
        Version of each model that ranked; by default the champions.
    """
    cards = champions() if models is None else {name: read_card(name, number) for name, number in models.items()}
    used = [name for name in dict.fromkeys((*RECIPES, *goal.properties, *also)) if name in cards]
    tags = {f"model_{name}": str(cards[name].version) for name in used}
    with conversation(), begun(RANKING, f"rank {source} at {temperature_C:g} C", tags) as run:
        run.params({"temperature_C": temperature_C, "candidates": len(candidates), "source": source})
        run.params({f"goal_{name}": value for name, value in goal.to_dict().items()})
        for name in used:
            card = cards[name]
            run.params({f"model_{name}": f"{registered_name(name)} {card.version}", f"sha256_{name}": card.sha256})
        log_versions(run)
        run.text(goal.to_toml(), "goal.toml")
        _log_candidates(run, candidates, source)
        run.table(ranking, "ranking.csv")
        run.table(ranking.head(200), "ranking.json")
        run.metrics(_metrics(ranking))
        if ranking["tg_C"].notna().any():
            run.figures({"map": conductivity_map(ranking, goal, temperature_C)})
        run.note(_note(ranking, goal, temperature_C, source, tags))
        _link(run, {name: cards[name].version for name in used})
    return run.id


def _log_candidates(run: OpenRun, candidates: Sequence[object], source: str) -> None:
    texts = [as_text(one) for one in candidates]
    table = pd.DataFrame({"formula": texts})
    run.table(table, "candidates.csv")
    digest = hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()
    log_dataset(run, "candidates", digest, len(texts), source, "ranking")


def _metrics(ranking: pd.DataFrame) -> dict[str, float]:
    """Counts by verdict, and the best of what counts."""
    verdict = ranking["verdict"].tolist()
    counts = {f"candidates_{name}": float(verdict.count(name)) for name in VERDICTS}
    counts["candidates_unread"] = float((ranking["error"].fillna("") != "").sum())
    best = {name: ranking[name].max() for name in ("p_goal", "conductivity_S_cm") if ranking[name].notna().any()}
    return counts | {f"best_{name}": float(value) for name, value in best.items()}


def _note(ranking: pd.DataFrame, goal: Goal, temperature_C: float, source: str, tags: dict[str, str]) -> str:
    top = ranking[ranking["error"].fillna("") == ""].head(SHOWN)
    names = ("formula", "p_goal", "conductivity_S_cm", "tg_C")
    rows = [[row["formula"], *(f"{row[name]:.2g}" for name in names[1:]), row["verdict"]] for _, row in top.iterrows()]
    heads = ["formula", "P(goal)", f"conductivity at {temperature_C:g} C, S/cm", "Tg, C", "verdict"]
    models = ", ".join(f"{name[6:]} version {number}" for name, number in tags.items())
    return (
        f"## {len(ranking):,} candidates of {source}\n\nRanked by {models or 'no model'}. Goal:\n\n```toml\n"
        f"{goal.to_toml()}```\n\n{markdown(heads, rows)}"
    )


def _link(run: OpenRun, versions: dict[str, int]) -> None:
    """Show the models on the page of the run; those that this store does not know are left out."""
    from mlflow.entities import LoggedModelInput
    from mlflow.exceptions import MlflowException

    for name, version in versions.items():
        with suppress(MlflowException):  # this store does not know the version: the run is kept without it
            source = str(run.client.get_model_version(registered_name(name), str(version)).source)
            if source.startswith(LOGGED):
                run.client.log_inputs(run.id, models=[LoggedModelInput(source.removeprefix("models:/"))])
