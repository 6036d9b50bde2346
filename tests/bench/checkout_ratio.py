"""Time of this checkout over another commit's, in one run and in turns: python tests/bench/checkout_ratio.py COMMIT.

The other commit becomes a worktree of git in a folder that is removed again; both run with the packages of this
interpreter, each in a copy of the home folder of its own. Measured from outside, as a user does: commands as a whole,
the server from its start to ``/ready``, one formula a request. Needs trained models in VITRION_HOME; where the other
commit cannot read them, name a home with models of its own by ``--home-then``. Let nothing else run meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHORT, LONG, SCREENED, REQUESTS, WARM = 300, 100_000, 300_000, 200, 20
READY_S = 600.0
VALENCES = {"Al": 3, "Ga": 3, "In": 3, "Y": 3, "Zr": 4, "Hf": 4, "Ta": 5, "Nb": 5}
FINDER = """
import importlib.util, sys
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "vitrion":
            at = {folder!r}
            return importlib.util.spec_from_file_location(name, at + "/__init__.py", submodule_search_locations=[at])
sys.meta_path.insert(0, Finder)
"""  # as sitecustomize it comes after every editable install, and so before it in the search
SERVER = ("start of the server", "one formula by REST (p50)")


@dataclass(frozen=True)
class Checkout:
    """A folder with the package, the home folder that it uses, and what makes Python import it from there."""

    folder: Path
    home: Path
    path: Path

    def environment(self) -> dict[str, str]:
        """Variables under which ``vitrion`` is that of the folder, in processes that it starts as well."""
        return {**os.environ, "PYTHONPATH": str(self.path), "VITRION_HOME": str(self.home), "OMP_NUM_THREADS": "1"}

    def run(self, *arguments: str) -> str:
        """Output of the interpreter with these arguments."""
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            env=self.environment(),
            cwd=self.home,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(
                f"{self.folder}: {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}"
            )
        return done.stdout

    def command(self, *arguments: str) -> float:
        """Seconds that a command takes as a whole."""
        began = time.perf_counter()
        self.run("-m", "vitrion", *arguments)
        return time.perf_counter() - began


def formula(draw: random.Random) -> str:
    """A neutral oxychloride of Li or Na and one metal."""
    metal, alkali = draw.choice([*VALENCES]), draw.choice(["Li", "Na"])
    amount, oxygen = round(draw.uniform(0.5, 2.5), 3), round(draw.uniform(0.05, 1.2), 4)
    return f"{alkali}{amount}{metal}Cl{round(amount + VALENCES[metal] - 2 * oxygen, 4)}O{oxygen}"


def lists(folder: Path, scale: float) -> dict[str, Path]:
    """Candidates of each command as files; a screening reads Parquet."""
    import pandas as pd

    draw, files = random.Random(0), {}
    for name, count, ending in (("short", SHORT, ".csv"), ("long", LONG, ".csv"), ("screened", SCREENED, ".parquet")):
        table = pd.DataFrame({"formula": [formula(draw) for _ in range(max(10, int(count * scale)))]})
        files[name] = folder / f"{name}{ending}"
        if ending == ".csv":
            table.to_csv(files[name], index=False)
        else:
            table.to_parquet(files[name])
    return files


@contextlib.contextmanager
def worktree(commit: str, folder: Path) -> Iterator[Path]:
    """Another commit of this repository beside it."""
    subprocess.run(["git", "worktree", "add", "--detach", "--quiet", folder, commit], cwd=ROOT, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def checkout(root: Path, home: Path, folder: Path) -> Checkout:
    """A checkout with a copy of a home folder; `SystemExit` where Python would take another one."""
    (folder / "path").mkdir(parents=True)
    (folder / "path" / "sitecustomize.py").write_text(FINDER.format(folder=str(root)), encoding="utf-8")
    shutil.copytree(home, folder / "home")
    made = Checkout(root, folder / "home", folder / "path")
    taken = Path(made.run("-c", "import vitrion; print(vitrion.__file__)").strip()).resolve().parent
    if taken != root.resolve():
        raise SystemExit(f"Python imports vitrion from {taken} and not from {root}; mend the environment first")
    return made


def served(side: Checkout, requests: int) -> dict[str, float]:
    """Seconds from the start of a server to its being ready, and the median of those that one formula takes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, began = f"http://127.0.0.1:{port}", time.perf_counter()
    command = [sys.executable, "-m", "vitrion", "serve", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=side.environment(), cwd=side.home, stdout=log, stderr=log)
        try:
            while not _is_ready(base):
                if process.poll() is not None or time.perf_counter() - began > READY_S:
                    log.seek(0)
                    raise SystemExit(f"the server of {side.folder} is not ready:\n{log.read()[-2000:].decode()}")
                time.sleep(0.02)
            start, draw = time.perf_counter() - began, random.Random(1)
            times = [_asked(base, formula(draw)) for _ in range(WARM + requests)]
        finally:
            process.terminate()
            process.wait(60)
    return dict(zip(SERVER, (start, statistics.median(times[WARM:])), strict=True))


