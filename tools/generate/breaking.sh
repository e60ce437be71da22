#!/usr/bin/env bash
# Compares the protos with those of the branch that they will be merged into:
# stored events and published services may only gain fields and variants.
#
# The base is BUF_BREAKING_BASE, else origin/main, else main, else the commit
# before this one. A repository whose base holds no protos has nothing to break.
set -euo pipefail
cd "$(dirname "$0")/../.."

# base prints the commit to compare with, or nothing.
base() {
  local ref head
  head=$(git rev-parse --verify --quiet HEAD) || return 0
  for ref in "${BUF_BREAKING_BASE:-}" origin/main main HEAD~1; do
    [[ -n $ref ]] || continue
    ref=$(git rev-parse --verify --quiet "$ref^{commit}") || continue
    # Standing on the base itself with nothing changed compares nothing.
    if [[ $ref == "$head" ]] && git diff --quiet HEAD -- proto; then
      continue
    fi
    git merge-base "$ref" HEAD && return 0
  done
}

commit=$(base)
if [[ -z $commit ]] || [[ -z $(git ls-tree -r --name-only "$commit" -- proto | grep '\.proto$' || true) ]]; then
  echo "breaking: no earlier protos to compare with" >&2
  exit 0
fi

# The base is unpacked beside copies of today's dependencies, because the
# folder that holds them is not part of a commit.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
git archive "$commit" proto buf.yaml | tar -x -C "$scratch"
cp -r .proto-deps "$scratch/"
.bin/buf breaking proto --against "$scratch/proto"
