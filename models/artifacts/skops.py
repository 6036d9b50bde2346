"""The reader and writer of skops, without the walks through all modules that its import takes.

Importing `skops.io` imports every module of scikit-learn, its tests' tools included, and looks for the home of every
ufunc in all that is loaded, to list what it trusts by itself: two or three seconds, more than the rest of a
prediction's start takes. We trust by our own list (see `file_contents`), so that list may be empty here. The modules
made this way are ours alone: whoever imports `skops.io` in the same process gets a whole one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from unittest.mock import patch

__all__ = ["PROTOCOL", "Node", "audit_tree", "dumps", "get_tree", "read_schema"]
PARTS = ("_persist", "_audit", "_protocol", "_utils")


def _parts() -> list[ModuleType]:
    """Modules of `skops.io`: those that are there already, else a lean copy that no other import finds."""
    if "skops.io" in sys.modules:
        return [import_module(f"skops.io.{part}") for part in PARTS]
    before = set(sys.modules)
    try:
        bare = ModuleType("skops.io")
        bare.__path__ = [str(Path(place, "io")) for place in import_module("skops").__path__]
        sys.modules["skops.io"] = bare
        utilities = import_module("skops.io._utils")
        with (
            patch("sklearn.utils.all_estimators", return_value=[]),
            patch.object(utilities, "get_public_type_names", return_value=[]),
        ):
            return [import_module(f"skops.io.{part}") for part in PARTS]
    finally:  # after an error too: who imports skops next must not find a bare one
        for name in [name for name in sys.modules if name.partition(".")[0] == "skops" and name not in before]:
            del sys.modules[name]


_persist, _audit, _protocol, _utils = _parts()
dumps = _persist.dumps
audit_tree, get_tree = _audit.audit_tree, _audit.get_tree
PROTOCOL = _protocol.PROTOCOL
read_schema = _utils.read_schema
if TYPE_CHECKING:
    from skops.io._audit import Node
else:
    Node = _audit.Node
