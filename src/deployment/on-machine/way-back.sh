# shellcheck shell=sh
# How an activation goes back to the system before. The text that uses it has run_previous, which has
# the machine run that system.
# shellcheck disable=SC2154 # begin.sh sets what is asked for, and the text that uses this the rest.

# Nothing on the way back may end it half-way.
go_back() {
  set +e
  rm -f "$reserve"
  printf '%s\n' "Activating $system failed: $*"
  show_failed_units "$began" "$here/up"
  run_previous
  restore_profile
  echo "Mend it, then run \`pulumi up\` again."
  exit 1
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
