# `make verify` runs the main job and `make test` the tests; each sets up all it needs in .venv first.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
# uv needs a quarter of the time of pip. Where uv cannot be installed or does not reach the package index, pip does all.
# Python compiles a module when it is imported first; to compile all modules of all packages takes 20 seconds longer.
PIP := $(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check --constraint constraints.txt
UV := $(BIN)/uv pip install --python $(BIN)/python --quiet --constraint constraints.txt

PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal -p no:randomly

# Where Python is told to keep no compiled modules, each of the many processes that are started here would compile all
# libraries again, which takes three seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: verify test pytest check lint format coverage test-random-order test-browser benchmark figures docs clean

# Under three minutes with set-up and compilation; `spinglass verify` tests all claims.
verify: .venv/installed
	$(BIN)/spinglass verify --minutes 1.4

# Run tests and `lint` at the same time; what `lint` finds is printed at the end.
define beside_lint
	@mkdir -p build
	@$(MAKE) --no-print-directory lint >build/lint.txt 2>&1 & lint=$$!; \
	$(1); tests=$$?; \
	if wait $$lint; then echo "make lint: passed"; else cat build/lint.txt; exit 1; fi; exit $$tests
endef

test: .venv/installed-test
	$(call beside_lint,$(MAKE) --no-print-directory pytest)

# Pytest needs five seconds in every process to rewrite assertions such that they show their values. Only tests that fail
# are run with it, once more.
define tests
$(PYTEST) --assert=plain $(1) || { $(BIN)/python -m pytest -p no:randomly --last-failed --last-failed-no-failures=none; exit 1; }
endef

# Both cores share the files of tests. Then the tests of equal bits once more: they must hold for kernels that are
# compiled in the process and for kernels that are read from disk.
pytest: .venv/installed-test
	$(call tests)
	$(call tests,-m bits $$(grep -rl --include='*.py' mark.bits tests))

# Fast enough to run before every commit.
check: .venv/installed-test
	$(call beside_lint,$(PYTEST) -m "not slow")

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyrefly check --python-interpreter-path $(BIN)/python
	$(BIN)/lint-imports --no-cache

format: .venv/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Lines of compiled functions are not seen by coverage and are left out of the count.
coverage: .venv/installed-test
	$(PYTEST) --cov --cov-report=term-missing:skip-covered

test-random-order: .venv/installed-test
	$(BIN)/python -m pytest -n auto --dist worksteal

# `make test` skips what needs a browser where there is none; this requires it (Debian: apt install chromium).
test-browser: .venv/installed-test
	SPINGLASS_REQUIRES_BROWSER=1 $(BIN)/python -m pytest tests/validation/test_report_browser.py

benchmark: .venv/installed-benchmark
	$(BIN)/python -m benchmarks

figures: .venv/installed
	$(BIN)/spinglass figures --out figures

docs: .venv/installed-docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going docs build/site

clean:
	rm -rf .venv build docs/tours docs/gallery.md *.egg-info .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("spinglass needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/installed: $(BIN)/python setup.cfg pyproject.toml constraints.txt
	{ $(PIP) uv && $(UV) --editable . ; } || $(PIP) --editable .
	touch $@

# Dependency groups need pip 25.1.
.venv/installed-test .venv/installed-docs .venv/installed-benchmark: .venv/installed-%: .venv/installed
	$(UV) --group $* || { $(PIP) "pip>=25.1" && $(PIP) --group $* ; }
	touch $@
