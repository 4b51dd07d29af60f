# make run                 the whole book at the scale `quick`, into runs/quick: figures, metrics.json, report.html
# make run PRESET=full     another scale: smoke, quick, full, gpu, or the path of a YAML file; OUT=folder puts it elsewhere
# make test                every check
# Both set up all that they need in .venv first, and again only if the requirements changed.

PYTHON ?= python3
PRESET ?= quick
OUT ?= runs/$(basename $(notdir $(PRESET)))

BIN := .venv/bin
READY := .venv/ready

# Nothing is fetched while the book runs: its models and data come with packages. HF_HUB_OFFLINE=0 allows hub names in a preset.
HF_HUB_OFFLINE ?= 1
export HF_HUB_OFFLINE

.PHONY: run test outputs docs clean
.DEFAULT_GOAL := test

$(READY): settings.ini setup.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; choose one with: make PYTHON=python3.11")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: $(READY)
	@$(BIN)/wordembed run --preset '$(PRESET)' --out '$(OUT)'

# Fast checks of every chapter first; pytest, with the whole book at the scale `smoke`, comes last and has the last word.
test: $(READY)
	$(BIN)/nbdev_test --n_workers 2
	$(BIN)/python -m pytest tests

# For maintainers: what the site publishes is a real run. Pages without a scale (00_core, index) are executed beside it.
outputs: run
	$(BIN)/python -c "from wordembed.pipeline import adopt_outputs; print(*adopt_outputs('$(OUT)', 'nbs'))"
	$(BIN)/nbdev_clean
	$(BIN)/python -c "from wordembed.pipeline import write_readme; print(write_readme('nbs/index.ipynb', 'README.md'))"

# With Quarto the site is built into _docs; without it the pages are processed as far as nbdev goes.
docs: $(READY)
	@if command -v quarto >/dev/null; then PATH="$(CURDIR)/$(BIN):$$PATH" nbdev_docs; \
	else $(BIN)/nbdev_proc_nbs && echo 'Quarto is not installed: the pages were processed into _proc, and no site was built.'; fi

clean:
	rm -rf .venv _docs _proc build *.egg-info
