"""Execute the notebooks of examples/notebooks and write each beside its source, with what it shows.

`python examples/run_notebooks.py [NAME ...]`, or `make notebooks`. The source of a notebook is its .py file. They run
in an empty folder and in a home of their own, into which the champions of the present home are copied; without
any, the shipped ones answer.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import jupytext
from nbclient import NotebookClient
from vitrion.datasets.home import home

FOLDER = Path(__file__).parent / "notebooks"
LARGEST = 1_000_000
LATE_S = 600


def run(source, scratch):
    """The notebook of a source, executed, without times, paths and what only this machine has."""
    notebook = jupytext.read(source)
    client = NotebookClient(notebook, timeout=LATE_S, kernel_name="python3", resources={"metadata": {"path": scratch}})
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("application/vnd.plotly.v1+json", None)
        cell["outputs"] = (
            [one for one in cell.get("outputs", []) if one.get("name") != "stderr"] if "outputs" in cell else []
        )
        if cell.cell_type != "code":
            cell.pop("outputs")
    notebook.metadata["language_info"] = {"name": "python"}
    return jupytext.writes(notebook, fmt="ipynb")


def refuse(text, name):
    """Nothing that is large or tells of a machine may be kept."""
    plain = re.sub(r'"image/png": "[^"]*"', "", text)
    for word in (str(Path.home()), os.environ["VITRION_HOME"], str(FOLDER.parents[1]), os.environ.get("USER") or "\0"):
        if len(word) > 5 and word in plain:
            sys.exit(f"{name}: shows {word}, which belongs to this machine; let its cells show less")
    if len(text) > LARGEST:
        sys.exit(f"{name}: {len(text):,} bytes, more than {LARGEST:,}; show smaller pictures or fewer rows")


def main():
    """Run the notebooks that are named, or all, and tell how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="of notebooks, without ending; all by default")
    names = parser.parse_args().names or sorted(path.stem for path in FOLDER.glob("*.py"))
    models = home()
    for name in names:
        with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as scratch:
            if (models / "champions.json").is_file():
                shutil.copytree(models / "models", Path(own) / "models")
                shutil.copyfile(models / "champions.json", Path(own) / "champions.json")
            os.environ["VITRION_HOME"] = own
            started = time.monotonic()
            text = run(FOLDER / f"{name}.py", scratch)
            refuse(text, name)
        (FOLDER / f"{name}.ipynb").write_text(text, encoding="utf-8")
        print(f"{name}: {time.monotonic() - started:.0f} s, {len(text) / 1000:,.0f} kB", flush=True)


if __name__ == "__main__":
    main()
