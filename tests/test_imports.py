"""What an import costs: nothing heavy is loaded before it is needed."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = ("mlflow", "matminer", "pymatgen", "fastapi", "sklearn", "pandas", "plotly", "scipy", "dask")


def fresh(code):
    """Run code in a new interpreter; return what it printed last, as JSON, and the processor seconds it took."""
    start = os.times()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    end = os.times()
    seconds = end.children_user + end.children_system - start.children_user - start.children_system
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1]), seconds


def loaded(statement):
    code = (
        f"import json, sys\n{statement}\n"
        f"print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}} & set({HEAVY!r}))))"
    )
    return fresh(code)


@pytest.fixture(scope="module")
def bare():
    """Processor seconds that an interpreter takes to start and to do nothing, the best of three."""
    return min(loaded("pass")[1] for _ in range(3))


@pytest.mark.parametrize("name", ["vitrion", "vitrion.features", "vitrion.datasets", "vitrion.models"])
def test_light_import(name, bare):
    assert loaded(f"import {name}")[0] == []
    assert min(loaded(f"import {name}")[1] for _ in range(3)) - bare < 1.0


def test_names_resolve_without_loading():
    assert loaded("import vitrion; assert 'rank' in dir(vitrion) and vitrion.__version__")[0] == []


def test_unknown_name():
    told, _ = fresh("import json, vitrion\ntry: vitrion.nothing\nexcept AttributeError as e: print(json.dumps(str(e)))")
    assert "nothing" in told


def test_help_is_light(bare):
    code = (
        "import io, sys\nfrom contextlib import redirect_stdout\nsys.argv = ['vitrion', '--help']\n"
        "from vitrion.serve.cli import main\nwith redirect_stdout(io.StringIO()) as said:\n"
        "    try: main()\n    except SystemExit as end: assert not end.code, end.code\n"
        "assert 'rank' in said.getvalue()"
    )
    modules, _ = loaded(code)
    assert modules == []
    assert min(loaded(code)[1] for _ in range(3)) - bare < 1.5


@pytest.mark.parametrize(
    "name", ["ranking.rank", "registry.versions", "task.goal", "training.train", "training.evaluate", "recipes.recipe"]
)
def test_mlflow_waits(name):
    modules, _ = loaded(f"import vitrion.experiments.{name}")
    assert not {"mlflow", "matminer", "pymatgen", "fastapi"} & set(modules)


def test_ranking_needs_no_mlflow_to_find_its_predictors(tmp_path):
    """The error of a machine without a model comes from our own record."""
    code = (
        f"import os; os.environ['VITRION_HOME'] = {str(tmp_path)!r}\nimport vitrion\n"
        "try: vitrion.rank(['LiAlCl4'])\nexcept LookupError as error: assert 'vitrion train' in str(error)"
    )
    assert "mlflow" not in loaded(code)[0]
