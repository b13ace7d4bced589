# Two commands to know: `make demo` and `make test`. Everything is installed into .venv, nothing outside it.

# python3 if it is new enough, else the newest there is; override with `make PYTHON=/path/to/python3.12 ...`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEVELOPED := $(VENV)/.developed

.DEFAULT_GOAL := help
.PHONY: help demo test test-livekit check format snapshots bench pictures lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(INSTALLED) ## the console on a fake SIP trunk, calling a sample list
	@$(BIN)/dialconsole demo $(ARGS)

test: $(DEVELOPED) ## install and run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not terminal and not livekit" $(ARGS)
	@$(BIN)/python -m pytest -m terminal $(ARGS)
	@$(BIN)/python -m pytest -m livekit $(ARGS)

test-livekit: $(DEVELOPED) ## the tests against real LiveKit servers alone (they skip, and say so, without them)
	@$(BIN)/python -m pytest -m livekit $(ARGS)

check: $(DEVELOPED) ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEVELOPED) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

snapshots: $(DEVELOPED) ## accept the screens as they are now (look at the diff first)
	$(BIN)/python -m pytest tests/console --snapshot-update

bench: $(DEVELOPED) ## every speed figure, beside its baseline
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(DEVELOPED) ## the README's pictures, made anew by the program
	$(BIN)/python tools/make_pictures.py

lock: $(DEVELOPED) ## write constraints.txt anew from what is installed
	$(BIN)/pip freeze --exclude-editable --exclude dialconsole > constraints.txt

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "dialconsole needs Python 3.11 or newer; on Debian: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)

$(INSTALLED): $(BIN)/python pyproject.toml constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(DEVELOPED): $(BIN)/python pyproject.toml constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(INSTALLED)
