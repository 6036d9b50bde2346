"""Blocks of documents made from the file of scores, between ``<!-- scores: NAME -->`` and ``<!-- /scores -->``.

``make scores`` rewrites them, and a test compares. A further block is a function in `BLOCKS`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ...datasets import load
from .file import ScoreError, ScoreFile
from .tables import every_run, every_score, reliability_tables
from .text import (
    data_sentence,
    first_table,
    headline_sentence,
    interval_sentence,
    oxyhalide_sentence,
    verdict_sentence,
)
from .wanted import data_counts

Lines = Callable[[ScoreFile], Iterator[str]]

BLOCKS: Mapping[str, Lines] = MappingProxyType(
    {
        "first": first_table,
        "headline": headline_sentence,
        "data": data_sentence,
        "intervals": interval_sentence,
        "verdicts": verdict_sentence,
        "oxyhalides": oxyhalide_sentence,
        "reliability": reliability_tables,
        "every": every_score,
        "runs": every_run,
    }
)
"""Lines of each block by its name."""
MARKS = re.compile(r"^ *<!-- /?scores\b.*$", re.MULTILINE)
BLOCK = re.compile(
    r"^(?P<first>(?P<indent> *)<!-- scores: (?P<name>\S+) -->\n)"
    r"(?:(?! *<!-- scores).*\n)*?"
    r"(?P<last> *<!-- /scores -->)$",
    re.MULTILINE,
)


def rewritten(text: str, file: ScoreFile) -> str:
    r"""A document with each block made anew; its lines are indented as its first mark is.

    >>> print(rewritten("<!-- scores: verdicts -->\nBefore.\n<!-- /scores -->", ScoreFile()))
    <!-- scores: verdicts -->
    <!-- /scores -->
    """

    def anew(found: re.Match[str]) -> str:
        if found["name"] not in BLOCKS:
            raise ScoreError(f"there is no block {found['name']}; use one of {', '.join(BLOCKS)}")
        lines = BLOCKS[found["name"]](file)
        return found["first"] + "".join(f"{found['indent'] if one else ''}{one}\n" for one in lines) + found["last"]

    if len(MARKS.findall(text)) != 2 * len(BLOCK.findall(text)):
        raise ScoreError(
            "a mark of a block has no partner; write <!-- scores: NAME --> before and <!-- /scores --> after"
        )
    return BLOCK.sub(anew, text)


def outside(text: str) -> str:
    """A document without its blocks."""
    return BLOCK.sub("", text)


def documents(places: Sequence[Path]) -> list[Path]:
    """Files in Markdown among the places and in those that are folders, but what is built."""
    found = [path for place in places for path in (sorted(place.rglob("*.md")) if place.is_dir() else [place])]
    return [path for path in found if not {"_build", "notebooks"} & set(path.parts)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Count the data anew and rewrite the blocks of documents; or say which are not what they should be."""
    parser = argparse.ArgumentParser(
        prog="python -m vitrion.experiments.scores.blocks", description="Rewrite the scores that documents quote."
    )
    parser.add_argument("scores", type=Path, help="the file that the benchmark writes")
    parser.add_argument("places", type=Path, nargs="+", help="documents, or folders of them")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a block differs")
    told = parser.parse_args(arguments)
    file, stale = ScoreFile.load(told.scores), []
    if not told.check:
        file.data |= {name: data_counts(load(name, lab=False)) for name in ("tg", "conductivity")}
        file.save(told.scores)
    for path in documents(told.places):
        before = path.read_text(encoding="utf-8")
        try:
            after = rewritten(before, file)
        except ScoreError as error:
            raise SystemExit(f"{path}: {error}") from None
        if after != before:
            stale.append(path)
            if not told.check:
                path.write_text(after, encoding="utf-8")
    for path in stale:
        print(f"{path} {'differs from the scores' if told.check else 'rewritten'}")
    return int(told.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
