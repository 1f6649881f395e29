# The commands of the project. `make run` and `make test` need Python 3.11, git and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test faults check bench lock

run: $(VENV)/.run  ## Everything on this machine, until Ctrl-C.
	@exec $(BIN)/python -m sharkweb.up

test: $(VENV)/.dev  ## The tests, on a PostgreSQL and a Chromium of their own.
	@sh .ci/chromium
	$(BIN)/python -m pytest -n 3 --dist loadfile -m "not faults"

faults: $(VENV)/.dev  ## The tests that kill and freeze whole deployments. They mostly wait.
	$(BIN)/python -m pytest -n 3 --dist loadfile -m faults

check: $(VENV)/.dev  ## Style, types, missing migrations, the architecture's arrows.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/test_rooms.py

bench: $(VENV)/.dev  ## Speed, beside a bare API and plain django-q2 in the same run.
	$(BIN)/python -m tests.bench $(ARGUMENTS)

lock:  ## Pins what pyproject.toml asks for. Needs uv.
	uv pip compile $(LOCK) pyproject.toml --extra local -o requirements.txt
	uv pip compile $(LOCK) pyproject.toml --extra local --group dev -c requirements.txt -o requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links

$(VENV)/.run: requirements.txt
	@sh .ci/install $(VENV) $(PYTHON) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@sh .ci/install $(VENV) $(PYTHON) requirements-dev.txt
	@touch $@
