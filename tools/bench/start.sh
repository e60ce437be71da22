#!/usr/bin/env bash
# Measures how long `bridgelog up` takes until it is ready: on an empty directory, and
# again on the same one. Prints every run and the medians in milliseconds.
#
#   tools/bench/start.sh [BINARY] [RUNS]
set -euo pipefail
binary=${1:-bin/bridgelog}
runs=${2:-5}
work=$(mktemp -d)
chmod 711 "$work" # PostgreSQL's account passes through it when we are root.
pid=
trap '[[ -z $pid ]] || kill -INT "$pid" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

# once DIR FILE starts the system, appends the milliseconds to FILE and stops it.
once() {
  local log=$work/log begin=$EPOCHREALTIME end
  : >"$log"
  "$binary" up --ports auto --data-dir "$1" 2>"$log" &
  pid=$!
  until grep -q '^ready' "$log"; do
    kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.005
  done
  end=$EPOCHREALTIME
  echo $(((${end/./} - ${begin/./}) / 1000)) >>"$2"
  kill -INT "$pid"
  wait "$pid"
  pid=
}

# told NAME FILE LIMIT prints the runs of a file and their median beside the aim.
told() {
  sort -n "$2" | awk -v name="$1" -v aim="$3" '{ v[NR] = $1 } END {
    printf "%s: median %d ms, aim %d ms (", name, v[int((NR + 1) / 2)], aim
    for (i = 1; i <= NR; i++) printf "%s%d", (i == 1 ? "" : " "), v[i]
    print ")" }'
}

for ((run = 1; run <= runs; run++)); do
  once "$work/$run" "$work/empty"
  once "$work/$run" "$work/again"
  rm -rf "${work:?}/$run"
done
told "up on an empty directory" "$work/empty" 3000
told "up again" "$work/again" 1500
