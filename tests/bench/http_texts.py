"""Paths, addresses and live texts wherever a client may write something, and where they come out again."""

import csv
import html.parser
import io
import json
import time

import httpx
from payloads import PATHS, TEXTS

LACO = "LiAlCl2.5O0.75"
LIVE = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Page(html.parser.HTMLParser):
    """Counts what a page would run."""

    def __init__(self):
        super().__init__()
        self.live = 0

    def handle_starttag(self, tag, told):
        self.live += any(name.startswith("on") for name, _ in told) or any(
            str(value).strip().lower().startswith("javascript:") for _, value in told
        )


def paths(base, most=len(PATHS)):
    """Try paths and addresses in every place that takes a text; return the statuses."""
    statuses = []
    with httpx.Client(base_url=f"{base}/api/v1", timeout=120) as http:
        for path in PATHS[:: max(len(PATHS) // most, 1)]:
            told = httpx.URL(base).copy_with(raw_path=f"/static/{path}".encode().replace(b" ", b"%20"))
            quoted = path.replace("/", "%2F").replace("\\", "%5C")
            for method, place, more in (
                ("POST", "jobs", {"files": {"file": (f"{path}", "formula\nLiCl\n")}}),
                ("POST", "data/file", {"files": {"file": (f"{path}", "formula,tg_C\nx,1\n")}}),
                ("POST", "rank", {"json": {"candidates": [path]}}),
                ("POST", "rank", {"json": {"candidates": [LACO], "goal": path}}),
                ("POST", "sweep", {"json": {"template": path, "variables": {path[:50]: path[:100]}}}),
                (
                    "POST",
                    "campaigns",
                    {"json": {"name": path, "template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1:1"}}},
                ),
                ("POST", "campaigns/laco/record", {"json": {"formula": path, "sample": path, "note": path, "tg_C": 1}}),
                ("POST", "data", {"json": {"rows": [{"formula": LACO, "reference": path, "doi": path, "tg_C": -5}]}}),
                *(("GET", f"{one}/{quoted}", {}) for one in ("campaigns", "jobs", "data", "models")),
                ("GET", f"data/lab?formula={quoted}", {}),
                ("GET", f"jobs/{quoted}/result?format={quoted}", {}),
                ("POST", f"models/{quoted}/rollback", {}),
            ):
                statuses.append(http.request(method, place, **more).status_code)
            statuses.append(http.get(told).status_code)
    return statuses


def texts(base, every=1):
    """Send live texts, fetch every export and page that they come out of; return complaints, one a live text.

    All of them go into one list that is ranked and fetched as CSV; `every` so many-th also into all other places.
    """
    complaints = []
    with httpx.Client(base_url=f"{base}/api/v1", timeout=120) as http:
        body = io.StringIO()
        writer = csv.writer(body)
        writer.writerow(["formula", "remark", "tg"])
        for text in TEXTS:
            writer.writerow([LACO, text.replace("\x00", ""), -16.8])
            writer.writerow([text.replace("\x00", "").replace("\n", " ").replace("\r", " "), "plain", -1])
        number = http.post("jobs", files={"file": ("<b>=x.csv", body.getvalue().encode())}).json()["id"]
        for text in TEXTS[::every]:
            http.post(
                "campaigns/laco/record", json={"formula": LACO, "tg_C": -16.8, "note": text, "sample": text[:100]}
            )
            http.post("data", json={"rows": [{"formula": LACO, "tg_C": -16.8, "reference": text, "note": text}]})
            for name in ("note", "goal", text[:40]):
                http.post("rank", json={"candidates": [text], "goal": {name: text}})
            answer = http.get("data/lab", params={"formula": text})
            headers = {key.lower() for key in answer.headers}
            if {"set-cookie", "location"} & headers:
                complaints.append(f"a header came of {text!r}")
        until = time.monotonic() + 240
        while http.get(f"jobs/{number}").json()["state"] in ("queued", "running") and time.monotonic() < until:
            time.sleep(0.2)
        answer = http.get(f"jobs/{number}/result?format=csv")
        assert answer.status_code == 200, http.get(f"jobs/{number}").text
        rows = list(csv.reader(io.StringIO(answer.text)))
        complaints += live_cells(rows)
        told = [row[rows[0].index("tg")] for row in rows[1:]]
        if sorted(set(told)) != ["-1", "-16.8"]:
            complaints.append(f"negative numbers did not stay numbers: {sorted(set(told))}")
        for place in (
            f"rankings/{number}",
            f"jobs/{number}/result?format=json",
            "campaigns/laco?figure=true",
            "campaigns/laco/export",
            "data/lab?limit=1000",
            "jobs",
        ):
            answer = http.get(place)
            kind = answer.headers["content-type"]
            if "html" in kind or answer.headers["x-content-type-options"] != "nosniff":
                complaints.append(f"{place} is {kind}")
            json.loads(answer.content)
        complaints += pages(http, base, every)
    return complaints


def pages(http, base, every):
    """The pages do not hold what was sent; a form that was filled in wrongly does not come back."""
    found = []
    for text in TEXTS[::every]:
        answer = http.post(f"{base}/login", data={"key": text[:90]}, headers={"origin": base})
        page = Page()
        page.feed(answer.text)
        if page.live or (len(text) > 5 and text in answer.text):
            found.append(f"the page to sign in holds {text!r}")
    return found


def live_cells(rows):
    """Cells that a spreadsheet would run; numbers are none."""
    found = []
    for cell in (cell for row in rows for cell in row):
        try:
            float(cell)
        except ValueError:
            if cell.lstrip(" \u00a0\n").startswith(LIVE):
                found.append(f"a live cell {cell!r}")
    return found


def logs(text):
    """Lines of a log that a text made: with marks that steer a terminal, or that claim to be lines of their own."""
    return [line for line in text.splitlines() if "\x1b" in line or line.startswith(("INFO fake", "ERROR fake"))]
