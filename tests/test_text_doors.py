"""Every door that takes a stranger's text costs at most twice as much for twice the text.

Each door is a function of a text and the greatest length that is tried; each text is built of a piece that is
repeated: openers that are never closed, near-matches, quotation marks, backslashes, digits, brackets. What a door
refuses as too long is bounded already, and what it reads is measured in processor time of this thread, so that what
else runs on the machine does not count.
"""

import asyncio
import contextlib
import email.message
import gc
import gzip
import importlib
import io
import itertools
import json
import pkgutil
import re
import time
import zipfile
from functools import lru_cache

import openpyxl
import pandas as pd
import pytest
import vitrion
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import QueryParams
from starlette.requests import Request
from vitrion.datasets import PROPERTIES, units
from vitrion.datasets.exchange import delimited, inert, structured
from vitrion.datasets.tables import cells, grid, headers, reader
from vitrion.datasets.tables import excel as grid_excel
from vitrion.experiments.campaign_log import store as campaign_store
from vitrion.experiments.recipes.recipe import Recipe
from vitrion.experiments.task import outcomes
from vitrion.experiments.task.goal import Goal
from vitrion.features import Composition, Template, charge, column
from vitrion.features.space.grid import axis
from vitrion.serve import request_log as journal
from vitrion.serve.admission import bodies, listening
from vitrion.serve.api import access, heads
from vitrion.serve.cli import options
from vitrion.serve.errors import refusals
from vitrion.serve.schemas import limits
from vitrion.serve.security import keys as keyring
from vitrion.serve.storage import retries as patience

LONGEST_RATIO = 2.6  # of the times for a text and its half; 4 where each piece looks at all others
TOO_LITTLE_S = 0.0015  # processor time below which a ratio says nothing
LARGE = 60_000

OPENERS = ("", '"', "'", "[" * 25 + '"', "Li", "1")
PIECES = (
    *(
        '"',
        "'",
        '\\"',
        "\\\\",
        "\\",
        '""',
        '"a",',
        ',"',
        '"\n',
        "'a'",
        "`",
        "[",
        "]",
        "[[]",
        "[ ]",
        "{",
        "{}",
        "}",
        "(",
        ")",
    ),
    *(
        "()",
        "<",
        "<c ",
        "<c >",
        "<c ><f ",
        "<!--",
        "<mergeCell ",
        '<mergeCell ref="A',
        "<a:c ",
        "&",
        "&amp;",
        ";",
        ",",
        ".",
        ":",
    ),
    *(
        "a:",
        "://",
        "a://",
        "x@",
        "-",
        "+",
        "=",
        " ",
        "  x",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "0",
        "9",
        "9.",
        "1e",
        "1e9",
        "9,",
        "999,",
    ),
    *(
        "1-",
        "1/",
        "10^",
        "A",
        "Li",
        "LiCl-",
        "Li2O ",
        "C1",
        "2+",
        "V2+",
        "1+C",
        "N30.5",
        "·5(C)1",
        "(Li)2",
        "(II)",
        "{x}",
        "{x}Li",
    ),
    *(
        "2x",
        "(1-x)",
        "x",
        "é",
        "e\u0301",
        "𝟘",
        "₂",
        "⁺",
        "°",
        "µ",
        "±",
        "+/-",
        "%",
        "%25",
        "#",
        "*",
        "^",
        "_",
        "~",
        "$",
    ),
    *(
        "a.",
        "a.a=1\n",
        "a=1\n",
        "[a]\n",
        "[a.b]\n",
        "a-",
        "doi:",
        "10.1",
        "bearer ",
        "token=",
        "jan",
        "1 jan",
        "S/cm ",
        "(K",
    ),
    *(
        "\\u0022",
        "\\ud83d",
        "\\ud83d\\ude00",
        "\r\n--",
        "\r\n--b",
        "name it a_K",
        "; a=",
        ';a="',
        "wt ",
        "m.",
        "mol%",
        "same ",
    ),
)


def wrapped(scope_headers, query=b""):
    """What is left of a request's head where the service reads it; the cookies are parsed as FastAPI does."""
    seen = []

    async def app(scope, receive, send):
        seen.append(Request(scope).cookies)

    async def send(message):
        seen.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": scope_headers}
    asyncio.run(heads.Heads(app)(scope, None, send))
    return seen


def head(text):
    value = text.encode("utf-8", "replace")
    wrapped([(b"cookie", b"vitrion_session=" + value), (b"host", value), (b"origin", value)])
    for read in (access._name, heads.cookie_of, keyring.SECRET.fullmatch, keyring.NAME.fullmatch):
        read(text)
    access._bearer({"authorization": f"Bearer {text}"})


