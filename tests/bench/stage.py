"""Where faults are played: a home with small models, servers and workers on loopback, without the rights of root."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

TESTS = Path(__file__).parents[1]
RIGHTLESS = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps=-all")
PATIENCE_S = 240
LIST = [f"Li{1 + n / 3000:g}GaCl{4 + n / 3000:g}" for n in range(1, 41)]


def small_home(folder):
    """Make a home with two versions of small champions, of which version 8 answers."""
    import sklearn
    from vitrion.experiments.registry import versions as registry
    from vitrion.models.artifacts import artifact

    spec = importlib.util.spec_from_file_location("small", TESTS / "conftest.py")
    small = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(small)
    os.environ["VITRION_HOME"] = str(folder)
    for name, fitted in small.pair(small.few_rows()).items():
        path = Path(tempfile.mkdtemp()) / registry.BUNDLE
        digest = artifact.save(fitted, path)
        scores = {"all/mae": small.beatable(fitted), "all/coverage": 0.9}
        made_with = {"scikit-learn": sklearn.__version__, "format": str(artifact.FORMAT)}
        for version in (8, 9):
            at = f"2026-01-0{version}T00:00:00+00:00"
            card = registry.Champion(name, version, digest, "run", at, "print", {}, scores, made_with)
            registry.keep(card, path)
        registry.promote(name, 8)


def free_port():
    """A port on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Stage:
    """A folder with a home, and the processes that were started in it.

    Every process runs without the rights of root, so that a folder that is read-only binds it; those that ask
    PostgreSQL go without that, as they have to reach the socket of another user.
    """

    def __init__(self, folder, template=None, **environment):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        if template is None:
            small_home(self.home)
        else:
            shutil.copytree(template, self.home)
        self.environment = {"VITRION_TRACK": "0", "OMP_NUM_THREADS": "1", **environment}
        self.port, self.processes, self.log = free_port(), [], self.folder / "log"
        self.base = f"http://127.0.0.1:{self.port}"
        os.environ["VITRION_HOME"] = str(self.home)
        os.environ.pop("MLFLOW_TRACKING_URI", None)

    def run(self, *arguments, wait=True, **environment):
        """Run ``vitrion``; return the process, ended if it is to be waited for."""
        told = {
            **os.environ,
            "VITRION_HOME": str(self.home),
            "HOME": str(self.folder),
            **self.environment,
            **environment,
        }
        bound = os.geteuid() == 0 and shutil.which("setpriv") and not self.environment.get("VITRION_DATABASE_URL")
        first = RIGHTLESS if bound else ()
        command = [*first, sys.executable, "-m", "vitrion", *arguments]
        with self.log.open("ab") as log:
            if wait:
                return subprocess.run(
                    command,
                    env=told,
                    capture_output=True,
                    text=True,
                    timeout=PATIENCE_S,
                    cwd=self.folder,
                    check=False,
                )
            process = subprocess.Popen(command, env=told, stdout=log, stderr=log, cwd=self.folder)
        self.processes.append(process)
        return process

    def serve(self, port=None, **environment):
        """Start a server and wait until it is ready; return it and the seconds that took."""
        port, began = port or self.port, time.monotonic()
        process = self.run("serve", "--port", str(port), wait=False, **environment)
        while time.monotonic() < began + PATIENCE_S:
            assert process.poll() is None, f"the server ended: {self.said()[-2000:]}"
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/ready", verify=False, trust_env=False).status_code == 200:
                    return process, time.monotonic() - began
            time.sleep(0.05)
        raise AssertionError("the server did not get ready")

    def said(self):
        """What all processes wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ask(self, method, path, **told):
        """Send a request, and return the answer."""
        return httpx.request(method, f"{self.base}{path}", timeout=120, verify=False, trust_env=False, **told)

    def still_answers(self, versions=None):
        """Raise unless a ranking comes from the models of before."""
        answer = self.ask("POST", "/api/v1/rank", json={"candidates": ["LiAlCl2.5O0.75"]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["models"] == (versions or {"tg": 8, "conductivity": 8}), answer.json()["models"]
        assert answer.json()["rows"][0]["tg_C"] is not None

    def waited(self, number, states=("done", "failed", "cancelled")):
        """A job when it has one of some states."""
        until = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = self.ask("GET", f"/api/v1/jobs/{number}")
                if answer.status_code == 200 and answer.json()["state"] in states:
                    return answer.json()
            assert time.monotonic() < until, f"{number} is not done: {answer.text}"
            time.sleep(0.1)

    def close(self):
        """End every process that was started."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(40)
            if process.poll() is None:
                process.kill()
                process.wait()


def children(process):
    """Processes that a server started."""
    with contextlib.suppress(psutil.Error):
        return psutil.Process(process.pid).children(recursive=True)
    return []
