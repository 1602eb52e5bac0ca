# Secondment Ledger: every task of a developer, one word each. Needs make, Python 3.11-3.14 with
# venv, and the network's package index. `make help` lists the words.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2

RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip --disable-pip-version-check --no-input
# --no-deps: the lists are whole, and older pips would look for a newer "coverage[toml]" than the one listed.
INSTALL := $(PIP) install --quiet --progress-bar off --only-binary :all: --no-deps --require-hashes
INSTALL_SELF := $(PIP) install --quiet --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint types imports tests coverage format soak bench rubric lock clean python

help: ## this list
	@echo "make WORD, where WORD is one of:"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12
	@echo "Variables: PYTHON=$(PYTHON)  VENV=$(VENV)  WORKERS=$(WORKERS) (processes that run the tests)"

demo: $(VENV)/.runtime ## make the invented county (once) and print the headcount of its town
	@$(RUN)/sledger demo --no-tui

test: lint types imports tests ## everything that must hold: lint, types, imports, tests

lint: $(VENV)/.dev ## ruff: rules and format
	@echo "== ruff"
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	@echo "== mypy"
	@$(RUN)/mypy

imports: $(VENV)/.dev ## import-linter: who may import whom
	@echo "== import-linter"
	@$(RUN)/lint-imports --no-logo

tests: $(VENV)/.dev ## pytest
	@echo "== pytest"
	@$(RUN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# Counting lines takes three times as long, so that it is a word of its own.
coverage: $(VENV)/.dev ## pytest with coverage
	@echo "== pytest with coverage"
	@$(RUN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report term $(ARGS)

format: $(VENV)/.dev ## put the code into the one format and mend what ruff can mend
	@$(RUN)/ruff check --fix --exit-zero .
	@$(RUN)/ruff format .

# The two long runs live beside the tests and the benchmarks; each says itself what it did.
soak: $(VENV)/.fuzz ## the long tests: planted faults, kills, many writers, fuzzing (ARGS=...)
	@if [ -f tests/soak/__main__.py ] || [ -f tests/soak.py ]; then \
	  $(RUN)/python -m tests.soak $(ARGS); \
	else \
	  echo "There is no soak test yet (tests/soak): nothing was run."; \
	fi

# The guided fuzzer has no wheels for some systems: without it hypothesis does the fuzzing alone.
$(VENV)/.fuzz: $(VENV)/.dev benchmarks/fuzz-requirements.txt
	@$(INSTALL) --requirement benchmarks/fuzz-requirements.txt || echo "No guided fuzzer here: hypothesis alone."
	@touch $@

bench: $(VENV)/.bench ## the benchmarks, side by side with other libraries, and the tables of their page (ARGS=...)
	@if [ -f benchmarks/run.py ]; then \
	  $(RUN)/python -m benchmarks.run $(ARGS); \
	else \
	  echo "There is no benchmark yet (benchmarks/run.py): nothing was run."; \
	fi

rubric: $(VENV)/.dev ## the 28 points of the screens, each from a run (ARGS="--write FILE")
	@$(RUN)/python -m benchmarks.rubric $(ARGS)

lock: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv:  pip install uv" >&2; exit 1; }
	@scripts/lock

clean: ## remove the environment and everything the tools left behind
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov

# ---------------------------------------------------------------- the environment, made once
# An environment that stands is used as it is, unless somebody names another PYTHON.
python:
ifneq ($(origin PYTHON)$(wildcard $(VENV)/.made),file$(VENV)/.made)
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "There is no $(PYTHON) here. On Debian:  apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) scripts/check_python.py $(VENV)
endif

$(VENV)/.made: | python
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml $(VENV)/.made | python
	@echo "Installing Secondment Ledger into $(VENV); the first time this takes about a minute ..."
	@$(INSTALL) --requirement requirements/runtime.txt
	@$(INSTALL_SELF)
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml $(VENV)/.made | python
	@echo "Installing Secondment Ledger and its tools into $(VENV); the first time this takes a minute or two ..."
	@$(INSTALL) --requirement requirements/dev.txt
	@$(INSTALL_SELF)
	@touch $(VENV)/.runtime $@

# The peers that the benchmarks measure against are nobody else's dependencies.
$(VENV)/.bench: $(VENV)/.dev $(wildcard benchmarks/requirements.txt)
	@if [ -f benchmarks/requirements.txt ]; then \
	  $(INSTALL) --requirement benchmarks/requirements.txt; \
	fi
	@touch $@
