#!/usr/bin/env bash
# Runs the tests of the modules that are given, with the race detector, and ends
# with a line that counts them. TESTFLAGS adds flags of go test: -count=1, -run.
set -euo pipefail
cd "$(dirname "$0")/../.."

# What tools/test/install.sh and tools/postgres/install.sh put in place.
export PATH=$PATH:$PWD/.bin/debian/usr/bin:$PWD/.bin
postgres=$(tools/postgres/install.sh --where)
export BRIDGELOG_POSTGRES_BIN=$postgres

# The tests that run the program share two builds of it: servers with the race detector,
# and without it what only asks them, or is killed over and over.
go build -race -o bin/bridgelog-race ./cmd/bridgelog
go build -o bin/bridgelog-plain ./cmd/bridgelog
export BRIDGELOG_TEST_BINARY=$PWD/bin/bridgelog-race
export BRIDGELOG_TEST_PLAIN=$PWD/bin/bridgelog-plain

patterns=()
for module in "$@"; do
  if [[ -n $(find "$module" -name '*.go' -print -quit) ]]; then
    patterns+=("$module/...")
  fi
done

results=$(mktemp)
trap 'rm -f "$results"' EXIT
# The linter vets every package, tests included: not a second time here. Tests that run
# the program mostly wait for it, so more of them run at once than there are processors.
# shellcheck disable=SC2086 # TESTFLAGS is a list of flags.
.bin/gotestsum --format pkgname --format-hide-empty-pkg --jsonfile "$results" -- \
  -race -vet=off -parallel 3 -timeout 40m ${TESTFLAGS:-} "${patterns[@]}" && status=0 || status=$?

echo "slowest tests:"
.bin/gotestsum tool slowest --jsonfile "$results" --threshold 3s | sort -k3 -rn | head -15

# counted prints how many tests ended with the action $1 (subtests not counted).
counted() {
  grep "\"Action\":\"$1\"" "$results" | grep '"Test":' | grep -vc '"Test":"[^"]*/' || true
}
echo "$(counted pass) passed, $(counted fail) failed, $(counted skip) skipped"
exit "$status"
