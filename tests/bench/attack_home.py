"""Attacks on the home folder and MLflow: an MLflow that says nothing, hostile backups, a home that is moved."""

import io
import shutil
import socket
import subprocess
import tarfile
import threading
import time

from stage import LIST

WAIT_S = 20  # for an MLflow that does not answer
FAMILY = ("LiAlCl{4-2x}O{x}", "--var", "x=0:1.5:0.25")
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
ERROR = b"HTTP/1.1 500 No\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"


class Useless:
    """A server that takes every line, sends some bytes, all at once or drop by drop, and holds the line or ends it."""

    def __init__(self, sent=b"", drop_s=0.0, ends=False):
        self._sent, self._drop_s, self._ends, self._over = sent, drop_s, ends, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while not self._over.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line):
        with line:
            try:
                line.recv(65536)
                for one in self._sent if self._drop_s else [self._sent]:
                    line.sendall(bytes([one]) if self._drop_s else one)
                    if self._over.wait(self._drop_s):
                        return
                if not self._ends:
                    self._over.wait(600)
            except OSError:
                return

    def __enter__(self):
        return self

    def __exit__(self, *told):
        self._over.set()
        self._socket.close()


WAYS = {
    "silent": {},
    "half an answer": {"sent": HALF},
    "ends": {"ends": True},
    "500": {"sent": ERROR, "ends": True},
    "drips": {"sent": HALF + b" " * 400, "drop_s": 1.0},
}


def timed(here, *command, code=0, **environment):
    """What a command says, and how long it took, in s."""
    began = time.monotonic()
    done = here.run(*command, **environment)
    assert done.returncode == code, (command, done.returncode, done.stderr[-500:])
    assert "this should not have happened" not in done.stderr and "Traceback" not in done.stderr, done.stderr
    return done.stderr, time.monotonic() - began


def useless_mlflow(here, times):
    """Every command that speaks to MLflow ends in time, and what needs no MLflow is done."""
    (here.folder / "list.csv").write_text("formula\n" + "\n".join(LIST[:3]) + "\n")
    _, usual = timed(here, "rank", "list.csv", "--track", "-o", "plain.csv")
    longest = {}
    for number in range(times):
        for way, told in WAYS.items():
            name = f"c{number}{''.join(filter(str.isalnum, way))}"
            with Useless(**told) as server:
                away = {"MLFLOW_TRACKING_URI": server.url}
                timed(here, "campaign", "new", name, *FAMILY, **away)
                for words, *command in (
                    ("done and not tracked: MLflow at", "rank", "list.csv", "--track", "-o", "out.csv"),
                    ("kept, and not tracked: MLflow at", "campaign", "propose", name, "--batch", "1"),
                    ("is the champion now", "models", "promote", "tg", "9", "--force"),
                    ("answers again", "models", "rollback", "tg"),
                    ("does not answer", "train", "--property", "tg"),
                ):
                    said, seconds = timed(here, *command, code=int(command[0] == "train"), **away)
                    assert words in " ".join(said.split()) and "does not answer" in said, (way, command, said)
                    assert seconds < 3 * usual + WAIT_S, (way, command, seconds, usual)
                    longest[command[0]] = max(seconds, longest.get(command[0], 0.0))
            assert (here.folder / "out.csv").read_bytes() == (here.folder / "plain.csv").read_bytes()
    return (
        ", ".join(f"{name} {seconds:.0f} s" for name, seconds in longest.items())
        + f" (rank --track with a store: {usual:.0f} s)"
    )


def useless_mlflow_of_a_service(here, times):
    """Jobs, data and models of a service do not wait for an MLflow that says nothing."""
    with Useless() as server:
        here.serve(VITRION_TRACK="1", MLFLOW_TRACKING_URI=server.url)
        first, longest = asked(here, 0), 0.0
        for number in range(1, times + 1):
            job = here.ask("POST", "/api/v1/jobs", json={"candidates": LIST[:3]}).json()["id"]
            assert here.waited(job)["state"] == "done"
            longest = max(longest, asked(here, number))
        assert longest < 2 * first + 5, (first, longest)
        return f"longest request {longest:.1f} s, {first:.1f} s before MLflow was told anything"


def asked(here, number):
    """The longest of some requests for data and models, in s."""
    row, longest = {"formula": "LiAlCl2.5O0.75", "tg_C": -16.8 - number, "sample": f"s{number}"}, 0.0
    for method, path, told in (
        ("POST", "/api/v1/data", {"rows": [row], "again": True}),
        ("GET", "/api/v1/data", None),
        ("POST", "/api/v1/models/tg/promote", {"version": 9, "force": True}),
        ("POST", "/api/v1/models/tg/rollback", None),
    ):
        began = time.monotonic()
        answer = here.ask(method, path, json=told)
        assert answer.status_code < 300, answer.text
        longest = max(longest, time.monotonic() - began)
    here.still_answers()
    return longest


def hostile_backups(here, times):
    """Links, devices and names beside the manifest are refused by name, and nothing is put in place."""
    timed(here, "backup", "good.tar")
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
    entries = [("models/evil", kind, "../../outside") for kind in kinds]
    plain = ("../outside", "/outside", "jobs/../../outside", "Champions.json", "service.db-wal", "workflows.db", ".x/y")
    entries += [(name, tarfile.REGTYPE, "") for name in plain]
    for _ in range(times):
        for name, kind, link in entries:
            with tarfile.open(here.folder / "good.tar") as old, tarfile.open(here.folder / "evil.tar", "w") as new:
                for member in old.getmembers():
                    new.addfile(member, old.extractfile(member))
                head = tarfile.TarInfo(name)
                head.type, head.linkname = kind, link
                head.size = 1 if kind == tarfile.REGTYPE else 0
                new.addfile(head, io.BytesIO(b"x"))
            done = here.run("restore", "evil.tar", VITRION_HOME=str(here.folder / "new"))
            assert done.returncode in (1, 2) and name in done.stderr, (name, done.stderr)
            assert not (here.folder / "new").exists() and not list(here.folder.rglob("outside"))
    return f"{len(entries)} kinds refused by name"


def moved_home(here, times):
    """A home that is moved takes its runs along, and nothing in it or beside it tells of the old place."""
    (here.folder / "list.csv").write_text("formula\n" + "\n".join(LIST[:3]) + "\n")
    where = here.home
    for number in range(times):
        timed(here, "rank", "list.csv", "--track", "-o", "out.csv", VITRION_HOME=str(where))
        new = here.folder / f"moved {number} 50%20 #?é"
        where.rename(new)
        timed(here, "rank", "list.csv", "--track", "-o", "out.csv", VITRION_HOME=str(new))
        for text in (str(where), where.as_uri()):
            found = subprocess.run(["grep", "-rlaF", f"{text}/", str(new)], capture_output=True, text=True, check=False)
            assert not found.stdout, found.stdout
        assert not where.exists() and len(list(new.glob("mlartifacts/*/artifacts/ranking.csv"))) == number + 2
        where = new
    shutil.move(where, here.home)
    return f"moved {times} times, no file tells of an old place"


ATTACKS = {
    "MLflow is no use": useless_mlflow,
    "MLflow of a service says nothing": useless_mlflow_of_a_service,
    "hostile backups": hostile_backups,
    "moved home": moved_home,
}
