"""Attacks on the turns of others: one asks for all that can be asked for, another for a little."""

import contextlib
import threading
import time

import httpx
from stage import LIST

BOUND, FLOOR_S = 8.0, 2.0  # others wait at most so many times as long as on an idle server, and seconds at the least
FAMILY = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.05"}}
LARGE = {"template": "Li{1-y}Na{y}AlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.02", "y": "0:1:0.01"}}


def one_keeps_no_other_waiting(here, times):
    """One key sends its three largest proposals and forty lists; another's sweep and one row do not wait for them."""
    keys = {name: here.run("keys", "new", name, "--scope", "researcher").stdout.strip() for name in ("anna", "ben")}
    here.serve(VITRION_REQUIRE_KEYS="1")
    asked(here, keys["ben"], "job")  # which loads the models where lists are ranked
    idle, said = (asked(here, keys["ben"], "sweep"), asked(here, keys["ben"], "job")), []
    refused = []
    for _ in range(times):
        threads = [threading.Thread(target=largest, args=(here, keys["anna"], refused), daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        taken = [send(here, keys["anna"], "jobs", {"candidates": LIST}) for _ in range(40)]
        assert {one.status_code for one in taken} == {202}, {one.status_code for one in taken}
        busy = (asked(here, keys["ben"], "sweep"), asked(here, keys["ben"], "job"))
        for before, now in zip(idle, busy, strict=True):
            assert now < max(BOUND * before, FLOOR_S), f"{now:.1f} s instead of {before:.1f} s"
        rows = send(here, keys["anna"], "jobs?limit=1000").json()["rows"]
        waiting = sum(row["state"] in ("queued", "running") for row in rows)
        assert not refused, refused
        assert waiting, "nothing of the other was left to wait for"
        said.append(f"sweep {idle[0]:.1f} s and {busy[0]:.1f} s, one row {idle[1]:.1f} s and {busy[1]:.1f} s")
        for row in rows:
            if row["state"] in ("queued", "running"):
                send(here, keys["anna"], f"jobs/{row['id']}/cancel", {})
    return f"alone and beside that: {said[-1]}"


def largest(here, key, refused):
    """Send the largest proposal that is taken; who asks for several may be told to come again."""
    rows = [{"formula": f"Li{1 + n / 2000:g}AlCl{4 + n / 2000:g}", "tg_C": 20.0} for n in range(600)]
    with contextlib.suppress(httpx.HTTPError):  # the server ends before the last of them is answered
        answer = send(here, key, "propose", {**LARGE, "batch": 20, "results": rows})
        if answer.status_code in (413, 422):
            refused.append(answer.text)


def send(here, key, path, told=None):
    """Ask with a key."""
    method = "GET" if told is None else "POST"
    headers = {"authorization": f"Bearer {key}"}
    return httpx.request(method, f"{here.base}/api/v1/{path}", json=told, headers=headers, timeout=600, trust_env=False)


def asked(here, key, what):
    """Seconds until a sweep, or a list of one row, is answered."""
    began = time.monotonic()
    if what == "sweep":
        assert send(here, key, "sweep", FAMILY).status_code == 200
        return time.monotonic() - began
    number = send(here, key, "jobs", {"candidates": ["LiAlCl2.5O0.75"]}).json()["id"]
    while (state := send(here, key, f"jobs/{number}").json()["state"]) in ("queued", "running"):
        time.sleep(0.05)
    assert state == "done"
    return time.monotonic() - began


ATTACKS = {"one asks for much while another asks for little": one_keeps_no_other_waiting}
