#!/usr/bin/env bash
# Says whether today's protos break those that went before: stored events and
# published services may only gain fields and variants.
#
# They are compared with the committed image of the last release,
# proto/released.binpb (`make release-protos` writes it), and with the branch
# that they will be merged into: BUF_BREAKING_BASE, else origin/main, else main.
# What does not exist yet cannot be broken: both comparisons may be absent.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [[ -f proto/released.binpb ]]; then
  .bin/buf breaking proto --against proto/released.binpb
fi

# base prints the commit to compare with, or nothing.
base() {
  local ref
  for ref in "${BUF_BREAKING_BASE:-}" origin/main main; do
    if [[ -n $ref ]] && git rev-parse --verify --quiet "$ref^{commit}" >"$scratch/commit"; then
      git merge-base "$(cat "$scratch/commit")" HEAD || true
      return
    fi
  done
}

commit=$(base)
if [[ -n $commit ]] && git ls-tree -r --name-only "$commit" -- proto | grep -q '\.proto$'; then
  # Unpacked beside today's dependencies, which are not part of any commit.
  git archive "$commit" proto | tar -x -C "$scratch"
  cp -r buf.yaml .proto-deps "$scratch/"
  .bin/buf breaking proto --against "$scratch/proto"
fi
