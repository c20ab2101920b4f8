# shellcheck shell=bash
# Debian packages that only the tests need.

declare -A package_of=(
  [zsh]=zsh
  [cc]=gcc
  [/usr/include/time.h]=libc6-dev
  ["/usr/lib/$(readlink /usr/bin/python3)/ensurepip"]=python3-venv
)

# shellcheck source=sandbox/steps/lib/packages.bash
source sandbox/steps/lib/packages.bash

inputs() {
  :
}

present() {
  [[ -z $(missing_packages) ]]
}

work() {
  install_missing
}

advice() {
  echo "look at the apt-get output above; the packages are: ${package_of[*]}"
}
