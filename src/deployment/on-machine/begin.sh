# shellcheck shell=sh
# Begins what runs in the unit of an activation: what it is asked for, its lock, and how it ends.
# Usage: sh DIRECTORY/activate SYSTEM MODE KEEP_GENERATIONS TIMEOUT_SECONDS CONFIRM_SECONDS STACK ...
# shellcheck disable=SC2034 # The texts after this one use all of it.
set -eu
umask 077
system=$1
mode=$2
keep=$3
timeout=$4
confirm=$5
stack=$6
here=$(dirname "$0")
base=$(dirname "$here")
profile=/nix/var/nix/profiles/system
previous_root=/nix/var/nix/gcroots/nixos-activation-previous
# Room for the way back on a disk that fills up meanwhile: it writes files below /etc and profiles.
reserve=/nix/var/nix/nixos-activation-reserve
# What an activation by reboot leaves for the boots that follow.
guard=/nix/var/nix/nixos-activation-guard

ln -sfn "$here" "$base/current"
exec 9>"$here/lock"
flock 9
systemd-notify --ready

# On tmpfs until the end, since a full disk must stop neither the switch nor the way back.
keep_log() {
  mkdir -p /var/log/nixos-activation
  cp "$here/log" "/var/log/nixos-activation/$(date +%Y-%m-%dT%H:%M:%S).log"
  find /var/log/nixos-activation -name '*.log' | sort -r | tail --lines +11 | xargs rm -f
}

# The boot that follows has nothing to prove, and whoever waited for this one finds how it went.
disarm_guard() {
  rm -f "$guard/resume"
  cp "$here/log" "$guard/log"
  echo "$1" >"$guard/status"
}

finish() {
  ended=$?
  keep_log 2>/dev/null || echo "The log could not be kept in /var/log/nixos-activation."
  if [ -z "${is_proved_after_reboot-}" ]; then
    rm -f "$previous_root" "$reserve"
    [ "$mode" != reboot ] || disarm_guard "$ended" || :
  fi
  echo "$ended" >"$here/status"
  [ ! -e "$base/rebooting" ] || systemctl reboot
}
trap finish EXIT

fail() {
  printf '%s\n' "Activating $system failed: $*"
  exit 1
}
