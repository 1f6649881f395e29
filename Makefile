# The commands of the project. `make run` and `make test` need Python 3.11, git and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What the tests need of Debian, and from which package.
PROGRAMS := chromium-headless-shell=chromium-headless-shell xgettext=gettext

.PHONY: run test faults face shots check bench messages lock

run: $(VENV)/.run  ## Everything on this machine, until Ctrl-C.
	@exec $(BIN)/python -m sharkweb.up

test: $(VENV)/.dev  ## The tests, on a PostgreSQL and a Chromium of their own.
	@sh .ci/debian $(PROGRAMS)
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -m "not faults and not face"

faults: $(VENV)/.dev  ## The tests that kill and freeze whole deployments. They mostly wait.
	$(BIN)/python -m pytest -n 4 --dist loadfile -m faults

face: $(VENV)/.dev  ## Every page in a browser: axe, weight, statements, hostile texts.
	@sh .ci/debian $(PROGRAMS)
	$(BIN)/python -m pytest -n 3 -m face

shots: $(VENV)/.dev  ## A picture of every page, both themes and three widths, in shots/.
	@sh .ci/debian $(PROGRAMS)
	@mkdir -p shots
	$(BIN)/python -m pytest -q -n 3 tests/face/shots.py

check: $(VENV)/.dev  ## Style, types, missing migrations, the architecture's arrows.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/test_rooms.py

bench: $(VENV)/.dev  ## Speed, beside a bare API and plain django-q2 in the same run.
	$(BIN)/python -m tests.bench $(ARGUMENTS)

messages: $(VENV)/.dev  ## Collects the texts to translate, and compiles what is translated.
	@sh .ci/debian $(PROGRAMS)
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python -W ignore manage.py makemessages $(MESSAGES)
	msgfmt --check -o $(GERMAN).mo $(GERMAN).po

MESSAGES := --locale de --no-location --no-obsolete --ignore tests --ignore data --ignore shots
GERMAN := sharkweb/locale/de/LC_MESSAGES/django

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
