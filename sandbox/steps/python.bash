# shellcheck shell=bash
# A virtual environment with the application's own tools: ruff, mypy, pytest.

inputs() {
  cat app/requirements*.txt
  readlink -f /usr/bin/python3
}

present() {
  [[ -x $SANDBOX_HOME/venv/bin/pytest ]]
}

# Made in place, since a virtual environment holds its own path; without its stamp it counts as absent.
work() {
  progress "python3 -m venv"
  rm -rf "$SANDBOX_HOME/venv"
  /usr/bin/python3 -m venv "$SANDBOX_HOME/venv"
  progress "pip install"
  # Python compiles what it imports by itself; compiling everything takes longer than all else here.
  "$SANDBOX_HOME/venv/bin/pip" install --no-compile --require-hashes --no-deps --only-binary=:all: \
    --disable-pip-version-check --progress-bar off -r app/requirements-dev.txt
}

advice() {
  echo "look at pip's words above; \`pip3 config list\` shows which index it asks"
}
