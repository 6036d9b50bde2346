"""Promotion and rollback: our record first, MLflow's aliases after it, and the reasons with both."""

from __future__ import annotations

from dataclasses import asdict

from ..datasets import Dataset, load
from ..models.predictor import Predictor
from . import gate, registry, tracking
from .gate import Check, Decision


class RefusedError(RuntimeError):
    """A version that the gate does not let answer, with the reasons."""


def judged(name: str, version: int, data: Dataset | None = None, predictor: Predictor | None = None) -> Decision:
    """Hold a kept version against the champion.

    Parameters
    ----------
    name, version
        Of the challenger.
    data
        What is known now; by default everything.
    predictor
        The challenger, loaded from its file by default.
    """
    card, champion = registry.read_card(name, version), registry.champions().get(name)
    mine = registry.held_out(name, version)
    if predictor is None:
        predictor = registry.load_version(name, version)
    if mine is None:
        said = f"{name} version {version} has no held-out predictions; train again"
        return Decision(False, (Check("rows", False, said),))
    if champion is not None and champion.version == card.version:
        return Decision(False, (Check("version", False, f"{name} version {version} is the champion already"),))
    theirs = None if champion is None else registry.held_out(name, champion.version)
    told = load(name) if data is None else data
    if champion is not None and theirs is None:
        nothing = Check("rows", True, f"version {champion.version} kept no held-out predictions to compare with")
        alone = gate.judge(told, mine, None, predictor)
        return Decision(all(check.passed for check in alone.checks), (nothing, *alone.checks))
    return gate.judge(told, mine, theirs, predictor)


def settle(name: str, version: int, decision: Decision) -> None:
    """Let a version answer if the decision says so, else make it the challenger; log why."""
    card = registry.read_card(name, version)
    if decision.passed:
        registry.promote(name, version)
        tracking.set_champion(name, version)
    tracking.set_challenger(name, None if decision.passed else version)
    client, model = tracking.store(), tracking.registered_name(name)
    told = {"gate": "passed" if decision.passed else "refused", "gate_reason": decision.reason[:4000]}
    for key, value in told.items():
        client.set_model_version_tag(model, str(version), key, value)
        client.set_tag(card.run_id, key, value)
    client.log_dict(card.run_id, asdict(decision) | {"reason": decision.reason}, "gate.json")


def promote(name: str, version: int, force: bool = False) -> Decision:
    """Let a kept version answer by hand; raises `RefusedError` where the gate says no, unless forced."""
    decision = judged(name, version)
    if not decision.passed:
        if not force:
            raise RefusedError(f"{name} version {version} is not promoted: {decision.reason}")
        told = (Check("hand", True, f"by hand, although {decision.reason}"), *decision.checks)
        decision = Decision(True, told, decision.first)
    settle(name, version, decision)
    return decision


def rollback(name: str) -> int:
    """Let the version answer that did before, and return its number."""
    version = registry.rollback(name)
    tracking.set_champion(name, version)
    return version
