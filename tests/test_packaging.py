"""What is shipped: a wheel and a source distribution with the data and without tests, a core without server parts."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FLOORS = ("features", "datasets", "models", "experiments", "serve")
ALIEN = re.compile(r"(?:^|/)(?:tests?|docs|examples|requirements|build|\.ci|__pycache__)/|\.py[cod]$|(?:^|/)Makefile$")
SERVER = ("dbos", "fastapi", "httpx", "prometheus_client", "python_multipart", "multipart", "starlette", "uvicorn")
HEAVY = ("mlflow", "fastapi", "matminer", "pymatgen", "dask", "distributed")


def committed():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def run(*command, cwd, **more):
    told = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, **more)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    return told.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A source distribution of what is committed, and a wheel made of it alone, without a network."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in committed():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), ".", cwd=source)
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """A folder that holds the wheel, installed, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--quiet")
    run(*pip, "--target", str(folder), str(built[1]), cwd=folder)
    return folder


def elsewhere(installed, *command, **more):
    """Run Python with the installed package first on its path, and nothing of the repository."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TMPDIR")}
    told = kept | {
        "PYTHONPATH": str(installed),
        "VITRION_HOME": str(installed / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    told |= more
    return run(sys.executable, *command, cwd=installed, env=told)


def test_wheel_holds_every_module_and_all_data_and_nothing_else(built):
    with zipfile.ZipFile(built[1]) as wheel:
        names = set(wheel.namelist())
    expected = {f"vitrion/{name}" for name in committed() if name.split("/")[0] in FLOORS}
    expected |= {"vitrion/__init__.py", "vitrion/__main__.py", "vitrion/py.typed"}
    shipped = {name for name in names if ".dist-info/" not in name}
    assert shipped == expected
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("LICENSE-ODbL-1.0.txt") and ".dist-info/" in name for name in names)


def test_source_distribution_holds_the_package_and_no_tests(built):
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in committed() if name.split("/")[0] in FLOORS} <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= names
    assert not [name for name in names if ALIEN.search(name)]


def test_installed_package_reads_a_formula_and_its_data(installed):
    code = f"""
import sys
import vitrion
heavy = sorted(set(sys.modules) & set({HEAVY!r}))
from vitrion.features import Composition
print(vitrion.__file__)
print(heavy)
print(Composition.parse("LiAlCl2.5O0.75").formula)
print(len(vitrion.datasets.load("conductivity", lab=False).rows))
"""
    home, heavy, formula, rows = elsewhere(installed, "-c", code).splitlines()
    assert Path(home).is_relative_to(installed)
    assert (heavy, formula) == ("[]", "LiAlCl2.5O0.75")
    assert int(rows) > 30_000


def test_installed_command_tells_its_version(installed):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert elsewhere(installed, "-m", "vitrion", "--version").strip() == f"vitrion {version}"
    script = next((installed / "bin").glob("vitrion*"))
    assert elsewhere(installed, str(script), "--version").strip() == f"vitrion {version}"


def test_core_works_without_the_parts_of_the_server(installed):
    code = f"""
import sys
for name in {SERVER!r}:
    sys.modules[name] = None
import vitrion
for name in vitrion.__all__:
    getattr(vitrion, name)
from vitrion.serve.cli import main
sys.argv = ["vitrion", "rank", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
sys.argv = ["vitrion", "serve"]
try:
    main()
except SystemExit as end:
    print("serve ends with", end.code)
"""
    told = elsewhere(installed, "-c", code)
    assert "best first" in told or "Usage" in told
    assert told.splitlines()[-1] == "serve ends with 2"


def test_installed_package_ranks_at_once_without_a_network(installed, small_shipped):
    """With what is shipped: no training, no server parts, and no connection that is as much as tried."""
    (installed / "list.csv").write_text("formula\nLiAlCl2.5O0.75\nNaAlCl4\n", encoding="utf-8")
    code = f"""
import socket, sys
def refuse(*told):
    raise AssertionError("a connection was tried")
socket.socket.connect = socket.getaddrinfo = refuse
for name in {SERVER!r}:
    sys.modules[name] = None
from vitrion.serve.cli import main
sys.argv = ["vitrion", "rank", "list.csv"]
main()
"""
    told = elsewhere(installed, "-c", code, VITRION_SHIPPED=str(small_shipped))
    assert "LiAlCl2.5O0.75" in told and "NaAlCl4" in told
    assert not (installed / "home" / "models").exists(), "nothing was trained"


def test_wheel_is_small(built):
    assert built[1].stat().st_size < 45_000_000


def test_extras_are_light_and_the_core_has_no_server_parts():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def names(requirements):
        return {re.split(r"[\[<>=~! ]", one)[0].lower().replace("-", "_") for one in requirements}

    extras = project["optional-dependencies"]
    assert {"serve", "dask", "docs", "bench"} <= set(extras)
    core = names(project["dependencies"])
    assert not core & {*SERVER, "dask", "distributed", "sphinx", "pytest"}
    assert {"matminer", "pymatgen"} <= core
    assert all(len(extras[name]) <= 10 for name in ("serve", "dask", "docs", "bench"))


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_locks_have_hashes_and_agree_with_the_whole_one(path):
    """A lock of one use pins what requirements.lock pins, each with hashes, and names no index."""
    pins = pinned(path)
    assert pins
    assert all("--hash=sha256:" in entry for entry in pins.values())
    whole = pinned(ROOT / "requirements.lock")
    differing = {name for name in pins if name in whole and version(pins[name]) != version(whole[name])}
    assert not differing


def pinned(path):
    """Entries of a lock by name and marker."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
    assert not re.search(r"https?://", text)
    return {
        (line.split("==")[0].strip(), line.partition(";")[2].partition("--hash")[0].strip()): line for line in lines
    }


def version(entry):
    return re.search(r"==([^\s;]+)", entry)[1]
