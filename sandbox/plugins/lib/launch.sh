# shellcheck shell=sh disable=SC2154
# Runs the plugin named $plugin with a Node that can: sourced by sandbox/plugins/bin/*, which set $project.

# Type stripping without a flag came with Node 22.18.
is_new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 18 ]; }
}

# npm installed the project's own, and it need not be asked.
node=$project/node_modules/.bin/node
if [ -x "$node" ] || { node=node && is_new_enough "$node"; }; then
  # Room enough to load without collecting garbage: what is stood in for starts at once.
  exec "$node" --min-semi-space-size=16 --disable-warning=ExperimentalWarning \
    "$project/sandbox/plugins/$plugin/main.ts" "$@"
fi

echo "pulumi-resource-$plugin: no Node 22.18 or newer on PATH or in $project/node_modules; run npm install" >&2
exit 1
