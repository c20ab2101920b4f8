# Makes this machine run a system whose closure is already in its store, or leaves it on the system
# that it ran before.
# Usage: sh -s -- SYSTEM KEEP_GENERATIONS STACK, as root, with this text on standard input.
set -eu
system=$1
keep=$2
stack=$3
profile=/nix/var/nix/profiles/system

switch_to() {
  nix-env --profile "$profile" --set "$1"
  "$1/bin/switch-to-configuration" switch
}

# Asks the journal, for a unit that systemd keeps restarting may be in any state by now. The message
# is systemd's SD_MESSAGE_UNIT_FAILURE_RESULT (sd-messages.h).
show_failed_units() {
  journalctl --sync
  for unit in $(journalctl --since "@$began" --quiet --output cat --output-fields UNIT \
    MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c | sort -u); do
    echo "The last log lines of $unit:"
    journalctl --unit "$unit" --since "@$began" --lines 20 --no-pager --output cat
  done
}

if [ ! -x "$system/bin/switch-to-configuration" ]; then
  echo "Activating $system failed: it is not in this machine's store, or it is no NixOS system." >&2
  exit 1
fi

previous=$(readlink -f "$profile")
began=$(date +%s)
status=0
switch_to "$system" || status=$?
if [ "$status" -ne 0 ]; then
  {
    echo "Activating $system failed: switch-to-configuration exited with status $status."
    show_failed_units
    echo "Going back to $previous, which ran before."
    switch_to "$previous" || echo "Going back failed too, with status $?: log in and look."
  } >&2
  exit "$status"
fi

# Mode, stack and system of the last activation that went well: what `pulumi refresh` holds the machine
# to. It lies beside the profiles, so that it lasts as long as they do.
record=/nix/var/nix/activated-system
echo "switch $stack $system" >$record.new
chmod 644 $record.new
mv $record.new $record

if [ "$keep" -eq 0 ]; then
  nix-env --profile "$profile" --delete-generations old
else
  nix-env --profile "$profile" --delete-generations "+$keep"
fi
# The garbage is collected beside what comes next, which need not wait for it.
systemd-run --quiet --collect --unit nix-gc-after-activation --property Nice=19 \
  nix-store --gc 2>/dev/null || echo "A garbage collection is running already."