def content_type(text):
    told = f"multipart/form-data; {text}".replace("\n", "").replace("\r", "")
    parse_options_header(told)
    message = email.message.Message()  # as FastAPI does
    message["content-type"] = told
    message.get_content_maintype()


def multipart(text):
    parser = MultipartParser(b"b" * 16, {})
    parser.write(
        b"--" + b"b" * 16 + b'\r\nContent-Disposition: form-data; name="goal"\r\n\r\n' + text.encode("utf-8", "replace")
    )


@lru_cache(maxsize=1)
def parts():
    """The files in a small workbook."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.append(["formula", "tg_C"])
    made.active.append(["SiO2", 1200])
    made.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def workbook(text):
    """A workbook with the text in a comment of its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts().items():
            more = b"<!--" + text.replace("--", "").encode("utf-8", "replace") + b"-->" if "sheet1" in name else b""
            archive.writestr(name, content + more)
    reader.parse(out.getvalue(), "x.xlsx")


def sheet(text):
    content = text.encode("utf-8", "replace")
    grid_excel.MERGED.search(content)
    grid_excel._refuse_unsolved(content, "x.xlsx")
    list(grid_excel.TEXT.finditer(content))


def json_goal(text):
    bodies.unreadable(json.dumps({"forbidden": [text]}).encode(), 20)
    Goal.of(limits.plain({"forbidden": [text], "weights": {text: 1}}))


def toml(text):
    Recipe.from_toml(text)


def cell(text):
    kinds = (cells.number, cells.formula, cells.doi, cells.year, cells.fact_number, cells._why_no_number, inert.inert)
    for read in kinds:
        with contextlib.suppress(ValueError):
            read(text)
    for prop in PROPERTIES.values():
        with contextlib.suppress(ValueError):
            units.find(text, prop)


def csv(text, first="formula{0}tg_C\nSiO2{0}1200\n"):
    for mark in ",;\t":
        with contextlib.suppress(ValueError):
            reader.parse((first.format(mark) + text).encode("utf-8", "replace"), "x.csv")
        with contextlib.suppress(ValueError):
            delimited.split(first.format(mark) + text, "x.csv")


def first_line(text):
    with contextlib.suppress(ValueError):
        reader.parse(text.encode("utf-8", "replace"), "x.csv")
    with contextlib.suppress(ValueError):
        reader.parse(gzip.compress(text.encode("utf-8", "replace")), "x.csv.gz")
    delimited.split(text, "x.csv")


def campaign(text):
    with contextlib.suppress(ValueError):
        campaign_store.decode(text)
    campaign_store.decode(json.dumps({"kind": "vitrion campaign", "format": 1, "name": text}))


def names(text):
    limits.label(text, "x.csv")
    refusals.visible(text)
    with contextlib.suppress(ValueError):
        campaign_store.checked_name(text)


def messages(text):
    journal.hidden(text)
    refusals.public(text)
    str(patience.away(OSError(text)))


def formula_column(text):
    column.amounts([text, "LiCl"])
    charge.explain(text)


def header(text):
    grid.bounded(grid.Grid("x.csv", ("formula", text), ((2, ("LiCl", None)),)))
    headers.understand(("formula", text), "x.csv")


def results(text):
    limits.bounded_table([{"formula": text, text[:60]: 1.0}])
    outcomes.Outcomes.of(pd.DataFrame({"formula": [text], "tg_C": [text], "note": [text]}))


