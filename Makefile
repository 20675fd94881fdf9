# `make verify` runs the main job and `make test` the tests; both set up all they need in .venv first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: verify test test-browser benchmark figures docs clean

verify: .venv/installed
	$(BIN)/spinglass verify --effort quick

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

# `make test` skips what needs a browser where there is none; this requires it (Debian: apt install chromium).
test-browser: .venv/installed-test
	SPINGLASS_REQUIRES_BROWSER=1 $(BIN)/python -m pytest tests/validation/test_report_browser.py

benchmark: .venv/installed-benchmark
	$(BIN)/python -m benchmarks

figures: .venv/installed
	$(BIN)/spinglass figures --out figures

# With the figures of `make figures` where that has run.
docs: .venv/installed-docs
	$(BIN)/mkdocs build --strict

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("spinglass needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/installed: .venv/bin/python setup.cfg pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

.venv/installed-test .venv/installed-benchmark .venv/installed-docs: .venv/installed-%: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	touch $@
