# make run                 the main job: dictionary -> trained word vectors, measured beside baselines, with report.html;
#                          parts 0 and 1 of the book at the scale `quick`, into runs/quick
# make book                every chapter, into the same folder; what `make run` finished is not run again
# make run PRESET=full     another scale (make book too): smoke, quick, full, gpu, or the path of a YAML file; OUT=folder puts it elsewhere
# make test                every check
# make docs                the site, into _docs (needs Quarto); README.md is left alone
# make outputs             for maintainers: the book is run, and its outputs go into the notebooks and README.md
# make clean               remove what the above made, except runs/
# Each of them first sets up all that it needs in .venv, and again only if the requirements changed.

PYTHON ?= python3
PRESET ?= quick
OUT ?= runs/$(basename $(notdir $(PRESET)))

BIN := .venv/bin
READY := .venv/ready

# Of the 300 MB of Python that are installed, a third is ever imported: it is compiled then, once, and not all of it at first.
PYTHONDONTWRITEBYTECODE :=
export PYTHONDONTWRITEBYTECODE

# Nothing is fetched while the book runs: its models and data come with packages. HF_HUB_OFFLINE=0 allows hub names in a preset.
HF_HUB_OFFLINE ?= 1
export HF_HUB_OFFLINE

.PHONY: run book test outputs docs clean
.DEFAULT_GOAL := test

$(READY): settings.ini setup.py constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; choose one with: make PYTHON=python3.11")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]'
	@touch $@

run: $(READY)
	@$(BIN)/wordembed run --preset '$(PRESET)' --out '$(OUT)' --only ground,words

book: $(READY)
	@$(BIN)/wordembed run --preset '$(PRESET)' --out '$(OUT)'

# The toys of every chapter, the sources and the command are checked while the whole book runs at the scale `smoke`, which is checked last.
test: $(READY)
	$(BIN)/python -m pytest tests

# What the site publishes is a real run. Pages without a scale (00_core, index) are executed beside it.
outputs: book
	$(BIN)/python -c "from wordembed.report import adopt_outputs; print(*adopt_outputs('$(OUT)', 'nbs'))"
	$(BIN)/nbdev_clean
	$(BIN)/python -c "from wordembed.report import write_readme; print(write_readme('nbs/index.ipynb', 'README.md'))"

# The steps of nbdev_docs that leave README.md alone: nbdev prepares the pages in _proc, Quarto renders them.
docs: $(READY)
	rm -rf _proc _docs
	$(BIN)/python -c "from nbdev.serve import proc_nbs; proc_nbs()"
	@if command -v quarto >/dev/null; then PATH="$(CURDIR)/$(BIN):$$PATH" quarto render _proc --no-cache && mv _proc/_docs _docs; \
	else echo 'Quarto is not installed: the pages were processed into _proc, and no site was built.'; fi

clean:
	rm -rf .venv _docs _proc build *.egg-info
