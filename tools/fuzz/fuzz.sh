#!/usr/bin/env bash
# Runs every fuzz target of the project for FUZZTIME each, or those with FUZZ in their
# names or paths, and ends with the names of those that failed. What an input breaks is kept by go
# under testdata/fuzz of the package, where tests find it.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Each as file:name.
targets=$(git grep -o --untracked -E '^func Fuzz[A-Za-z0-9_]+\(' -- '*_test.go' | sed 's/func \(.*\)(/\1/' | grep -- "${FUZZ:-}" || true)
if [[ -z $targets ]]; then
  echo "no fuzz target has ${FUZZ:-Fuzz} in its name or path" >&2
  exit 1
fi

failed=()
while IFS=: read -r file name; do
  echo "== $name in ${file%/*}"
  go test -vet=off -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-10s}" "./${file%/*}" </dev/null || failed+=("$name in ${file%/*}")
done <<<"$targets"

echo "$(wc -l <<<"$targets") targets, ${#failed[@]} failed"
if ((${#failed[@]} > 0)); then
  printf '  %s\n' "${failed[@]}"
  exit 1
fi
