#!/usr/bin/env bash
# Prints a .env file for compose.yaml with new random secrets:
#
#   deploy/compose/secrets.sh > deploy/compose/.env
set -euo pipefail

# password prints 32 letters and digits; the first is a letter, because NATS reads
# a value that begins with a digit as a number.
password() { printf 'p%s' "$(random 20 | cut -c 1-31)"; }

# random prints $1 random bytes in lower-case base 32 without padding.
random() { head -c "$1" /dev/urandom | base32 -w 0 | tr -d '=' | tr '[:upper:]' '[:lower:]'; }

while IFS= read -r line; do
  case $line in
    *_TOKEN=) printf '%sbl_%s\n' "$line" "$(random 32)" ;;
    *=) printf '%s%s\n' "$line" "$(password)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$(dirname "$0")/example.env"
