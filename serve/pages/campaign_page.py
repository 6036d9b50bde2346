"""The page of a campaign: its progress as a figure, and predicted and measured as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...datasets.results.conditions import in_words, read
from ..formatting.campaign_tables import candidates_of, progress_of, rounds_of
from .page import Column, Page, render
from .reports import goal_words, model_rows

if TYPE_CHECKING:
    import pandas as pd

    from ...experiments.campaigns.campaign import Campaign


def campaign_page(campaign: Campaign, history: pd.DataFrame) -> str:
    """HTML of a campaign."""
    from ...experiments.campaigns.plot import progress_lines

    state, waiting = campaign.state, campaign.pending()
    best = progress_of(history)
    return render(
        Page(
            title=f"Campaign {campaign.name}",
            headline=f"{campaign.name}: {best}",
            standfirst=f"{candidates_of(state.candidates)}; {goal_words(campaign.goal, state.temperature_C)}.",
            figure_title="Predicted and measured, sample by sample",
            noun="events",
            goal=goal_words(campaign.goal, state.temperature_C),
            figure=progress_lines(state),
            table=_in_millisiemens(history),
            columns=_columns(state.temperature_C),
            tiles=[
                (str(rounds_of(history)), "rounds of proposals" if rounds_of(history) != 1 else "round of proposals"),
                (str(len(campaign.results())), "results" if len(campaign.results()) != 1 else "result"),
                (str(len(waiting)), "samples awaiting results" if len(waiting) != 1 else "sample awaiting results"),
                *_interval_tiles(campaign),
            ],
            models=model_rows(),
            notes={
                "figure": "Bars: the 90 % interval believed before the melt. Dots: found, at the temperature of the "
                "campaign. Crosses, below their bar: no glass. Line: the best so far whose Tg does not miss the "
                "goal. Dotted: the goal. A bar without dot or cross: not measured, or not yet."
            },
        )
    )


def _interval_tiles(campaign: Campaign) -> list[tuple[str, str]]:
    """How much the results narrow the intervals: the numbers, and what they are of."""
    halves = [one.words.partition(": ") for one in campaign.widths()]
    return [(width, title) for title, _, width in halves]


def _columns(temperature_C: float) -> list[Column]:
    sigma = f"σ({temperature_C:g} °C)"
    return [
        Column("event", "#", "rank"),
        Column("kind", "what"),
        Column("formula", "formula", "formula"),
        Column("reason", "why", long=True),
        Column("p_goal", "P(goal)", "percent"),
        Column("__sigma", f"{sigma} believed, mS/cm (90 %)", "general", "__sigma_low", "__sigma_high"),
        Column("__found", "found", "general"),
        Column("found_at_C", "at, °C", "given"),
        Column("believed_tg_C", "Tg believed, °C (90 %)", "degree", "believed_tg_low_C", "believed_tg_high_C"),
        Column("found_tg_C", "found", "degree"),
        Column("to_goal_decades", "decades to the goal", "fixed"),
        Column("outcome", "outcome"),
        Column("sample", "sample"),
        Column("made", "how it was made", long=True),
        Column("standing", "stands"),
        *(Column(name, name, hidden=True) for name in ("__sigma_low", "__sigma_high", "believed_tg_low_C")),
        *(Column(name, name, hidden=True) for name in ("believed_tg_high_C", "note")),
    ]


def _in_millisiemens(history: pd.DataFrame) -> pd.DataFrame:
    return history.assign(
        __sigma=history["believed_conductivity_S_cm"] * 1e3,
        __sigma_low=history["believed_conductivity_low_S_cm"] * 1e3,
        __sigma_high=history["believed_conductivity_high_S_cm"] * 1e3,
        __found=history["found_conductivity_S_cm"] * 1e3,
        made=[in_words(read(text)) for text in history["conditions"]],
        standing=["" if fate == "stands" else fate for fate in history["standing"].tolist()],
    )
