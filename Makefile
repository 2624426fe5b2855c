# Two commands do all the set-up: make run, make test. README.md says what each leaves where.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # compiled once, everything starts in half the time
NPM = $(shell command -v npm 2>/dev/null || echo $(abspath $(BIN))/npm)

.PHONY: run test test-deep lint bench assets wheel lock clean translations
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp static/vendor/assets.stamp
	@$(BIN)/flask serve

test: $(VENV)/dev.stamp static/vendor/assets.stamp lint chromium
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered -q

test-deep: $(VENV)/dev.stamp static/vendor/assets.stamp chromium
	DEEP=1 $(BIN)/pytest -n $(WORKERS) --dist worksteal -q

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet

bench: $(VENV)/dev.stamp static/vendor/assets.stamp
	$(BIN)/python -m benchmarks

assets: static/vendor/assets.stamp

# One file with pages, styles, catalogue and migrations; FLASK_APP=marketplace.factory flask serve runs it.
wheel: $(VENV)/dev.stamp static/vendor/assets.stamp
	$(BIN)/python -m hatchling build -t wheel

# A browser and a Chinese font are the only things taken from the system.
.PHONY: chromium
chromium:
	@$(BIN)/python -m tests.browser.install

# Versions move only here; the locks name hashes and no address.
lock: $(VENV)/dev.stamp
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --allow-unsafe pyproject.toml -o requirements.txt
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --allow-unsafe --extra dev pyproject.toml -o requirements-dev.txt
	$(NPM) install --package-lock-only --ignore-scripts

# English by hand, Traditional Chinese from the source text at run time.
translations: $(VENV)/dev.stamp
	$(BIN)/python -m marketplace.translations

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@echo "Making the virtual environment ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Installing locked packages ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing locked packages and the tools of the tests ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

static/vendor/assets.stamp: package-lock.json | $(VENV)/bin/python
	@test -x "$(NPM)" || $(MAKE) --no-print-directory $(VENV)/run.stamp
	@echo "Fetching the browser's libraries and the print font ..."
	@PATH="$(abspath $(BIN)):$$PATH" $(NPM) ci --ignore-scripts --no-audit --no-fund --silent
	@mkdir -p static/vendor/fonts
	@cp node_modules/htmx.org/dist/htmx.min.js static/vendor/htmx.min.js
	@cp node_modules/htmx.org/LICENSE static/vendor/htmx.LICENSE
	@cp node_modules/echarts/dist/echarts.common.min.js static/vendor/echarts.min.js
	@cat node_modules/echarts/LICENSE node_modules/echarts/NOTICE > static/vendor/echarts.LICENSE
	@cp node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT static/vendor/fonts/NotoSansSC.LICENSE
	@cp node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf static/vendor/fonts/
	@cp node_modules/@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf static/vendor/fonts/
	@touch $@

clean:
	rm -rf $(VENV) node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage dist build
	@echo "var/ with the marketplace's data is kept; delete it yourself if you mean it."
