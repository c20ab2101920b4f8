# shellcheck shell=sh
# Runs in the unit after the reboot of an activation: lets the system stay that the machine booted, or
# has the machine boot the one before. The texts before this one have what it is asked for, and the
# functions.
# shellcheck disable=SC2034,SC2154 # The texts before this one set what is asked for, and use the rest.

run_previous() {
  echo "Going back to the system that it booted before, by another reboot."
  touch "$base/rebooting"
}

# Somebody may have chosen another one at the boot loader, for this one's kernel does not come up.
require_booted() {
  booted=$(readlink -f /run/booted-system)
  [ "$booted" != "$system" ] || return 0
  [ "$(readlink -f "$profile")" != "$system" ] || restore_profile
  fail "the machine booted $booted instead. Look at its boot loader, then run \`pulumi up\` again."
}

await_boot() {
  state=$(timeout "$timeout" systemctl is-system-running --wait) || :
  case $state in
    running | degraded) ;;
    *) go_back "its boot did not end within activation.timeoutSeconds, $timeout s." ;;
  esac
}

require_units() {
  failed=$(failing_units | grep -Fxv -f "$here/failed" | paste --serial --delimiters ' ')
  [ -z "$failed" ] || go_back "units have failed since the reboot: $failed."
}

generation=$(cat "$here/generation")
began=boot
require_booted
await_boot
require_units
await_confirmation
require_units
record
clean_up "$keep"
