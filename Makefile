# One command does the set-up it needs: `make demo`, `make check`, `make test`.
# POSIX make and sh; runs in any folder. See `make help`.

.POSIX:
.SUFFIXES:

UV_VERSION = 0.13.9
UV = .venv-uv/bin/uv
UV_SYNC = UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --frozen --quiet --no-python-downloads
BIN = .venv/bin
WORKERS = 2
TESTS = tests
SECONDS = 600

help:
	@echo 'make demo         tool and sandbox LMS with an invented class; prints the address'
	@echo 'make check        format, lint, types, import floors, translations, licences'
	@echo 'make test         every test (TESTS=tests/domain for a part, WORKERS=4 for more processes)'
	@echo 'make bench        how fast the slow paths are'
	@echo 'make chaos        delivery while everything goes wrong, for longer (SECONDS=600)'
	@echo 'make fuzz         search for launches that break the tool (SECONDS=600)'
	@echo 'make screenshots  pictures of every page, into screenshots/'
	@echo 'make requirements what deploy/install.sh installs, from the lock file'
	@echo 'make audit        known faults of what is installed, asked of a service on the network'
	@echo 'make licences     the licence of every package the tool is installed with'
	@echo 'make translations collect the texts of the interface, list what is untranslated'
	@echo 'make setup        only the set-up: .venv from the lock file, Debian packages for tests'
	@echo 'make clean        remove what was built; data in var/ stays'

# --- Set-up: each stamp is a file, so a second call costs nothing --------------------------------

setup: .venv/dev.stamp .venv/packages.stamp

$(UV): .ci/bootstrap
	@.ci/bootstrap $(UV_VERSION)
	@touch $(UV)

.venv/run.stamp: $(UV) pyproject.toml uv.lock
	@echo 'Installing from the lock file'
	@$(UV_SYNC) --no-dev --inexact
	@touch .venv/run.stamp

.venv/dev.stamp: $(UV) pyproject.toml uv.lock
	@echo 'Installing from the lock file, with the development tools'
	@$(UV_SYNC)
	@touch .venv/run.stamp .venv/dev.stamp

.venv/packages.stamp: .venv/dev.stamp .ci/debian-packages
	@.ci/debian-packages
	@touch .venv/packages.stamp

# --- Use -----------------------------------------------------------------------------------------

demo: .venv/run.stamp
	@$(BIN)/lti-tool demo

# --- Check and test ------------------------------------------------------------------------------

check: .venv/dev.stamp
	@.ci/step format $(BIN)/ruff format --check .
	@.ci/step lint $(BIN)/ruff check .
	@.ci/step types $(BIN)/mypy
	@.ci/step imports $(BIN)/lint-imports --no-logo
	@.ci/step translations $(BIN)/python .ci/translations.py check
	@.ci/step licences $(BIN)/python .ci/licences.py check

format: .venv/dev.stamp
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

test: .venv/packages.stamp
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile \
	    --no-loadscope-reorder $(TESTS)

chaos: .venv/packages.stamp
	@CHAOS_SECONDS=$(SECONDS) $(BIN)/python -m pytest -o log_cli=true --log-cli-level=INFO \
	    -o faulthandler_timeout=0 -p no:xdist tests/chaos

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.benchmarks

fuzz: .venv/packages.stamp
	@UV_PROJECT_ENVIRONMENT=.venv-fuzz $(UV) sync --frozen --quiet --no-python-downloads --group fuzz
	@mkdir -p .fuzz/corpus
	@.venv-fuzz/bin/python -m tests.fuzz -max_total_time=$(SECONDS) -max_len=300 -len_control=0 \
	    -artifact_prefix=.fuzz/ .fuzz/corpus

screenshots: .venv/packages.stamp
	@$(BIN)/python -m tests.browser.screenshots screenshots

audit: $(UV)
	@$(UV) tool run --quiet pip-audit --strict --disable-pip --no-deps -r deploy/requirements.txt

licences: .venv/dev.stamp
	@$(BIN)/python .ci/licences.py

requirements: $(UV)
	@$(UV) export --frozen --no-dev --extra pdf --no-emit-project --no-header --no-annotate --quiet \
	    --format requirements.txt > deploy/requirements.txt

translations: .venv/dev.stamp
	@$(BIN)/python .ci/translations.py update

clean:
	@rm -rf .venv .venv-uv .venv-fuzz .fuzz .mypy_cache .ruff_cache .pytest_cache \
	    .import_linter_cache .hypothesis dist build screenshots htmlcov test-results .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf '{}' +

.PHONY: help setup demo check format test chaos bench fuzz screenshots audit licences requirements \
    translations clean
