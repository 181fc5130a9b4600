# Every target sets up what it needs on a fresh Debian machine with Python 3.11 and make.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
# Asked by the shell when it is needed: make expands a whole recipe before the environment exists.
SITE := $$($(RUN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
WHEELS := $(wildcard wheels)
PIP := $(RUN)/python -m pip --disable-pip-version-check --quiet install $(if $(WHEELS),--no-index --find-links wheels)

.PHONY: lock chromium serve demo test fast check crash bench bundle messages screenshots clean

serve: $(VENV)/.run ## start the server; HOST, PORT, TLS_CERT, TLS_KEY, LMS_DATA, DATABASE_URL
	@$(RUN)/lms serve

demo: $(VENV)/.run ## start an invented national service; STAFF=20000 for a country
	@$(RUN)/lms demo

test: $(VENV)/.dev chromium ## everything CI runs but the long fault runs
	@$(RUN)/python -m tests.run all

fast: $(VENV)/.dev ## what a developer runs all day: all that decides, without database or server
	@$(RUN)/python -m tests.run fast

check: $(VENV)/.dev ## the checkers without the tests
	@$(RUN)/python -m tests.run check

crash: $(VENV)/.dev ## the long fault runs
	@$(RUN)/python -m tests.run crash

bench: $(VENV)/.dev chromium ## bytes, times, CPU and memory beside a bare Flask page
	@$(RUN)/python -m tests.bench

screenshots: $(VENV)/.dev chromium ## key pages in en, ar, kk at 360 and 1280 px, into build/screenshots
	@$(RUN)/python -m tests.screenshots

messages: $(VENV)/.dev ## extract the sentences of the interface into translations/
	@$(RUN)/python -m tests.catalogues update

bundle: $(VENV)/.run ## the tree and all wheels in one folder, for a machine without internet
	@deploy/bundle

# Installed by hash; without an index where a folder ``wheels`` lies beside this file (a bundle).
# The package itself is a line in a .pth file and a two-line command: nothing to build.
$(VENV)/.run: requirements/run.txt
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the server needs ..."
	@$(PIP) --require-hashes -r requirements/run.txt
	@deploy/own-locales "$(SITE)"
	@echo "$(CURDIR)" > "$(SITE)/lms.pth"
	@printf '#!/bin/sh\nexec "%s" -P -c "from lms.app import cli; cli(prog_name=\047lms\047)" "$$@"\n' \
		"$(CURDIR)/$(RUN)/python" > $(RUN)/lms
	@chmod +x $(RUN)/lms
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

chromium:
	@deploy/need-for-tests

# Made anew only on purpose: hashes, and no address of any index.
LOCK = $(RUN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --strip-extras --no-header --allow-unsafe
lock:
	@$(RUN)/python -m pip install -q pip-tools
	@$(LOCK) -o requirements/run.txt pyproject.toml
	@$(LOCK) --extra postgres -c requirements/run.txt -o requirements/postgres.txt pyproject.toml
	@$(LOCK) -o requirements/dev.txt requirements/dev.in

clean:
	rm -rf $(VENV) build
