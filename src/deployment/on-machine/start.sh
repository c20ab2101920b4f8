# shellcheck shell=sh
# Runs in the SSH session: starts the activation in a unit of its own, which needs neither this session
# nor the network, shows its log and ends with its status.
# Usage: sh -s -- SYSTEM MODE KEEP_GENERATIONS TIMEOUT_SECONDS CONFIRM_SECONDS STACK SSH_CONNECTION
# The text before this one defines write_activation, which prints the unit's script.
set -eu
umask 077
system=$1
mode=$2
stack=$6
from=${7%% *}
PATH=/run/current-system/sw/bin:$PATH
export PATH

base=/run/nixos-activation
# One name for every activation of the machine: that is what keeps two from going on at once.
unit=nixos-activation.service
purpose="$mode $system for $stack"

mkdir -p "$base"
find "$base" -mindepth 1 -maxdepth 1 -type d -mmin +1440 -exec rm -r {} +
here=$(mktemp -d "$base/XXXXXXXX")
touch "$base/events" "$here/log" "$here/status" "$here/lock"
echo "$purpose" >"$here/purpose"
write_activation >"$here/activate"

start() {
  # What a killed one left of itself under that name.
  systemctl reset-failed "$unit" 2>/dev/null || :
  systemd-run --quiet --collect --unit "$unit" --description "$purpose, from ${from:-the machine itself}" \
    --service-type notify --property NotifyAccess=all \
    --property "StandardOutput=append:$here/log" --property "StandardError=append:$here/log" \
    --setenv "PATH=$PATH" sh "$here/activate" "$@" 2>"$here/refusal"
}

refuse() {
  echo "Activating $system failed: $*" >&2
  rm -r "$here"
  exit 1
}

# The end of the log is marked by whoever waits for the unit's lock, so that a unit that was killed has
# an end as well.
follow() {
  end="end of the log for $$"
  mkfifo "$here/lines.$$"
  tail --lines +1 --follow "$here/log" >"$here/lines.$$" &
  tail=$!
  { flock --shared 7 && echo "$end" >>"$here/log"; } 7<"$here/lock" &
  while IFS= read -r line; do
    case $line in
      *"$end")
        printf %s "${line%"$end"}"
        break
        ;;
      *"end of the log for "*) ;;
      *) printf '%s\n' "$line" ;;
    esac
  done <"$here/lines.$$"
  kill "$tail"
}

if ! start "$@"; then
  systemctl is-active --quiet "$unit" || systemctl is-failed --quiet "$unit" ||
    refuse "it could not be started: $(cat "$here/refusal" "$here/log")"
  current=$(readlink "$base/current")
  if [ "$(cat "$current/purpose")" != "$purpose" ]; then
    refuse "another activation is under way on this machine:" \
      "$(systemctl show --property Description --value "$unit")," \
      "since $(systemctl show --property ActiveEnterTimestamp --value "$unit"). Nothing was changed." \
      "Wait for its end, then run \`pulumi up\` again."
  fi
  rm -r "$here"
  here=$current
  echo "This activation is under way already, begun by an earlier \`pulumi up\`: following it."
fi
follow
status=$(cat "$here/status")
[ -n "$status" ] || {
  echo "Activating $system failed: the activation was killed on the machine before its end." \
    "Run \`pulumi up\` again: it activates anew." >&2
  exit 1
}
exit "$status"
