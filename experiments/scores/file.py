"""The scores that README, documents and pages quote: one file, each score with the run that measured it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from ...datasets.exchange.structured import of_json
from .run_facts import Facts

NAME = "benchmarks/scores.json"  # in the folder of documentation
WRITTEN = "by the benchmark and the evaluation of the models; do not edit"


class ScoreError(ValueError):
    """A file of scores that cannot be read, or holds no such score."""


class Key(NamedTuple):
    """What a score is of."""

    property: str
    split: str
    """What was held out, such as ``paper``."""
    subset: str
    """Rows of the held-out measurements."""
    measure: str
    """One of `calibration_bench.MEASURES`."""


@dataclass(frozen=True)
class Score:
    """One score of held-out predictions.

    Parameters
    ----------
    key
        What it is of.
    value, standard_error
        In `unit`; the error by laboratory, None where there is none.
    unit
        Of value and error; empty for shares and ratios.
    rows, papers, laboratories
        Numbers of measurements, and of what they come from; None where the run did not count them.
    run
        The key of the run that measured it.
    """

    key: Key
    value: float | None
    standard_error: float | None = None
    unit: str = ""
    rows: int | None = None
    papers: int | None = None
    laboratories: int | None = None
    run: str = ""


@dataclass
class ScoreFile:
    """All scores by what they are of, the runs that measured them, and what the data held.

    Parameters
    ----------
    data
        By property: numbers of measurements (see `data_counts`).
    runs
        When, where and how, by key.
    scores
        By their keys.
    reliability
        Tables of predicted chances against what was observed, by property: rows as `calibration_bench.reliability`
        makes them, the words of the limit and the run.
    """

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    scores: dict[Key, Score] = field(default_factory=dict)
    reliability: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> ScoreFile:
        """The file; empty where there is none yet."""
        if not path.is_file():
            return cls()
        try:
            told = of_json(path.read_text(encoding="utf-8"))
            scores = [_read(one) for one in told["scores"]]
            return cls(told["data"], told["runs"], {one.key: one for one in scores}, told["reliability"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ScoreError(f"{path} is no file of scores ({error}); remove it and run 'make bench-models'") from None

    def save(self, path: Path) -> None:
        """Write the file, one score a line."""
        path.parent.mkdir(parents=True, exist_ok=True)
        used = {score.run for score in self.scores.values()} | {table["run"] for table in self.reliability.values()}
        runs = {name: run for name, run in self.runs.items() if name in used}
        parts = [
            f'"written": {json.dumps(WRITTEN)}',
            f'"data": {json.dumps(self.data, indent=1, ensure_ascii=False)}',
            f'"runs": {json.dumps(runs, indent=1, ensure_ascii=False)}',
            f'"scores": {_listed(_written(score) for score in self.scores.values())}',
            f'"reliability": {json.dumps(self.reliability, indent=1, ensure_ascii=False)}',
        ]
        path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")

    def get(self, key: Key) -> Score | None:
        """A score, or None where it was never measured."""
        return self.scores.get(key)

    def add(self, facts: Facts, scores: Iterable[Score], reliability: Mapping[str, Mapping[str, Any]]) -> None:
        """Put scores and tables of one run in place of earlier ones of the same."""
        run = self._run(facts)
        self.scores |= {score.key: replace(score, run=run) for score in scores}
        self.reliability |= {name: {**table, "run": run} for name, table in reliability.items()}

    def _run(self, facts: Facts) -> str:
        """The key of a run, which is entered where it is new."""
        told = {one: getattr(facts, one) for one in ("day", "commit", "command", "machine")}
        told["minutes"] = round(facts.minutes, 1)
        same = ("day", "commit", "command")
        for name, run in self.runs.items():
            if all(run[one] == told[one] for one in same):
                self.runs[name] = told
                return name
        name = f"{facts.day} {facts.commit}"
        number = sum(run["day"] == facts.day and run["commit"] == facts.commit for run in self.runs.values())
        name += f" ({number + 1})" if number else ""
        self.runs[name] = told
        return name


def _read(told: Mapping[str, Any]) -> Score:
    fields = {name: value for name, value in told.items() if name not in Key._fields}
    return Score(Key(*(str(told[name]) for name in Key._fields)), **fields)


def _written(score: Score) -> dict[str, Any]:
    return score.key._asdict() | {name: value for name, value in asdict(score).items() if name != "key"}


def _listed(rows: Iterator[dict[str, Any]]) -> str:
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]"
