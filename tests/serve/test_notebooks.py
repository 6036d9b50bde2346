"""The notebooks: each runs from its first cell to its last, and what is kept is what its source says."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))
NAMES = [path.stem for path in SOURCES]
LARGEST = 1_000_000
PICTURES = {
    "first_ranking": 2,
    "family_sweep": 4,
    "hidden_campaign": 3,
    "screen_a_million": 2,
    "your_own_data": 2,
    "descriptors_in_sklearn": 1,
    "calling_the_service": 1,
}


@pytest.fixture(scope="module")
def ran(trained, tmp_path_factory):
    """What became of each notebook, run in an empty folder with small models and a home of its own."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copytree(trained, folder / "home")
    told = os.environ | {"VITRION_HOME": str(folder / "home"), "VITRION_EXAMPLE_STEPS": "6", "MPLBACKEND": "agg"}
    told |= {"OMP_NUM_THREADS": "1"}
    told.pop("MLFLOW_TRACKING_URI", None)
    command = [sys.executable, str(Path(__file__).with_name("quick_notebooks.py")), str(folder / "told.json")]
    (folder / "work").mkdir()
    done = subprocess.run(
        [*command, *map(str, SOURCES)],
        cwd=folder / "work",
        env=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_notebook_runs_to_its_end_and_draws(ran, name):
    assert ran[name]["error"] == ""
    assert ran[name]["pictures"] == PICTURES[name]


def kept(name):
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    return text, json.loads(text)


@pytest.mark.parametrize("name", NAMES)
def test_kept_notebook_has_the_cells_of_its_source(name):
    jupytext = pytest.importorskip("jupytext", reason="pairs need the extra: pip install 'vitrion[docs]'")
    _, notebook = kept(name)
    source = jupytext.read(FOLDER / f"{name}.py")
    ours = [(cell.cell_type, cell.source) for cell in source.cells]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]] == ours


@pytest.mark.parametrize("name", NAMES)
def test_kept_notebook_shows_what_it_found_and_nothing_of_a_machine(name):
    text, notebook = kept(name)
    assert len(text) < LARGEST
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    pictures = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == PICTURES[name]
    assert all(base64.b64decode(picture).startswith(b"\x89PNG") for picture in pictures)
    plain = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not re.search(r"/(?:home|Users|root|tmp|work)/|[A-Z]:\\\\\\\\Users|https?://[^\s\"]*simple", plain)


def test_every_notebook_is_on_its_page():
    page = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^notebooks/(\w+)$", page, re.MULTILINE)) == NAMES
