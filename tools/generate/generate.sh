#!/usr/bin/env bash
# Writes every generated file of the repository, or with --check says whether
# they are up to date without touching one. Run it by `make generate` and
# `make generate-check`, which build the tools into .bin/ first.
set -euo pipefail
cd "$(dirname "$0")/../.."

mode=${1:-write}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
stale=0

# install_tree NEW OLD: puts the generated folder NEW in the place of OLD, or
# reports what differs. An unchanged folder keeps its files and their times.
install_tree() {
  local new=$1 old=$2
  if diff -rq "$old" "$new" >"$scratch/diff" 2>&1; then
    return
  fi
  if [[ $mode == --check ]]; then
    sed 's/^/  /' "$scratch/diff" >&2
    stale=1
    return
  fi
  rm -rf "$old"
  cp -r "$new" "$old"
}

# Protobuf, gRPC, the JSON gateway and the OpenAPI document.
.bin/buf generate -o "$scratch"
install_tree "$scratch/proto/gen" proto/gen

# install_file NEW OLD: the same for one file.
install_file() {
  local new=$1 old=$2
  if cmp -s "$new" "$old"; then
    return
  fi
  if [[ $mode == --check ]]; then
    echo "  $old differs" >&2
    stale=1
    return
  fi
  cp "$new" "$old"
}

install_file "$scratch/proto/openapi/bridgelog.swagger.json" proto/openapi/bridgelog.swagger.json

# The page of events: comments of the protos, and what the rules of the domain do.
.bin/buf build proto -o "$scratch/protos.binpb"
go run ./cmd/bridgelog/internal/eventdoc . <"$scratch/protos.binpb" >"$scratch/events.md"
install_file "$scratch/events.md" docs/events.md

# SQL: every folder with a sqlc.yaml compiles its own queries.
while IFS= read -r config; do
  if [[ $mode == --check ]]; then
    .bin/sqlc diff -f "$config" >&2 || stale=1
  else
    .bin/sqlc generate -f "$config"
  fi
done < <(find pkg services cmd -name sqlc.yaml -not -path '*/testdata/*' | sort)

if ((stale)); then
  echo "generated files are out of date: run 'make generate' and commit the result" >&2
  exit 1
fi
