# Two commands: `make run` serves the demo, `make test` runs everything. Each does its own set-up.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DATABASE_URL ?= sqlite:///instance/kesu.db

.PHONY: run test setup assets demo lint types contracts ci prove bench clean help

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: setup assets demo  ## serve the demo company on 127.0.0.1 (make run PORT=8123 for another port)
	$(BIN)/kesu serve --port $(PORT)

test: setup assets  ## the whole suite
	bin/test

setup: $(VENV)/.ready  ## the virtual environment with everything in it

$(VENV)/.ready: setup.cfg constraints.txt bin/setup
	PYTHON=$(PYTHON) bin/setup

assets: setup  ## the browser bundles
	bin/build-assets

demo: setup
	$(BIN)/kesu install --demo

lint: setup  ## style
	$(BIN)/ruff check .

types: setup  ## types, strict
	bin/types

contracts: setup  ## which room may use which
	bin/contracts

prove: setup  ## every approval move in every structure at random, against a reference (make prove RUNS=20000), figures into docs/
	mkdir -p build && rm -f build/proof.*
	RUNS=$(RUNS) SHARDS=$$(nproc) FIGURES=build/proof $(BIN)/python -m pytest -n $$(nproc) --dist load tests/approvals/test_random_moves.py
	$(BIN)/python -m tests.approvals.figures build/proof.*

ci:  ## what CI runs
	.ci/run

clean:  ## forget what was built
	rm -rf $(VENV) build webui/static/dist frontend/node_modules instance
