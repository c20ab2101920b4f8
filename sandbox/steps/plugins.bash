# shellcheck shell=bash
# The resource plugins where Pulumi keeps plugins, each as the version of its SDK: that of @pulumi/aws
# from sandbox/plugins/bin; that of @pulumi/command compiled from sandbox/plugins/command, and where
# there is no Go the real one.

# shellcheck source=sandbox/steps/lib/pulumi.bash
source sandbox/steps/lib/pulumi.bash

inputs() {
  cat package-lock.json
  ! can_build_pulumi || find sandbox/plugins/command -type f -print0 | sort -z | xargs -0 cat
}

present() {
  [[ -d $SANDBOX_HOME/pulumi-home/plugins ]]
}

work() {
  local made=$SANDBOX_HOME/plugins.partial
  rm -rf "$made"
  mkdir -p "$made" "$SANDBOX_HOME/pulumi-home"
  link_aws "$made/plugins"
  if can_build_pulumi; then
    build_command "$made/plugins"
  else
    PULUMI_HOME=$made PULUMI_SKIP_UPDATE_CHECK=1 "$SANDBOX_HOME/bin/pulumi" \
      plugin install resource command "$(version_of command)"
  fi
  install_tree "$made/plugins" "$SANDBOX_HOME/pulumi-home/plugins"
  rm -rf "$made"
}

advice() {
  echo "see that the Go module proxy can be reached (\`go env GOPROXY\`), or, without Go, get.pulumi.com"
}

version_of() {
  node -p 'require(process.argv[1]).version' "./node_modules/@pulumi/$1/package.json"
}

link_aws() {
  local folder
  folder=$1/resource-aws-v$(version_of aws)
  mkdir -p "$folder"
  ln -s "${project:?}/sandbox/plugins/bin/pulumi-resource-aws" "$folder/pulumi-resource-aws"
}

# Runs a command of Go on the plugin of @pulumi/command, with caches that stay, so that an edit is compiled
# in seconds; and without inlining and data for debuggers, as the CLI is.
in_command_plugin() (
  export GOMODCACHE=$SANDBOX_HOME/cache/command-plugin/modules
  export GOCACHE=$SANDBOX_HOME/cache/command-plugin/build
  export GOFLAGS="-modcacherw -trimpath '-gcflags=all=-dwarf=false -l'"
  export GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0
  PATH=$(go_path)
  cd sandbox/plugins/command || return
  "$@"
)

build_command() {
  local folder
  folder=$1/resource-command-v$(version_of command)
  mkdir "$folder"
  progress "fetching modules"
  in_command_plugin go mod download
  in_command_plugin go build -v -ldflags '-s -w' -o "$folder/pulumi-resource-command" . 2>&1 |
    count_lines "compiled %d packages"
}
