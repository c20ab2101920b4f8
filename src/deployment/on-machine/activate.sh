# shellcheck shell=sh
# Runs in the unit: makes this machine run a system whose closure is in its store, or leaves it on the
# system that it ran before. The texts before this one have what it is asked for, and the functions.
# shellcheck disable=SC2034,SC2154 # The texts before this one set what is asked for, and use the rest.

# shellcheck disable=SC2016 # The backticks are the reader's.
copy_again='Copy it again: `pulumi up --replace "**-copy"`.'

require_closure() {
  [ -x "$system/bin/switch-to-configuration" ] ||
    fail "it is not in this machine's store, or it is no NixOS system." "$copy_again"
  nix-store --query --requisites "$system" >"$here/closure" ||
    fail "the machine's store does not have the whole of its closure." "$copy_again"
  while read -r path; do
    [ -e "$path" ] || [ -L "$path" ] ||
      fail "$path of its closure is gone from this machine's disk, though its store lists it." \
        "Bring it back with \`nix-store --repair-path $path\` on the machine, then run \`pulumi up\` again."
  done <"$here/closure"
}

require_space() {
  for folder in / /nix/var/nix /boot; do
    [ -d "$folder" ] || continue
    free=$(df --output=avail --block-size=1K "$folder" | tail --lines 1)
    [ "$free" -ge "$(needed_in "$folder")" ] ||
      fail "there are only $((free)) KiB free in $folder, and it takes $(needed_in "$folder")." \
        "Make room, then run \`pulumi up\` again. Nothing was changed."
  done
}

# A boot partition takes a copy of a kernel and an initial RAM disk that it does not have yet.
needed_in() {
  if [ "$1" = /boot ] && [ -e "$system/kernel" ] && mountpoint --quiet /boot &&
    [ "$(readlink -f "$system/kernel" "$system/initrd")" != \
      "$(readlink -f "$profile/kernel" "$profile/initrd")" ]; then
    du --dereference --total --block-size=1K "$system/kernel" "$system/initrd" | tail --lines 1 | cut -f 1
  elif [ "$1" = /boot ]; then
    echo 0
  else
    echo 16384
  fi
}

require_guard() {
  [ -e "$system/etc/systemd/system/nixos-activation-guard.service" ] ||
    fail "it has no nixos-activation-guard.service, which brings the machine back if the system does" \
      "not come up well. Import nixosModules.activation-guard, or set activation.reboot to false." \
      "Nothing was changed."
}

switch_to() {
  timeout --kill-after 10 "$timeout" "$1/bin/switch-to-configuration" "$2"
}

describe_status() {
  case $1 in
    124 | 137) echo "it did not end within activation.timeoutSeconds, $timeout s." ;;
    100) echo "switch-to-configuration says that it takes a reboot: set activation.mode to boot, and activation.reboot to true." ;;
    *) echo "switch-to-configuration exited with status $1." ;;
  esac
}

run_previous() {
  runs_of_services >"$here/runs-switched"
  echo "Going back to $previous, which ran before."
  switch_to "$previous" test || echo "Going back failed too, with status $?: log in and look."
  restart_what_the_switch_changed
}

# A switch that ended half-way leaves units on the new system's settings that the way back takes for
# unchanged, and units that it brought down.
restart_what_the_switch_changed() {
  runs_of_services >"$here/runs-back"
  {
    grep -Fx -f "$here/runs-switched" "$here/runs-back" | grep -Fxv -f "$here/runs" | cut -d ' ' -f 1
    failed_of "$here/up"
  } | sort -u | while read -r changed; do
    [ -e "$previous/etc/systemd/system/$changed" ] || continue
    echo "restarting $changed, which the failed system changed"
    systemctl restart "$changed" </dev/null
  done
}

require_units() {
  failed=$(failed_of "$here/up" | paste --serial --delimiters ' ')
  [ -z "$failed" ] || go_back "units that ran before have failed: $failed."
}

make_boot_default() {
  nix-env --profile "$profile" --set "$system" || go_back "its profile could not be set."
  "$system/bin/switch-to-configuration" boot ||
    go_back "it could not be made the boot default: status $?."
}

# The system that the machine goes back to has to have a generation of its own.
distinguish_generation() {
  [ "$(readlink -f "$profile")" = "$system" ] || return 0
  nix-env --profile "$profile" --set "$previous" ||
    fail "its profile could not be set. Make room, then run \`pulumi up\` again."
  generation=$(readlink "$profile")
}

# Whichever system comes up next finds there what it has to do. The last file is the one that its unit
# looks for.
arm_guard() {
  failing_units >"$here/failed"
  echo "$generation" >"$here/generation"
  echo "$*" >"$here/arguments"
  for file in up failed generation arguments prove resume; do
    leave_in_guard "$file" ||
      fail "the guard of its first boot could not be written to $guard. Make room, then run \`pulumi up\` again."
  done
}

leave_in_guard() {
  cp "$here/$1" "$guard/$1.new" && sync "$guard/$1.new" && mv "$guard/$1.new" "$guard/$1"
}

# A file system may say that it keeps the room, and not do it, or compress what is written.
reserve_room() {
  if ! fallocate --length 8M "$reserve" 2>/dev/null ||
    [ "$(stat --format %b "$reserve")" -lt 16384 ]; then
    head --bytes 8M /dev/urandom >"$reserve"
  fi
}

# For the parts that NixOS's own upgrades reboot for.
tell_reboot() {
  for part in kernel initrd kernel-modules; do
    [ -e "/run/booted-system/$part" ] || continue
    [ -e "$system/$part" ] || continue
    booted=$(readlink -f "/run/booted-system/$part")
    coming=$(readlink -f "$system/$part")
    [ "$booted" != "$coming" ] || continue
    echo "It takes a reboot for its $part, $coming: until then the machine runs $booted."
    return
  done
}

require_closure
[ "$mode" = dry-activate ] || require_space
previous=$(readlink -f /run/current-system)
generation=$(readlink "$profile")
ln -sfn "$previous" "$previous_root"
if [ "$mode" != dry-activate ]; then
  reserve_room
  # What an earlier one left does not hold for this one.
  rm -rf "$guard"
  [ "$mode" != reboot ] || install -D --mode=600 "$here/purpose" "$guard/purpose"
fi
began=activation
units_up >"$here/up"
runs_of_services >"$here/runs"

case $mode in
  dry-activate)
    status=0
    switch_to "$system" dry-activate || status=$?
    [ "$status" -eq 0 ] || fail "$(describe_status "$status") Mend it, then run \`pulumi up\` again."
    ;;
  reboot)
    if [ "$previous" = "$system" ] && [ "$(readlink -f "$profile")" = "$system" ]; then
      echo "The machine runs and boots it already."
      record
    else
      require_guard
      distinguish_generation
      arm_guard "$@"
      make_boot_default
      echo "Rebooting into $system."
      is_proved_after_reboot=yes
      touch "$base/rebooting"
    fi
    ;;
  boot)
    make_boot_default
    record
    # The generation that runs stays, whatever is asked for.
    clean_up "$((keep > 2 ? keep : 2))"
    ;;
  *)
    status=0
    switch_to "$system" test || status=$?
    [ "$status" -eq 0 ] || go_back "$(describe_status "$status")"
    require_units
    await_confirmation
    require_units
    [ "$mode" = test ] || make_boot_default
    record
    tell_reboot
    if [ "$mode" = switch ]; then
      clean_up "$keep"
    fi
    ;;
esac
