"""Promotion and rollback: our record is the truth, MLflow's tags and aliases follow it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from ...datasets import Dataset, load
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..gate import errors as gate_errors
from ..gate import gate
from ..gate import glass_formation as formation_gate
from ..gate.decision import Check, Decision
from ..gate.leaks import TOO_GOOD
from ..tracking import log as tracking
from ..tracking import shipped as shipped_run
from ..tracking.reach import MlflowAwayError, UntrackedWarning, conversation
from . import shipped
from . import versions as registry
from .reconcile import reconcile
from .record import Entry, NoChampionError, lock, record

if TYPE_CHECKING:
    import pandas as pd

MEASURE = "all/mae"  # on the cards
RATCHET = 0.05  # of the error of any earlier champion: small losses must not add up to more


class RefusedError(RuntimeError):
    """A version that the gate does not let answer, with the reasons."""


def judged(
    name: str,
    version: int,
    data: Dataset | None = None,
    predictor: Predictor | GlassFormer | None = None,
    by_hand: bool = False,
) -> Decision:
    """Hold a kept version against the champion.

    Parameters
    ----------
    name, version
        Of the challenger.
    data
        What is known now; by default everything.
    predictor
        The challenger, loaded from its file by default.
    by_hand
        Whether a person asks: then a version that was rolled back may answer again.
    """
    card, entry = registry.read_card(name, version), record().get(name)
    mine = registry.held_out(name, version)
    if entry is not None and entry.version == version:
        return Decision.of(Check("version", False, f"{name} version {version} is the champion already"))
    if mine is None:
        return Decision.of(Check("rows", False, f"{name} version {version} has no held-out predictions; train again"))
    if entry is not None and card.sha256 in entry.rolled_back and not by_hand:
        said = f"{name} version {version} was rolled back; 'vitrion models promote {name} {version}' lets it answer"
        return Decision.of(Check("rollback", False, said))
    predictor = predictor or registry.load_version(name, version)
    told = load(name) if data is None else data
    if entry is None:
        return held_against(told, mine, None, predictor)
    theirs, lost = registry.held_out(name, entry.version), registry.fault(name)
    if theirs is None:
        alone = held_against(told, mine, None, predictor)
        return Decision.of(*alone.checks, _by_card(name, card, entry.version, lost))
    decision = held_against(told, mine, theirs, predictor, lost)
    best = () if isinstance(predictor, GlassFormer) else _ratchet(told, mine, entry)
    return Decision.of(*decision.checks, *best)


def held_against(
    data: Dataset,
    mine: pd.DataFrame,
    theirs: pd.DataFrame | None,
    predictor: Predictor | GlassFormer,
    lost: str = "",
) -> Decision:
    """What the gate of this kind of predictor decides of held-out rows, against those of a champion if there is one."""
    if isinstance(predictor, GlassFormer):
        return formation_gate.judge(data, mine, theirs, predictor, lost)
    return gate.judge(data, mine, theirs, predictor, lost)


def _by_card(name: str, card: registry.Champion, version: int, lost: str) -> Check:
    """Compare the scores on the cards, where the champion's held-out predictions cannot be read."""
    mine, theirs = card.metrics.get(MEASURE), _score(name, version)
    why = f"version {version} has no held-out predictions that can be read" + (f", and {lost}" if lost else "")
    if mine is None or theirs is None:
        return Check("error", True, f"{why}; nothing to compare with")
    said = f"{why}; by the cards its mean error is {mine:.3g} instead of {theirs:.3g}"
    return Check("error", TOO_GOOD * theirs <= mine <= (1 + gate_errors.LOSS) * theirs, said)


