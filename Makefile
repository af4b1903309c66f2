# make lab       the laboratory, in the browser
# make demo      two fits, told step by step, drawn in out/    make check   style, types, layers, sizes
# make test      the whole suite                              make fmt     put the source into its one format
# make bench     speed beside the peers: bench/RESULTS.md     make clean   remove all that make made
#
# Each sets up .venv first, once. Another Python than python3: make PYTHON=python3.13.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .peers

.DEFAULT_GOAL := test
.PHONY: lab demo test check fmt bench clean

# The one set-up. The build tools go first, so that pip builds gradlab with the pinned ones instead of fetching others.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gradlab needs Python 3.11 or later: make PYTHON=python3.12")'
	@echo "Setting up $(VENV): PyTorch is large, the first time may take minutes."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt hatchling editables
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@

# The laboratory, on the lesson's line: opens the browser, Ctrl-C ends it.
lab: $(READY)
	$(BIN)/gradlab lab

# The lesson's fit, and a line through measured data: the calibration of an ozone monitor (NIST's Norris).
demo: $(READY)
	@mkdir -p out
	$(BIN)/gradlab data line --m 0.5 --b 0 --n 50 --seed 0 -o out/points.csv
	$(BIN)/gradlab fit out/points.csv --model line --loss mae --start m=0.8 --freeze b --steps 25 --log --figure out/lesson.png
	$(BIN)/gradlab fit Norris --model line --standardise --lr 0.1 --steps 150 --figure out/norris.png --report out/report.html

# One thread in each of pytest's processes: on small tensors more threads only wait for each other.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=8 --dist=loadgroup

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src bench tools
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/sizes.py
	@if command -v npm >/dev/null; then \
	  [ -d front/node_modules ] || npm --prefix front ci --silent; npm --prefix front run --silent check; \
	else echo "No npm here: the lab's bundle is not compared with its source."; fi

fmt: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Those that gradlab is measured beside, apart from what it runs on. Where they cannot be had, their rows are left out.
$(PEERS)/.ready: bench/requirements.txt | $(READY)
	$(BIN)/python -m pip install --quiet --target $(PEERS) --requirement bench/requirements.txt && touch $@ \
		|| echo "The peers could not be installed; the bench goes without them."

bench: $(READY) $(PEERS)/.ready
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) $(PEERS) out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
