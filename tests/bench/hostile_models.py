"""Sixty and more hostile model files that no training of ours wrote, with the hash that their record tells.

Each is made of a good file, as somebody could who can write both the file and its record.
"""

import copy
import io
import json
import os
import pickle
import zipfile
import zlib

import numpy as np
from vitrion.models.artifacts import container


class Command:
    """What pickle would run."""

    def __init__(self, words):
        self.words = words

    def __reduce__(self):
        return os.system, (self.words,)


def raw(heading, data):
    """A file of a heading, or of a text in its place, and bytes."""
    text = heading if isinstance(heading, bytes) else json.dumps(heading).encode()
    return len(text).to_bytes(8, "little") + text + data


def split(good):
    """Heading and bytes of a file."""
    length = int.from_bytes(good[:8], "little")
    return json.loads(good[8 : 8 + length]), good[8 + length :]


def of_heading(good, change):
    heading, data = split(good)
    return raw(change(heading) or heading, data)


def of_entry(good, name, **told):
    return of_heading(good, lambda heading: heading[name].update(told))


def of_card(good, change):
    arrays, card = container.read(good)
    card = copy.deepcopy(card)
    change(card)
    return container.write(arrays, card)


def of_text(good, old, new):
    """A card in which a piece of text stands in place of another."""
    heading, data = split(good)
    card = heading["__metadata__"]["card"]
    assert old in card
    heading["__metadata__"]["card"] = card.replace(old, new, 1)
    return raw(heading, data)


def of_array(good, name, change):
    """Another array in place of one; `change` gives it, or changes a copy."""
    arrays, card = container.read(good)
    changed = arrays[name].copy()
    told = change(changed)
    return container.write(arrays | {name: changed if told is None else told}, card)


def put(value, place=0):
    def change(array):
        array.ravel()[place] = value

    return change


def swap(one, two):
    def change(array):
        array[[one, two]] = array[[two, one]]

    return change


def largest(array):
    """Every place of a table holds its largest number."""
    array[...] = array.max()


