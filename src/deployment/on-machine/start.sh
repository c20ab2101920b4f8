# shellcheck shell=sh
# Runs in the SSH session: starts the activation in a unit of its own, which needs neither this session
# nor the network, shows its log and ends with its status.
# Usage: sh -s -- SYSTEM MODE KEEP_GENERATIONS TIMEOUT_SECONDS CONFIRM_SECONDS STACK SSH_CONNECTION
# The text before this one has the unit, and write_scripts, which writes what runs in it to $here.
# shellcheck disable=SC2154 # That text sets what is not set here.
set -eu
umask 077
system=$1
mode=$2
stack=$6
from=${7%% *}
PATH=/run/current-system/sw/bin:$PATH
export PATH

purpose="$mode $system for $stack"

make_directory
# The clock may have been set ahead: one that is under way only looks old.
find "$base" -mindepth 1 -maxdepth 1 -type d -mmin +1440 ! -path "$(readlink "$base/current")" -exec rm -r {} +
echo "$purpose" >"$here/purpose"
write_scripts

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

[ ! -e "$base/rebooting" ] ||
  refuse "the machine is about to reboot, for an activation before this one:" \
    "$(cat "$base/current/purpose"). Run \`pulumi up\` again once it is back."
if ! start_unit "$purpose, from ${from:-the machine itself}" "$@"; then
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
# The connection is about to be lost, and the end is yet to come.
[ ! -e "$base/rebooting" ] || exit 75
exit "$status"
