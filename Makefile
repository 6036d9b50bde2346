# Vitrion: `make rank` is the main job, `make check` the one definition of green.
# Needs Python 3.11+, make and a package index; every target sets itself up.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PEERS := .venv-peers
USES := serve dask docs bench

.PHONY: help setup rank test check format lock package docs notebooks data elements prove prove-faults bench bench-models search bench-loop bench-serve bench-screen peers clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## make the virtual environment (safe to repeat)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "vitrion: no Python 3.11 or newer found; install one, or run 'make PYTHON=/path/to/python3.11 ...'" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "vitrion: $(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true # what pip does on one processor alone; not all that is installed compiles
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p $(VENV)/typing && ln -sfn ../.. $(VENV)/typing/vitrion
	@touch $(READY)

rank: $(READY) ## train if there is no model yet, rank the example candidates, write ranking.csv and ranking.html
	$(BIN)/vitrion rank examples/oxychloride_candidates.csv --train-if-missing -o ranking.csv -o ranking.html

test: $(READY) ## the test suite, on up to four processors
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --durations 20 --durations-min 5

check: $(READY) ## format, lint, types, layers, tests: the one definition of green
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --cache-dir $(VENV)/import-linter
	$(MAKE) test

format: $(READY) ## format the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --quiet \
	--custom-compile-command "make lock"

lock: $(READY) ## renew requirements.lock from pyproject.toml, and the lock of each use in requirements/
	$(LOCK) --all-extras --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --output-file requirements/core.lock
	for use in $(USES); do $(LOCK) --constraint requirements.lock --extra $$use --output-file requirements/$$use.lock || exit 1; done

package: $(READY) ## wheel and source distribution in dist/, installed into an empty environment and used there
	rm -rf build dist *.egg-info
	$(BIN)/python -m build --no-isolation
	rm -rf build *.egg-info
	$(PYTHON) -m venv --clear dist/clean
	dist/clean/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/core.lock
	dist/clean/bin/python -m pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	cd dist && clean/bin/vitrion --version && clean/bin/vitrion data list

docs: $(READY) ## the documentation site in docs/_build; a warning is an error
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs docs/_build

notebooks: $(READY) ## run the notebooks with the champions of the present home and keep what they show (four minutes)
	$(BIN)/python examples/run_notebooks.py

data: $(READY) ## renew the embedded data: make data WHEEL=glasspy-0.4.0-py3-none-any.whl (pip download glasspy==0.4.0 --no-deps)
	@test -n "$(WHEEL)" || { echo "vitrion: name the wheel: make data WHEEL=glasspy-0.4.0-py3-none-any.whl" >&2; exit 1; }
	$(BIN)/python -m vitrion.datasets.sciglass_build $(WHEEL)
	$(BIN)/python -m vitrion.datasets.neighbours_build
	$(BIN)/python -m vitrion.datasets.coverage docs

elements: $(READY) ## renew the element table from pymatgen and matminer
	$(BIN)/python -m vitrion.features.elements_build

prove: $(READY) ## the same proofs in full, kept in docs/benchmarks: 10^5 formulas, 10^7 members, 10^7 strings, 100 kills, bad requests, faults, 30 minutes of load (three hours; needs models)
	$(BIN)/python tests/bench/features_proofs.py --full --write docs/benchmarks/features.md
	$(BIN)/python tests/bench/kills.py --times 100 --write docs/benchmarks/kills.md
	$(BIN)/python tests/bench/http_proofs.py --full --write docs/benchmarks/faults-http.md
	$(MAKE) prove-faults

prove-faults: $(READY) ## faults ten times each, 300 kills of server and workers, 30 minutes of load, kept in docs/benchmarks/faults.md
	$(BIN)/python tests/bench/faults.py --times 10 --write docs/benchmarks/faults.md
	$(BIN)/python tests/bench/server_kills.py --times 300 --strict --write docs/benchmarks/faults.md
	$(BIN)/python tests/bench/soak.py --minutes 30 --write docs/benchmarks/faults.md

bench: $(READY) ## speed and agreement, as ratios in one run (tests/bench; under three minutes)
	$(BIN)/python tests/bench/features_proofs.py
	$(BIN)/python -m pytest tests/bench

bench-models: $(READY) ## how good the models are, written to docs/benchmarks/models.md (two hours on two cores)
	OMP_NUM_THREADS=1 $(BIN)/python -m vitrion.experiments.bench --write docs

search: $(READY) ## what choosing the recipes is worth on papers that had no say, written to docs/benchmarks/recipes.md (forty minutes)
	OMP_NUM_THREADS=1 $(BIN)/python -m vitrion.experiments.recipe_search --write docs

bench-loop: $(READY) ## replay campaigns on measured compositions, written to docs/benchmarks/loop.md (half an hour)
	OMP_NUM_THREADS=1 $(BIN)/vitrion backtest --keep docs/benchmarks/loop.json --write docs

bench-serve: $(READY) ## load on a server of its own, on loopback, written to docs/benchmarks/service.md (three minutes; needs models)
	$(BIN)/python tests/bench/serve_load.py --write docs/benchmarks/service.md

bench-screen: $(READY) ## speed, memory, Dask and kills of screenings, to docs/benchmarks/screening.md (half an hour; needs models)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/screening_bench.py --family 10000000 --write docs/benchmarks/screening.md

peers: $(PEERS)/ready ## make the environment of the peers that tests/bench/peers replays (BayBE and BoTorch; 1.3 GB)

$(PEERS)/ready: tests/bench/peers/requirements.txt
	@test -n "$(PYTHON)" || { echo "vitrion: no Python 3.11 or newer found; install one, or run 'make PYTHON=/path/to/python3.11 peers'" >&2; exit 1; }
	@test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check "$$(grep '^torch==' $<)"
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

clean: ## remove the environment and build leftovers
	rm -rf $(VENV) $(PEERS) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
