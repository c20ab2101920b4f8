# shellcheck shell=sh
# What the machine's units do, for the activation.

# Units that are up, one a line.
units_up() {
  systemctl list-units --state=active,activating,reloading --plain --no-legend --full --no-pager |
    cut -d ' ' -f 1
}

# Those of the units in the file that are failed, one a line.
failed_of() {
  systemctl list-units --state=failed --plain --no-legend --full --no-pager | cut -d ' ' -f 1 |
    grep -Fx -f "$1" || :
}

# Units that are failed, or that systemd starts again since they failed, one a line.
failing_units() {
  systemctl list-units --state=failed,auto-restart --plain --no-legend --full --no-pager |
    cut -d ' ' -f 1 | while read -r failing; do
    [ "$(systemctl show --property Result --value "$failing" </dev/null)" = success ] || echo "$failing"
  done
}

# Services that are active, each with the ID of this run of it.
runs_of_services() {
  { systemctl show --property Id,InvocationID,ActiveState '*.service' && echo; } |
    while IFS='=' read -r name value; do
      case $name in
        Id) id=$value ;;
        InvocationID) run=$value ;;
        ActiveState) state=$value ;;
        '') [ "$state" != active ] || echo "$id $run" ;;
      esac
    done | sort
}

# The last log lines of each unit that failed since the boot or since this activation began, and of each
# one in the file that is failed. It asks the journal, for a unit that systemd keeps restarting may be in
# any state by now; and it names no time, for the clock may have been set meanwhile. The message is
# systemd's SD_MESSAGE_UNIT_FAILURE_RESULT (sd-messages.h).
# Usage: show_failed_units boot|activation FILE
show_failed_units() {
  journalctl --sync
  since=--boot
  [ "$1" = boot ] || since=--cursor=$(first_entry)
  for failed in $({
    journalctl "$since" --quiet --output cat --output-fields UNIT \
      MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c
    failed_of "$2"
  } | sort -u); do
    echo "The last log lines of $failed:"
    journalctl --unit "$failed" "$since" --lines 20 --no-pager --output cat
  done
}

# Where the journal has the start of this activation.
first_entry() {
  journalctl --quiet --output export "INVOCATION_ID=$INVOCATION_ID" | sed -n '/^__CURSOR=/{s///p;q}'
}
