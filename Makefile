# What can be run here? `make help` prints it.
PORT ?= 8000
OURS := adoption commitments workflows doc_templates config
COLLECT := --locale fi --locale sv --no-location --no-obsolete --ignore tests --ignore node_modules
MARKS ?= not slow
MANAGE := .venv/bin/python manage.py
PYTEST := .venv/bin/python -m pytest
SHELL := /bin/bash
# The tests start many processes: each would compile all modules anew.
export PYTHONDONTWRITEBYTECODE :=
.SHELLFLAGS := -ec
.ONESHELL:
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: bench demo help install lint messages pins suites system test test-all test-quick translations

help: ## This list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1	\2/p' Makefile | expand -t 20

install: ## Make .venv with everything pinned
	@config/setup.sh venv tests

demo: ## Serve the site with people in it on 127.0.0.1:8000 (another: make demo PORT=8123)
	@config/setup.sh venv site
	@config/setup.sh pango
	@DEMO=1 SITE_URL=http://127.0.0.1:$(PORT) exec $(MANAGE) demo --port $(PORT)

test: system lint translations suites ## Check everything, on SQLite and on PostgreSQL, with the browser
	@config/setup.sh missing

test-all: MARKS := slow or not slow
test-all: test ## The same, with all that takes long

test-quick: install ## The rules, the main job and each address, on SQLite: about a minute on two cores
	$(PYTEST) -n 2 --dist worksteal -m "quick and not (browser or race or long or slow or office)"

bench: install ## Measure, print a table, write var/bench.json
	.venv/bin/python -m tests.bench

lint: install ## Check style, types, layers, templates and migrations
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/djlint --lint --quiet $(OURS)
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

translations: install ## Check that each text of the code is translated, and that the compiled ones are those
	@config/setup.sh has gettext || exit 0
	copy=$$(mktemp -d); trap 'rm -r "$$copy"' EXIT
	cp -r manage.py $(OURS) "$$copy"
	(cd "$$copy" && "$(CURDIR)/.venv/bin/python" manage.py makemessages $(COLLECT) --verbosity 0)
	for po in "$$copy"/config/locale/*/LC_MESSAGES/*.po; do
		[ -z "$$(msgattrib --untranslated "$$po"; msgattrib --only-fuzzy "$$po")" ] || { \
			msgattrib --untranslated "$$po"; msgattrib --only-fuzzy "$$po"; echo "run make messages, and translate"; exit 1; }
	done
	for po in $$(ls config/locale/*/LC_MESSAGES/*.po 2>/dev/null); do
		msgfmt --check-format -o - $$po | cmp - $${po%.po}.mo || { echo "$$po: run make messages"; exit 1; }
	done

suites: install
	@marks="($(MARKS))"; config/setup.sh has browser || marks="$$marks and not browser"
	config/setup.sh has office || marks="$$marks and not office"
	config/setup.sh has khal || marks="$$marks and not calendar"
	echo "== SQLite: $$marks"; $(PYTEST) -n 2 --dist worksteal -m "$$marks"
	config/setup.sh has postgres || exit 0
	marks="$$marks and database" # what opens none would only run twice
	echo "== PostgreSQL: $$marks"; TEST_DB=postgres $(PYTEST) -n 2 --dist worksteal -m "$$marks"

system: install
	@config/setup.sh system

messages: install ## Collect the texts for config/locale, and compile them
	$(MANAGE) makemessages $(COLLECT)
	$(MANAGE) compilemessages --ignore .venv --ignore .boot --ignore node_modules

pins: install ## Pin the newest versions that config/*.in allow
	for name in requirements-uv requirements-dev requirements; do
		.boot/bin/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --upgrade \
			config/$$name.in --output-file config/$$name.txt
	done
