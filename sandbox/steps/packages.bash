# shellcheck shell=bash
# Debian packages, each only where its command is missing.

declare -A package_of=(
  [nix]=nix-bin
  [systemd-nspawn]=systemd-container
  [debootstrap]=debootstrap
  [ip]=iproute2
  [nft]=nftables
  [shellcheck]=shellcheck
  [ssh]=openssh-client
  [git]=git
  [curl]=curl
  [/usr/bin/python3]=python3
  [/usr/bin/pip3]=python3-pip
  [qemu-img]=qemu-utils
  [/sbin/sfdisk]=fdisk
  [/sbin/mke2fs]=e2fsprogs
)

# shellcheck source=sandbox/steps/lib/packages.bash
source sandbox/steps/lib/packages.bash

inputs() {
  command -v nix || true
}

present() {
  [[ -z $(missing_packages) ]]
}

work() {
  install_missing
  check_nix
}

advice() {
  echo "look at the apt-get output above; the packages are: ${package_of[*]}"
}

# The oldest Nix that knows `nix build --override-input` and `--json` as the program calls them.
check_nix() {
  local version
  version=$(nix --version)
  version=${version##* }
  is_at_least "$version" 2.8 && return
  echo "Nix $version at $(command -v nix) is too old; upgrade it to 2.8 or newer, or remove it"
  return 1
}
