# Everything is made inside this folder: caches too. Needs python3 (3.11 or later), pip, git and make.
SHELL := /bin/bash
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
# Compiled once here: else each process of a platform compiles 1,700 modules for itself where the folder is not its own.
export UV_COMPILE_BYTECODE := 1
export XDG_CACHE_HOME := $(CURDIR)/.cache
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
PYTHON ?= python3
UV := .cache/tools/bin/uv
# Locks and half-made files of the installers too; PostgreSQL keeps the system's folder, its socket paths must be short.
SYNC = mkdir -p .cache/tmp && TMPDIR="$(CURDIR)/.cache/tmp" $(UV) sync --quiet --locked
RUN := .venv/bin
ARGS ?=
# Three hands on two cores: a third of the tests' time is waiting, for a flood played, a part killed, a page.
HANDS ?= $(shell echo $$(( ($$(nproc 2>/dev/null || echo 2) * 3 + 1) / 2 )))

.PHONY: install run test check check-types check-rest bench screenshots format messages clean

install: .venv/.installed  ## build .venv with the `pasti` command, the style sheets and the catalogues

$(UV):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .cache/tools uv

.venv/.installed: $(UV) pyproject.toml uv.lock $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
	$(SYNC) --no-dev --inexact
	$(RUN)/python -m compileall -q src
	$(RUN)/python -m pasti.kernel.ui.assets
	touch $@

.venv/.dev: .venv/.installed
	$(SYNC)
	touch $@

run: install  ## start the platform with a synthetic city; prints the address and the demo accounts
	$(RUN)/pasti up $(ARGS)

test: .venv/.dev  ## install what tests need and run everything in parallel
	bash tests/needs.sh
	$(RUN)/pytest -n $(HANDS) --dist loadgroup $(ARGS)

# With settings of its own, not those of a platform that runs here. Types take as long as all the rest: side by side.
CHECKS := check-types check-rest
check $(CHECKS): export PASTI_DATABASE_URL = postgresql:///none
check $(CHECKS): export PASTI_DATA = $(CURDIR)/.cache/check
check: .venv/.dev  ## style, types, import rules, migrations, deployment settings, templates, translations
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target $(CHECKS)

check-types: .venv/.dev
	$(RUN)/mypy

check-rest: .venv/.dev
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/lint-imports
	PASTI_SECRET_KEY=$$(head -c 48 /dev/urandom | base64) $(RUN)/python -W ignore manage.py makemigrations --check --dry-run
	PASTI_SECRET_KEY=$$(head -c 48 /dev/urandom | base64) PASTI_BASE_URL=https://pasti.example $(RUN)/python -W ignore manage.py check --deploy --fail-level WARNING
	$(RUN)/djlint src --lint --quiet
	$(RUN)/pasti messages --check

bench: .venv/.dev  ## every claim beside a raw floor, in one run
	$(RUN)/python -m bench $(ARGS)

screenshots: .venv/.dev  ## the pictures of the README, taken from the running program
	bash tests/needs.sh
	$(RUN)/python docs/screenshots.py

format: .venv/.dev
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

messages: .venv/.dev
	PASTI_DATABASE_URL=postgresql:///none $(RUN)/pasti messages

clean:
	-$(RUN)/pasti stop --data .pasti
	-$(RUN)/pasti stop --data .cache/test
	rm -rf .venv .cache .pasti frontend/node_modules
