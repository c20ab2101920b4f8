# shellcheck shell=bash
# The Python packages that the stand-in nixpkgs builds from, as wheels.

inputs() {
  cat app/requirements.txt app/requirements-test.txt sandbox/nixpkgs/requirements.txt
  readlink -f /usr/bin/python3
}

present() {
  [[ -d $SANDBOX_HOME/wheels ]]
}

work() {
  local made=$SANDBOX_HOME/wheels.partial
  rm -rf "$made"
  progress "pip download"
  /usr/bin/python3 -m pip download --require-hashes --no-deps --only-binary=:all: \
    --disable-pip-version-check --progress-bar off --dest "$made" \
    -r sandbox/nixpkgs/requirements.txt
  install_tree "$made" "$SANDBOX_HOME/wheels"
}

advice() {
  echo "look at pip's words above; \`pip3 config list\` shows which index it asks"
}
