# shellcheck shell=bash
# The Pulumi CLI and its Node.js language host in .sandbox/bin: this computer's own, else by Pulumi's
# installer, else from source with the language host in sandbox/language-host.

# shellcheck source=sandbox/steps/lib/pulumi.bash
source sandbox/steps/lib/pulumi.bash

readonly commands=(pulumi pulumi-language-nodejs pulumi-resource-pulumi-nodejs)

inputs() {
  cat sandbox/steps/lib/pulumi.bash sandbox/pulumi-cli/go.*
  find_own_pulumi || true
}

present() {
  local command
  for command in "${commands[@]}"; do
    # The dynamic provider's link may lead into node_modules, which another step fills.
    [[ -L $SANDBOX_HOME/bin/$command || -x $SANDBOX_HOME/bin/$command ]] || return 1
  done
  [[ -x $SANDBOX_HOME/bin/pulumi ]]
}

work() {
  local own
  if own=$(find_own_pulumi); then
    echo "using $own"
    link_all "$own"
  elif install_official; then
    link_all "$SANDBOX_HOME/pulumi/bin"
  else
    build_from_source
  fi
  "$SANDBOX_HOME/bin/pulumi" version
}

advice() {
  echo "see that the Go module proxy can be reached (\`go env GOPROXY\`), or install Pulumi" \
    "$(pinned_version) or newer yourself: https://www.pulumi.com/docs/install/"
}

link_all() {
  local from=$1 command
  for command in "${commands[@]}"; do
    link "$from/$command" "$command"
  done
}

link() {
  rm -f "$SANDBOX_HOME/bin/$2"
  ln -s "$1" "$SANDBOX_HOME/bin/$2"
}

install_official() {
  local made=$SANDBOX_HOME/pulumi.partial
  rm -rf "$made"
  mkdir "$made"
  progress "asking get.pulumi.com"
  fetch_installer "$made/install.sh" || return 1
  progress "installing $(pinned_version) with Pulumi's installer"
  timeout 300 sh "$made/install.sh" --version "$(pinned_version)" --install-root "$made" \
    --no-edit-path || return 1
  install_tree "$made" "$SANDBOX_HOME/pulumi"
}

build_from_source() (
  local package=github.com/pulumi/pulumi/pkg/v3/cmd/pulumi variable total version
  version=$(pinned_version)
  variable=github.com/pulumi/pulumi/sdk/v3/go/common/version.Version
  # The caches are setup's own and take 3 GB, so they can go as soon as there is a result.
  export GOMODCACHE=$SANDBOX_HOME/cache/go-mod GOCACHE=$SANDBOX_HOME/cache/go-build
  export GOFLAGS=-modcacherw GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0
  # Less garbage collection in the compiler's many short runs, no data for debuggers and no inlining:
  # together they take half of the time away, and the CLI mostly waits for others.
  export GOGC=400
  PATH=$(go_path)
  mkdir -p "$GOCACHE"
  cd sandbox/pulumi-cli || return
  progress "fetching modules"
  go list -deps "$package" 2>&1 >"$GOCACHE/packages" | count_lines "fetched %d modules"
  total=$(wc -l <"$GOCACHE/packages")
  go build -v -trimpath -gcflags 'all=-dwarf=false -l' -o "$SANDBOX_HOME/bin/pulumi.partial" \
    -ldflags "-s -w -X $variable=v$version" "$package" 2>&1 |
    count_lines "compiled %d of $total packages"
  mv "$SANDBOX_HOME/bin/pulumi.partial" "$SANDBOX_HOME/bin/pulumi"
  # Beside the CLI they count as its own, and the engine does not warn of them.
  link "${project:?}/sandbox/language-host/pulumi-language-nodejs" pulumi-language-nodejs
  link "$project/node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs" \
    pulumi-resource-pulumi-nodejs
  rm -rf "$GOMODCACHE" "$GOCACHE"
)
