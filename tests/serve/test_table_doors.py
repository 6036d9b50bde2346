"""Every door that takes a list or results takes every kind of file and every name of the column of formulas.

The doors are those of Python, of the command line here and with --server, of REST and of the client. The files are one
of each kind; between them they carry every name that a column of formulas may have.
"""

import gzip
import io
import itertools

import pandas as pd
import pytest
import vitrion
from typer.testing import CliRunner
from vitrion import Campaign
from vitrion.datasets import lab
from vitrion.datasets.tables.grid import ENDINGS
from vitrion.datasets.tables.headers import formula_names
from vitrion.features import Composition
from vitrion.serve.cli import commands as cli
from vitrion.serve.client import Client, rankings

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
LACO, NACO, FAMILY = "LiAlCl2.5O0.75", "NaAlCl2.5O0.75", "LiAlCl{4-2x}O{x}"
MARKS = {".tsv": "\t", ".txt": ";"}
KINDS = (*ENDINGS, "; decimal comma.csv")
EXCEL = {"σ": "Conductivity (mS/cm)", "t": "T (°C)", "tg": "Tg (°C)"}
PLAIN = {"σ": "conductivity_mS_cm", "t": "temperature_C", "tg": "tg_C"}


def names():
    """Every name of a column of formulas, as people write it."""
    for turn in itertools.count():
        for place, name in enumerate(formula_names()):
            words = name.replace("_", " ")
            yield (name, words.capitalize(), words.title(), name.upper())[(place + turn) % 4]


def written(table, path, kind):
    """A table as a file of a kind."""
    base = kind.removesuffix(".gz")
    if base in (".xlsx", ".xlsm"):
        table.to_excel(path, index=False, engine="openpyxl")
    elif base in (".parquet", ".pq"):
        table.to_parquet(path)
    else:
        mark, point = (";", ",") if kind.startswith(";") else (MARKS.get(base, ","), ".")
        content = table.to_csv(index=False, sep=mark, decimal=point, lineterminator="\r\n").encode()
        path.write_bytes(gzip.compress(content) if kind.endswith(".gz") else content)
    return path


def files(folder):
    """One file of each kind, each with two glasses of its own, its conductivities and Tg, and what else a table has.

    Every other one has the headers that people write in Excel.
    """
    called = names()
    for number, kind in enumerate((*KINDS, *(".csv",) * max(len(formula_names()) - len(KINDS), 0))):
        path, headers = folder / f"{number}{kind}", EXCEL if number % 2 else PLAIN
        formulas = [  # none of them measured, which a proposal would leave out
            f"LiAlCl{2.41 - number / 100:.2f}O{0.795 + number / 200:.3f}",
            f"NaAlCl{2.43 - number / 50:.2f}O{0.785 + number / 100:.3f}",
        ]
        table = pd.DataFrame(
            {
                "sample": [f"{folder.name}a", f"{folder.name}b"],
                next(called): formulas,
                headers["σ"]: [1.52, 1.33],
                headers["t"]: [30.5, 25.0],
                headers["tg"]: [-16.8 + number, -25.5 - number],
            }
        )
        yield written(table, path, kind), formulas


def run(*words):
    """What a command writes to standard output."""
    done = CliRunner().invoke(cli.app, list(map(str, words)))
    assert done.exit_code == 0, f"{words}: {done.output}"
    return done


def column(text, name="formula"):
    return pd.read_csv(io.StringIO(text))[name].tolist()


