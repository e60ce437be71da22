#!/usr/bin/env bash
# Installs what only tests need: Debian's Prometheus and Alertmanager, unpacked
# into .bin/debian so that no service starts, and Chromium when a module has
# browser tests. What cannot be installed here is named; the tests that need it
# skip themselves and say so.
set -euo pipefail
cd "$(dirname "$0")/../.."

debian=$PWD/.bin/debian

# apt runs apt-get without a question, as root or through a sudo that asks none.
apt() {
  if [[ $(id -u) == 0 ]]; then
    DEBIAN_FRONTEND=noninteractive apt-get "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive apt-get "$@"
  fi
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

if grep -qs chromedp ./*/go.mod ./*/*/go.mod && ! command -v chromium >/dev/null; then
  echo "install chromium for browser tests" >&2
  if ! command -v apt-get >/dev/null || ! retried apt install -y --no-install-recommends chromium; then
    echo "no chromium here: browser tests are skipped" >&2
  fi
fi
