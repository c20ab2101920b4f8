# shellcheck shell=sh
# Waits for the end of an activation by reboot, prints its log, and says in the last line `ended` and
# the status that it ended with. The connection is lost where the machine reboots.
# Usage: PURPOSE SECONDS
set -eu
guard=/nix/var/nix/nixos-activation-guard
base=/run/nixos-activation
unit=nixos-activation.service
seconds=$2

say_end() {
  echo "$2"
  echo "ended $1"
  exit
}

# The guard's unit is started by the time that the machine has booted.
[ -e "$base/rebooting" ] || timeout "$seconds" systemctl is-system-running --wait >/dev/null || :
if systemctl is-active --quiet "$unit"; then
  timeout "$seconds" flock --shared 7 7<"$base/current/lock" || :
fi
# The end is when the machine is back on the system that it goes to.
[ ! -e "$base/rebooting" ] || sleep "$seconds"
if [ "$(cat "$guard/purpose" 2>/dev/null)" = "$1" ] && [ -e "$guard/status" ]; then
  say_end "$(cat "$guard/status")" "$(cat "$guard/log")"
fi
say_end 1 "Activating failed: the machine runs $(readlink -f /run/current-system), and nothing there knows how the activation ended. Run \`pulumi up\` again: it activates anew."