def job(http, path):
    answer = http.post("/api/v1/jobs", files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 202, answer.json()
    client = Client("http://testserver", transport=http._transport)
    assert client.jobs.wait(answer.json()["id"])["state"] == "done"
    rows = http.get(f"/api/v1/jobs/{answer.json()['id']}/result").json()["rows"]
    assert not any(row["error"] for row in rows), rows
    return [row["formula"] for row in rows]


def pool(campaign):
    return campaign.state.candidates["formulas"]


LISTS = {  # what each door gives of the formulas of a file, in any order
    "rank": lambda path, there: vitrion.rank(path)["formula"].tolist(),
    "screen": lambda path, there: vitrion.screen(path, top=5)["formula"].tolist(),
    "propose": lambda path, there: vitrion.propose(path, batch=2)["formula"].tolist(),
    "compare": lambda path, there: list(vitrion.compare(path).table.columns),
    "Campaign.new": lambda path, there: pool(Campaign.new(f"n{stem(path)}", path)),
    "vitrion rank": lambda path, there: column(run("rank", path).stdout),
    "vitrion screen": lambda path, there: column(run("screen", path).stdout),
    "vitrion propose": lambda path, there: column(run("propose", path, "--batch", 2).stdout),
    "vitrion campaign new": lambda path, there: [
        run("campaign", "new", f"c{stem(path)}", "--candidates", path),
        *pool(Campaign.load(f"c{stem(path)}")),
    ][1:],
    "vitrion compare": lambda path, there: [*dict.fromkeys(column(run("compare", path).stdout))],
}
LISTS_THERE = {
    "REST": lambda path, there: job(there, path),
    "Client.rank": lambda path, there: Client("").rank(path)["formula"].tolist(),
    "Client.propose": lambda path, there: Client("").propose(path, batch=2)["formula"].tolist(),
    "Client.compare": lambda path, there: list(Client("").compare(path).table.columns),
    "Client.campaigns.new": lambda path, there: pool(Client("").campaigns.new(f"k{stem(path)}", path)),
    "rank --server": lambda path, there: column(run("rank", path, "--server", "there").stdout),
    "propose --server": lambda path, there: column(run("propose", path, "--batch", 2, "--server", "there").stdout),
    "compare --server": lambda path, there: [*dict.fromkeys(column(run("compare", path, "--server", "there").stdout))],
    "campaign new --server": lambda path, there: [
        run("campaign", "new", f"s{stem(path)}", "--candidates", path, "--server", "there"),
        *pool(Client("").campaigns.load(f"s{stem(path)}")),
    ][1:],
}


def stem(path):
    return "".join(mark for mark in path.name if mark.isalnum())


def stored():
    facts = lab.history()[1]
    values = facts[facts["quantity"] == "conductivity"].tail(2)
    return list(zip(values["formula"], values["value"].round(9), values["temperature_C"], strict=True))


def recorded():
    told = [event.told for event in campaign().state.events[-2:]]
    return [(one["formula"], one["values"]["conductivity_S_cm"], one["values"]["temperature_C"]) for one in told]


def learnt(table):
    """What a proposal learnt cannot be seen in its rows: that its results were read is that no other was refused."""
    assert len(table) == 2


def posted(http, path):
    answer = http.post("/api/v1/data/file", files={"file": (path.name, path.read_bytes())})
    assert answer.status_code == 201, answer.json()
    return stored()


def campaign():
    if "results" not in Campaign.list():
        Campaign.new("results", FAMILY, x="0:1.5:0.25")
    return Campaign.load("results")


RESULTS = {  # what each door keeps of the values of a file
    "datasets.add": lambda path, there: (vitrion.datasets.add(path), stored())[1],
    "vitrion data add": lambda path, there: (run("data", "add", path), stored())[1],
    "Campaign.record_table": lambda path, there: (campaign().record_table(path), recorded())[1],
    "campaign record --table": lambda path, there: (
        campaign(),
        run("campaign", "record", "results", "--table", path),
        recorded(),
    )[2],
    "propose(results=)": lambda path, there: learnt(
        vitrion.propose(FAMILY, batch=2, results=path, x="0:1.5:0.25"),
    ),
    "propose --results": lambda path, there: learnt(
        column(run("propose", FAMILY, "--var", "x=0:1.5:0.25", "--batch", 2, "--results", path).stdout),
    ),
}
RESULTS_THERE = {
    "REST": lambda path, there: posted(there, path),
    "Client.data.add": lambda path, there: (Client("").data.add(path), stored())[1],
    "RemoteCampaign": lambda path, there: (
        campaign(),
        Client("").campaigns.load("results").record_table(path),
        recorded(),
    )[2],
    "Client.propose": lambda path, there: learnt(
        Client("").propose(FAMILY, batch=2, results=path, x="0:1.5:0.25"),
    ),
    "data add --server": lambda path, there: (run("data", "add", path, "--server", "there"), stored())[1],
    "record --server": lambda path, there: (
        campaign(),
        run("campaign", "record", "results", "--table", path, "--server", "there"),
        recorded(),
    )[2],
    "propose --server": lambda path, there: learnt(
        column(
            run(
                *("propose", FAMILY, "--var", "x=0:1.5:0.25", "--batch", 2, "--results", path, "--server", "there")
            ).stdout
        )
    ),
}


@pytest.fixture
def there(http, monkeypatch):
    """The service, which every client reaches whatever its address."""
    usual = Client.__init__

    def reach(self, url, **more):
        usual(self, "http://testserver", transport=http._transport)

    monkeypatch.setattr(Client, "__init__", reach)
    monkeypatch.setattr(rankings, "LOOK_S", 0.02)
    return http


def canonical(formula):
    return Composition.parse(formula).formula


def plainly(row):
    """A formula, or what was measured of one, whatever way it is written."""
    return canonical(row) if isinstance(row, str) else (canonical(row[0]), *row[1:])


def unlike(door, there, folder, right):
    """What a door gives of files, by their names, where that is not what stands in them."""
    wrong = {}
    for path, formulas in files(folder):
        try:
            found = door(path, there)
        except Exception as error:
            wrong[path.name] = f"{type(error).__name__}: {error}"
            continue
        if found is not None and sorted(map(plainly, found)) != sorted(map(plainly, right(formulas))):
            wrong[path.name] = found
    return wrong


def refused(doors, there, folder, right):
    """The files that a door does not take, or takes for something else, by door."""
    found = {}
    for number, (name, door) in enumerate(doors.items()):
        (place := folder / str(number)).mkdir()
        if wrong := unlike(door, there, place, right):
            found[name] = wrong
    return found


def candidates(formulas):
    return formulas


def values(formulas):
    return list(zip(formulas, [1.52e-3, 1.33e-3], [30.5, 25.0], strict=True))


def test_a_list_is_read_here(house, tmp_path):
    told = refused(LISTS, None, tmp_path, candidates)
    assert not told, "\n".join(f"{door}, {file}: {why}" for door, files in told.items() for file, why in files.items())


def test_a_list_is_read_by_a_service(there, tmp_path):
    told = refused(LISTS_THERE, there, tmp_path, candidates)
    assert not told, "\n".join(f"{door}, {file}: {why}" for door, files in told.items() for file, why in files.items())


def test_results_are_read_here(house, tmp_path):
    told = refused(RESULTS, None, tmp_path, values)
    assert not told, "\n".join(f"{door}, {file}: {why}" for door, files in told.items() for file, why in files.items())


def test_results_are_read_by_a_service(there, tmp_path):
    told = refused(RESULTS_THERE, there, tmp_path, values)
    assert not told, "\n".join(f"{door}, {file}: {why}" for door, files in told.items() for file, why in files.items())
