"""Thirty model files that no training of ours wrote, with the hash that their record tells.

Each is made of a good file, as somebody could who can write both the file and its record. What runs in one of them
leaves a trace: a file of a given name.
"""

import functools
import io
import json
import os
import pickle
import zipfile

import numpy as np
import sklearn.linear_model
import skops.io
from vitrion.models.artifacts import artifact
from vitrion.models.design.descriptor_record import columns
from vitrion.models.predictor import Predictor


class Command:
    """What pickle would run."""

    def __init__(self, words):
        self.words = words

    def __reduce__(self):
        return os.system, (self.words,)


def entries_of(good):
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries, kind=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def rewritten(good, change, kind=zipfile.ZIP_STORED):
    entries = entries_of(good)
    change(entries)
    return zipped(entries, kind)


def of_schema(change):
    def alter(entries):
        schema = json.loads(entries["schema.json"])
        change(schema)
        entries["schema.json"] = json.dumps(schema).encode()

    return alter


def parts(schema, name):
    found, waiting = [], [schema]
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
        if isinstance(part, dict) and part.get("__class__") == name:
            found.append(part)
    return found


def array(kind, name, change):
    """Change one array of the last object of a class."""

    def alter(entries):
        part = parts(json.loads(entries["schema.json"]), kind)[-1]
        file, out = part["content"]["content"][name]["file"], io.BytesIO()
        np.save(out, change(np.load(io.BytesIO(entries[file]))))
        entries[file] = out.getvalue()

    return alter


def put(field, value):
    def change(values):
        (values if field is None else values[field])[0] = value
        return values

    return change


def node(loader, module, name, **more):
    """A part of a file that asks for something of another module."""

    def change(schema):
        told = {"__class__": name, "__module__": module, "__loader__": loader, "__id__": 10**9, **more}
        schema["content"]["content"]["evil"] = told

    return of_schema(change)


def dumped(thing):
    entries = entries_of(skops.io.dumps(thing))
    entries[artifact.LABEL] = artifact.label("tg", columns(("fractions", "glass"))).encode()
    return zipped(entries)


def partial(words):
    strange = Predictor("tg")
    strange.regressor_ = functools.partial(os.system, words)
    return dumped(strange)


def objects(words):
    out = io.BytesIO()
    np.save(out, np.array([Command(words)], dtype=object), allow_pickle=True)

    def change(entries):
        entries.update({name: out.getvalue() for name in entries if name.endswith(".npy")})

    return change


def heading(shape):
    """An array that claims to be of another size than it is."""

    def change(entries):
        name = next(name for name in entries if name.endswith(".npy"))
        told = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
        told = told.ljust(117) + "\n"
        entries[name] = b"\x93NUMPY\x01\x00" + len(told).to_bytes(2, "little") + told.encode() + bytes(64)

    return change


def json_of(text):
    return lambda entries: entries.update({"schema.json": text})


def circle(schema):
    """A part that holds itself, by its number."""
    whole = schema["content"]["content"]
    whole["regressor_"] = {"__class__": "dict", "__module__": "builtins", "__loader__": "CachedNode", "__id__": 1}


def hostile(good, trace):
    """Names and contents of the files.

    Parameters
    ----------
    good
        Content of a file that our training wrote.
    trace
        Path of the file that would tell that something ran.
    """
    words = f"touch {trace}"
    reduce = {"args": {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": []}}
    flipped = bytearray(good)
    flipped[len(flipped) // 2] ^= 255
    claim = {"content": "1000000000", "__id__": 10**9}  # under its own number it might be read before, and kept
    count = of_schema(lambda s: parts(s, "Tree")[-1]["content"]["content"]["node_count"].update(claim))
    lost = of_schema(lambda s: s["content"]["content"].pop("domain_"))
    changed = {
        "a path out of the folder": lambda e: e.update({f"../../{trace.name}": b"x", "/etc/vitrion": b"x"}),
        "another array's place": of_schema(
            lambda s: parts(s, "Tree")[-1]["content"]["content"]["nodes"].update(file="../../../../etc/passwd")
        ),
        "os.system as a function": node("FunctionNode", "posix", "system"),
        "os.system as a type": node("TypeNode", "os", "system"),
        "a method of an object": node("MethodNode", "builtins", "eval", content={"func": "system", "obj": {}}),
        "a reduced object": node("ReduceNode", "os", "system", __reduce__=reduce),
        "an operator": node("OperatorFuncNode", "operator", "methodcaller", attrs=reduce["args"]),
        "a loader that there is not": node("EvilNode", "os", "system"),
        "a loader of an older protocol": of_schema(lambda s: s.update(protocol=0)),
        "objects in an array": objects(words),
        "an array of 10^15 numbers": heading((10**15,)),
        "an array of negative size": heading((-5,)),
        "no JSON": json_of(b"{"),
        "JSON nested 100,000 deep": json_of(b"[" * 100_000 + b"]" * 100_000),
        "a part that holds itself": of_schema(circle),
        "a child beyond the tree": array("Tree", "nodes", put("left_child", 2**40)),
        "a child before the tree": array("Tree", "nodes", put("right_child", -7)),
        "a tree in a circle": array("Tree", "nodes", put("left_child", 0)),
        "a feature that is not there": array("Tree", "nodes", put("feature", 2**40)),
        "a threshold that is no number": array("Tree", "nodes", put("threshold", np.nan)),
        "a value that is no number": array("Tree", "values", put(None, np.nan)),
        "a value beyond what conductivity can be": array("Tree", "values", put(None, 1e9)),
        "a tree that claims more nodes": count,
        "a predictor without a part": lost,
        "an entry of another version": lambda e: e.update({artifact.LABEL: b'{"format": 99}'}),
    }
    files = {name: rewritten(good, change) for name, change in changed.items()}
    bomb = rewritten(good, lambda e: e.update(bomb=bytes(artifact.LARGEST_CONTENT + 1)), zipfile.ZIP_DEFLATED)
    return files | {
        "a bomb": bomb,
        "a pickle": pickle.dumps(Command(words)),
        "os.system in a partial call": partial(words),
        "half a file": good[: len(good) // 2],
        "a flipped byte": bytes(flipped),
        "another estimator": dumped(sklearn.linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])),
    }
