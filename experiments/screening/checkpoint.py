"""What a screening keeps while it is not done: a file a block, beside the ranking to come, until that is written."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...datasets.home import put
from ...features.composition import FormulaError
from .screened import Screened

FORMAT = 1  # of what is kept


@dataclass(frozen=True)
class BlockFolder:
    """Blocks done, so that a screening that was stopped goes on.

    Parameters
    ----------
    out
        Parquet file of the ranking.
    everything
        Whether the predictions of all rows are written too, to a dataset beside it.
    """

    out: Path
    everything: bool

    def begin(self, asked: dict[str, Any], resume: bool) -> None:
        """Make the folder, or take it up where a screening of the very same stopped.

        Parameters
        ----------
        asked
            All that the result depends on.
        resume
            False forgets what is there.
        """
        content = json.dumps({"format": FORMAT, "everything": self.everything, **asked}, sort_keys=True).encode()
        request = self.folder / "request.json"
        if resume and request.exists() and request.read_bytes() != content:
            raise FormulaError(
                f"{self.folder.name} holds an unfinished screening of something else (other candidates, goal, top, "
                "models or own results); finish that one, name another output, or begin anew: resume=False, or "
                "--restart"
            )
        if not resume:
            shutil.rmtree(self.folder, ignore_errors=True)
        if not request.exists():
            if self.everything:
                self._clear()
            self.folder.mkdir(parents=True, exist_ok=True)
            put(request, content)
        if self.everything:
            self.dataset.mkdir(exist_ok=True)

    def checked(self, files: Iterable[Path], folder: Path | None) -> BlockFolder:
        """Return it; refuses, before any work, a place that cannot be written to, or that would change candidates.

        Parameters
        ----------
        files, folder
            Those that the candidates are read from, and the folder where all that it holds is read.
        """
        if self.out.suffix.lower() != ".parquet" or self.out.is_dir():
            raise FormulaError(f"out = {self.out.name}: a ranking is a Parquet file; end the name in .parquet")
        if not self.out.parent.is_dir():
            raise FormulaError(f"out = {self.out.name}: its folder {self.out.parent} does not exist; make it first")
        if folder is not None and folder.resolve() in self.out.resolve().parents:
            raise FormulaError(
                f"out = {self.out.name} lies in the folder that is read, and would be among the candidates the next "
                "time; name an output elsewhere"
            )
        ours = {self.out.resolve(), self.folder.resolve(), self.dataset.resolve()}
        for file in files:
            if ours & {file.resolve(), *file.resolve().parents}:
                raise FormulaError(
                    f"out = {self.out.name}: {file.name} is read from there; name an output elsewhere, for "
                    f"{self.out.name}, {self.folder.name} and {self.dataset.name} are written anew"
                )
        return self

    def _clear(self) -> None:
        """Forget the predictions of an earlier screening; refuses a folder that holds anything else."""
        if not self.dataset.exists():
            return
        there = list(self.dataset.iterdir()) if self.dataset.is_dir() else [self.dataset]
        if other := next((one for one in there if not one.match("block-*.parquet")), None):
            raise FormulaError(f"{self.dataset.name} holds {other.name}, which no screening wrote; name another output")
        for one in there:
            one.unlink()

    @property
    def folder(self) -> Path:
        """Of the blocks done."""
        return self.out.with_name(f"{self.out.name}.part")

    @property
    def dataset(self) -> Path:
        """Of the predictions of all rows."""
        return self.out.with_name(f"{self.out.stem}.all")

    def done(self) -> Iterator[Screened]:
        """Blocks done before."""
        return map(Screened.read, sorted(self.folder.glob("block-*.parquet")))

    def keep(self, part: Screened) -> None:
        """Write a block for good: first its table, then what says that it is done."""
        name = f"block-{part.number:06d}.parquet"
        if self.everything:
            put(self.dataset / name, part.table)
        part.write(self.folder / name)

    def finish(self, table: pd.DataFrame) -> None:
        """Write the ranking, and forget the blocks."""
        buffer = io.BytesIO()
        plain = table.reset_index(names="place")
        plain.attrs = {}
        plain.to_parquet(buffer, index=False)
        put(self.out, buffer.getvalue())
        shutil.rmtree(self.folder, ignore_errors=True)