def _is_ready(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _asked(base: str, text: str) -> float:
    body = json.dumps({"candidates": [text]}).encode()
    request = urllib.request.Request(f"{base}/api/v1/rank", body, {"content-type": "application/json"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return time.perf_counter() - began


def measures(files: dict[str, Path], requests: int, scale: float) -> list[Callable[[Checkout], dict[str, float]]]:
    """What is timed, each as a function of the checkout."""

    def rank(name: str, count: int) -> Callable[[Checkout], dict[str, float]]:
        title = f"rank of {max(10, int(count * scale)):,}"
        return lambda side: {title: side.command("rank", str(files[name]), "-o", str(side.home / f"{name}.out.csv"))}

    def screen(side: Checkout) -> dict[str, float]:
        out = ("-o", str(side.home / "screened.out.parquet"), "--restart")
        return {f"screen of {max(10, int(SCREENED * scale)):,}": side.command("screen", str(files["screened"]), *out)}

    return [rank("short", SHORT), rank("long", LONG), screen, lambda side: served(side, requests)]


def compared(
    now: Checkout, then: Checkout, what: list[Callable[[Checkout], dict[str, float]]], rounds: int
) -> dict[str, list[tuple[float, float]]]:
    """Seconds now and then of every measure in each round; who begins changes from round to round."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for measure in what:
        for number in range(rounds):
            first, second = (now, then) if number % 2 == 0 else (then, now)
            one, other = measure(first), measure(second)
            seconds_now, seconds_then = (one, other) if number % 2 == 0 else (other, one)
            for name, seconds in seconds_now.items():
                pairs.setdefault(name, []).append((seconds, seconds_then[name]))
    return pairs


def main() -> None:
    """Print the ratio of each measure, now over then: its median, and the range over the rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the other commit")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the candidates and requests, to try it")
    parser.add_argument("--home-then", type=Path, help="home folder with models that the other commit reads")
    options = parser.parse_args()
    home = Path(os.environ["VITRION_HOME"])
    with tempfile.TemporaryDirectory(prefix="vitrion-ratio-") as name:
        folder = Path(name)
        with worktree(options.commit, folder / "then") as other:
            now = checkout(ROOT, home, folder / "of-now")
            then = checkout(other, options.home_then or home, folder / "of-then")
            what = measures(lists(folder, options.scale), max(5, int(REQUESTS * options.scale)), options.scale)
            pairs = compared(now, then, what, options.rounds)
    for title, seconds in pairs.items():
        ratios = [a / b for a, b in seconds]
        least = f"{min(a for a, _ in seconds):.4g} s over {min(b for _, b in seconds):.4g} s at least"
        print(f"{title}: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}; {least})")


if __name__ == "__main__":
    main()
