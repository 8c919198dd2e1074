# `make` alone prints the verbs. Everything lives in .venv; nothing is installed outside of it, except that `make test`
# asks apt for Chromium where it may.

PORT ?= 8501
DATA ?= data
TASK ?= all
# The first Python that the pinned packages have wheels for.
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && echo $$p && break; done)
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help app test lint typecheck format bench train-text train-imaging chromium clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

app: .venv/.app ## Install what is missing, start the app, print its address (PORT=8501)
	@echo "Polyglot Lens starts at http://localhost:$(PORT) (stop with Ctrl+C)"
	@# Only this computer reaches it, so the signature explorer may open any of its folders
	@POLYGLOT_EXPLORER_OPEN=$${POLYGLOT_EXPLORER_OPEN-1} .venv/bin/python -m streamlit run app.py --server.address localhost --server.port $(PORT)

test: .venv/.dev chromium ## Lint, check the types and run every test, those in a real browser included
	@failed=; \
	.venv/bin/ruff check || failed="$$failed lint"; \
	.venv/bin/mypy || failed="$$failed types"; \
	test -z "$$failed" || echo "Failed before the tests:$$failed"; \
	.venv/bin/python -m pytest || failed="$$failed tests"; \
	test -z "$$failed"

lint: .venv/.dev ## Check the code's style (ruff)
	@.venv/bin/ruff check

typecheck: .venv/.dev ## Check the types (mypy)
	@.venv/bin/mypy

format: .venv/.dev ## Sort imports, mend what ruff can mend, and format the code
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

bench: .venv/.dev chromium ## Measure speed and memory next to what one would use instead
	@.venv/bin/python -m benchmarks.run

train-text: .venv/.train ## Train, measure and export the text encoder (DATA=folder)
	@.venv/bin/python -m training.text --data $(DATA)

train-imaging: .venv/.train ## Train, measure and export a segmentation network (TASK=nuclei|ventricle|vessels|all DATA=folder)
	@.venv/bin/python -m training.imaging --task $(TASK) --data $(DATA)

clean: ## Remove .venv, caches and build output
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

chromium:
	@.ci/chromium

# A stamp is older than its requirements when these have changed, and missing when .venv is.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed. Name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@# Debian's python3 has no ensurepip unless python3-venv is installed; pip itself can fill an empty .venv
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { $(PYTHON) -m venv --clear --without-pip .venv && \
		$(PYTHON) -m pip --python .venv/bin/python --disable-pip-version-check --quiet install pip; }

.venv/.app: requirements.txt | .venv/bin/python
	@echo "Installing what the app needs (TensorFlow is large: a few minutes the first time)"
	@$(PIP) install -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.app
	@echo "Installing what the tests need"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

.venv/.train: requirements-train.txt .venv/.dev
	@echo "Installing what training needs"
	@$(PIP) install -r requirements-train.txt
	@touch $@
