# shellcheck shell=sh
# Waits until the activation of this purpose waits for its confirmation, and prints its directory.
# Usage: PURPOSE SECONDS
set -eu
umask 077
purpose=$1
base=/run/nixos-activation
mkdir -p "$base"
touch "$base/events"
events=$(mktemp -u "$base/XXXXXXXX")
mkfifo "$events"
timeout "$2" tail --lines +1 --follow "$base/events" >"$events" &
tail=$!
exec 7<"$events"
rm "$events"
while read -r directory <&7; do
  if [ -p "$directory/answer" ] && [ "$(cat "$directory/purpose")" = "$purpose" ]; then
    echo "$directory"
    break
  fi
done
kill "$tail" 2>/dev/null || :
