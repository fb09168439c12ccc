# A line or two each; the work is in onemachine/ and pyproject.toml.
PYTHON ?= python3
BIN = .venv/bin
.PHONY: run test test-full test-papers test-application lint types bench mutants pages screenshots lock set-up set-up-tests

run: set-up
	@exec $(BIN)/python -m onemachine

# Two halves side by side, each printed when it is through; they take about as long.
test: set-up-tests lint types
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-papers test-application WHICH="not slow"

test-full: set-up-tests lint types
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-papers test-application WHICH="slow or not slow"

PAPERS = tests/eligibility tests/petitions tests/filings tests/relief
test-papers:  # what measures the engine's coverage would slow the papers
	$(BIN)/python -m pytest tests/eligibility -m "$(WHICH)" --cov=eligibility --cov-fail-under=95 --cov-report=term:skip-covered
	$(BIN)/python -m pytest $(filter-out tests/eligibility,$(PAPERS)) -m "$(WHICH)"

test-application:
	$(BIN)/python -m pytest -m "$(WHICH)" $(addprefix --ignore=,$(PAPERS))

mutants: set-up-tests  # changes the engine's code and the law's numbers one by one: a test must fail each time
	$(BIN)/python -m tests.mutants && $(BIN)/python -m tests.eligibility.law_steps

lint:
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/djlint templates petitions --lint --quiet
	$(BIN)/lint-imports && $(BIN)/python -m onemachine.locks

types:  # its Django plugin reads the settings, which connect to nothing
	SECRET_KEY=x DEMO=1 DATABASE_URL=postgresql:///x REDIS_URL=redis://x $(BIN)/mypy eligibility petitions clearmyrecord onemachine

bench: set-up
	for each in engine policies what_if queue composing changes papers reconciliation main_path; do $(BIN)/python -m benchmarks.$$each || exit 1; done

pages: set-up-tests  # every page of every kind of paper as PNG, to look at
	$(BIN)/python -m tests.petitions.samples var/pages

screenshots: set-up-tests  # every screen of the demonstration's county as its person sees it, into docs/
	SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser/test_every_screen.py -m slow -q
	$(BIN)/python -m tests.browser.screens > docs/screens.md

# After a change of dependencies in pyproject.toml: pip install uv, then make lock.
lock:
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra server ../pyproject.toml -o server.lock
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --all-extras ../pyproject.toml -o all.lock
	cd requirements && uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url node.in -o node.lock

set-up:
	@$(PYTHON) -m onemachine.setup

set-up-tests:
	@$(PYTHON) -m onemachine.setup --tests
