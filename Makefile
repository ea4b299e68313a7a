# Set-up is part of every target: a machine needs Python 3.11 or newer, make and git, nothing else.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FRONTEND := src/partner_portal/web/frontend
FRONTEND_SOURCES := $(wildcard $(FRONTEND)/*.json $(FRONTEND)/*.ts $(FRONTEND)/src/* $(FRONTEND)/src/*/*)
LOCK := $(BIN)/uv pip compile --quiet --system-certs --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header

.PHONY: demo test test-postgres check bench format lock setup screenshots looks clean

demo: .venv/run.stamp .venv/frontend.stamp  ## Sandbox and portal with generated data, on http://127.0.0.1:8000
	$(BIN)/portal demo

test: setup  ## Everything, with a real browser and a real PostgreSQL
	@PORTAL_TEST_BROWSER="$$($(BIN)/python tools/browser.py)" && export PORTAL_TEST_BROWSER && \
	  $(MAKE) --no-print-directory check && $(BIN)/python -m pytest -n 2 --dist loadgroup

test-postgres: setup  ## The portal's tests once more, with everything in PostgreSQL; those of the other parts know both
	PORTAL_TEST_STORE=postgresql $(BIN)/python -m pytest -n 2 --dist loadgroup \
	  --ignore=tests/{autotask,faults,journeys,lib,mirror,reports,sandbox,warehouse}

check: setup  ## What needs no test run: format, lint, types, imports, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/deptry src
	$(BIN)/python tools/frontend.py check

bench: setup  ## Timings, as ratios measured side by side in one run
	$(BIN)/python -m benchmarks

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: setup  ## The pages and their states, into screenshots/
	@PORTAL_TEST_BROWSER="$$($(BIN)/python tools/browser.py)" && export PORTAL_TEST_BROWSER && \
	  $(BIN)/python tools/screenshots.py

looks: setup  ## Every page in every state, theme and size, in a real browser: takes a quarter of an hour
	@PORTAL_TEST_BROWSER="$$($(BIN)/python tools/browser.py)" && export PORTAL_TEST_BROWSER && \
	  PORTAL_TEST_EVERY_LOOK=1 $(BIN)/python -m pytest tests/journeys/test_pages_and_states.py

setup: .venv/dev.stamp .venv/frontend.stamp

.venv/build.stamp: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit("make: Python 3.11 or newer is needed; name one with PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-build.lock
	@touch $@

# uv installs in seconds what pip takes a minute for; pip is the way where uv cannot reach the index that pip is set up for.
.venv/run.stamp: .venv/build.stamp requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --system-certs --require-hashes -r requirements.lock || $(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/uv pip install --quiet --system-certs --require-hashes -r requirements-dev.lock || $(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.lock
	@touch $@

.venv/frontend.stamp: .venv/build.stamp tools/frontend.py $(FRONTEND_SOURCES)
	$(BIN)/python tools/frontend.py build
	@touch $@

lock: .venv/build.stamp  ## Renew the locks from pyproject.toml
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) --group build -o requirements-build.lock
	$(LOCK) --group node -o requirements-node.lock

clean:
	rm -rf .venv .tools $(FRONTEND)/node_modules src/partner_portal/web/static/build
