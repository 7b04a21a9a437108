# Two commands matter: `make run` shows the product, `make test` proves it.
# The .venv is made here from the locks, and made again only when a lock changes. Programs in it are always started as
# `.venv/bin/python -m …`, so that a folder with a space in its name does no harm.

PORT ?= 8000
SPEED ?=
ARGS ?=
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
JOBS ?= 3  # keeps two cores busy; more were not faster
UV ?= uv
# Each of the site's processes, and the hundreds that the suite starts, would compile all of its modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-live bench screenshots lint lock runtime test-tools

run: runtime
	@exec $(PY) -m launchpad up --demo --port $(PORT) $(if $(SPEED),--speed $(SPEED))

test: test-tools
	$(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-live: test-tools
	LIVE=1 $(PY) -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

bench: test-tools
	@if [ -f bench/run.py ]; then exec $(PY) bench/run.py $(ARGS); \
	else echo "make bench runs bench/run.py, which is not there yet."; exit 1; fi

screenshots: test-tools
	$(PY) tests/browser/screenshots.py $(ARGS)

lint: test-tools
	$(PY) -m ruff check .

# Needs uv. Hashes for every platform, no index addresses, so that the files install from any registry or mirror.
LOCK = $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 pyproject.toml
lock:
	@command -v "$(UV)" >/dev/null || { echo "make lock needs uv on the PATH (or UV=/where/it/is)."; exit 1; }
	$(LOCK) --extra build -o requirements.lock $(ARGS)
	$(LOCK) --extra build --extra test --constraint requirements.lock -o requirements-test.lock $(ARGS)

# The copies of the locks inside .venv say what was installed last.
runtime:
	@cmp -s requirements.lock .venv/runtime.lock || { \
	  python=; for name in python3.11 python3; do \
	    if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	  done; \
	  [ -n "$$python" ] || { echo "Launchpad needs Python 3.11 or newer, as python3.11 or python3."; exit 1; }; \
	  echo "Making .venv ($$($$python --version)) from requirements.lock …"; \
	  $$python -m venv --clear .venv || { echo "The venv module is missing: on Debian it is in python3-venv."; exit 1; }; \
	  $(PIP) --require-hashes -r requirements.lock && \
	  $(PIP) --no-deps --no-build-isolation --no-index --editable . && \
	  cp requirements.lock .venv/runtime.lock; }

test-tools: runtime
	@cmp -s requirements-test.lock .venv/test.lock || { \
	  echo "Adding the test tools from requirements-test.lock …"; \
	  $(PIP) --require-hashes -r requirements-test.lock && \
	  cp requirements-test.lock .venv/test.lock; }
