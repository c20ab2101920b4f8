# shellcheck shell=bash
# Where a Pulumi CLI can come from.

# The version that this repository is tested with.
pinned_version() {
  sed -n 's|.*github.com/pulumi/pulumi/pkg/v3 v\([0-9.]*\).*|\1|p' sandbox/pulumi-cli/go.mod
}

# Prints the folder of this computer's own CLI when it has its Node.js language host beside it and is
# not older than the version that the tests know.
find_own_pulumi() {
  local found folder version
  found=$(command -v pulumi) || return 1
  folder=$(dirname "$(readlink -f "$found")")
  [[ -x $folder/pulumi-language-nodejs && -x $folder/pulumi-resource-pulumi-nodejs ]] || return 1
  version=$("$found" version) || return 1
  is_at_least "${version#v}" "$(pinned_version)" && echo "$folder"
}

# The SDK's automation API takes the same script, with the same options as the step does.
fetch_installer() {
  curl -fsSL --connect-timeout 3 --max-time 30 --output "$1" https://get.pulumi.com/install.sh
}

# PATH, with the place where Go's own installation instructions put it.
go_path() {
  echo "$PATH:/usr/local/go/bin"
}

go_needed() {
  sed -n 's/^go //p' sandbox/pulumi-cli/go.mod
}

# Prints the version of the Go that is there, if any.
go_found() {
  PATH=$(go_path) GOTOOLCHAIN=local go env GOVERSION 2>/dev/null | sed 's/^go//'
}

can_build_pulumi() {
  local found
  found=$(go_found)
  [[ -n $found ]] && is_at_least "$found" "$(go_needed)"
}
