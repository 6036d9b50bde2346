"""Whatever happens to a process that adds, the store holds whole additions only."""

import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from vitrion.datasets import lab

ROWS = 2000
KILLED_INSIDE = """
import os, signal, sys
import sqlalchemy as sa
from vitrion.datasets import lab
count = 0
@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def _(connection, cursor, statement, parameters, context, many):
    if sys.argv[2] in statement:
        if sys.argv[3] == "after":
            (cursor.executemany if many else cursor.execute)(statement, parameters)
        os.kill(os.getpid(), signal.SIGKILL)
@sa.event.listens_for(sa.Engine, "commit")
def _(connection):
    if sys.argv[2] == "COMMIT":
        os.kill(os.getpid(), signal.SIGKILL)
lab.add(sys.argv[1])
"""
ADD = "import sys; from vitrion.datasets import lab; print(lab.add(sys.argv[1]).version)"


def table(path, rows, seed):
    formulas = [f"Li{i + 1}Al{seed + 1}Cl{i + 1 + 3 * (seed + 1)}" for i in range(rows)]
    pd.DataFrame({"formula": formulas, "tg_C": 20.0 + seed}).to_csv(path, index=False)
    return str(path)


@pytest.mark.parametrize(
    "statement,moment",
    [
        ("CREATE TABLE", "after"),
        ("CREATE TRIGGER", "after"),
        ("INSERT INTO additions", "after"),
        ("INSERT INTO facts", "before"),
        ("INSERT INTO facts", "after"),
        ("COMMIT", "before"),
    ],
)
def test_a_kill_inside_the_transaction_leaves_nothing_of_it(tmp_path, statement, moment):
    path = table(tmp_path / "a.csv", ROWS, 0)
    process = subprocess.run(
        [sys.executable, "-c", KILLED_INSIDE, path, statement, moment], capture_output=True, check=False
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()
    assert lab.summary() == {}
    assert len(lab.history()[0]) == 0
    assert lab.add(path).version == 1
    assert lab.summary() == {"tg": ROWS}


def test_a_kill_at_any_time_leaves_whole_additions(tmp_path):
    lab.add(table(tmp_path / "first.csv", 1, 9))
    killed = 0
    for attempt, delay in enumerate((0.75, 0.9, 1.0, 1.1, 1.2, 1.3)):
        path = table(tmp_path / f"{attempt}.csv", ROWS, attempt)
        process = subprocess.Popen([sys.executable, "-c", ADD, path], stdout=subprocess.DEVNULL)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        additions, facts = lab.history()
        assert facts.groupby("version").size().tolist() == additions["facts"].tolist()
        assert set(additions["facts"]) <= {1, ROWS}
    assert killed


def test_processes_that_add_at_once_follow_each_other(tmp_path, home):
    paths = [table(tmp_path / f"{i}.csv", 200, i) for i in range(5)] + [str(tmp_path / "0.csv")]
    running = [
        subprocess.Popen([sys.executable, "-c", ADD, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for path in paths
    ]
    results = [process.communicate() for process in running]
    codes = [process.returncode for process in running]
    assert sorted(codes) == [0, 0, 0, 0, 0, 1], results
    assert b"was added before" in next(err for (_, err), code in zip(results, codes, strict=True) if code)
    versions = sorted(int(out) for (out, _), code in zip(results, codes, strict=True) if not code)
    assert versions == [1, 2, 3, 4, 5]
    assert lab.summary() == {"tg": 1000}
    assert [path.name for path in home.iterdir()] == ["lab.sqlite"]


def test_a_full_disk_or_a_forbidden_folder_is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VITRION_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(ValueError, match="name a folder in VITRION_HOME"):
        lab.add(table(tmp_path / "a.csv", 1, 0))
