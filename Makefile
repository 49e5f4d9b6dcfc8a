# `make demo` and `make test` each do their own set-up on a machine with Python ≥ 3.11 only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

# Tests and the demonstration start many programs: each is compiled once, not at each start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test check long bench screenshots messages clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      serve the demonstration on http://127.0.0.1:8000"
	@echo "make test      run the tests on a real PostgreSQL"
	@echo "make check     lint, types, architecture, templates, translations"
	@echo "make long      the full-size proofs"
	@echo "make bench     the benchmarks, each beside its bare baseline"
	@echo "make screenshots  take the pictures of the README from a running demonstration"
	@echo "make messages  write new sentences into the English catalogue"
	@echo "make install   only create .venv"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[audit,dev]"
	@touch $@

install: $(STAMP)

demo: $(STAMP)
	$(BIN)/quality demo

test: $(STAMP)
	$(BIN)/pytest -q -m "not long" -n $(WORKERS) --dist loadfile

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/deptry quality surveys charter
	$(BIN)/vulture
	$(BIN)/python -m tests.checks

long: $(STAMP)
	QUALITY_TEST_SCALE=100 $(BIN)/pytest -q -m long

bench: $(STAMP)
	@for file in bench/bench_*.py; do $(BIN)/python $$file || exit 1; done

# From a demonstration that runs on its usual address.
screenshots: $(STAMP)
	$(BIN)/python docs/screenshots.py

# Write what the code and the templates say into the English catalogue, for translation.
messages: $(STAMP)
	$(BIN)/python -m babel.messages.frontend -q extract -F babel.cfg -k "$$(cat babel.keywords)" --no-location --sort-output -o $(VENV)/messages.pot .
	$(BIN)/python -m babel.messages.frontend -q update --no-fuzzy-matching --ignore-obsolete --omit-header -l en -i $(VENV)/messages.pot -d quality/locale

clean:
	rm -rf $(VENV) .quality
