# shellcheck shell=sh
# Runs in the unit: makes this machine run a system whose closure is in its store, or leaves it on the
# system that it ran before. The text before this one has the functions of units.sh.
# Usage: sh DIRECTORY/activate SYSTEM MODE KEEP_GENERATIONS TIMEOUT_SECONDS CONFIRM_SECONDS STACK ...
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

finish() {
  ended=$?
  rm -f "$previous_root" "$reserve"
  keep_log 2>/dev/null || echo "The log could not be kept in /var/log/nixos-activation."
  echo "$ended" >"$here/status"
}
trap finish EXIT

fail() {
  printf '%s\n' "Activating $system failed: $*"
  exit 1
}

require_closure() {
  [ -x "$system/bin/switch-to-configuration" ] ||
    fail "it is not in this machine's store, or it is no NixOS system."
  nix-store --query --requisites "$system" >"$here/closure" ||
    fail "the machine's store does not have the whole of its closure."
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

switch_to() {
  timeout --kill-after 10 "$timeout" "$1/bin/switch-to-configuration" "$2"
}

describe_status() {
  case $1 in
    124 | 137) echo "it did not end within activation.timeoutSeconds, $timeout s." ;;
    100) echo "switch-to-configuration says that it takes a reboot: set activation.mode to boot, and reboot it." ;;
    *) echo "switch-to-configuration exited with status $1." ;;
  esac
}

# Nothing on the way back may end it half-way.
go_back() {
  set +e
  rm -f "$reserve"
  printf '%s\n' "Activating $system failed: $*"
  show_failed_units "$began" "$here/up"
  runs_of_services >"$here/runs-switched"
  echo "Going back to $previous, which ran before."
  switch_to "$previous" test || echo "Going back failed too, with status $?: log in and look."
  restart_what_the_switch_changed
  restore_profile
  exit 1
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

restore_profile() {
  set_generation=$(readlink "$profile")
  [ "$set_generation" != "$generation" ] || return
  switch_generation "$generation"
  switch_generation "$set_generation" delete
  "$profile/bin/switch-to-configuration" boot || echo "Setting the boot default back failed with status $?."
}

# Generations are named system-NUMBER-link.
switch_generation() {
  number=${1#system-}
  number=${number%-link}
  if [ "${2-}" = delete ]; then
    nix-env --profile "$profile" --delete-generations "$number"
  else
    nix-env --profile "$profile" --switch-generation "$number"
  fi
}

# Whoever confirms says so over a connection that did not exist before the switch. It may first ask for
# the time that its health checks take.
await_confirmation() {
  mkfifo "$here/answer"
  exec 8<>"$here/answer"
  echo "$here" >>"$base/events"
  seconds=$confirm
  echo "Waiting for the confirmation over a new connection."
  while :; do
    # shellcheck disable=SC2016 # The inner shell expands it.
    answer=$(timeout "$seconds" sh -c 'IFS= read -r line && printf %s "$line"' <&8) || answer=
    case $answer in
      checking\ *) seconds=${answer#checking } ;;
      *) break ;;
    esac
  done
  rm "$here/answer"
  case $answer in
    confirmed) ;;
    '') go_back "nobody confirmed within $seconds s that the machine can still be reached." ;;
    *) go_back "$answer" ;;
  esac
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

# What `pulumi refresh` holds the machine to. It lies beside the profiles, so that it lasts as long as
# they do.
record() {
  activated=/nix/var/nix/activated-system
  echo "$mode $stack $system" >$activated.new
  chmod 644 $activated.new
  mv $activated.new $activated
}

clean_up() {
  if [ "$1" -eq 0 ]; then
    nix-env --profile "$profile" --delete-generations old
  else
    nix-env --profile "$profile" --delete-generations "+$1"
  fi
  # The garbage is collected beside what comes next, which need not wait for it.
  systemd-run --quiet --collect --unit nix-gc-after-activation --property Nice=19 \
    nix-store --gc 2>/dev/null || echo "A garbage collection is running already."
}

require_closure
[ "$mode" = dry-activate ] || require_space
previous=$(readlink -f /run/current-system)
generation=$(readlink "$profile")
ln -sfn "$previous" "$previous_root"
[ "$mode" = dry-activate ] || head --bytes 8M /dev/urandom >"$reserve"
began=$(date +%s)
units_up >"$here/up"
runs_of_services >"$here/runs"

case $mode in
  dry-activate)
    status=0
    switch_to "$system" dry-activate || status=$?
    [ "$status" -eq 0 ] || fail "$(describe_status "$status")"
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
    if [ "$mode" = switch ]; then
      clean_up "$keep"
    fi
    ;;
esac