def lying_headings(good):
    """Headings that tell of the file what is not so."""
    heading, data = split(good)
    names = [name for name in heading if name != "__metadata__"]
    one, other = names[0], names[1]
    begin, end = heading[one]["data_offsets"]
    last = max(names, key=lambda name: heading[name]["data_offsets"][1])
    text = json.dumps(heading)
    twice = text[:-1] + f', "{one}": {json.dumps(heading[one])}}}'
    size, shape = len(data), heading[one]["shape"]
    return {
        "nothing": b"",
        "seven bytes": b"\0" * 7,
        "half a file": good[: len(good) // 2],
        "one byte short": good[:-1],
        "one byte more": good + b"\0",
        "a heading longer than the file": (len(good) + 1).to_bytes(8, "little") + good[8:],
        "a heading of 2^63 bytes": (2**63).to_bytes(8, "little") + good[8:],
        "a heading of no bytes": raw(b"", data),
        "a heading that is no text": raw(b"\xff\xfe" * 40, data),
        "a heading that is no JSON": raw(b"{" * 10, data),
        "a heading that is a list": raw(b"[]", data),
        "a heading nested 100,000 deep": raw(b"[" * 100_000 + b"]" * 100_000, data),
        "a heading of 2 MB": raw(b" " * 2_000_000 + text.encode(), data),
        "an array twice": raw(twice.encode(), data),
        "no card": of_heading(good, lambda h: h.pop("__metadata__") and None),
        "two cards": of_heading(good, lambda h: h["__metadata__"].update(more="{}")),
        "a card that is a number": of_heading(good, lambda h: h["__metadata__"].update(card=7)),
        "an array beyond the file": of_entry(good, one, data_offsets=[begin, size + 8], shape=[size + 8 - begin]),
        "an array that ends before it begins": of_entry(good, one, data_offsets=[end, begin]),
        "an array before the file": of_entry(good, one, data_offsets=[-8, end]),
        "arrays that overlap": of_entry(good, other, data_offsets=heading[one]["data_offsets"], shape=shape),
        "bytes of nobody": raw({name: told for name, told in heading.items() if name != last}, data),
        "an array of 10^15 numbers": of_entry(good, one, shape=[10**15]),
        "an array of 2^70 numbers": of_entry(good, one, shape=[2**70]),
        "an array of 2^32 times 2^32 numbers": of_entry(good, one, shape=[2**32, 2**32]),
        "an array of negative size": of_entry(good, one, shape=[-1]),
        "an array of half a number": of_entry(good, one, shape=[1.5]),
        "an array of 64 sides": of_entry(good, one, shape=[*shape, *[1] * 64]),
        "an array of true": of_entry(good, one, shape=[True]),
        "an array of objects": of_entry(good, one, dtype="O"),
        "an array of a type that is a list": of_entry(good, one, dtype=["F64"]),
        "an array without a place": of_heading(good, lambda h: h[one].pop("data_offsets") and None),
        "an array that is a text": of_heading(good, lambda h: h.update({one: "x"})),
        "2,000 empty arrays": of_heading(
            good,
            lambda h: h.update({f"x{n}": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for n in range(2000)}),
        ),
    }


def wrong_arrays(good):
    """Arrays of the right kind of file that no training writes."""
    arrays, _ = container.read(good)
    feature = arrays["near.feature"]
    leaf, inner = int(np.flatnonzero(feature == 255)[0]), int(np.flatnonzero(feature != 255)[0])
    packed, which = "known.known_formulas_.packed", "known.known_references_"
    rows = f"{which}.which" if f"{which}.which" in arrays else f"{which}.of"
    bomb = np.frombuffer(zlib.compress(bytes(200_000_000)), dtype=np.uint8)

    def changed(name, change):
        return of_array(good, name, change)

    def without(name):
        return container.write({own: array for own, array in arrays.items() if own != name}, container.read(good)[1])

    return {
        "a tree that does not end": changed("near.feature", put(0, leaf)),
        "a tree that ends early": changed("near.feature", put(255, inner)),
        "a tree that is closed before its end": changed("near.feature", swap(0, leaf)),
        "a tree of leaves alone": changed("near.feature", lambda array: np.full_like(array, 255)),
        "a tree without a leaf": changed("near.feature", np.zeros_like),
        "a feature that is not there": changed("near.feature", put(254, inner)),
        "features in another type": changed("near.feature", lambda array: array.astype(np.int64)),
        "no nodes": changed("near.feature", lambda array: array[:0]),
        "a tree of no node": changed("near.sizes", put(0)),
        "a tree of less than no node": changed("near.sizes", put(-(2**31))),
        "trees of more nodes than there are": changed("near.sizes", put(2**31 - 1)),
        "a tree cut elsewhere": changed("near.sizes", lambda array: array + np.eye(1, len(array), dtype="i4")[0] * 2),
        "a threshold that is no number": changed("near.threshold", put(np.nan)),
        "an infinite value": changed("near.value", put(np.inf)),
        "a value beyond what conductivity can be": changed("near.value", put(1e9)),
        "an energy of 1,000 eV": changed("energies.trees_.value", put(1e3)),
        "fewer thresholds": changed("near.threshold", lambda array: array[1:]),
        "a weight that is no number": changed("committee.networks_.0.0.weights.rows", put(np.nan)),
        "weights the other way round": changed("committee.networks_.0.1.weights", lambda array: array.T.copy()),
        "weights in double precision": changed(
            "committee.networks_.0.0.weights.rows", lambda array: array.astype(float)
        ),
        "huge weights": changed("committee.networks_.0.0.weights.rows", lambda array: np.full_like(array, 3e38)),
        "a spread of zero": changed("committee.column_scale_.spread", put(0.0)),
        "a process of fewer rows": changed("process.coefficients_", lambda array: array[1:]),
        "a whitener of another size": changed("process.whitener_", lambda array: array[1:]),
        "a length beyond all": changed("process.theta_", put(1e6)),
        "an element beyond the table": changed("process.points_.elements.places", put(2**32 - 1, -1)),
        "elements that do not rise": changed("process.points_.elements.places", lambda array: array[::-1].copy()),
        "points that are no numbers": changed("domain.points_.rows", put(np.nan)),
        "points in another space": changed("domain.points_.rows", lambda array: array[:, 1:].copy()),
        "a row of no text": changed(rows, put(2**16 - 1)),
        "texts that are no zip": changed(packed, lambda array: array[::-1].copy()),
        "texts cut off": changed(packed, lambda array: array[:-9].copy()),
        "texts that unpack to 200 MB": changed(packed, lambda _: bomb),
        "texts that are numbers": changed(packed, lambda _: np.frombuffer(zlib.compress(b"[1]"), dtype=np.uint8)),
        "quantiles that fall": changed("calibration.quantiles", lambda array: array[..., ::-1].copy()),
        "a grid that does not rise": changed("calibration.means", largest),
        "a negative noise": changed("residuals.noise", put(-1.0)),
        "a further array": container.write(arrays | {"evil": np.zeros(3)}, container.read(good)[1]),
        "no domain": without("domain.components_"),
        "no forest": without("committee.trees_.sizes"),
    }


def wrong_cards(good):
    """Cards that contradict the arrays, themselves, or what a predictor is made of."""

    def changed(change):
        return of_card(good, change)

    def numbers(**told):
        return changed(lambda card: card["numbers"].update(told))

    def predictor(**told):
        return changed(lambda card: card["predictor"].update(told))

    def regressor(**told):
        return changed(lambda card: card["regressor"].update(told))

    return {
        "another format": changed(lambda card: card.update(format=99)),
        "a format that is true": changed(lambda card: card.update(format=True)),
        "another property": changed(lambda card: card.update(property="tg")),
        "a property that is a path": changed(lambda card: card.update(property="../tg")),
        "no descriptors": changed(lambda card: card.update(descriptors={})),
        "fewer descriptors": changed(lambda card: card["descriptors"].pop(next(iter(card["descriptors"]))) and None),
        "a further entry": changed(lambda card: card.update(code="import os")),
        "numbers that are a list": changed(lambda card: card.update(numbers=[])),
        "a scale of zero": numbers(**{"committee.scale_": 0.0}),
        "a variance below zero": numbers(**{"residuals.law.row": -1.0}),
        "a number that is a text": numbers(**{"process.scale_": "1.0"}),
        "10^9 rows of nothing": numbers(**{"foreign.rows": 10**9}),
        "a million networks": numbers(**{"committee.networks_.number": 10**6}),
        "a further number": numbers(evil=1.0),
        "a number that is NaN": of_text(good, '"numbers":{', '"numbers":{"x":NaN,'),
        "a number beyond all": of_text(good, '"numbers":{', '"numbers":{"x":1e999,'),
        "a name twice": of_text(good, '"numbers":{', '"numbers":{"process.offset_":0.0,'),
        "another estimator": regressor(estimator="Pipeline"),
        "a committee that is a text": regressor(committee="os.system"),
        "a committee that is a process": regressor(committee={"estimator": "FamilyProcess", "n_steps": 1}),
        "a parameter that there is not": predictor(evil=1),
        "a coverage of 2": predictor(coverage=2.0),
        "blocks that are a number": predictor(blocks=3),
        "blocks of another order": predictor(blocks=["glass", "fractions"]),
        "no conditions": predictor(conditions=False),
        "limits of one number": regressor(heard=[0.1]),
        "descriptors of another regressor": regressor(descriptors=["o_per_m"]),
    }


def hostile(good, trace):
    """Names and contents of the files.

    Parameters
    ----------
    good
        Content of a file that our training wrote, of conductivity, with own results.
    trace
        Path of the file that would tell that something ran.
    """
    words = f"touch {trace}"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "schema.json", json.dumps({"__class__": "system", "__module__": "os", "__loader__": "TypeNode"})
        )
    others = {"a pickle": pickle.dumps(Command(words)), "objects of an older version": out.getvalue()}
    return lying_headings(good) | wrong_arrays(good) | wrong_cards(good) | others
