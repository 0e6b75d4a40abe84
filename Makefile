# Two commands: `make run` serves the app, `make test` runs every test.
# Each sets everything up first; only Python 3.11 or 3.12, git and npm are needed.

PYTHON ?= $(shell for v in 3.11 3.12; do command -v python$$v >/dev/null 2>&1 && python$$v -c '' 2>/dev/null && { echo python$$v; exit; }; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test setup weights browser foreign check docs package clean

run: setup
	$(BIN)/python -m samstudio serve $(ARGS)

# Most tests share the cores; those marked alone tune, and want them all.
test: setup browser foreign
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not alone" --numprocesses auto --dist loadfile
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

check: setup node_modules/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	node_modules/.bin/eslint --max-warnings 0 .
	node_modules/.bin/tsc
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict  # without --quiet, which silences strict too

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
