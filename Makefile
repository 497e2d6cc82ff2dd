# One build configuration for everything: release, with tests enabled, kept warm in .build.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing
SWIFT_FILES := $(shell git ls-files -co --exclude-standard '*.swift' | grep -v '\.pb\.swift$$')
PYTHON := $(or $(TRIBUTARY_PYTHON),$(CURDIR)/.venv/bin/python)
# Suites in which peers wait for one another: apart from those that keep every core busy.
PEERS := Tributary(Transport|Coordinator|Simulation|Worker)Tests

.DEFAULT_GOAL := help
.PHONY: help setup build demo test fuzz bench bench-engine bench-peers reference format lint protocol clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install missing Debian packages (sudo only where you are not root)
	@scripts/setup

build: setup ## Build .build/release/tributary
	swift build $(SWIFT_FLAGS) --product tributary

demo: build ## The main job: one coordinator and four workers fine-tune a pretrained model
	cluster/demo/run

test: setup reference lint ## Every check that CI makes
	swift build $(SWIFT_FLAGS) --product tributary
	swift build $(SWIFT_FLAGS) --product tributaryPackageTests
	TRIBUTARY_PYTHON=$(PYTHON) swift test $(SWIFT_FLAGS) --skip-build --skip EndToEndTests --skip '$(PEERS)'
	TRIBUTARY_PYTHON=$(PYTHON) swift test $(SWIFT_FLAGS) --skip-build --filter '$(PEERS)'
	TRIBUTARY_PYTHON=$(PYTHON) swift test $(SWIFT_FLAGS) --skip-build --filter EndToEndTests

FUZZ_EXECUTIONS ?= 50000000
fuzz: ## Read damaged checkpoints for ten minutes or more (FUZZ_EXECUTIONS, FUZZ_SEED)
	TRIBUTARY_FUZZ_EXECUTIONS=$(FUZZ_EXECUTIONS) TRIBUTARY_FUZZ_SEED=$(or $(FUZZ_SEED),1) \
	nice swift test $(SWIFT_FLAGS) --filter CheckpointFuzzTests

bench: bench-engine bench-peers ## Every benchmark

bench-engine: build reference ## Training speed beside PyTorch
	TRIBUTARY_PYTHON=$(PYTHON) Benchmarks/engine/run

bench-peers: build ## Whole simulations beside Flower, pfl-research and PyTorch loops (minutes)
	Benchmarks/peers/run

reference: ## Make .venv with PyTorch and Hugging Face, which tests and bench compare with
	@scripts/reference

format: ## Format the Swift sources in place
	@swift format format --in-place --parallel $(SWIFT_FILES)

lint: ## Check the format of the Swift sources
	@swift format lint --strict --parallel $(SWIFT_FILES)

protocol: ## Generate Swift from protocol/*.proto (needs protoc and protoc-gen-swift)
	protocol/generate

clean: ## Remove what was built
	rm -rf .build
