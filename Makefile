# Everything a newcomer or a robot does here has a name below. `make` alone lists them.
# Needs nothing but Python 3.11 (or newer) and make: the rest is set up in .venv.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest
# Tests of a module stay together as long as they can: it sets up its service, or its browser, once.
SIDE_BY_SIDE := -n 3 --dist worksteal
PACKAGES := schemas payers service
CHECKED := $(PACKAGES) tests $(wildcard bench migrations)
UV := .locker/bin/uv
COMPILE := $(UV) --no-config --quiet pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --no-strip-extras
HEADER := \# Made by `make lock` from pyproject.toml: exact versions, a hash of every file. Do not edit.
# What reaches every branch of the engine; to count branches slows a test, so the rest is not counted.
ENGINE := tests/engine tests/verify
# Tests start the service dozens of times: compiled modules are kept, whatever the surroundings say.
unexport PYTHONDONTWRITEBYTECODE
# Quick ones first; those that fill every processor for minutes last.
BENCHES := engine route x12 audit rulebook shares memory bare live batch batch_served \
	celery_workers
CATALOGS := $(patsubst %.po,%.mo,$(wildcard service/translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up: each step leaves a stamp in .venv, so that a second run costs nothing --------------

.PHONY: setup
setup: $(VENV)/.runtime $(CATALOGS) ## Make .venv with all that the service needs

.PHONY: tools
tools: setup $(VENV)/.tools ## Add what tests and checks need to .venv

$(VENV)/.made:
	@set -e; \
	for candidate in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14 python; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			python="$$candidate"; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "OpenVOB needs Python 3.11 or newer, and none was found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$python" --version)"; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { \
		echo "Python's venv module could not make $(VENV); on Debian and Ubuntu it is the package python3-venv." >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Installing what the service runs on"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.tools: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what tests and checks need"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

# --- the service --------------------------------------------------------------------------------

.PHONY: run
run: setup ## Serve on http://127.0.0.1:8080, with a database and a key made on the first run
	@$(BIN)/vob serve

.PHONY: sandbox
sandbox: setup ## An invented payer and a service that asks it, with curl lines to try
	@$(BIN)/vob sandbox --with-service

.PHONY: widget-demo
widget-demo: tools ## The widget on a strict page of another origin, with a service of its own
	@$(BIN)/python -m tests.widget.website

# --- checks: what a change must pass --------------------------------------------------------------

.PHONY: check
check: lint types rules test ## What every change must pass (the tests include `house`)

.PHONY: lint
lint: tools ## Style and common faults (ruff), and those of security (bandit)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(PACKAGES) migrations

.PHONY: types
types: tools ## Types (mypy, strict)
	$(BIN)/mypy $(PACKAGES)

.PHONY: house
house: tools ## Who may import whom, sizes, words
	$(PYTEST) -q tests/house

.PHONY: rules
rules: setup ## The rulebook: shape, sources, dates, worked examples
	$(BIN)/vob rules check

.PHONY: test
test: tools ## All tests, warnings as errors; every branch of service/engine must be reached
	$(PYTEST) -q $(SIDE_BY_SIDE) $(ENGINE) --cov=service/engine --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
	$(PYTEST) -q $(SIDE_BY_SIDE) $(addprefix --ignore=,$(ENGINE))

.PHONY: screens
screens: tools ## Pictures of the pages in .screens, in both languages, narrow, wide and dark (minutes)
	OPENVOB_TEST_SCREENS=1 $(PYTEST) -q $(SIDE_BY_SIDE) $(wildcard tests/console/test_*browser*.py tests/widget/test_*browser*.py) \
		tests/console/test_documents.py tests/console/test_webhooks.py tests/console/test_actuals.py

.PHONY: contract
contract: tools ## A running service against openapi.yaml: every check, 200 examples an operation (minutes)
	bin/contract 200

.PHONY: proof
proof: tools ## The money identities over 100,000 random cases of each kind (a quarter of an hour)
	OPENVOB_PROOF_CASES=200000 $(PYTEST) -q tests/engine/test_identities.py

.PHONY: bench
bench: tools ## All of bench/ that takes minutes: docs/performance.md says what, and holds the tables (an hour)
	@for bench in $(BENCHES); do \
		echo; echo "bench.$$bench"; $(BIN)/python -m bench.$$bench || left_out="$$left_out $$bench"; \
	done; test -z "$$left_out" || { echo "Not measured:$$left_out" >&2; exit 1; }

.PHONY: bench-page
bench-page: tools ## Write what `make bench` measured into docs/performance.md
	$(BIN)/python -m bench.page

.PHONY: bench-server
bench-server: tools ## gunicorn beside granian on the real route, with wrk (a quarter of an hour)
	$(BIN)/python -m bench.server

.PHONY: bench-workers
bench-workers: tools ## Rows a second with one Celery worker and two (needs PostgreSQL and Redis; a quarter of an hour)
	$(BIN)/python -m bench.celery_workers

.PHONY: load
load: tools ## A payer that takes a second, then two hundred at once, half of them to one that hangs (minutes)
	$(BIN)/python -m bench.live

.PHONY: fuzz
fuzz: tools ## The readers of replies against N broken ones (N=200000, a quarter as many in JSON: minutes)
	$(BIN)/python -m tests.payers.fuzz --count $(or $(N),200000)

# --- proofs: long runs that show what is promised; OPENVOB_TEST_POSTGRES adds a server to each ------

.PHONY: mutation
mutation: tools ## N small changes of the engine and the rulebook: which ones a test notices (N=1000: an hour; 0: all)
	$(BIN)/python -m venv $(VENV)-mutation
	$(VENV)-mutation/bin/pip install --quiet --requirement requirements-dev.lock
	$(VENV)-mutation/bin/pip install --quiet "mutmut==3.8.1"
	$(VENV)-mutation/bin/python -m tests.proofs.mutation $(or $(N),1000)

.PHONY: clerk
clerk: tools ## A clerk's morning in a real browser: key presses, clicks, seconds of waiting
	$(BIN)/python -m tests.proofs.clerk

.PHONY: lighthouse
lighthouse: tools ## What Lighthouse says of the main pages (needs Node; some minutes)
	$(BIN)/python -m tests.proofs.lighthouse

.PHONY: sentinel
sentinel: tools ## N verifications of marked people through every door: no mark gets out (N=500: minutes)
	$(BIN)/python -m tests.proofs.sentinel --count $(or $(N),500)

.PHONY: enumeration
enumeration: tools ## N contacts from the website, half of known members: one shape, one pace (N=1000: a minute)
	$(BIN)/python -m tests.proofs.enumeration --count $(or $(N),1000)

.PHONY: audit-proof
audit-proof: tools ## N audit events by 16 writers at once, and every tampering found (N=10000: minutes)
	$(BIN)/python -m tests.proofs.audit --count $(or $(N),10000)

.PHONY: kill-proof
kill-proof: tools ## N writes to a service that is killed again and again (N=1000: minutes)
	$(BIN)/python -m tests.proofs.kill --count $(or $(N),1000)

.PHONY: chaos-proof
chaos-proof: tools ## N rows of a batch while processes, database and broker are torn down (N=10000: half an hour)
	$(BIN)/python -m tests.proofs.chaos --count $(or $(N),10000)

.PHONY: webhook-proof
webhook-proof: tools ## N events of a service that is killed, to a receiver that fails: all told, in order (N=1000: minutes)
	$(BIN)/python -m tests.proofs.webhooks --count $(or $(N),1000)

.PHONY: impact-proof
impact-proof: tools ## N open cases, and a changed rule that lists just those it touches (N=5000: minutes)
	$(BIN)/python -m tests.proofs.impact --count $(or $(N),5000)

.PHONY: audit-packages
audit-packages: tools ## Known weaknesses of what is locked (pip-audit; needs the network)
	$(BIN)/pip-audit --strict --require-hashes --requirement requirements.lock

# --- clients: made from openapi.yaml, and not kept ------------------------------------------------

.PHONY: client
client: tools ## A Python client for the API in clients/python, out of openapi.yaml
	$(BIN)/openapi-python-client generate --path openapi.yaml --config clients/openapi-python-client.yaml \
		--meta setup --output-path clients/python --overwrite --fail-on-warning

.PHONY: client-typescript
client-typescript: tools ## The code of docs/calling-from-typescript.md, compiled strictly and run (needs Node and npm)
	$(BIN)/python -m tests.proofs.typescript

# --- what is made from the code and kept beside it ----------------------------------------------

.PHONY: openapi
openapi: setup ## Write openapi.yaml from the code
	@$(BIN)/flask --app service.app:create_app export-openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml

.PHONY: permissions
permissions: setup ## Write docs/permissions.md from the code
	@$(BIN)/flask --app service.app:create_app export-permissions > permissions.new && mv permissions.new docs/permissions.md

.PHONY: coverage-matrix
coverage-matrix: setup ## Write docs/rulebook-coverage.md from the rulebook
	@$(BIN)/vob rules coverage > coverage.new && mv coverage.new docs/rulebook-coverage.md

.PHONY: rules-schema
rules-schema: setup ## Write docs/*.schema.json, what editors check the rulebook's files with
	@for file in payer-file program-file services-file; do \
		$(BIN)/vob rules schema $$file > schema.new && mv schema.new docs/$$file.schema.json || exit 1; \
	done

.PHONY: translations
translations: setup ## Compile the catalogs of sentences (setup does it too)
	@for catalog in $(CATALOGS); do echo "$$catalog"; done

.PHONY: lock
lock: $(UV) ## Resolve the dependencies anew: requirements.lock and requirements-dev.lock
	@{ echo '$(HEADER)'; echo; $(COMPILE) --upgrade --group build; } > .locker/runtime
	@mv .locker/runtime requirements.lock
	@{ echo '$(HEADER)'; echo; $(COMPILE) --upgrade --group dev --constraints requirements.lock; } > .locker/tools
	@mv .locker/tools requirements-dev.lock

$(UV): | $(VENV)/.made
	@$(BIN)/python -m venv .locker
	@.locker/bin/python -m pip --disable-pip-version-check install --quiet uv

.PHONY: clean
clean: ## Remove .venv and everything made by tools; instance/ (database and keys) stays
	rm -rf $(VENV) .locker .bench .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist openvob.egg-info
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(CATALOGS)
