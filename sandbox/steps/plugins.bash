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

# With caches of its own, which stay, so that an edit is compiled in seconds; and without inlining and
# data for debuggers, as the CLI is.
build_command() (
  folder=$1/resource-command-v$(version_of command)
  mkdir "$folder"
  export GOMODCACHE=$SANDBOX_HOME/cache/command-plugin/modules
  export GOCACHE=$SANDBOX_HOME/cache/command-plugin/build
  export GOFLAGS=-modcacherw GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0
  PATH=$(go_path)
  cd sandbox/plugins/command || return
  progress "fetching modules"
  go mod download
  go build -v -trimpath -gcflags 'all=-dwarf=false -l' -ldflags '-s -w' \
    -o "$folder/pulumi-resource-command" . 2>&1 | count_lines "compiled %d packages"
)
