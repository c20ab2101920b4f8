# shellcheck shell=bash
# The application's Python packages as wheels, which the stand-in nixpkgs builds from.

inputs() {
  cat app/requirements.txt
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
    --disable-pip-version-check --progress-bar off --dest "$made" -r app/requirements.txt
  install_tree "$made" "$SANDBOX_HOME/wheels"
}

advice() {
  echo "look at pip's words above; \`pip3 config list\` shows which index it asks"
}
