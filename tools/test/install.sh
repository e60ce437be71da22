#!/usr/bin/env bash
# Installs what only tests need: Debian's Prometheus and Alertmanager, unpacked
# into .bin/debian so that no service starts, PostgreSQL's clients, and Chromium
# when a module has browser tests. What cannot be installed here is named; the
# tests that need it skip themselves and say so.
set -euo pipefail
cd "$(dirname "$0")/../.."

debian=$PWD/.bin/debian

# root runs a command as root or through a sudo that asks nothing.
root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# apt runs apt-get without a question.
apt() {
  root env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# retried runs a command again after refreshing apt's lists, which a new machine
# may not have.
retried() {
  "$@" >/dev/null 2>&1 || { apt update >/dev/null 2>&1 && "$@" >/dev/null 2>&1; }
}

# unpack puts the files of Debian package $1 under .bin/debian.
unpack() (
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
  retried apt-get download "$1"
  mkdir -p "$debian"
  dpkg-deb -x ./*.deb "$debian"
)

for package in prometheus prometheus-alertmanager; do
  if ! command -v "$package" >/dev/null && [[ ! -x $debian/usr/bin/$package ]]; then
    echo "install $package for tests" >&2
    if ! command -v apt-get >/dev/null || ! unpack "$package"; then
      echo "no $package here: the tests that run it are skipped" >&2
    fi
  fi
done

# Debian's Alertmanager finds its own templates here and nowhere else.
templates=/usr/share/prometheus/alertmanager
for template in "$debian$templates"/*.tmpl; do
  installed=$templates/${template##*/}
  if [[ -e $template && ! -e $installed ]] && ! root install -D -m 0644 "$template" "$installed"; then
    echo "cannot put $installed in place: the tests that run prometheus-alertmanager are skipped" >&2
  fi
done

if ! command -v pg_dump >/dev/null; then
  echo "install postgresql-client for tests" >&2
  if ! command -v apt-get >/dev/null || ! retried apt install -y --no-install-recommends postgresql-client; then
    echo "no pg_dump here: the test that restores a dump is skipped" >&2
  fi
fi

if grep -qs chromedp ./*/go.mod ./*/*/go.mod && ! command -v chromium >/dev/null; then
  echo "install chromium for browser tests" >&2
  if ! command -v apt-get >/dev/null || ! retried apt install -y --no-install-recommends chromium; then
    echo "no chromium here: browser tests are skipped" >&2
  fi
fi
