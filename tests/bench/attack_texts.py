"""Attacks by texts: a small body, cookie or file that would cost the square of its length, or unpack to all memory."""

import contextlib
import gzip
import io
import statistics
import threading
import time
import zipfile

import httpx
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

MOST_S = 0.25  # of /health meanwhile, p99
ENTRIES = 100_000_000  # of a list in one row
OPEN = "[" * 25 + '"' + '\\"' * 200_000


class Watch:
    """Looks at /health ten times a second meanwhile, and raises where it is slow."""

    def __init__(self, here):
        self._here, self._stop, self.took = here, threading.Event(), []

    def __enter__(self):
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, kind, *told):
        self._stop.set()
        self._thread.join()
        if kind is None:
            assert self.p99 < MOST_S, f"/health took {1000 * self.p99:.0f} ms (p99 of {len(self.took)})"

    @property
    def p99(self):
        return statistics.quantiles(self.took, n=100)[-1]

    def __str__(self):
        return f"/health p99 {1000 * self.p99:.0f} ms of {len(self.took)}"

    def _look(self):
        with httpx.Client(base_url=self._here.base, timeout=60, trust_env=False) as http:
            while not self._stop.wait(0.02) or len(self.took) < 300:
                began = time.perf_counter()
                assert http.get("/health").status_code == 200
                self.took.append(time.perf_counter() - began)


def bodies(here, times):
    """Brackets, a quotation mark and escaped ones: to all that takes JSON, and in a field of a form."""
    here.serve()
    answers = []
    with Watch(here) as watch:
        for _ in range(times):
            for path in ("rank", "sweep", "propose", "data", "campaigns", "jobs"):
                headers = {"content-type": "application/json"}
                answers.append(here.ask("POST", f"/api/v1/{path}", content=OPEN.encode(), headers=headers).status_code)
            form = {"files": {"file": ("a.csv", "formula\nLiCl\n")}, "data": {"goal": OPEN}}
            answers.append(here.ask("POST", "/api/v1/jobs", **form).status_code)
    assert set(answers) == {422}, answers
    here.still_answers()
    return f"{len(answers)} bodies of {len(OPEN) // 1000} kB refused, {watch}"


def cookies(here, times):
    """A quoted cookie full of backslashes, with and without the name of ours."""
    here.serve()
    with Watch(here) as watch:
        for _ in range(times):
            for name in ("vitrion_session", "other"):
                cookie = f'{name}="' + '\\"' * 7_000 + '"'
                assert here.ask("GET", "/api/v1/models", headers={"cookie": cookie}).status_code == 200
    return f"{2 * times} cookies of 14 kB passed over, {watch}"


def workbook(text):
    """A workbook with a text in a comment behind its sheet."""
    book, out, more = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["formula", "tg_C"])
    book.active.append(["LiAlCl4", -5])
    book.save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(more, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            comment = b"<!--" + text + b"-->" if "sheet1" in name else b""
            new.writestr(name, old.read(name) + comment)
    return more.getvalue()


def parquet(more):
    """A Parquet file of one row, with a column more."""
    out = io.BytesIO()
    pq.write_table(pa.table({"formula": ["LiAlCl4"], "tg_C": [-5.0], "more": more}), out, compression="zstd")
    return out.getvalue()


def files(here, times):
    """Small files that unpack to much, or were read again and again, to both doors; the queue goes on behind them."""
    here.serve()
    many = pa.array(np.zeros(ENTRIES, np.int8))
    sent = {
        "tags.xlsx": workbook(b"<c " * 500_000),
        "list.parquet": parquet(pa.ListArray.from_arrays(pa.array([0, ENTRIES], pa.int32()), many)),
        "fixed.parquet": parquet(pa.array([bytes(10_000_000)], pa.binary(10_000_000))),
        "commas.csv": b"formula,tg_C" + b"," * 1_000_000 + b"\nLiAlCl4,-5\n",
        "bomb.csv.gz": gzip.compress(bytes([32]) * 300_000_000),
    }
    del many
    largest = max(map(len, sent.values()))
    with Watch(here) as watch:
        for _ in range(times):
            jobs = []
            for name, content in sent.items():
                here.ask("POST", "/api/v1/data/file", files={"file": (name, content)})
                answer = here.ask("POST", "/api/v1/jobs", files={"file": (name, content)})
                with contextlib.suppress(KeyError):
                    jobs.append(answer.json()["id"])
            began = time.monotonic()
            number = here.ask("POST", "/api/v1/jobs", json={"candidates": ["LiAlCl4"] * 100}).json()["id"]
            assert here.waited(number)["state"] == "done"
            behind = time.monotonic() - began
            assert all(here.waited(job)["state"] in ("failed", "done") for job in jobs)
    here.still_answers()
    return f"{len(sent)} files of at most {largest // 1000} kB, a list behind them done in {behind:.0f} s, {watch}"


def formulas(here, times):
    """Ten thousand formulas in which every sign and every point may mean two things."""
    here.serve()
    texts = ["V2+" * 84 + "Li", "(Li)2·5" * 36, "0.5N3" * 50, "+C1" * 84 + "Li"]
    asked = {"candidates": [text[: 256 - number % 3] for number in range(10_000) for text in texts[number % 4 :][:1]]}
    with Watch(here) as watch:
        for _ in range(times):
            answer = here.ask("POST", "/api/v1/rank", json=asked)
            assert answer.status_code == 200 and len(answer.json()["rows"]) == 10_000
    return f"{times} lists of 10,000 formulas of 256 characters, {watch}"


ATTACKS = {
    "bodies of escaped quotation marks": bodies,
    "cookies of quoted backslashes": cookies,
    "files that unpack to much": files,
    "formulas that read two ways at every sign": formulas,
}
