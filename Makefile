# Everything starts here: `make demo` builds a machine and boots it, `make test` proves it all.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# One store for all that is built here; set NEVE_STORE to use another.
export NEVE_STORE ?= $(HOME)/.local/share/neve

.PHONY: demo test lint types unit machines docs bench reproducible clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m compileall -q builder bootloader switcher vmtest
	$(BIN)/python -m builder.modules.precompile configs
	touch $@

demo: $(STAMP)
	$(BIN)/neve demo configs#minimal

test: lint types unit machines

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

unit: $(STAMP)
	$(BIN)/pytest -q -n 2 tests

# Slow machines (other architectures, emulated) are left to `vm-test configs`.
machines: $(STAMP)
	$(BIN)/vm-test configs --skip-slow --vm-output build/vm-output

docs: $(STAMP)
	$(BIN)/python -m builder.manual.library

bench: $(STAMP)
	$(BIN)/python -m tests.bench.run

# Builds every system, image and package of the examples again, in another environment.
reproducible: $(STAMP)
	$(BIN)/neve build --check --recursive \
	  $$($(BIN)/neve eval --raw configs# --apply "$$(cat tests/reproducible.nix)")

clean:
	rm -rf build $(VENV) result result-*
