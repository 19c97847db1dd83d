# The front door. Every target is one call of a tool that can also be called by itself; `make help` lists them.

PYTHON   ?= python3
PROFILE  ?= quick
SERVICES ?=
WORKLOADS ?=
ROUNDS   ?=
BUDGET   ?=
RESUME   ?=
RUN      ?= results/latest
WITH     ?= results/reference
BASE     ?= origin/main
HEAD     ?= HEAD
PRESET   ?= checked
SECONDS  ?= 60
MINUTES  ?= 10
QUICK    ?=
SEED     ?= 1
ARGS     ?=
HISTORY  ?= results/history.jsonl
# pytest's processes: more than two cores, since most tests wait for a server. The longest files come first, so that none ends alone
WORKERS  ?= 6

BIN        := .venv/bin
PRIMEBENCH := $(BIN)/primebench
ACTIONLINT := build/actionlint-1.7.11/actionlint
DOCS       := build/docs
GO_PEERS   := peers/fiber peers/fiber-v3
GO_OTHERS  := tests/plain tests/init tests/end_to_end examples loadgen/new_service/templates
JOBS       := $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

# SERVICES="cpp fiber" and SERVICES=cpp,fiber are the same
comma  := ,
space  := $(subst ,, )
listed  = $(subst $(space),$(comma),$(strip $(1)))

# What recipes call obeys variables that were meant for something else: those of a git hook that runs make, of another Python, of
# one test that somebody looks for. CDPATH takes `cd peers` elsewhere; with PYTHONDONTWRITEBYTECODE, which container images set, each
# of some hundred starts would compile all sources.
unexport $(filter-out PYTHON PYTHONUNBUFFERED GIT_SSL_CAINFO GIT_SSL_CAPATH GIT_SSH GIT_SSH_COMMAND, \
  $(filter CDPATH ENV BASH_ENV GIT_% PYTHON% PYTEST_% MPL% GTEST_% CTEST_% RUST_TEST_% BENCHMARK_%,$(.VARIABLES)))

# For tools that are called here, not by primebench, which has a table of its own (loadgen/system/environment.py).
PLAIN := env $(foreach name,CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_TARGET RUSTC_WRAPPER GOFLAGS GOWORK GOOS GOARCH \
  CMAKE_GENERATOR CMAKE_BUILD_TYPE CMAKE_CONFIG_TYPE CMAKE_EXPORT_COMPILE_COMMANDS,-u $(name))

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev bench field report reference audit compare regress trend microbench test lint lint-actions format wheel test-cpp test-go test-rust test-python test-environment test-page test-field test-real test-cluster fuzz soak test-sanitize test-aarch64 build-aarch64 validate-regress docs clean

help: ## list the targets
	@awk -F ':[^#]*## ' '/^[a-z0-9-]+:.*## / { printf "%-17s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## install what is missing: system packages, Python environment, oha
	@$(PYTHON) -m primebench.setup

setup-dev: setup ## and what tests and linters need: their targets do this by themselves
	@$(PYTHON) -m primebench.setup dev

bench: setup ## build, verify, measure, print, write the report (PROFILE=, SERVICES=, WORKLOADS=, ROUNDS=, BUDGET=15m; RESUME=ID)
	@$(PRIMEBENCH) run $(if $(RESUME),--resume "$(RESUME)",--profile "$(PROFILE)" \
	  $(if $(SERVICES),--service "$(call listed,$(SERVICES))") $(if $(WORKLOADS),--workload "$(call listed,$(WORKLOADS))") \
	  $(if $(ROUNDS),--rounds "$(ROUNDS)") $(if $(BUDGET),--budget "$(BUDGET)"))

field: setup ## many services under three tasks: prime, plaintext, json, at most an hour (SERVICES=, BUDGET=20m; RESUME=ID)
	@$(PRIMEBENCH) field $(if $(RESUME),--resume "$(RESUME)",$(if $(SERVICES),--service "$(call listed,$(SERVICES))")) \
	  $(if $(BUDGET),--budget "$(BUDGET)")

report: setup ## make tables, plots and report of a finished run again (RUN=)
	@$(PRIMEBENCH) report "$(RUN)"

