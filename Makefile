# Everything here runs on a machine with Python 3.11 or 3.12 and a package registry, nothing else.
# The first that runs: a version manager may put names on the path that start nothing.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3,$(shell $(p) -c 'import venv' 2>/dev/null && echo $(p))))
VENV := .venv
RUN := $(VENV)/bin/python
# Compiled modules are kept, whatever the shell says: each test process would compile them anew.
export PYTHONDONTWRITEBYTECODE :=
# One worker a core; `make test WORKERS=0` runs in one process.
WORKERS ?= logical
# What says most for its time: no host of its own, and hardly a migration.
FAST := tests/unit tests/mails tests/sql/test_engine.py tests/graphql/test_schema.py

# `make` alone says what there is.
.DEFAULT_GOAL := help

.PHONY: help fast hooks demo serve test soak mutants coverage lint types imports migrations schema written static bench check clean

help: ## Say what there is to make
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(VENV)/ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[sandbox,test,lint]'
	touch $@

demo: $(VENV)/ready ## Tell the main job as a story and exit
	@$(RUN) -m sandbox demo

serve: $(VENV)/ready ## Keep the sandbox's shop and GraphQL open for a browser
	@$(RUN) -m sandbox serve

test: $(VENV)/ready ## Run the whole suite, on real Saleor too where one is found
	$(RUN) -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(TEST)

fast: lint imports ## Under a minute: style, imports, units, mails, schema; no types, services or acceptance
	$(RUN) -m pytest --quiet --numprocesses=$(WORKERS) $(FAST)

hooks: $(VENV)/ready ## Check each commit as it is made, by pre-commit
	$(RUN) -m pre_commit install

soak: $(VENV)/ready ## Minutes of mixed traffic
	SOAK_SECONDS=$${SOAK_SECONDS:-180} $(RUN) -m pytest -m soak tests/acceptance

mutants: $(VENV)/ready ## Make small mistakes one at a time and say which no test notices; half an hour
	$(RUN) -m tools.mutants $(MUTANTS)

coverage: $(VENV)/ready ## Which branches the suite reaches, here and in the stand-in's processes; not in CI
	rm -f .coverage .coverage.*
	$(RUN) -m coverage run -m pytest --host=sandbox $(TESTS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

lint: $(VENV)/ready ## Style of Python and SQL
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	@# Its workers leave two semaphores to the end, of which Python warns.
	PYTHONWARNINGS=ignore:resource_tracker $(RUN) -m sqlfluff lint --disable-progress-bar --processes=0 saleor_backorders

types: $(VENV)/ready ## Types, by mypy
	$(RUN) -m mypy

imports: $(VENV)/ready ## Which room may import which
	$(VENV)/bin/lint-imports

migrations: $(VENV)/ready ## Whether a model changed without its migration
	$(RUN) -m sandbox makemigrations --check --dry-run

schema: $(VENV)/ready ## Write the GraphQL schema down; CI fails where it differs
	DJANGO_SETTINGS_MODULE=sandbox.settings $(RUN) -m saleor_backorders.graphql.export

written: schema ## Whether the written schema is the one that the code makes
	git diff --exit-code -- saleor_backorders/graphql/schema.graphql

static: lint types imports migrations written ## What is checked without running the shop

check: ## All that CI checks
	.ci/run

bench: $(VENV)/ready ## Ratios, as a table; some minutes
	$(RUN) -m benchmarks $(BENCH)

clean: ## Throw away the environment and what was built
	rm -rf $(VENV) .cache build dist *.egg-info
