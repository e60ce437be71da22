#!/usr/bin/env bash
# Runs golangci-lint once over every module that is given, so that what they
# share is loaded and type-checked one time.
set -euo pipefail
cd "$(dirname "$0")/../.."

patterns=()
for module in "$@"; do
  # A module without a Go file yet has nothing to lint.
  if [[ -n $(find "$module" -name '*.go' -print -quit) ]]; then
    patterns+=("$module/...")
  fi
done
.bin/golangci-lint run --allow-parallel-runners "${patterns[@]}"