BARE, QUOTED, ALL = ("",), ("", '"'), OPENERS
DOORS = {  # what reads the text, the greatest length that is tried, and what the text begins with
    "a body": (lambda text: bodies.unreadable(text.encode("utf-8", "replace"), 20, 10**9), 400_000, ALL),
    "headers": (head, listening.MOST_HEAD, QUOTED),
    "a content type": (content_type, listening.MOST_HEAD, QUOTED),
    "a query": (lambda text: QueryParams(text).multi_items(), listening.MOST_HEAD, BARE),
    "a form with files": (multipart, LARGE, BARE),
    "words of an error": (messages, LARGE, QUOTED),
    "a formula": (Composition.parse, 256, ALL),
    "a formula in a column": (formula_column, 256, ALL),
    "a template": (Template.parse, 256, ALL),
    "an expression": (lambda text: Template.parse(f"Li{{{text}}}Cl"), 200, ALL),
    "a range": (lambda text: axis(text, "x"), 200, ALL),
    "a range of the command line": (lambda text: options.read_ranges("Li{x}Cl", [f"x={text}"]), 200, BARE),
    "a cell": (cell, 1_000, ALL),
    "the name of a column": (header, grid.LONGEST_NAME, ALL),
    "rows of a table": (csv, LARGE // 4, QUOTED),
    "the first line of a table": (first_line, LARGE // 4, QUOTED),
    "a sheet": (sheet, LARGE, QUOTED),
    "a workbook": (workbook, LARGE // 4, BARE),
    "results in JSON": (results, 1_000, BARE),
    "a goal in JSON": (json_goal, limits.LONGEST_TEXT, QUOTED),
    "a goal in TOML": (toml, structured.LONGEST_TOML, BARE),
    "a campaign": (campaign, LARGE, QUOTED),
    "a name": (names, LARGE, BARE),
}
SHORT_S = {"a goal in TOML": 0.5}  # not linear in the reader of Python, and bounded in length so that it takes less


def seconds(door, text, tries=1):
    """Least processor time of some tries that a door takes, whatever it makes of the text."""
    told = []
    for _ in range(tries):
        began = time.thread_time()
        with contextlib.suppress(ValueError):
            door(text)
        told.append(time.thread_time() - began)
    return min(told)


def grown(door, opener, piece, length, end="!"):
    """Time for a text of a length, and how often that for half of it, measured again while it looks like too much."""
    half, whole = (opener + piece * ((size - len(opener) - 1) // len(piece)) + end for size in (length // 2, length))
    took, times = seconds(door, whole), 0.0
    for tries in (1, 3, 6):  # what something else on the machine did is not there again
        if took < TOO_LITTLE_S:
            break
        took = min(took, seconds(door, whole, tries))
        times = took / max(seconds(door, half, tries), 1e-9)
        if times <= LONGEST_RATIO:
            break
    return took, times


@pytest.mark.parametrize("name", DOORS)
def test_twice_the_text_takes_twice_the_time(name):
    """What costs the square of its length is met at an eighth of the greatest length first, where it is cheap."""
    door, most, openers = DOORS[name]
    seconds(door, "LiAlCl4")  # what is loaded once is loaded
    gc.disable()
    try:
        for length, opener, piece in itertools.product((most // 8, most) if most > 2_000 else (most,), openers, PIECES):
            took, times = grown(door, opener, piece, length)
            told = f"{opener!r} and then {piece!r}, {length:,} characters: {took:.3f} s, {times:.2f} times the half"
            assert took < TOO_LITTLE_S or times <= LONGEST_RATIO or took < SHORT_S.get(name, 0), told
    finally:
        gc.enable()


def patterns():
    """Every pattern that a module of ours keeps, with the greatest length that is tried, by the name of its module."""
    advice = dict.fromkeys(
        ("features.conventions.conventions", "features.conventions.proportions", "features.conventions.variables"), 64
    )
    longest = advice | {
        "features": 256,
        "datasets.tables.cells": 1_000,
        "datasets.tables.headers": 255,
        "datasets.units": 255,
    }
    found = {}
    for info in pkgutil.walk_packages(vitrion.__path__, "vitrion."):
        floor = info.name.split(".")[1]
        if floor not in ("features", "datasets", "models", "experiments", "serve") or "migrations" in info.name:
            continue
        waiting = list(vars(importlib.import_module(info.name)).values())
        while waiting:
            one = waiting.pop()
            if isinstance(one, re.Pattern):
                place = next((most for name, most in longest.items() if f"vitrion.{name}" in info.name), 16_000)
                found[one] = (info.name, place)
            elif isinstance(one, tuple | list):
                waiting.extend(one)
            elif isinstance(one, dict):
                waiting.extend([*one.keys(), *one.values()])
    return found


def test_every_pattern_takes_twice_the_time_for_twice_the_text():
    """A pattern that a module keeps, and none of the doors above may reach, on texts of its own letters too."""
    known = patterns()
    assert len(known) > 60, "the patterns are not where they were"
    for pattern, (module, most) in known.items():
        text = pattern.pattern
        as_bytes = isinstance(text, bytes)
        own = re.findall(r"[A-Za-z<>=:]{2,12}", text.decode() if as_bytes else text)
        words = (*PIECES, *own, *(f"{word} " for word in own), *(f"{word}1" for word in own))
        for piece, end in itertools.product(words, ("", "!")):

            def door(told, pattern=pattern, as_bytes=as_bytes):
                given = told.encode("utf-8", "replace") if as_bytes else told
                pattern.sub(given[:0], given)
                pattern.fullmatch(given)

            took, times = grown(door, "", piece, most, end)
            told = f"{module}, {text!r}: {piece!r}: {took:.3f} s at {most:,}, {times:.2f} times the half"
            assert took < TOO_LITTLE_S or times <= LONGEST_RATIO, told
