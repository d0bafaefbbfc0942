# Two commands: `make run` serves the demo, `make test` runs everything. Each does its own set-up.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DATABASE_URL ?= sqlite:///instance/kesu.db

.PHONY: upgrade-test run test setup assets demo lint types contracts ci prove soak bench clean help

help:  ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: export KESU_BASE_URL ?= http://127.0.0.1:$(PORT)
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

prove: setup  ## approval moves, random and torn diagrams, each against a reference (make prove RUNS=20000), figures into docs/
	mkdir -p build && rm -f build/proof.*
	RUNS=$(RUNS) SHARDS=$$(nproc) FIGURES=build/proof $(BIN)/python -m pytest -n $$(nproc) --dist load \
		tests/approvals/test_random_moves.py tests/engine/spiff/test_token_game.py tests/engine/spiff/test_broken_diagrams.py
	$(BIN)/python -m tests.approvals.figures build/proof.*

soak: setup  ## worker processes killed at random, every effect and every mail counted (make soak RUNS=2000)
	RUNS=$(RUNS) $(BIN)/python -m pytest -n0 tests/engine/test_soak.py
	BACKUPS=$(or $(BACKUPS),20) $(BIN)/python -m pytest -n0 tests/engine/backups/test_kills.py

upgrade-test: setup  ## the demo of the version before, migrated on both databases, goes on working
	bin/upgrade-test

bench: setup  ## every figure of benchmarks/README.md, into benchmarks/results.json; takes about half an hour
	$(BIN)/python -m benchmarks

ci:  ## what CI runs
	.ci/run

clean:  ## forget what was built
	rm -rf $(VENV) build webui/static/dist frontend/node_modules instance
