# Orderbell needs Go, and GNU make for this file. `make` lists the targets.
#
# make test is what every change keeps green; make check adds what takes a C compiler (race), the
# module cache (linters) or patience.

SHELL      := bash
GO         ?= go
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
EXE        := $(shell $(GO) env GOEXE)
GOFMT      := $(shell $(GO) env GOROOT)/bin/gofmt
PROVIDERS  := $(patsubst plugins/%/main.go,%,$(wildcard plugins/*/main.go))
BUILDFLAGS := -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"
TOOL       := $(GO) tool -modfile=tools/go.mod
SYSTEMS    ?= windows/amd64 linux/arm64 darwin/arm64
FUZZTIME   ?= 10s
GOFOLDERS  := $(wildcard gateway sdk plugins scripts examples .ci)

# The version above comes from git by itself; the go command must not ask git again, because a
# checkout that belongs to another user makes that fail.
export GOFLAGS := $(filter-out -buildvcs=%,$(GOFLAGS)) -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help demo run build plugins test check bench race simulators lint fmt fmt-check dead arch cross proto proto-check fuzz smpp-peer clean ui ui-check ui-api ui-packages e2e

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## build, then play a lunch hour through a throw-away gateway and show each text
	bin/orderbell$(EXE) demo

run: build ## build and serve on 127.0.0.1:11010 with ./data
	bin/orderbell$(EXE) run --data ./data

build: plugins ## build bin/orderbell and the provider plugins
	CGO_ENABLED=0 $(GO) build $(BUILDFLAGS) -o bin/orderbell$(EXE) ./gateway/cmd/orderbell

plugins: ## build bin/plugins/orderbell-provider-NAME for each folder of plugins/
	@set -e; for name in $(PROVIDERS); do \
		echo "CGO_ENABLED=0 $(GO) build -o bin/plugins/orderbell-provider-$$name$(EXE) ./plugins/$$name"; \
		CGO_ENABLED=0 $(GO) build $(BUILDFLAGS) -o bin/plugins/orderbell-provider-$$name$(EXE) ./plugins/$$name; \
	done

test: fmt-check arch ## all that a change must keep green; needs only Go and make
	@$(GO) mod graph >/dev/null # a module made by plugin new, which a test builds without the network, needs all of it
	$(GO) vet ./...
	$(GO) test -vet=off -shuffle=on ./...

check: ## linters, race detector with the long tests, every provider at its simulator, cross builds
	@set -e; for part in lint race simulators cross proto-check; do \
		began=$$SECONDS; $(MAKE) --no-print-directory $$part; echo "--- $$part took $$((SECONDS - began)) s"; \
	done

bench: ## benchmarks, one package after the other
	@pkgs=$$(grep -rl --include='*_test.go' '^func Benchmark' gateway sdk plugins examples 2>/dev/null | xargs -n1 dirname | sort -u | sed 's,^,./,'); \
	if [ -z "$$pkgs" ]; then echo 'no benchmarks found'; exit 1; fi; \
	set -x; $(GO) test -run '^$$' -bench . -benchmem -cpu 2 -p 1 -timeout 30m $$pkgs; \
	$(GO) test -count=1 -run '^TestHostile$$' -v ./gateway/internal/script | grep -E 'contained|^(ok|FAIL)'

race: ## go test -race, with the long tests (ORDERBELL_LONG=1)
	ORDERBELL_LONG=1 CGO_ENABLED=1 $(GO) test -race -vet=off -shuffle=on -timeout 15m ./...

# Without the race detector: what runs here are other programs.
simulators: ## each provider sends through its simulator, by the settings that simulate prints
	ORDERBELL_SIMULATORS=1 $(GO) test -vet=off -run '^TestEveryProviderSendsThroughItsSimulator$$' ./gateway/internal/cli

lint: ## golangci-lint, as pinned in tools/go.mod
	$(TOOL) golangci-lint run ./... ./.ci/arch

fmt: ## gofmt everything
	$(GOFMT) -w -s $(GOFOLDERS)

fmt-check:
	@bad=$$($(GOFMT) -l -s $(GOFOLDERS)); if [ -n "$$bad" ]; then echo "not gofmt-ed (make fmt mends it):"; echo "$$bad"; exit 1; fi

dead: ## list functions that nothing reaches; advice, not a gate
	$(TOOL) deadcode -test ./...

arch: ## compare who imports whom with the table in .ci/arch/table.go
	$(GO) run ./.ci/arch
	$(GO) test -vet=off ./.ci/arch

cross: ## build gateway and plugins without cgo for SYSTEMS
	@set -e; for system in $(SYSTEMS); do \
		echo "cross $$system"; \
		mkdir -p bin/cross/$$system; \
		CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} $(GO) build $(BUILDFLAGS) \
			-o bin/cross/$$system/ ./gateway/cmd/... $(PROVIDERS:%=./plugins/%); \
	done
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) vet -trimpath ./... # the tests of that system compile, too

proto: ## generate the Go code of the provider service (needs protoc)
	.ci/proto write

proto-check: ## compare the generated code with its source, where protoc is installed
	.ci/proto check

# The page of the admin: its build is committed, so that nothing above needs Node. Whoever changes
# UI runs these; Node 20.19 or later.
UI := gateway/internal/web/ui

ui: ui-packages ## build the admin's page into gateway/internal/web/dist, to be committed
	cd $(UI) && npm run build
	$(GO) test -count=1 -run 'IsSmall$$' ./gateway/internal/web

ui-check: ui-packages ## lint, types and tests of the page; the client fits the API
	@bin=$$(mktemp -d) && trap 'rm -rf "$$bin"' EXIT && \
	$(GO) run ./gateway/cmd/orderbell openapi > "$$bin/openapi.json" && \
	(cd $(UI) && npx openapi-typescript "$$bin/openapi.json" -o "$$bin/schema.d.ts" > /dev/null) && \
	cmp "$$bin/schema.d.ts" $(UI)/src/api/schema.d.ts || { echo 'the client does not fit the API (make ui-api mends it)'; exit 1; }
	cd $(UI) && npm run check

ui-api: ui-packages ## generate the page's types from the API
	$(GO) run ./gateway/cmd/orderbell openapi > $(UI)/node_modules/.openapi.json
	cd $(UI) && npx openapi-typescript node_modules/.openapi.json -o src/api/schema.d.ts

e2e: build ui-packages ## the browser's tests, in Debian's chromium, against a real gateway
	cd $(UI) && npx vitest run --config e2e/vitest.config.ts

ui-packages: $(UI)/node_modules/.package-lock.json

$(UI)/node_modules/.package-lock.json: $(UI)/package-lock.json
	cd $(UI) && npm ci && touch node_modules/.package-lock.json

# Not part of check: what a fuzzer finds is rarely the fault of the change that is checked. All seeds
# and all that was ever found run with make test.
fuzz: ## look for new faults, each fuzz target for FUZZTIME
	.ci/fuzz $(FUZZTIME)

smpp-peer: ## fetch the SMPP implementation that smpp is tried against (needs npm); go test finds it then
	npm ci --ignore-scripts --no-audit --no-fund --prefix plugins/smpp/testdata/independent

clean: ## remove what was built; data stays
	rm -rf bin dist
