"""The process beside the server that predicts long lists: told what to do a line at a time, it answers a line each.

Run as ``python -m vitrion.serve.worker``. It ends when its standard input does, and so with the server.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

NICENESS = 5  # behind the requests that people wait for


def answer(told: dict[str, Any]) -> dict[str, Any]:
    """Do what one line asks for; what goes wrong is told with whether the list is to blame."""
    from . import screening
    from .failures import BAD_INPUT, explained

    folder = Path(told.get("folder", ""))
    try:
        if told["do"] == "count":
            rows = screening.count(folder)
        elif told["do"] == "rank":
            rows = screening.rank_block(folder, told["block"], told["rows"])
        else:
            rows = screening.finish(folder, told["blocks"])
    except Exception as error:
        sentence, code = explained(error)
        return {"error": sentence, "bad_input": code == BAD_INPUT}
    return {"rows": rows}


def serve(lines: TextIO, out: TextIO) -> None:
    """Answer lines until there are no more."""
    for line in lines:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


def main() -> None:
    """Keep standard output for answers alone, and serve."""
    out, sys.stdout = sys.stdout, sys.stderr
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    serve(sys.stdin, out)


if __name__ == "__main__":
    main()
