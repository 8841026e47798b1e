# A fresh machine needs Python 3.11+ and make; everything else is installed into .venv from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
LOCK_COMMAND := uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --python-version 3.11 --universal --no-header --quiet --output-file requirements.lock

.PHONY: report test check lock notebooks clean
.DEFAULT_GOAL := report

report: .venv/ready  ## Run cohort 3 on the embedded demo data; prints the path of the page
	$(BIN)/ir5nb run c3

test: .venv/ready check  ## Linters, types, then every test
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: .venv/ready  ## Re-execute the committed notebooks on the demo data (accepts new outputs on purpose) and the traceability table
	$(BIN)/ir5nb notebooks --accept
	$(BIN)/python docs/make_traceability.py

lock: .venv/ready  ## Resolve pyproject.toml again
	$(BIN)/$(LOCK_COMMAND)

# The lock's own entry for uv (with its hashes) is installed by pip first; uv then installs the rest and compiles byte code,
# which takes a full import from 12 s to 4 s. Where uv cannot reach the packages and pip could (a house's own certificates
# or wheels, set for pip), pip installs them.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ir5nb needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	awk '/^[a-z]/ {keep = /^uv==/} keep' requirements.lock > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.txt
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode --requirement requirements.lock \
		|| $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf .venv
