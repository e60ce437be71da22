#!/usr/bin/env bash
# Says whether today's protos break those that went before: stored events and
# published services may only gain fields and variants.
#
# They are compared with the committed image of the last release,
# proto/released.binpb (`make release-protos` writes it), and with the branch
# that they will be merged into: BUF_BREAKING_BASE, else origin/main, else main. On
# that branch itself they are compared with the commit before, since with itself
# nothing differs.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

.bin/buf breaking proto --against proto/released.binpb

# base prints the commit to compare with, or nothing in a clone without history.
base() {
  local ref found head
  head=$(git rev-parse HEAD)
  for ref in "${BUF_BREAKING_BASE:-}" origin/main main; do
    if [[ -n $ref ]] && git rev-parse --verify --quiet "$ref^{commit}" >/dev/null; then
      found=$(git merge-base "$ref" HEAD || true)
      break
    fi
  done
  if [[ ${found:-$head} == "$head" ]]; then
    found=$(git rev-parse --verify --quiet HEAD^ || true)
  fi
  echo "$found"
}

commit=$(base)
if [[ -n $commit ]] && git rev-parse --verify --quiet "$commit:proto" >/dev/null; then
  # Unpacked beside today's dependencies, which are not part of any commit.
  git archive "$commit" proto | tar -x -C "$scratch"
  cp -r buf.yaml .proto-deps "$scratch/"
  .bin/buf breaking proto --against "$scratch/proto"
fi
