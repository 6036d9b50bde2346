"""What a model file may hold: kinds of objects, and trees, looked at before anything is made of them.

skops says which types a file asks for, and asks nothing of what their arrays say. So the file
is held to the kinds that our predictors are made of. A `Tree` takes any links and features (scikit-learn 1.9 checks the
shapes of its arrays alone), and the first answer then reads foreign memory or never ends: trees are checked as the
arrays that they are in the file, and only then are objects made, from these same arrays.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from .skops import PROTOCOL, Node, audit_tree, get_tree, read_schema
from .tree_check import UnsoundError, check_tree

OURS = (
    "vitrion.models.blend.BlendedRegressor",
    "vitrion.models.committee.Committee",
    "vitrion.models.difficulty.Difficulty",
    "vitrion.models.domain.Domain",
    "vitrion.models.localised.LocalCalibration",
    "vitrion.models.predictor.Predictor",
    "vitrion.models.process.FamilyProcess",
    "vitrion.models.residuals.ResidualProcess",
    "vitrion.models.temperature.EnergyModel",
)
TREE = "sklearn.tree._tree.Tree"
TUPLES = ("vitrion.models.process.Views", "vitrion.models.residuals.Law")
LOSSES = ("sklearn._loss._loss.CyAbsoluteError", "sklearn._loss._loss.CyHalfSquaredError")
SKLEARN = (
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.loss.AbsoluteError",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn.decomposition._pca.PCA",
    "sklearn.ensemble._forest.ExtraTreesRegressor",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._multilayer_perceptron.MLPRegressor",
    "sklearn.pipeline.Pipeline",
    "sklearn.preprocessing._data.StandardScaler",
    "sklearn.tree._classes.ExtraTreeRegressor",
)
NUMBERS = ("ndarray", "float64", "float32", "int64", "int32", "uint64", "uint32", "uint8", "bool")
KINDS: dict[str, tuple[str, ...]] = {
    "ObjectNode": (*OURS, *SKLEARN),
    "TreeNode": (TREE,),
    "LossNode": LOSSES,
    "NdArrayNode": tuple(f"numpy.{name}" for name in NUMBERS),
    "DictNode": ("builtins.dict",),
    "ListNode": ("builtins.list",),
    "TupleNode": ("builtins.tuple", *TUPLES),
    "JsonNode": ("builtins.str",),
    "TypeNode": ("builtins.str", TREE, *LOSSES),
    "RandomStateNode": ("numpy.random.mtrand.RandomState",),
    "RandomGeneratorNode": ("numpy.random._generator.Generator",),
}
TRUSTED = (*OURS, *SKLEARN, *TUPLES, TREE)
STATE = ("max_depth", "node_count", "nodes", "values")  # what a `Tree` keeps


class ForeignError(ValueError):
    """A file that holds what no predictor of ours is made of."""


def read(content: bytes) -> Any:
    """Make the object that a skops file holds, if it holds no kind but ours and all its trees are sound."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema, context = read_schema(archive)
        if schema["protocol"] != PROTOCOL:
            raise ForeignError(f"skops protocol {schema['protocol']} and not {PROTOCOL}")
        plan = get_tree(schema, context, trusted=list(TRUSTED))
        nodes = list(_all(plan))
        foreign = sorted({name for node in nodes if (name := _foreign(node))})
        if foreign:
            raise ForeignError(", ".join(foreign))
        audit_tree(plan, trusted=list(TRUSTED))
        for node in nodes:
            if _loader(node) == "TreeNode":
                _check(node)
        return plan.construct()


def _all(plan: Node) -> Iterator[Node]:
    """Every node of the plan of an object, once each."""
    seen: set[int] = set()
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        for child in node.children.values():
            if isinstance(child, Node):
                waiting.append(child)
            elif isinstance(child, list | dict):
                waiting.extend(child.values() if isinstance(child, dict) else child)


def _foreign(node: Node) -> str:
    """Name of what a node asks for where it is none of ours, else nothing."""
    name = f"{node.module_name}.{node.class_name}"
    objects = _loader(node) == "NdArrayNode" and node.type != "numpy"
    return name if objects or name not in KINDS.get(_loader(node), ()) else ""


def _loader(node: Node) -> str:
    """Name of the kind of node, empty for kinds of older versions of skops."""
    return type(node).__name__ if type(node).__module__.startswith("skops.io._") else ""


def _check(node: Any) -> None:
    """Refuse the arguments and the state of a tree that has not been made yet; skops makes them once and keeps them."""
    arguments, state = node.args, node.attrs
    plain = _loader(arguments) == "TupleNode" and [_loader(part) for part in arguments.content] == [
        "JsonNode",
        "NdArrayNode",
        "JsonNode",
    ]
    kept = _loader(state) == "DictNode" and tuple(state.content) == STATE
    if not plain or not kept or [_loader(state.content[name]) for name in STATE[2:]] != ["NdArrayNode"] * 2:
        raise UnsoundError("a tree that is not kept as arrays")
    n_features, n_classes, n_outputs = arguments.construct()
    told = state.construct()
    if type(n_outputs) is not int or n_outputs != 1 or type(told.get("max_depth")) is not int:
        raise UnsoundError("a tree with more than one output or without a depth")
    check_tree(told.get("nodes"), told.get("values"), told.get("node_count"), n_features, n_classes)
