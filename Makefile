# callout: every target does all of its own set-up. `make demo` and `make test` are the two to know.
SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help setup demo test faults bench lint lab-up lab-down docs clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-9s %s\n", $$1, $$2 }'

setup: ## Make the Python environment (.venv) with everything in it
	@tools/setup

demo: ## Tell the main job end to end on the practice customers, from nothing
	@tools/demo

test: setup ## Lint, then every test, on the practice customers
	@tools/test

faults: setup lab-up ## The fault suites whole, with their table in docs/results/
	@tools/faults

bench: setup lab-up ## Every benchmark, ours and the peer in turn, ratios in docs/results/
	@tools/bench

lint: setup ## Formatting, types, walls, shell, YAML, Ansible
	@tools/lint

lab-up: setup ## Bring the practice customers up; nothing happens where they are up
	@lab/up

lab-down: ## Remove the practice customers, and nothing else
	@lab/down

docs: setup ## Generate docs/reference from the code
	@$(BIN)/python tools/reference.py

clean: ## Remove what was made here, but neither the lab nor any ledger
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .ansible
