# Everything here runs on a machine with Python 3.11 or 3.12 and a package registry, nothing else.
# The first that runs: a version manager may put names on the path that start nothing.
PYTHON ?= $(firstword $(foreach p,python3.12 python3.11 python3,$(shell $(p) -c 'import venv' 2>/dev/null && echo $(p))))
VENV := .venv
RUN := $(VENV)/bin/python
# Compiled modules are kept, whatever the shell says: each test process would compile them anew.
export PYTHONDONTWRITEBYTECODE :=
# One worker a core; `make test WORKERS=0` runs in one process.
WORKERS ?= logical

.PHONY: demo serve test soak mutants coverage lint types imports migrations schema written static bench check clean

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

soak: $(VENV)/ready ## Minutes of mixed traffic
	SOAK_SECONDS=$${SOAK_SECONDS:-180} $(RUN) -m pytest -m soak tests/acceptance

mutants: $(VENV)/ready ## Make small mistakes one at a time and say which no test notices; half an hour
	$(RUN) -m tools.mutants $(MUTANTS)

coverage: $(VENV)/ready ## Which branches the suite reaches, here and in the stand-in's processes; not in CI
	rm -f .coverage .coverage.*
	$(RUN) -m coverage run -m pytest --host=sandbox $(TESTS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

lint: $(VENV)/ready
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/ready
	$(RUN) -m mypy

imports: $(VENV)/ready
	$(VENV)/bin/lint-imports

migrations: $(VENV)/ready
	$(RUN) -m sandbox makemigrations --check --dry-run

schema: $(VENV)/ready ## Write the GraphQL schema down; CI fails where it differs
	DJANGO_SETTINGS_MODULE=sandbox.settings $(RUN) -m saleor_backorders.graphql.export

written: schema
	git diff --exit-code -- saleor_backorders/graphql/schema.graphql

static: lint types imports migrations written ## What is checked without running the shop

check: ## All that CI checks
	.ci/run

bench: $(VENV)/ready ## Ratios, as a table; some minutes
	$(RUN) -m benchmarks $(BENCH)

clean:
	rm -rf $(VENV) .cache build dist *.egg-info