reference: setup ## make results/reference and the README's part again; RUN=results/runs/ID keeps that run instead (results/audit, results/microbench)
	@$(PRIMEBENCH) reference "$(if $(filter file default,$(origin RUN)),results/reference,$(RUN))"

compare: setup ## a finished run beside the reference run and the published figures (RUN=, WITH="RUN..." instead of the reference)
	@$(PRIMEBENCH) compare "$(RUN)" $(WITH)

audit: setup ## what was published beside what a finished run measured, and how each verdict follows (RUN=)
	@$(PRIMEBENCH) audit "$(RUN)"

regress: setup ## is HEAD slower than BASE? (BASE=, HEAD=, SERVICES= folders, WORKLOADS=, BUDGET=); exit codes: primebench regress
	@$(PRIMEBENCH) regress --base "$(BASE)" --head "$(HEAD)" $(if $(BUDGET),--budget "$(BUDGET)") \
	  $(if $(SERVICES),--service "$(call listed,$(SERVICES))") $(if $(WORKLOADS),--workload "$(call listed,$(WORKLOADS))")

trend: setup ## how metrics moved over the runs of HISTORY=, with change points: for reading, not for the verdict
	@$(PRIMEBENCH) trend --history "$(HISTORY)"

microbench: setup ## prime loop, JSON codec and request path in every language, beside load runs (QUICK=1: under 2 minutes)
	@$(PRIMEBENCH) microbench $(if $(filter-out 0,$(QUICK)),--quick) $(if $(SERVICES),--service "$(call listed,$(SERVICES))") \
	  $(if $(ROUNDS),--rounds "$(ROUNDS)")

