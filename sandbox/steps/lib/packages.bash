# shellcheck shell=bash
# Installs the packages of `package_of`, a table from a command or path to the package that brings it.

declare -A package_of

missing_packages() {
  local what
  for what in "${!package_of[@]}"; do
    # The project has folders with names of commands, such as nix.
    [[ $what == /* && -e $what ]] || command -v "$what" >/dev/null || echo "${package_of[$what]}"
  done | sort
}

install_missing() {
  local packages
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]})) || return 0
  progress "installing ${packages[*]}"
  # Does nothing unless an earlier installation was cut off.
  dpkg --configure -a
  # A source of the computer's own that cannot be reached does not matter here; installing tells.
  apt-get update || true
  # A service that a package starts must not inherit the lock that setup holds.
  # shellcheck disable=SC2154
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${packages[@]}" {lock}>&-
}
