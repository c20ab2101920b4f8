# shellcheck shell=sh
# What a system on this machine is, by its store path: the store paths of its closure, an empty line, the
# size of each in the same order, an empty line, what a machine takes over of it when it boots, an empty
# line; then for each file of a unit, drop-ins after it, the unit's name and the text, each ended by NUL.
set -eu
export LC_ALL=C
closure=$(nix-store --query --requisites "$1")
printf '%s\n\n' "$closure"
# shellcheck disable=SC2086 # a store path is one word
nix-store --query --size $closure
echo
for part in kernel initrd kernel-modules; do
  echo "$part=$(readlink "$1/$part" || :)"
done
echo "kernel-params=$(cat "$1/kernel-params" 2>/dev/null || :)"
echo
cd "$1/etc/systemd/system" 2>/dev/null || exit 0
for unit in *.*; do
  case $unit in *.d | *.wants | *.requires | *.upholds) continue ;; esac
  # A masked unit is a link to /dev/null.
  [ -f "$unit" ] || continue
  for file in "$unit" "$unit.d"/*.conf; do
    [ -f "$file" ] || continue
    printf '%s\0' "$unit"
    cat "$file"
    printf '\0'
  done
done
