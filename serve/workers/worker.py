"""A process beside the server that ranks long lists or keeps the books: told what to do by lines, it answers lines.

Run as ``python -m vitrion.serve.workers.worker``. It ends when its standard input does, and so with the server.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

from ...features.notices import collected
from .limits import confine

NICENESS = 5  # behind the requests that people wait for
MOST_MEMORY = 12 * 2**30  # bytes of addresses: a list that takes more ends in an error, not in a machine at its end


def answer(told: dict[str, Any]) -> dict[str, Any]:
    """Do what one line asks for: ``do`` names a verb, the rest is told to it; what goes wrong is told with its kind."""
    from ..errors.outcomes import fields
    from . import bookkeeping as clerk
    from . import list_ranking as long_list

    verbs, given = {**long_list.VERBS, **clerk.VERBS}, {name: value for name, value in told.items() if name != "do"}
    try:
        with collected():  # verbs return what is to be noticed
            return {"done": verbs[told["do"]](**given)}
    except Exception as error:
        return fields(error)


def serve(lines: TextIO, out: TextIO) -> None:
    """Answer lines until there are no more."""
    for line in lines:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


def main() -> None:
    """Keep standard output for answers alone, and serve."""
    from ..request_log import begin
    from ..settings import Settings

    out, sys.stdout = sys.stdout, sys.stderr
    begin(Settings.of_environment())
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    confine(MOST_MEMORY)
    serve(sys.stdin, out)


if __name__ == "__main__":
    main()
