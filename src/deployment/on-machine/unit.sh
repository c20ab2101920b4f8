# shellcheck shell=sh
# The unit that an activation runs in, and its directory.
# shellcheck disable=SC2034 # The texts after this one use all of it.
base=/run/nixos-activation
# One name for every activation of the machine: that is what keeps two from going on at once.
unit=nixos-activation.service

make_directory() {
  mkdir -p "$base"
  here=$(mktemp -d "$base/XXXXXXXX")
  touch "$base/events" "$here/log" "$here/status" "$here/lock"
}

# Usage: start_unit DESCRIPTION ARGUMENT-OF-THE-ACTIVATION...
start_unit() {
  description=$1
  shift
  # What a killed one left of itself under that name.
  systemctl reset-failed "$unit" 2>/dev/null || :
  systemd-run --quiet --collect --unit "$unit" --description "$description" \
    --service-type notify --property NotifyAccess=all \
    --property "StandardOutput=append:$here/log" --property "StandardError=append:$here/log" \
    --setenv "PATH=$PATH" sh "$here/activate" "$@" 2>"$here/refusal"
}
