"""The verbs of Vitrion, a row each.

From it follow the function of the package, what the service asks of who uses it, whether a client sends it again, and
the table in docs/service.md; the requests that attack its route follow from the examples in its schema.

``python -m vitrion.serve.schemas.verbs docs/service.md`` renews that table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

VIEWER, TRAINER = "viewer", "trainer"  # as `keyring.SCOPES` has them
BLOCK = re.compile(r"(<!-- verbs -->\n).*?(<!-- /verbs -->)", re.DOTALL)


@dataclass(frozen=True)
class Verb:
    """One verb: ``vitrion.NAME``, ``vitrion NAME`` and, where it has a path, ``Client.NAME`` and ``POST PATH``.

    Parameters
    ----------
    name
        Of the function and of the command.
    home
        Module of the function, below ``vitrion``.
    words
        What it does.
    path
        Below ``/api/v1``; empty for what is done on this machine alone.
    scope
        The least that a key has to allow.
    pure
        Whether it changes nothing, so that a client may send it again after a lost connection.
    """

    name: str
    home: str
    words: str
    path: str = ""
    scope: str = VIEWER
    pure: bool = True


_ROWS = (
    Verb(
        "rank",
        "experiments.ranking.rank",
        "up to 10,000 formulas in the order of the chance that they meet the goal; `temperatures_C` gives one each, "
        "`campaign` ranks after the results of a campaign of your own; `?figure=true` adds a plotly figure",
        path="rank",
    ),
    Verb(
        "sweep",
        "experiments.ranking.rank",
        "every member of a family, up to 10,000, in the order of its grid; `?figure=true` adds a plotly figure",
        path="sweep",
    ),
    Verb(
        "compare",
        "experiments.comparison.table",
        "up to 20 formulas side by side: conductivity, Tg, oxidation limit, melting, softness, density, cost, supply; "
        "measured and predicted apart",
        path="compare",
    ),
    Verb(
        "explain",
        "experiments.comparison.reasons",
        "up to 20 formulas: what drives their predictions, every measurement of them with paper and phase, and the "
        "measured compositions that are most like them",
        path="explain",
    ),
    Verb(
        "propose",
        "experiments.proposals.propose",
        "what to synthesise next, out of a family or a list, with what was measured so far",
        path="propose",
    ),
    Verb(
        "recipe",
        "experiments.synthesis.recipe",
        "the batch sheet of up to 20 formulas: precursors as weighed, what leaves, temperatures, hazards, cost; "
        "`GET recipe?formula=...` gives it as a page that prints on A4, `&format=csv` as a table to fill in",
        path="recipe",
    ),
    Verb(
        "train",
        "experiments.training.train",
        "models on all data, as a job; those that the gate passes are in use from then on (`if_needed`, `anew`)",
        path="models/retrain",
        scope=TRAINER,
        pure=False,
    ),
    Verb("screen", "experiments.screening.screen", "lists of millions, block by block"),
    Verb("evaluate", "experiments.training.evaluate", "scores on what was held out: papers, families, systems"),
)
VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _ROWS}
PURE = frozenset(verb.path for verb in _ROWS if verb.path and verb.pure)  # what a client may send again


def table() -> Iterator[str]:
    """Lines of the table of verbs."""
    yield "| Python, command | path under `/api/v1` | a key for | what it does |"
    yield "|---|---|---|---|"
    for verb in _ROWS:
        path, scope = (f"`POST {verb.path}`", f"`{verb.scope}`") if verb.path else ("here alone", "")
        yield f"| `{verb.name}` | {path} | {scope} | {verb.words} |"


def rewritten(text: str) -> str:
    """Return a page with its table of verbs made anew."""
    lines = "\n".join(table())
    return BLOCK.sub(lambda found: f"{found[1]}{lines}\n{found[2]}", text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(rewritten(page.read_text(encoding="utf-8")), encoding="utf-8")
