#!/bin/sh
# The peer's own tests.
set -eu
cd "$(dirname "$0")"
test -z "$(gofmt -l .)" || { gofmt -d .; exit 1; }
go vet ./...
go test ./...
