# shellcheck shell=sh
# Run by nixos-activation-guard.service when the machine boots: goes on with the activation that it
# rebooted for. The text before this one has the unit of activations.
# shellcheck disable=SC2154 # That text sets what is not set here.
set -eu
umask 077
guard=$(dirname "$0")
PATH=/run/current-system/sw/bin:$PATH
export PATH

# The reboot is still to come.
[ ! -e "$base/rebooting" ] || exit 0
make_directory
cp "$guard/purpose" "$guard/up" "$guard/failed" "$guard/generation" "$here"
cp "$guard/prove" "$here/activate"
# shellcheck disable=SC2046 # The arguments hold no blanks, nor what a shell expands.
start_unit "$(cat "$guard/purpose"), after the reboot" $(cat "$guard/arguments")
