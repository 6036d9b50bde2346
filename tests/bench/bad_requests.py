"""Thousands of requests that no good client sends, as bytes on the line: each a name, its bytes, and how it is sent."""

import gzip
import io
import itertools
import json
import zipfile

LACO, FAMILY = "LiAlCl2.5O0.75", "LiAlCl{4-2x}O{x}"
SMALL = {
    "variables": {"x": "0:1:0.5"},
    "batch": 1,
    "track": False,
}  # in place of an example, so that a good request takes no time
HARMLESS = {  # and so that none of them trains or changes which model is in use
    "/api/v1/models/retrain": {"properties": ["nothing"]},
    "/api/v1/models/{name}/promote": {"version": 999_999},
}
NAMES = {"campaigns": "laco", "models": "tg"}  # of what a path names


def bodies():
    """A body of each request in JSON that the service documents, by its path: from the examples in its schema."""
    from vitrion.serve.api.app import create_app
    from vitrion.serve.settings import Settings

    schema = create_app(Settings()).openapi()
    found = {}
    for path, methods in sorted(schema["paths"].items()):
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            continue
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        fields = schema["components"]["schemas"][name]["properties"]
        body = {field: example(field, told) for field, told in fields.items()} | HARMLESS.get(path, {})
        found[path.format(name=next((name for kind, name in NAMES.items() if kind in path), ""))] = body
    return found


def example(field, told):
    """What the schema shows of a field, else what it is by default."""
    if field in SMALL:
        return SMALL[field]
    return told["examples"][0] if "examples" in told else told.get("default")


BODIES = bodies()
VALUES = [  # as JSON, or what is none
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "1" + "0" * 400,
        "9" * 5000,
        "-0",
        "1e-400",
        "0x10",
        "01",
        "1.",
    ),
    *(
        "null",
        "true",
        "[]",
        "{}",
        '""',
        '"x"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\u202e"',
        "'x'",
        "undefined",
    ),
    *("[" * 19 + "]" * 19, "[" * 60_000 + "]" * 60_000, '{"a":' * 30 + "1" + "}" * 30, '"' + "A" * 200_000 + '"'),
    *(
        "[null]",
        "[[1]]",
        '[{"formula": {}}]',
        '{"__proto__": {"x": 1}}',
        '"../../etc/passwd"',
        "[" + "1," * 50_000 + "1]",
    ),
    *('[{"a": 1e999}]', '{"x": "0:1:1e-300"}', '{"x": "nan:nan:nan"}', "-9223372036854775809", '"1e999"', '[""]'),
]
KINDS = [
    *("", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"),
    *(
        "multipart/form-data; boundary=",
        "application/json; charset=utf-16",
        "application/json;;;",
        "a" * 5000,
        "/",
        "\xff\xfe",
    ),
]
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp500"]
METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "HEAD", "PROPFIND", "get", "X" * 50]
PLACES = [
    *(
        "/",
        "/health",
        "/api/v1/jobs/0123456789abcdef0123",
        "/api/v1/jobs/x",
        "/api/v1/campaigns/laco",
        "/api/v1/campaigns/..%2f..",
    ),
    *(
        "/api/v1/data/tg",
        "/api/v1/data/%00",
        "/api/v1/models/tg/1e9/compare",
        "/static/%2e%2e%2fapp.py",
        "/api/v1/nothing",
        "//",
    ),
    *(
        "/api/v1/jobs/0123456789abcdef0123/result?format=exe",
        "/api/v1/jobs?limit=1e9&state=x",
        "/api/v1/data/tg?limit=-1",
    ),
    *(
        "/api/v1/data/tg?offset=99999999999999999999",
        "/api/v1/jobs?limit=" + "9" * 400,
        "/%ff%fe",
        "/api/v1/models/%F0%9F/rollback",
    ),
    *("/api/v1/data/lab?formula=" + "%00", "/api/v1/data/tg?formula=" + "A" * 3000, "/" + "a" * 8000, "/api/v1/rank/"),
]


