# The few verbs anyone needs. Each one makes its own .venv on a machine that has only Python (3.11 or newer) and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# A stamp is newer than the lock file it was installed from. The runtime set is a subset of the development set, with
# the same versions, so one .venv serves both and `make demo` downloads no test tools.
RUNTIME := $(VENV)/runtime.stamp
DEVELOPMENT := $(VENV)/development.stamp

.DEFAULT_GOAL := help
# Programs are under these licences, or are not depended on: none of them asks whoever runs Almanac to publish anything.
LICENCES := MIT;BSD;0BSD;Apache;Python Software Foundation;PSF;LGPL-3.0-only;OFL;Zlib;CC0;ISC;MPL
PROGRAM := analytics bot dashboard github handlers reports sandbox scheduler storage

.PHONY: help demo test fuzz check supply audit sbom bench judge image lock clean
# A half-written target must not look finished.
.DELETE_ON_ERROR:

help: ## Say what each verb does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME) ## Start Almanac beside a small GitHub with an organisation in it, and print where to look
	$(BIN)/python -m bot demo $(DEMO_ARGS)

test: $(DEVELOPMENT) ## Run every test, in three processes, as each waits now and then; TEST_ARGS goes to pytest
	$(BIN)/python -m pytest -n 3 --dist worksteal $(TEST_ARGS)

fuzz: $(DEVELOPMENT) ## Look for new examples that break a property, by chance; TEST_ARGS goes to pytest
	ALMANAC_FUZZ=1 $(BIN)/python -m pytest -n 2 -m hypothesis $(TEST_ARGS)

check: $(DEVELOPMENT) supply ## Lint, format, types, who may import whom, what is depended on, and whether the documents are true
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_docs.py tests/test_configuration.py tests/test_app_manifest.py

supply: $(DEVELOPMENT) sbom ## Look at our own code for insecure habits, at the workflows, and at the licences of what is depended on
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(PROGRAM)
	$(BIN)/zizmor --offline --quiet --pedantic .github/workflows
	$(BIN)/pip-licenses --from=mixed --partial-match --allow-only="$(LICENCES)" \
		--packages $$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' requirements.txt) --summary

sbom: $(DEVELOPMENT) ## Write what the program is made of as out/sbom.json, in CycloneDX
	@mkdir -p out
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --output-file out/sbom.json

audit: $(DEVELOPMENT) ## Ask the database of known vulnerabilities about every dependency; it needs the internet
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements.txt

bench: $(DEVELOPMENT) ## Measure intake, answers, pictures, start and memory; BENCH_ARGS goes to the benchmarks
	$(BIN)/python -m bench $(BENCH_ARGS)

judge: $(DEVELOPMENT) ## Compare survival curves with lifelines, in a throwaway environment; JUDGE_ARGS are folders of real data
	$(BIN)/python scripts/judge_survival.py $(JUDGE_ARGS)

image: $(DEVELOPMENT) ## Run the Dockerfile's steps in a clean folder, without a container engine
	$(BIN)/python -m scripts.image_steps

# uv writes one lock for every platform; it is used here alone and lives in a folder that is thrown away.
# Its config file and the index it asks are left out of what it writes: a lock names versions and hashes, not servers.
lock: ## Resolve requirements.txt and requirements-dev.txt anew from pyproject.toml
	@echo "Resolving with uv, in a throwaway environment"
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; \
	"$$tools/bin/python" -m pip --disable-pip-version-check install --quiet uv; \
	lock="$$tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes"; \
	lock="$$lock --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(LOCK_ARGS)"; \
	eval "$$lock pyproject.toml --output-file requirements.txt"; \
	eval "$$lock --extra dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt"

clean: ## Remove .venv, caches and what the demo left
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache demo-out out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Almanac needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	$(PYTHON) -m venv --clear $(VENV)

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing what Almanac runs on, hashes checked (once; about a minute)"
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt | $(BIN)/python
	@echo "Installing what Almanac and its tests need, hashes checked (once; about two minutes)"
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $(RUNTIME) $@
