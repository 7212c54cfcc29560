# Two commands are enough: `make run` and `make test`. Both prepare everything they need, with the fastest Python of the
# machine that is of the version of `python3`; PYTHON=... takes exactly that one.
PYTHON ?= python3
PORT ?= 8000

.PHONY: help setup run test test-quick test-long bench messages lint format lock screenshots clean

help:
	@echo "make run         server with the demo city on an embedded database (PORT=8000)"
	@echo "make test        everything: style, types, architecture, tests on SQLite and PostgreSQL, browser"
	@echo "make test-quick  style, types and tests on SQLite only"
	@echo "make test-long   the long checks: many crashes, many generated plans"
	@echo "make bench       benchmarks against peers and floors (benchmarks/README.md)"
	@echo "make messages    bring the Chinese message catalogue up to date"
	@echo "make lock        resolve the Python packages anew"

setup:
	@$(PYTHON) tools/setup.py $(if $(filter file,$(origin PYTHON)),,--exactly)

run: setup
	@.venv/bin/youbei serve --demo --port $(PORT)

test: setup
	@.venv/bin/python tools/check.py

test-quick: setup
	@.venv/bin/python tools/check.py --quick

test-long: setup
	@.venv/bin/python tools/check.py --long

bench: setup
	@.venv/bin/python -m benchmarks

messages: setup
	@.venv/bin/python tools/messages.py

format: setup
	@.venv/bin/ruff format src tests tools benchmarks && .venv/bin/ruff check --fix src tests tools benchmarks

screenshots: setup
	@.venv/bin/python tools/screenshots.py

lock: setup
	.venv/bin/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/base.txt
	.venv/bin/uv pip compile pyproject.toml --group dev --extra solve --extra cluster --universal --generate-hashes --python-version 3.11 --no-header -q -o requirements/dev.txt

clean:
	rm -rf .venv islands/node_modules src/youbei/web/static/islands var
