# shellcheck shell=sh
# Tells the activation that waits in the directory: `confirmed`, `checking SECONDS`, or why it must not stay.
# Usage: DIRECTORY ANSWER
set -eu
[ -p "$1/answer" ] || exit 1
# shellcheck disable=SC2016 # The inner shell expands it.
timeout 5 sh -c 'printf "%s\n" "$2" >"$1"' sh "$1/answer" "$2"