wheel: setup-dev ## the wheel of HEAD in build/wheel: of one commit the same, byte for byte
	rm -rf build/wheel && mkdir -p build/wheel/source
	git archive HEAD | tar -x -C build/wheel/source
	cd build/wheel/source && SOURCE_DATE_EPOCH="$$(git log -1 --format=%ct)" "$(CURDIR)/$(BIN)/python" -m hatchling build -t wheel -d ..
	@rm -rf build/wheel/source && ls build/wheel/*.whl

test: setup-dev lint test-cpp ## every part's tests, linters first; Rust's, which wait ten seconds for a server's grace, beside pytest
	$(MAKE) -j2 test-go test-rust test-python

lint: setup-dev lint-actions ## formatters and linters of all four languages and of workflows, without changing anything
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $$(git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')
	$(PLAIN) cmake --preset checked --log-level=WARNING
	$(PLAIN) cmake --build --preset checked --parallel $(JOBS) -- --quiet
	files="$$(gofmt -l $(GO_PEERS) $(GO_OTHERS))" && { test -z "$$files" || { echo "gofmt would change: $$files" >&2; exit 1; }; }
	for peer in $(GO_PEERS); do (cd $$peer && $(PLAIN) go vet ./...) || exit 1; done
	cd peers/actix && cargo fmt --check
	cd loadgen/new_service/templates/rust && cargo fmt --check
	cd peers/actix && $(PLAIN) CARGO_TARGET_DIR=../../build/actix cargo clippy --quiet --locked --all-targets -- -D warnings

# shellcheck is the pinned one: that of a machine would find other things, or be missing. A test looks at action.yml's run blocks
lint-actions: setup-dev $(ACTIONLINT) ## actionlint and shellcheck on every workflow, on action.yml as regress.yml uses it, and on scripts
	$(ACTIONLINT) -shellcheck=$(BIN)/shellcheck -pyflakes=
	$(BIN)/shellcheck .ci/gate .ci/comment .ci/run server/fuzz/run

$(ACTIONLINT):
	$(PLAIN) GOBIN="$(CURDIR)/$(@D)" go install github.com/rhysd/actionlint/cmd/actionlint@v$(patsubst actionlint-%,%,$(notdir $(@D)))

format: setup-dev ## rewrite the sources as the formatters want them
	$(BIN)/ruff check --quiet --fix-only
	$(BIN)/ruff format --quiet
	$(BIN)/clang-format -i $$(git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp')
	gofmt -w $(GO_PEERS) $(GO_OTHERS)
	cd peers/actix && cargo fmt
	cd loadgen/new_service/templates/rust && cargo fmt

test-cpp: setup-dev ## GoogleTest
	$(PLAIN) cmake --preset $(PRESET)
	$(PLAIN) cmake --build --preset $(PRESET) --parallel $(JOBS)
	$(PLAIN) ctest --preset $(PRESET)

test-go: ## go test
	for peer in $(GO_PEERS); do (cd $$peer && $(PLAIN) go test ./...) || exit 1; done

test-rust: ## cargo test
	cd peers/actix && $(PLAIN) CARGO_TARGET_DIR=../../build/actix cargo test --quiet --locked

test-python: setup-dev ## pytest: harness, analysis, conformance of every service, end to end (WORKERS=)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

test-environment: setup-dev ## a whole run in each of many hostile environments, and the tutorials as a user would go through them; not part of test
	$(BIN)/pytest tests/docs tests/environment --numprocesses $(WORKERS) --dist loadgroup --no-loadscope-reorder

test-page: setup-dev ## read a run's report in headless Chromium as a reader would (RUN=); pictures in build/page; not part of test
	@$(PYTHON) -m primebench.setup page
	@cd tests/page && npm ci --prefer-offline --no-audit --no-fund --loglevel=error && node --test --test-reporter=spec
	@$(BIN)/python -m tests.page.check $(if $(filter-out file,$(origin RUN)),"$(RUN)")

test-field: setup-dev ## the peers that are taken by name alone: their own tests, and verification; what is not installed is skipped; not part of test
	$(BIN)/python -m pytest tests/field -rs --timeout 3600

test-real: setup-dev ## programs that nobody here wrote, the examples, new services in every language: what is not installed is skipped
	$(BIN)/python -m pytest tests/real --timeout 1800

test-cluster: setup-dev ## commands for several machines, each a network namespace with an ssh server; root only (QUICK=1: without the long ones); not part of test
	$(BIN)/pytest tests/cluster $(if $(filter-out 0,$(QUICK)),-m "not long")

fuzz: ## libFuzzer on the request path and the JSON codec (SECONDS= for each); needs clang
	@server/fuzz/run "$(SECONDS)"

test-sanitize: setup-dev ## the C++ server and load generator under ASan+UBSan and under TSan: unit tests, conformance, load; not part of test
	@$(BIN)/python -m tests.sanitize.check

test-aarch64: ## build the C++ parts for 64-bit ARM and run their unit tests under qemu-user; not part of test
	@$(PYTHON) -m primebench.setup aarch64
	$(PLAIN) cmake --preset aarch64 --log-level=WARNING
	$(PLAIN) cmake --build --preset aarch64 --parallel $(JOBS) -- --quiet
	$(PLAIN) ctest --preset aarch64

build-aarch64: ## compile the Go and Rust peers for 64-bit ARM; Rust's library for it comes with rustup
	for peer in $(GO_PEERS); do (cd $$peer && $(PLAIN) GOARCH=arm64 go build -o /dev/null ./... && $(PLAIN) GOARCH=arm64 go vet ./...) || exit 1; done
	rustup target add aarch64-unknown-linux-gnu
	cd peers/actix && $(PLAIN) CARGO_TARGET_DIR=../../build/actix cargo check --quiet --locked --all-targets --target aarch64-unknown-linux-gnu

validate-regress: setup-dev ## record pairs, replay and simulate the regression check: how often it errs; hours (ARGS="--minutes 10 --live 4")
	@$(BIN)/python -m tests.validation.study $(ARGS)

soak: setup-dev ## good, bad, slow and vanishing clients for MINUTES=; result in results/soak/cpp.json (SEED=); not part of test
	@$(BIN)/python -m tests.soak.soak --minutes "$(MINUTES)" --seed "$(SEED)"

$(DOCS)/made: requirements-docs.lock
	$(PYTHON) -m venv --clear $(@D)
	PIP_USER=0 $(@D)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	touch $@

docs: $(DOCS)/made ## the documentation as a site in build/site, which opens and searches from disk; a broken link fails
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict

clean: ## remove build output and the Python environment; runs and the cache outside the checkout stay
	rm -rf build .venv *.egg-info