def message(method, path, body=b"", headers=(), host="127.0.0.1"):
    told = [f"{method} {path} HTTP/1.1", f"host: {host}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(told).encode("latin-1", "replace") + b"\r\n\r\n" + body


def post(path, body, kind="application/json", more=()):
    return message("POST", path, body, [("content-type", kind), ("content-length", len(body)), *more])


def substituted():
    """Every field of every request in JSON, with every value that it may not have."""
    for (path, body), value in itertools.product(BODIES.items(), VALUES):
        for name in body:
            text = json.dumps({**body, name: "@"}).replace('"@"', value)
            yield f"{path} {name} {value[:20]}", post(path, text.encode("utf-8", "surrogatepass"))
        yield f"{path} whole {value[:20]}", post(path, value.encode("utf-8", "surrogatepass"))


def strange_kinds():
    good = {path: json.dumps(body).encode() for path, body in BODIES.items() if "retrain" not in path}
    for (path, body), kind in itertools.product(good.items(), KINDS):
        yield f"{path} as {kind[:20]}", post(path, body, kind)
    for (path, body), encoding in itertools.product(list(good.items())[:8], ENCODINGS):
        yield f"{path} in {encoding}", post(path, body.decode().encode(encoding))
        packed = gzip.compress(body)
        yield f"{path} gzipped", post(path, packed, more=[("content-encoding", "gzip")])
    for method, place in itertools.product(METHODS, PLACES):
        yield f"{method} {place[:40]}", message(method, place, headers=[("content-length", 0)])
    for place in PLACES:
        yield f"GET {place[:40]}", message("GET", place)


def part(name, content, filename=None, kind="text/csv"):
    told = f'; filename="{filename}"' if filename is not None else ""
    head = f'--b\r\ncontent-disposition: form-data; name="{name}"{told}\r\ncontent-type: {kind}\r\n\r\n'
    return head.encode("utf-8", "surrogatepass") + content + b"\r\n"


def book(size):
    """A zip file that claims to be a workbook and unpacks to a size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(size))
    return out.getvalue()


def column(rows, width=1, text="LiAlCl4"):
    """A small Parquet file of many equal cells."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    once = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))
    out = io.BytesIO()
    named = {"formula": once, **{f"c{at}": once for at in range(width - 1)}}
    pq.write_table(pa.table(named), out, compression="zstd")
    return out.getvalue()


def files():
    """Forms that are broken, and files that are not what they say or unpack to too much."""
    end = b"--b--\r\n"
    good = b"formula\nLiAlCl4\n"
    contents = {
        "a gzip bomb": gzip.compress(bytes(300_000_000), 6),
        "gzip in gzip": gzip.compress(gzip.compress(bytes(50_000_000))),
        "a broken gzip": gzip.compress(good)[:20],
        "a workbook bomb": book(300_000_000),
        "a broken workbook": book(10)[:60],
        "a Parquet of too many rows": column(6_000_000),
        "a Parquet of long cells": column(50_000, text="A" * 40_000),
        "a Parquet of many columns": column(10, width=1_500),
        "a broken Parquet": b"PAR1" + bytes(1000) + b"PAR1",
        "half a Parquet": column(10)[:100],
        "binary": bytes(range(256)) * 100,
        "one long line": b"formula\n" + b"A" * 3_000_000,
        "many columns": b"formula," + b"a," * 50_000 + b"\nLi\n",
        "an open quotation": b'formula,b\n"LiCl,' + b"x\n" * 100_000,
        "live cells": "formula,tg_C\n=1+1,-5\n@x,-6\n".encode("utf-16"),
        "nothing": b"",
        "blank lines": b"\n" * 100_000,
        "NaN": b"formula,tg_C\nLiAlCl4,nan\nLiAlCl4,1e999\nLiAlCl4,-inf\n",
        "a program": b"\x7fELF" + bytes(100),
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>',
    }
    names = ["x.csv", "x.xlsx", "x.parquet", "x.csv.gz", "../../x.csv", "x.exe", "", "\u0000.csv", "a" * 400 + ".csv"]
    for path, (name, content) in itertools.product(("/api/v1/jobs", "/api/v1/data/file"), contents.items()):
        for filename in names if len(content) < 10_000 else names[:4]:
            form = part("file", content, filename) + end
            yield f"{path} {name} as {filename[:20]}", post(path, form, "multipart/form-data; boundary=b")
    forms = {
        "no end": part("file", good, "x.csv"),
        "no file": part("goal", b"{}") + end,
        "a goal that is no JSON": part("file", good, "x.csv") + part("goal", b"{") + end,
        "a deep goal": part("file", good, "x.csv") + part("goal", b"[" * 50_000) + end,
        "a goal of NaN": part("file", good, "x.csv") + part("goal", b'{"tg_C": NaN}') + end,
        "a temperature of 1e999": part("file", good, "x.csv") + part("temperature_C", b"1e999") + end,
        "also of an object": part("file", good, "x.csv") + part("also", b'{"a": 1}') + end,
        "a long field": part("file", good, "x.csv") + part("goal", b'"' + b"a" * 2_000_000 + b'"') + end,
        "many fields": b"".join(part(f"f{at}", b"x") for at in range(2_000)) + end,
        "many files": b"".join(part("file", good, "x.csv") for _ in range(200)) + end,
        "file as a field": part("file", good) + end,
        "another boundary": part("file", good, "x.csv").replace(b"--b", b"--c") + end,
        "a long header": b"--b\r\nx: " + b"y" * 200_000 + b"\r\n\r\n" + good + end,
        "no header": b"--b\r\n\r\n" + good + end,
        "junk": bytes(1_000_000),
        "nothing": b"",
    }
    for path, (name, form) in itertools.product(("/api/v1/jobs", "/api/v1/data/file"), forms.items()):
        yield f"{path} {name}", post(path, form, "multipart/form-data; boundary=b")


def raw():
    """What is no request, or not all of one."""
    small = b'{"candidates": ["LiAlCl4"]}'
    json_of = [("content-type", "application/json")]
    chunked = [*json_of, ("transfer-encoding", "chunked")]
    yield "no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)
    yield "lines", b"GET / HTTP/1.1\nhost: 127.0.0.1\n\n"
    yield "HTTP/9", b"GET / HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n"
    yield "many headers", message("GET", "/health", headers=[(f"x{at}", "y") for at in range(5_000)])
    yield "a long header", message("GET", "/health", headers=[("x", "y" * 200_000)])
    yield "two lengths", post("/api/v1/rank", small, more=[("content-length", 3)])
    yield "a negative length", message("POST", "/api/v1/rank", small, [*json_of, ("content-length", -5)])
    yield "a length that is none", message("POST", "/api/v1/rank", small, [*json_of, ("content-length", "1e3")])
    yield "a length of 10^30", message("POST", "/api/v1/rank", small, [*json_of, ("content-length", 10**30)])
    yield "chunks that are none", message("POST", "/api/v1/rank", b"zz\r\nxx\r\n0\r\n\r\n", chunked)
    yield "a chunk of 10^18", message("POST", "/api/v1/rank", b"de0b6b3a7640000\r\nxx", chunked)
    yield "both", message("POST", "/api/v1/rank", b"0\r\n\r\n", [*chunked, ("content-length", 5)])
    yield "a smuggled request", message("POST", "/api/v1/rank", b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n", chunked)
    yield "an odd cookie", message("GET", "/", headers=[("cookie", 'a="\\; b; vitrion_session=\x00"')])
    for key in ("", "k" * 101, "'; DROP TABLE answers; --", "\xe9"):
        yield f"the key {key[:9]}", post("/api/v1/campaigns", b"{}", more=[("idempotency-key", key)])
    for host in ("evil.example", "", "127.0.0.1:99999999", "a" * 3000, "127.0.0.1, evil.example", "[::1"):
        yield f"the host {host[:9]}", message("GET", "/health", host=host)
    for value in ("", "Bearer", "Bearer " + "x" * 5000, "Basic YTpi", "Bearer \xff", "Digest x"):
        yield f"authorization {value[:9]}", message("GET", "/api/v1/jobs", headers=[("authorization", value)])


def everything():
    """All of them, in an order in which the kinds are mixed."""
    told = [*substituted(), *strange_kinds(), *files(), *raw()]
    return [told[(at * 7919) % len(told)] for at in range(len(told))] if len(told) % 7919 else told
