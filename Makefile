# `make demo` and `make test` are all the set-up that a fresh machine needs: Python 3.11 to 3.13 on Linux, with the venv module.
#
#   PYTHON=python3.12      another interpreter
#   TORCH_INDEX=URL        where torch's build is taken from (a CPU build saves gigabytes); pip's own PIP_INDEX_URL covers the rest

PYTHON ?= python3
TORCH_INDEX ?=
BIN := .venv/bin
JOBS ?= $(shell nproc)
SECONDS ?= 60
PIP_COMPILE := --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: install demo test attacks fuzz prove full mutants studies lint bench lock schema clean

install: .venv/installed

.venv/installed: requirements/lock.txt requirements/torch.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/lock.txt
	$(BIN)/pip install --quiet --no-deps $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) -r requirements/torch.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: install
	$(BIN)/grader grade examples/submissions -o results/demo --format terminal,json,html,markdown,junit,csv
	@echo "Open results/demo/report.html"

test: install lint
	$(BIN)/pytest -n $(JOBS) --dist loadgroup

attacks: install
	$(BIN)/python tests/attacks/table.py

fuzz: install
	$(BIN)/pip install --quiet --require-hashes -r requirements/fuzz.txt
	$(BIN)/python tests/fuzz/fuzz_wire.py -max_total_time=$(SECONDS)
	$(BIN)/python tests/fuzz/fuzz_intake.py -max_total_time=$(SECONDS)

prove: install
	$(BIN)/grader check --no-mutants --table results/bank.md

full: install
	$(BIN)/python scripts/full_submission.py results/full/submission
	for sandbox in local docker; do \
		$(BIN)/grader grade results/full/submission -o results/full/$$sandbox --sandbox $$sandbox --no-cache --fail-under 100 || exit; \
	done

mutants: install
	$(BIN)/grader check

studies: install
	$(BIN)/python benchmarks/repeat_study.py
	$(BIN)/python benchmarks/repeat_study.py --seeds 20 --known
	$(BIN)/python benchmarks/settings_study.py
	$(BIN)/python benchmarks/training_study.py
	$(BIN)/python benchmarks/training_study.py --seeds 20 --wrong

lint: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: install
	$(BIN)/python benchmarks/cohort.py
	$(BIN)/python benchmarks/containers.py

lock: install
	cd requirements && for name in lock runtime fuzz; do ../$(BIN)/pip-compile $(PIP_COMPILE) --output-file $$name.txt $$name.in || exit 1; done

schema: install
	$(BIN)/python -c "import json; from grader.bank import schema; print(json.dumps(schema(), indent=2))" > docs/question.schema.json
	$(BIN)/python -c "import json; from grader.report.model import schema; print(json.dumps(schema(), indent=2))" > docs/result.schema.json

clean:
	rm -rf .venv results build dist
