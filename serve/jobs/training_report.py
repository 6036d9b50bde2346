"""What a training in a process of its own reports, a line of JSON each: its steps, and what became of each model."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from ...datasets.exchange.structured import of_json
from ...models.fitting.progress import Step
from ..errors.refusals import visible


@dataclass(frozen=True)
class Line:
    """One line of a report.

    Parameters
    ----------
    text
        A sentence for people.
    done, of
        Folds that are predicted, and all of them; both 0 in a step that is none of a fold.
    outcome
        Whether it tells what became of a model.
    """

    text: str
    done: int = 0
    of: int = 0
    outcome: bool = False

    @classmethod
    def read(cls, text: str) -> Line:
        """Read a line; what is no JSON, such as a warning of a library or an error, is a sentence of its own.

        Examples
        --------
        >>> Line.read('{"text": "tg: fold 1 of 5", "done": 1, "of": 5, "outcome": false}').done
        1
        >>> Line.read("vitrion: no room is left on the disk").text
        'vitrion: no room is left on the disk'
        """
        try:
            return cls(**of_json(text))
        except (TypeError, ValueError):
            return cls(text)


@contextmanager
def reporting() -> Iterator[Callable[[str], None]]:
    """Write each step of a training as a line on standard error, with the seconds so far before its text."""
    began = time.monotonic()

    def report(text: str) -> None:
        done, of = (text.done, text.of) if isinstance(text, Step) else (0, 0)
        sys.stderr.write(written(Line(f"[{time.monotonic() - began:5.1f} s] {visible(text, 500)}", done, of)) + "\n")
        sys.stderr.flush()

    yield report


def written(line: Line) -> str:
    """A line as it is written."""
    return json.dumps(asdict(line))
