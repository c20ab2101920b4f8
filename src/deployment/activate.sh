# Makes this machine run a system whose closure is already in its store.
# Usage: sh -s -- SYSTEM KEEP_GENERATIONS, as root, with this text on standard input.
set -eu
system=$1
keep=$2
profile=/nix/var/nix/profiles/system

if [ ! -x "$system/bin/switch-to-configuration" ]; then
  echo "Activating $system failed: the machine's store does not hold it, or it is no NixOS system." >&2
  echo "Copy it again with: pulumi up --target-replace COPY_URN" >&2
  exit 1
fi

nix-env --profile "$profile" --set "$system"

# Units that fail are what switch-to-configuration reports with status 4; their last words follow.
status=0
"$system/bin/switch-to-configuration" switch || status=$?
if [ "$status" -ne 0 ]; then
  echo "Activating $system failed: switch-to-configuration exited with status $status." >&2
  for unit in $(systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1); do
    echo "The last log lines of $unit:" >&2
    journalctl --unit "$unit" --lines 20 --no-pager --output cat >&2
  done
  exit "$status"
fi

# Generations go at once; the garbage is collected after the deployment, which need not wait for it.
if [ "$keep" -eq 0 ]; then
  nix-env --profile "$profile" --delete-generations old
else
  nix-env --profile "$profile" --delete-generations "+$keep"
fi
systemd-run --quiet --collect --unit nix-gc-after-activation --property Nice=19 \
  nix-store --gc 2>/dev/null || echo "A garbage collection is running already."
