# Two commands: `make run` serves the app, `make test` runs every test.
# Each sets everything up first; only Python 3.11 or 3.12, git and npm are needed.

PYTHON ?= $(shell for v in 3.11 3.12; do command -v python$$v >/dev/null 2>&1 && python$$v -c '' 2>/dev/null && { echo python$$v; exit; }; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test setup weights browser foreign docs package clean \
  check check-types check-docs check-style check-imports check-javascript

run: setup
	$(BIN)/python -m samstudio serve $(ARGS)

# Most tests share the cores; those marked alone tune, and want them all. In the order of their files, which
# begins with the slow ones: the browser's tests are then one after the other, with one browser and one app a
# worker, and no worker waits in the end for another's long test.
test: setup browser foreign
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not alone" --numprocesses auto --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest -m alone
endif

setup: $(VENV)/.installed weights

$(VENV)/.installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
	  || { echo "SAM Studio needs Python 3.11 or 3.12; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

weights: $(VENV)/.installed
	$(BIN)/python -m samstudio weights

browser: $(VENV)/.installed
	$(BIN)/python -m tests.browser

# Other tools that read our exports in tests, in an environment of their own.
foreign: $(VENV)/.installed
	$(BIN)/python -m tests.foreign

# Independent of each other, the longest first: `.ci/run` has them side by side.
check: check-types check-docs check-style check-imports check-javascript

check-types: setup
	$(BIN)/mypy

check-docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict  # without --quiet, which silences strict too

check-style: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

check-imports: setup
	$(BIN)/lint-imports

check-javascript: node_modules/.installed
	node_modules/.bin/eslint --max-warnings 0 .
	node_modules/.bin/tsc

# What checks the page's JavaScript; the page itself is served as it is written, and needs none of it.
node_modules/.installed: package.json package-lock.json .npmrc
	npm ci --silent --no-audit --no-fund
	@touch $@

docs: $(VENV)/.installed
	$(BIN)/mkdocs serve

# The wheel; tests/integration/test_package.py builds, installs and starts one.
package: $(VENV)/.installed
	rm -rf build dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) node_modules site build dist *.egg-info
