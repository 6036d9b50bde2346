"""What the command line asks for, by the models of this machine or by a service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...features.notices import collected, notice

if TYPE_CHECKING:
    import pandas as pd

    from ...datasets.exchange.candidate_table import CandidateTable
    from ...experiments.campaigns.campaign import Campaign
    from ...experiments.task.goal import Goal

UNTRACKED = "the ranking is done, but MLflow did not take it"


def found(name: str, server: str | None = None) -> Campaign:
    """Find a campaign by its name, here or at a service."""
    if server is not None:
        from ..client.client import Client

        return Client(server).campaigns.load(name)
    from ...experiments.campaigns.campaign import Campaign

    return Campaign.load(name)


def ranking(
    table: CandidateTable,
    sources: list[str],
    goal: Goal,
    temperature: float,
    also: list[str],
    server: str | None,
    after: Campaign | None = None,
) -> pd.DataFrame:
    """The ranking of a list, by the models here or by a service, which reads a long file itself.

    Parameters
    ----------
    table, sources
        The list, and what the command names.
    goal, temperature, also
        As in `vitrion.rank`; the temperature, in degC, is that of rows without one.
    server
        Address of the service.
    after
        The campaign, of the service where that is asked, whose results are learnt first.
    """
    from ..formatting.candidates import joined, usable

    if server is None:
        from ...experiments.ranking.rank import rank

        work = rank if after is None else after.rank
        return joined(table, work(usable(table), goal, temperature_C=table.at(temperature), also=also))
    from ..client.client import Client
    from ..client.rankings import AT_ONCE

    name = None if after is None else after.name
    with Client(server) as client:
        if len(table) > AT_ONCE and len(sources) == 1 and sources != ["-"]:
            return client.rank(Path(sources[0]), goal, temperature, also, campaign=name)
        return joined(table, client.rank(usable(table), goal, table.at(temperature), also, campaign=name))


def members(template: str, temperature: float, goal: Goal, ranges: dict[str, Any], server: str | None) -> pd.DataFrame:
    """The members of a family with what is predicted of them, by the models here or by a service."""
    if server is not None:
        from ..client.client import Client

        with Client(server) as client:
            return client.sweep(template, temperature, goal, **ranges)
    from ...experiments.ranking.rank import LEFT_OUT, sweep

    with collected() as said:
        table = sweep(template, temperature_C=temperature, goal=goal, **ranges)
    for sentence in said:
        if getattr(sentence, "code", "") != LEFT_OUT:  # which is said with the table
            notice(sentence)
    return table


def tracked(
    ranked: pd.DataFrame, table: CandidateTable, goal: Goal, temperature: float, also: list[str], name: str
) -> str:
    """Log a ranking in MLflow and say so; when that fails it is written all the same."""
    try:
        from ...experiments.ranking.tracking import log_ranking
        from ..formatting.candidates import usable

        run = log_ranking(ranked, usable(table), goal, temperature, name, also)
    except Exception as error:
        from ...experiments.tracking.reach import MlflowAwayError

        said, away = str(error).splitlines()[0][:300], isinstance(error, MlflowAwayError)
        return f"the ranking is done and not tracked: {said}" if away else f"{UNTRACKED}: {said}"
    return f"tracked as run {run} of 'vitrion ranking'"