def _ratchet(data: Dataset, mine: pd.DataFrame, entry: Entry) -> Iterator[Check]:
    """Whether small losses, each within noise, did not add up: against each earlier champion, on shared rows."""
    for number, _ in entry.before:
        theirs = registry.held_out(data.property.name, number)
        if theirs is None:
            continue
        both = gate.joined(data, mine, theirs).dropna(subset=["mean", "champion_mean"])
        if both.empty:
            continue
        new, old = gate_errors.by_paper(both, "miss"), gate_errors.by_paper(both, "champion_miss")
        said = f"mean error by paper {new:.3g} where version {number}, which answered before, has {old:.3g}"
        yield Check("best", new <= (1 + RATCHET) * old, said)


def _score(name: str, version: int) -> float | None:
    try:
        return registry.read_card(name, version).metrics.get(MEASURE)
    except NoChampionError:
        return None


def settle(name: str, version: int, decision: Decision, track: bool = True) -> None:
    """Let a version answer if the decision says so, else make it the challenger; log why.

    What the gate said is kept beside the file first, then the record changes, then MLflow hears of it: what a kill
    leaves out, `reconcile` makes good.
    """
    registry.put_gate(name, version, asdict(decision) | {"reason": decision.reason})
    if decision.passed:
        registry.promote(name, version)
    if track:
        with _followed():
            tell_mlflow(name, version)


def tell_mlflow(name: str, version: int) -> None:
    """Log what the gate said of a version, and point the aliases where the record says."""
    card, told = registry.read_card(name, version), registry.gate_of(name, version)
    answers = record()[name].version == version if name in record() else False
    if version == shipped.VERSION:
        shipped_run.log_shipped(name, asdict(card), told)
    else:
        tracking.log_gate(name, version, card.run_id, told)
    if answers:
        tracking.set_champion(name, version)
    tracking.set_challenger(name, None if answers or version == shipped.VERSION else version)


def decide(name: str, version: int, predictor: Predictor | GlassFormer | None = None) -> Decision:
    """Judge a version and act on it, so that no other promotion comes between."""
    with lock():
        decision = judged(name, version, predictor=predictor)
        settle(name, version, decision)
    return decision


def promote(name: str, version: int, force: bool = False, present: int | None = None, track: bool = True) -> Decision:
    """Let a kept version answer by hand; raises `RefusedError` where the gate says no, unless forced.

    It is refused too where another version answers than `present`, if that is told. Without `track` MLflow is not told;
    the next training or promotion does.
    """
    if track:
        with suppress(MlflowAwayError):  # the record counts; what is told below says that MLflow is away
            reconcile()
    with lock():
        _still(name, present)
        decision = judged(name, version, by_hand=True)
        if not decision.passed:
            answers = name in record() and record()[name].version == version
            if answers or not force:
                raise RefusedError(f"{name} version {version} is not promoted: {decision.reason}")
            told = Check("hand", True, f"by hand, although {decision.reason}")
            decision = replace(decision, passed=True, checks=(told, *decision.checks))
        settle(name, version, decision, track)
    return decision


def rollback(name: str, present: int | None = None, track: bool = True) -> int:
    """Let the version answer that did before, and return its number.

    Raises `RefusedError` where another version answers than `present`, if that is told. Without `track` MLflow is not
    told.
    """
    if track:
        with suppress(Exception):  # going back must not wait for MLflow; what is told below says that it is away
            reconcile()
    with lock():
        _still(name, present)
        version = registry.rollback(name)
        if track:
            with _followed():
                tracking.set_champion(name, version)
    return version


def _still(name: str, present: int | None) -> None:
    """Refuse a change that was asked for while another version answered; the lock is held."""
    entry = record().get(name)
    now = None if entry is None else entry.version
    if present is not None and now != present:
        raise RefusedError(f"{name} version {now} answers by now, not {present}; look at it, then ask again")


@contextmanager
def _followed() -> Iterator[None]:
    """Warn where MLflow does not follow the record, which has changed and counts."""
    try:
        with conversation():
            yield
    except Exception as error:
        told = str(error) if isinstance(error, MlflowAwayError) else f"{type(error).__name__}: {str(error)[:200]}"
        said = f"done, but MLflow did not hear of it ({told}); the next training or promotion tells it"
        warnings.warn(said, UntrackedWarning, stacklevel=4)
